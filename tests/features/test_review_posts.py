"""What is posted into review channels: a card for each, not too many, none where nobody can be asked; reminders."""

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from bot.cards.review import remind
from bot.services.reviews import MOST_CARDS, PERIOD, Posted, Reviews
from tests.support.community import Community, press
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
)
from tests.support.pledges import ACTION, WORDS, in_a_hurry, newcomer, pledge, quoted, wall
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

    for hours, reminders in ((24, 0), (25, 1), (26, 1), (48, 1), (49, 2)):
        community.set_clock(NOON + timedelta(hours=hours))
        await remind(community.bot)
        assert len(posts(channel)) - before == reminders, hours

    stamp = int(NOON.timestamp())
    said = posts(channel)[-1].text
    assert said.startswith(f"**2** pledges wait for a moderator; the first of them came <t:{stamp}:R>.")
    assert said.endswith("shows what waits.")


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
