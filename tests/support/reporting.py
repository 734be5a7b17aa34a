"""Reports as members make them, from the wall or from the menu of a message, and where they arrive."""

from typing import Any

import simcord

from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import in_a_hurry, pledge, wall
from tests.support.setting_up import moderator

MENU = "Report to moderators"


async def furnish(community: Community, *words: str) -> Seen:
    """Pledges of Amina on the wall, in these words, and the wall as Joseph sees it: the last one stands first."""
    with in_a_hurry():
        for text in words:
            await pledge(community.amina, community.general, words=text, wall=True)
    return await wall(community)


async def review_channel(community: Community) -> simcord.ChannelHandle:
    """A channel that a moderator chose for reports."""
    channel = community.guild.create_text_channel("review")
    grace = moderator(community, "grace")
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "review_channel_id", channel.id)
    return channel


def options(card: Seen) -> list[dict[str, Any]]:
    """What a menu on a card offers."""
    return [option for menu in menus(card) for option in menu["options"]]


def menus(card: Seen) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def walk(part: Any) -> None:
        part = part if isinstance(part, dict) else part.to_dict()
        if part.get("options"):
            found.append(part)
        for inner in part.get("components", []):
            walk(inner)

    for component in card.message.components:
        walk(component)
    return found


async def choose(actor: simcord.MemberActor, card: Seen, number: int = 1) -> simcord.InteractionResult:
    """Chooses a pledge in the menu, by its place from the top."""
    return await actor.select(card.message, [options(card)[number - 1]["value"]], custom_id="report:which")


async def send(actor: simcord.MemberActor, form: simcord.InteractionResult, words: str = "") -> Seen:
    assert form.modal is not None, "no form opened"
    return seen(await actor.submit_modal(form, {"words": words}))


async def report(actor: simcord.MemberActor, card: Seen, words: str = "", number: int = 1) -> Seen:
    """A report, all the way from the button on the wall to the answer."""
    which = seen(await press(actor, card, "Report"))
    return await send(actor, await choose(actor, which, number), words)


async def open_menu(
    actor: simcord.MemberActor, channel: simcord.ChannelHandle, card: Seen
) -> simcord.InteractionResult:
    """*Report to moderators* in the menu of a message."""
    return await actor.context_menu(channel, MENU, card.message)


def posts(channel: simcord.ChannelHandle) -> list[Seen]:
    """What stands in a channel, oldest first."""
    return [seen(message) for message in channel.history()]
