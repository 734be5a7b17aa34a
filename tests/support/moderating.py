"""Moderators at work: the lists, a pledge in them, the forms that ask for a reason, and the review channel."""

from typing import Any

import simcord

from bot.cards.review import ask_moderators
from bot.storage.ledger import Pledge
from bot.storage.tables import OPEN
from tests.storage.world import stored as all_stored
from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import WORDS, in_a_hurry, pledge
from tests.support.reporting import options, posts
from tests.support.setting_up import hidden_channel, moderator

WHY = "It names a neighbour."


def keeper(community: Community, name: str = "grace", **rights: bool) -> simcord.MemberActor:
    """A moderator to whom Discord shows /moderate as well: with Manage Server, or with other rights."""
    return moderator(community, name, **{"manage_messages": True} | (rights or {"manage_guild": True}))


async def moderators_channel(community: Community, *readers: simcord.MemberActor) -> simcord.ChannelHandle:
    """A review channel that only these moderators see."""
    channel = hidden_channel(community, "review", *readers)
    await community.bot.services.guilds.choose(community.guild.id, readers[0].id, "review_channel_id", channel.id)
    return channel


async def review_first(community: Community) -> None:
    await community.bot.services.guilds.choose(community.guild.id, community.joseph.id, "reviews_pledges", True)


# What there is.


def thing(number: int) -> str:
    return f"I will do good thing № {number}."


async def furnish(community: Community, count: int) -> list[str]:
    """That many pledges on the wall, of two people; returns them, newest first."""
    with in_a_hurry():
        for number in range(count):
            actor = (community.amina, community.joseph)[number % 2]
            await pledge(actor, community.general, words=thing(number), wall=True)
    return [thing(number) for number in reversed(range(count))]


async def one_pledge(community: Community, actor: simcord.MemberActor) -> Seen:
    """The one pledge there is, on the wall, as a moderator has opened it."""
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    return await opened(community, actor)


async def asked(community: Community, number: int = -1) -> None:
    """The moderators are asked to look at a pledge, by its place among all; the newest unless told otherwise."""
    await ask_moderators(community.bot, (await stored(community))[number])


async def reviewing(community: Community) -> tuple[simcord.MemberActor, simcord.ChannelHandle]:
    """A server that looks at pledges before they are shown: its moderator, and their channel."""
    grace = keeper(community)
    channel = await moderators_channel(community, grace)
    await review_first(community)
    return grace, channel


async def one_card(community: Community) -> tuple[simcord.MemberActor, simcord.ChannelHandle, Seen]:
    """Amina's pledge waits: the moderator, the review channel, and the card there."""
    grace, channel = await reviewing(community)
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    if not posts(channel):
        await asked(community)
    [card] = posts(channel)
    return grace, channel, card


# What they do.


async def pledges(community: Community, actor: simcord.MemberActor, **choices: Any) -> Seen:
    return seen(await actor.slash(community.general, "moderate pledges", **choices))


async def pick(actor: simcord.MemberActor, listed: Seen, number: int = 1) -> Seen:
    """Chooses a pledge of a list by its number."""
    return seen(await actor.select(listed.message, [options(listed)[number - 1]["value"]]))


async def opened(community: Community, actor: simcord.MemberActor, number: int = 1, **choices: Any) -> Seen:
    """A pledge of a list, all the way from the command."""
    return await pick(actor, await pledges(community, actor, **choices), number)


async def because(actor: simcord.MemberActor, card: Seen, button: str, own: str = WHY, ready: str = "") -> Seen:
    """Presses a button that asks for a reason, and gives one."""
    form = await press(actor, card, button)
    return await give(actor, form, own, ready)


async def give(actor: simcord.MemberActor, form: simcord.InteractionResult, own: str = WHY, ready: str = "") -> Seen:
    assert form.modal is not None, "no form opened"
    return seen(await actor.submit_modal(form, {"own": own} | ({"ready": [ready]} if ready else {})))


# What came of it.


async def stored(community: Community) -> list[Pledge]:
    """All pledges there are, oldest first."""
    return [one for _, one in sorted((await all_stored(community.bot.services.pledges._db)).items())]


async def states(community: Community) -> dict[str, str]:
    """How each pledge in own words stands with moderators, but for those that they have said nothing to."""
    return {one.words or "": one.state for one in await stored(community) if one.state != OPEN}
