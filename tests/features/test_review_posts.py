"""What is posted into review channels: a card for each, not too many, none where nobody can be asked; reminders."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from bot.cards.review import ask_moderators, remind, settle
from bot.cards.review_card import review_card
from bot.cards.review_channel import bring_up_to_date
from bot.services.reviews import MOST_CARDS, MOST_UPDATES, PERIOD, Posted, Reviews
from tests.support.community import Community, press, seen
from tests.support.moderating import (
    asked,
    because,
    keeper,
    moderators_channel,
    one_card,
    opened,
    pledges,
    review_first,
    reviewing,
    stored,
)
from tests.support.pledges import ACTION, WORDS, in_a_hurry, mine, newcomer, pledge, quoted, wall
from tests.support.reporting import posts, report

pytestmark = pytest.mark.usefixtures("env")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
BUTTONS = ("Show it", "Hide it", "Block its author")


# One card for each, and not too many


async def test_another_look_at_the_same_changes_its_card_and_after_a_decision_there_is_a_new_one(
    community: Community,
) -> None:
    grace, channel, card = await one_card(community)
    await asked(community)
    assert len(posts(channel)) == 1

    await press(grace, card, "Show it")
    await report(community.joseph, await wall(community), "unkind")

    assert len(posts(channel)) == 2, "moderators see that there is something new"
    assert posts(channel)[1].title == "A pledge was reported"


async def test_where_the_card_was_deleted_there_is_a_new_one(community: Community) -> None:
    _, channel, card = await one_card(community)
    community.env.backend.delete_message(channel.id, card.message.id)

    await asked(community)

    assert len(posts(channel)) == 1


async def changed(community: Community, words: str) -> None:
    form = await press(community.amina, await mine(community), "Edit")
    await community.amina.submit_modal(form, {"words": words, "wall": True})


async def test_asked_twice_at_once_there_is_one_card_and_it_says_what_is_so_in_the_end(community: Community) -> None:
    grace = keeper(community)
    await review_first(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    channel = await moderators_channel(community, grace)
    [one] = await stored(community)

    async def edited() -> None:
        await changed(community, "I will listen to everybody.")

    await asyncio.gather(ask_moderators(community.bot, one), ask_moderators(community.bot, one), edited())

    assert [quoted(card) for card in posts(channel)] == [["I will listen to everybody."]]


@pytest.mark.parametrize("is_there", [True, False])
async def test_what_is_taken_back_while_its_card_is_made_is_not_left_standing_there(
    community: Community, is_there: bool
) -> None:
    grace = keeper(community)
    await review_first(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    channel = await moderators_channel(community, grace)
    if is_there:
        await asked(community)
    [one] = await stored(community)

    async def slowly(*words: Any) -> Any:
        made = await review_card(*words)
        if await stored(community):
            await community.bot.services.pledges.withdraw(one.id, community.amina.id)
            await settle(community.bot, community.guild.id, one.id)
        return made

    await bring_up_to_date(community.bot, community.guild.id, one.id, slowly, asks=True)

    [card] = posts(channel)
    assert card.text.startswith("This pledge is not here any more")


async def test_after_a_change_that_a_moderator_was_told_of_the_card_is_still_the_same(community: Community) -> None:
    grace, channel, _ = await one_card(community)
    same = await opened(community, grace, show="w")
    await changed(community, "I will do something else.")
    refused = seen(await press(grace, same, "Show it"))
    assert refused.text.startswith("This pledge has changed since you read it.")

    await changed(community, "I will do a third thing.")

    assert [quoted(card) for card in posts(channel)] == [["I will do a third thing."]]


async def test_when_another_review_channel_is_chosen_what_is_new_comes_there(community: Community) -> None:
    grace, before, old = await one_card(community)
    channel = await moderators_channel(community, grace)

    await changed(community, "I will do something else.")
    assert [quoted(card) for card in posts(channel)] == [["I will do something else."]]
    await press(grace, old, "Show it")
    assert quoted(posts(before)[0]) == ["I will do something else."], "it is read again first"
    await press(grace, posts(before)[0], "Show it")

    assert [card.buttons for card in (*posts(before), *posts(channel))] == [(), ()]
    await report(community.joseph, await wall(community), "unkind")
    assert [card.title for card in posts(channel)[1:]] == ["A pledge was reported"]


async def test_every_report_is_told_with_its_words(community: Community) -> None:
    grace = keeper(community)
    channel = await moderators_channel(community, grace)
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    for name, words in (("one", "meh"), ("two", "It names my street.")):
        await report(newcomer(community, name), await wall(community), words)

    [card] = posts(channel)
    assert "What was reported:\n> It names my street.\n> meh" in card.text


async def test_a_card_that_was_changed_too_often_to_be_up_to_date_lets_nothing_through_unread(
    community: Community,
) -> None:
    community.set_clock(NOON)
    grace, channel, _ = await one_card(community)
    with in_a_hurry():
        for number in range(MOST_UPDATES + 1):
            await changed(community, f"I will do thing number {number}.")
    last = [f"I will do thing number {MOST_UPDATES}."]
    assert quoted(posts(channel)[0]) == [f"I will do thing number {MOST_UPDATES - 1}."]

    again = seen(await press(grace, posts(channel)[0], "Show it"))

    assert quoted(await wall(community)) == []
    assert quoted(again) == quoted(posts(channel)[0]) == last
    await press(grace, again, "Show it")
    assert quoted(await wall(community)) == last


async def test_a_flood_brings_ten_cards_and_one_line_until_it_is_over(community: Community) -> None:
    community.set_clock(NOON)
    grace, channel = await reviewing(community)
    people = [newcomer(community, f"p{number}") for number in range(3)]
    with in_a_hurry():
        for number in range(MOST_CARDS * 2):
            await pledge(people[number % 3], community.general, words=f"I will do thing {number}.", wall=True)
            await asked(community)

    cards = posts(channel)
    assert len(cards) == MOST_CARDS + 1
    assert [card.buttons for card in cards[:MOST_CARDS]] == [BUTTONS] * MOST_CARDS
    assert cards[-1].text.startswith("More pledges wait than I post here one by one. </moderate pledges:")
    assert f"**{MOST_CARDS * 2}** pledges wait" in (await pledges(community, grace, show="w")).text

    community.set_clock(NOON + PERIOD)
    await asked(community)
    assert len(posts(channel)) == MOST_CARDS + 2


async def test_one_servers_flood_takes_nothing_from_another(community: Community) -> None:
    reviews = community.bot.services.moderation.reviews
    assert [reviews.next_post(1) for _ in range(MOST_CARDS + 2)] == ["card"] * MOST_CARDS + ["summary", "nothing"]
    assert reviews.next_post(2) == "card"


async def test_what_is_remembered_of_cards_is_bounded(community: Community) -> None:
    reviews = Reviews(community.bot.services.clock, most_known=3)
    for number in range(5):
        reviews.remember(number, Posted(1, number))
    assert [reviews.known(number) is not None for number in range(5)] == [False, False, True, True, True]


# Where nobody can be asked


async def test_private_and_undisputed_pledges_are_none_of_moderators_business(community: Community) -> None:
    grace = keeper(community)
    channel = await moderators_channel(community, grace)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await pledge(community.amina, community.general, words="I will do this quietly.")
    await pledge(community.amina_user, words="I will do this for the campaign.")

    for number in range(3):
        await asked(community, number)

    assert posts(channel) == []


async def test_without_a_review_channel_it_waits_in_the_list(community: Community) -> None:
    grace = keeper(community)
    await review_first(community)
    await pledge(community.amina, community.general, action=ACTION, wall=True)
    with structlog.testing.capture_logs() as logs:
        await asked(community)

    assert logs == []
    assert "**1** pledge waits" in (await pledges(community, grace)).text


@pytest.mark.parametrize("how", ["deleted", "forbidden"])
async def test_a_channel_that_cant_be_written_to_is_logged_once_and_disturbs_nobody(
    community: Community, how: str
) -> None:
    community.set_clock(NOON)
    grace, channel = await reviewing(community)
    if how == "deleted":
        community.env.backend.delete_channel(channel.id)
    else:
        community.forbid_bot(channel, send_messages=True)
    with structlog.testing.capture_logs() as logs:
        thanks = await pledge(community.amina, community.general, words=WORDS, wall=True)
        await asked(community)
        await asked(community)
        community.set_clock(NOON + timedelta(hours=25))
        await remind(community.bot)

    assert "counts" in thanks.title
    warnings = [entry for entry in logs if entry["event"] == "the review channel can't be written to"]
    assert [entry["log_level"] for entry in warnings] == ["warning"]
    assert WORDS not in str(logs)
    await press(grace, await opened(community, grace, show="w"), "Show it")
    assert quoted(await wall(community)) == [WORDS]


async def test_a_channel_that_heals_is_news_again_when_it_fails(community: Community) -> None:
    reviews = community.bot.services.moderation.reviews
    assert [reviews.is_first_failure(1) for _ in range(2)] == [True, False]
    reviews.succeeded(1)
    assert reviews.is_first_failure(1)


async def test_a_channel_of_another_server_is_none(community: Community) -> None:
    grace = keeper(community)
    elsewhere = community.env.create_guild("Second").create_text_channel("talk")
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "review_channel_id", elsewhere.id)
    await review_first(community)

    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await asked(community)

    assert posts(elsewhere) == []


# The reminder


async def test_what_waited_for_a_day_is_called_to_mind_once_a_day(community: Community) -> None:
    community.set_clock(NOON)
    _, channel, _ = await one_card(community)
    community.set_clock(NOON + timedelta(hours=3))
    await pledge(community.joseph, community.general, words="I will do another thing.", wall=True)
    before = len(posts(channel))

    for hours, reminders in ((24, 0), (25, 1), (26, 1), (47, 1), (48, 2)):
        community.set_clock(NOON + timedelta(hours=hours))
        await remind(community.bot)
        assert len(posts(channel)) - before == reminders, hours

    stamp = int(NOON.timestamp())
    said = posts(channel)[-1].text
    assert said.startswith(f"**2** pledges wait for a moderator; the first of them came <t:{stamp}:R>.")
    assert said.endswith("shows what waits.")


async def test_the_bot_by_itself_reminds_them_each_day_and_once(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    moderation = community.bot.services.moderation
    rightly = moderation.mark_reminded

    async def late(guild_id: int) -> None:
        await community.bot.services.clock.nap(2.0)
        await rightly(guild_id)

    monkeypatch.setattr(moderation, "mark_reminded", late)  # it is written a little later than it was found to be due
    _, channel, _ = await one_card(community)
    await community.env.advance_time(36 * 3600)
    before = len(posts(channel))
    assert before == 2, "a card and the first reminder"

    by_day: list[int] = []
    for _ in range(6):
        await community.env.advance_time(24 * 3600)
        by_day.append(len(posts(channel)) - before - sum(by_day))

    assert by_day == [1] * 6


async def test_after_a_week_they_are_reminded_once_a_week(community: Community) -> None:
    community.set_clock(NOON)
    _, channel, _ = await one_card(community)
    before = len(posts(channel))
    for days, reminders in ((7, 1), (8, 1), (13, 1), (14, 2), (15, 2), (21, 3)):
        community.set_clock(NOON + timedelta(days=days, minutes=1))
        await remind(community.bot)
        assert len(posts(channel)) - before == reminders, days


async def test_nobody_is_reminded_of_what_was_decided(community: Community) -> None:
    community.set_clock(NOON)
    grace, channel, card = await one_card(community)
    await press(grace, card, "Show it")
    community.set_clock(NOON + timedelta(days=3))

    await remind(community.bot)

    assert len(posts(channel)) == 1


async def test_one_servers_trouble_keeps_no_other_from_its_reminder(community: Community) -> None:
    community.set_clock(NOON)
    elsewhere = community.env.create_guild("Second")
    talk, theirs = elsewhere.create_text_channel("talk"), elsewhere.create_text_channel("review")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    for setting, value in (("review_channel_id", theirs.id), ("reviews_pledges", True)):
        await community.bot.services.guilds.choose(elsewhere.id, stranger.id, setting, value)  # type: ignore[arg-type]
    _, channel, _ = await one_card(community)
    await pledge(stranger, talk, words="I will do a thing there.", wall=True)
    community.env.backend.delete_channel(channel.id)
    community.set_clock(NOON + timedelta(days=2))
    before = len(posts(theirs))

    await remind(community.bot)

    assert posts(theirs)[-1].text.startswith("**1** pledge waits for a moderator; it came <t:")
    assert len(posts(theirs)) == before + 1


async def test_nothing_that_is_posted_pings_anybody(community: Community) -> None:
    community.set_clock(NOON)
    grace, channel, card = await one_card(community)
    await because(grace, card, "Hide it", own="@everyone look")
    await pledge(community.joseph, community.general, words="I will do another thing.", wall=True)
    await asked(community)
    community.set_clock(NOON + timedelta(days=2))
    await remind(community.bot)

    bodies = [entry.json for entry in community.env.http_requests if entry.path == f"/channels/{channel.id}/messages"]
    assert len(bodies) == 3
    assert [body["allowed_mentions"] for body in bodies] == [{"parse": []}] * 3
    assert "@\u200beveryone look" in posts(channel)[0].text
