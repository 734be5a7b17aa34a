"""The review channel: what waits is decided there by a button, what is decided says so, and nobody is flooded."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.storage.tables import HIDDEN, REPORTED, WAITING
from tests.support.community import Community, press, seen
from tests.support.moderating import (
    WHY,
    asked,
    because,
    give,
    keeper,
    moderators_channel,
    one_card,
    opened,
    pledges,
    reviewing,
    states,
    stored,
)
from tests.support.pledges import WORDS, mine, miscounted, newcomer, pledge, quoted, slash, wall
from tests.support.reporting import posts, report
from tests.support.setting_up import deeds

pytestmark = pytest.mark.usefixtures("env")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BUTTONS = ("Show it", "Hide it", "Block its author")
DECIDED = "This is decided already."


def told_privately(community: Community) -> list[str]:
    """What was sent as a private message beside the answer, newest last."""
    return [
        entry.path for entry in community.env.http_requests if entry.method == "POST" and "/webhooks/" in entry.path
    ]


# What stands there


async def test_what_waits_is_posted_with_all_that_a_decision_needs(community: Community) -> None:
    community.set_clock(NOON)
    _, channel, card = await one_card(community)

    stamp = f"<t:{int(NOON.timestamp())}:R>"
    assert card.title == "A pledge waits for review"
    assert quoted(card) == [WORDS]
    assert f"-# <@{community.amina.id}> · At home · Kenya · made {stamp} · queued {stamp}" in card.text
    assert "**Waits for review before it is shown**" in card.text
    assert card.buttons == BUTTONS
    assert len(posts(channel)) == 1


async def test_a_report_arrives_with_what_was_written(community: Community) -> None:
    grace = keeper(community)
    channel = await moderators_channel(community, grace)
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    await report(community.joseph, await wall(community), "It is *about* my @everyone neighbour.")

    [card] = posts(channel)
    assert card.title == "A pledge was reported"
    assert "**On the wall · 1 open report**" in card.text
    assert "What was reported:\n> It is \\*about\\* my @\u200beveryone neighbour." in card.text
    assert card.buttons == ("Let it stand", *BUTTONS[1:])
    assert str(community.joseph.id) not in card.text, "who reported is nobody's business"


async def test_three_reports_are_told_on_the_card_that_is_there(community: Community) -> None:
    grace = keeper(community)
    channel = await moderators_channel(community, grace)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    for number in range(3):
        await report(newcomer(community, f"r{number}"), await wall(community), f"reason {number}")

    [card] = posts(channel)
    assert "**Off the wall by itself, after three reports · 3 open reports**" in card.text
    assert card.text.count("> reason ") == 3
    assert await states(community) == {WORDS: REPORTED}


# What is pressed there


async def test_it_is_shown_and_the_card_says_who_did_so(community: Community) -> None:
    grace, channel, card = await one_card(community)

    after = seen(await press(grace, card, "Show it"))

    assert quoted(await wall(community)) == [WORDS]
    assert after.message.id == card.message.id
    [there] = posts(channel)
    assert there.text.startswith(f"**A pledge of <@{community.amina.id}>**\n<@{grace.id}> looked at it <t:")
    assert there.buttons == ()
    assert WORDS not in there.text, "its author may still take it back"
    assert (await deeds(community))[-1].action == "approve"
    assert await miscounted(community) == []


async def test_it_is_hidden_with_a_reason_that_the_author_reads(community: Community) -> None:
    grace, channel, card = await one_card(community)

    await because(grace, card, "Hide it", own="", ready="private")

    [there] = posts(channel)
    assert f"<@{grace.id}> hid it <t:" in there.text
    assert "It tells something private about somebody." in there.text
    assert "It tells something private about somebody." in (await mine(community)).text
    assert await states(community) == {WORDS: HIDDEN}


async def test_its_author_is_blocked_and_the_card_says_so(community: Community) -> None:
    grace, channel, card = await one_card(community)

    await because(grace, card, "Block its author")

    [there] = posts(channel)
    assert f"<@{grace.id}> hid it <t:" in there.text
    assert f"<@{grace.id}> blocked <@{community.amina.id}> <t:" in there.text
    refused = seen(await slash(community.amina, community.general, "pledge make", theme="home"))
    assert "don't take pledges from you" in refused.text


async def test_with_its_author_blocked_the_cards_of_their_other_pledges_say_so_too(community: Community) -> None:
    grace, channel, _ = await one_card(community)
    others = ("I will do a second thing.", "I will do a third thing.")
    for words in others:
        await pledge(community.amina, community.general, words=words, wall=True)
    await pledge(community.joseph, community.general, words="I will do my own thing.", wall=True)

    await because(grace, posts(channel)[1], "Block its author")

    for card in posts(channel)[:3]:
        assert f"<@{grace.id}> hid it <t:" in card.text
        assert f"<@{grace.id}> blocked <@{community.amina.id}> <t:" in card.text
        assert card.buttons == ()
    assert not any(words in card.text for card in posts(channel) for words in (WORDS, *others))
    assert posts(channel)[3].buttons == BUTTONS, "that of somebody else waits still"


async def test_nobody_lets_a_pledge_of_their_own_stand_that_was_reported(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    channel = await moderators_channel(community, grace, mo)
    await pledge(grace, community.general, words=WORDS, wall=True)
    await report(community.joseph, await wall(community), "unkind")

    after = seen(await press(grace, posts(channel)[0], "Let it stand"))

    assert after.buttons == ("Let it stand", *BUTTONS[1:]), "it waits still"
    told = seen(channel.history(viewer=grace)[-1])
    assert (told.text, told.is_private) == ("Another moderator has to look at this one: it is yours.", True)
    await press(mo, after, "Let it stand")
    assert posts(channel)[0].buttons == ()


async def test_no_reason_no_decision(community: Community) -> None:
    grace, channel, card = await one_card(community)

    refused = await because(grace, card, "Hide it", own="no")

    assert refused.is_private
    assert "Please choose a reason or write one" in refused.text
    assert "no" in refused.text.splitlines()[-1], "what was written is given back"
    [there] = posts(channel)
    assert there.buttons == BUTTONS


async def test_a_moderator_cant_block_themselves_or_a_colleague_from_the_card(community: Community) -> None:
    grace, channel = await reviewing(community)
    mo = keeper(community, "mo")
    await pledge(grace, community.general, words=WORDS, wall=True)
    await asked(community)
    assert "You can't block yourself." in seen(await press(grace, posts(channel)[-1], "Block its author")).text

    await pledge(mo, community.general, words=WORDS, wall=True)
    await asked(community)
    refused = await because(grace, posts(channel)[-1], "Block its author")

    assert refused.text.startswith(f"<@{mo.id}> looks after this server, too.")
    assert await states(community) == {WORDS: WAITING}


async def test_an_author_who_left_can_be_decided_about_and_blocked(community: Community) -> None:
    grace, channel = await reviewing(community)
    gone = newcomer(community, "gone")
    await pledge(gone, community.general, words=WORDS, wall=True)
    await asked(community)
    community.guild.remove_member(gone)

    await because(grace, posts(channel)[-1], "Block its author")

    assert await states(community) == {WORDS: HIDDEN}
    assert gone.id in (await community.bot.services.guilds.of(community.guild.id)).blocked


# Two moderators, and authors who change their minds


@pytest.mark.parametrize("how", ["button", "form"])
async def test_who_presses_second_is_told_privately_who_was_first(community: Community, how: str) -> None:
    grace, channel, card = await one_card(community)
    mo = keeper(community, "mo")
    community.guild.add_member(mo.user)
    form = await press(grace, card, "Hide it")
    buttons: Any = [part.to_dict() for part in card.message.components]

    await press(grace, card, "Show it")
    before = len(told_privately(community))
    if how == "form":
        late = await give(grace, form)
    else:
        community.env.backend.get_message(channel.id, card.message.id).components = buttons
        late = seen(await grace.click(card.message, custom_id=_custom_id(buttons, "mod:review:ok")))

    assert late.text.startswith("**A pledge of "), "the card is brought up to date"
    assert len(told_privately(community)) == before + 1
    told = seen(channel.history(viewer=grace)[-1])
    assert told.is_private
    assert told.text.startswith(f"{DECIDED} <@{grace.id}> looked at it <t:")
    assert quoted(await wall(community)) == [WORDS]
    assert [deed.action for deed in await deeds(community) if deed.action != "setup"] == ["approve"]


def _custom_id(components: Any, prefix: str) -> str:
    found: list[str] = []

    def walk(part: dict[str, Any]) -> None:
        found.append(part.get("custom_id", ""))
        for inner in part.get("components", []):
            walk(inner)

    for part in components:
        walk(part)
    return next(custom_id for custom_id in found if custom_id.startswith(prefix))


async def test_two_moderators_on_the_same_at_the_same_time_decide_once(community: Community) -> None:
    grace, _, _ = await one_card(community)
    mo = keeper(community, "mo")
    [one] = await stored(community)
    moderation = community.bot.services.moderation

    ended = await asyncio.gather(
        moderation.restore(community.guild.id, grace.id, one.id, only_queued=True),
        moderation.hide(community.guild.id, mo.id, one.id, WHY, only_queued=True),
        return_exceptions=True,
    )

    assert Counter(isinstance(result, Exception) for result in ended) == {True: 1, False: 1}
    assert len([deed for deed in await deeds(community) if deed.action != "setup"]) == 1


async def test_what_was_changed_meanwhile_is_read_again_first(community: Community) -> None:
    grace, channel, card = await one_card(community)
    form = await press(community.amina, await mine(community), "Edit")
    community.env.inject_error("PATCH", "/channels/*/messages/*", status=503, code=0, times=1)
    await community.amina.submit_modal(form, {"words": "I will shout at everybody.", "wall": True})

    again = seen(await press(grace, card, "Show it"))

    assert quoted(again) == ["I will shout at everybody."]
    assert again.buttons == BUTTONS
    assert seen(channel.history(viewer=grace)[-1]).text.startswith("This pledge has changed")
    assert quoted(await wall(community)) == []


@pytest.mark.parametrize("button", BUTTONS)
async def test_what_was_withdrawn_meanwhile_is_gone(community: Community, button: str) -> None:
    grace, channel, card = await one_card(community)
    own = seen(await press(community.amina, await mine(community), "Withdraw"))
    buttons: Any = [part.to_dict() for part in card.message.components]
    await press(community.amina, own, "Yes, withdraw it")
    community.env.backend.get_message(channel.id, card.message.id).components = buttons

    answer = seen(await press(grace, card, button))

    assert answer.text.startswith("This pledge is not here any more")
    [there] = posts(channel)
    assert (there.text, there.buttons) == (answer.text, ())
    told = seen(channel.history(viewer=grace)[-1])
    assert (told.text, told.is_private) == (answer.text, True)


@pytest.mark.parametrize("button", BUTTONS[1:])
async def test_what_was_withdrawn_while_a_reason_was_given_is_gone(community: Community, button: str) -> None:
    grace, channel, card = await one_card(community)
    form = await press(grace, card, button)
    [one] = await stored(community)
    await community.bot.services.pledges.withdraw(one.id, community.amina.id)

    answer = await give(grace, form)

    assert answer.text.startswith("This pledge is not here any more")
    assert [there.text for there in posts(channel)] == [answer.text]
    assert {deed.action for deed in await deeds(community)} == {"setup"}


async def test_decided_from_the_list_the_card_says_so_too(community: Community) -> None:
    grace, channel, _ = await one_card(community)

    await because(grace, await opened(community, grace, show="w"), "Hide it")

    [there] = posts(channel)
    assert f"<@{grace.id}> hid it <t:" in there.text
    assert there.buttons == ()


async def test_hidden_with_all_of_its_author_the_card_says_so_too(community: Community) -> None:
    grace, channel, _ = await one_card(community)

    await because(grace, await pledges(community, grace, member=community.amina), "Block this member")

    assert f"<@{grace.id}> blocked <@{community.amina.id}>" in posts(channel)[0].text


async def test_buttons_outlive_a_restart(community: Community) -> None:
    grace, channel, card = await one_card(community)
    form = await press(grace, card, "Hide it")

    await community.restart()
    await give(grace, form)

    assert f"<@{grace.id}> hid it <t:" in posts(channel)[0].text
