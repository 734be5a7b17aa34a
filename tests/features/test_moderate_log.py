"""/moderate log: who did what and when, in words, for moderators of that server."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from simcord import MemberActor

from bot.cards.base import Reader
from bot.cards.moderate_log import LONGEST_DETAILS, said_of
from bot.i18n import Languages
from bot.services.moderation import ON_A_LOG_PAGE
from bot.storage.audit import Action, Deed
from bot.storage.guilds import Mutable, Setting, Value
from tests.support.community import IN_ENGLISH, Community, Seen, press, seen
from tests.support.moderating import WHY, because, keeper, opened, pledges
from tests.support.pledges import WORDS, in_a_hurry, newcomer, pledge, wall
from tests.support.reporting import report
from tests.support.setting_up import deeds

pytestmark = pytest.mark.usefixtures("env")

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def log(community: Community, actor: object) -> Seen:
    return seen(await actor.slash(community.general, "moderate log"))  # type: ignore[attr-defined]


def lines(card: Seen) -> list[str]:
    """What was done, newest first, without the time."""
    return [line.partition(" · ")[2] for line in card.text.splitlines()[1:]]


async def test_an_empty_log_says_so_and_is_private(community: Community) -> None:
    card = await log(community, keeper(community))

    assert card.text == "### What was done here\nNothing yet."
    assert card.is_private


async def test_each_deed_is_told_with_who_whom_and_when(community: Community) -> None:
    community.set_clock(NOON)
    grace = keeper(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await because(grace, await opened(community, grace), "Hide it")
    community.set_clock(NOON + timedelta(minutes=1))
    await press(grace, await opened(community, grace), "Show it")
    await because(grace, await opened(community, grace), "Block this member")
    await press(grace, await pledges(community, grace, member=community.amina), "Unblock this member")

    card = await log(community, grace)

    who, whom = f"<@{grace.id}>", f"<@{community.amina.id}>"
    assert lines(card) == [
        f"{who} unblocked {whom}.",
        f"{who} hid a pledge of {whom}: {WHY}",
        f"{who} blocked {whom}: {WHY}",
        f"{who} showed a pledge of {whom} again.",
        f"{who} hid a pledge of {whom}: {WHY}",
    ]
    assert card.text.splitlines()[-1].startswith(f"<t:{int(NOON.timestamp())}:R> · ")
    assert WORDS not in card.text
    assert all(WORDS not in deed.details for deed in await deeds(community))


async def test_what_happened_by_itself_is_told_as_such(community: Community) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    for number in range(3):
        await report(newcomer(community, f"r{number}"), await wall(community), "unkind")
    await press(grace, await opened(community, grace, show="w"), "Show it")

    assert lines(await log(community, grace)) == [
        f"<@{grace.id}> looked at a pledge of <@{community.amina.id}>, and it may stand.",
        f"A pledge of <@{community.amina.id}> left the wall by itself, after three reports.",
    ]


async def test_what_happened_by_itself_did_nobody_even_after_its_author_has_erased_their_data(
    community: Community,
) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    for number in range(3):
        await report(newcomer(community, f"r{number}"), await wall(community), "unkind")

    await community.bot.services.privacy.erase(community.amina.id)

    assert lines(await log(community, grace)) == [
        "A pledge of somebody who has erased their data left the wall by itself, after three reports."
    ]


async def test_what_was_set_up_is_told(community: Community) -> None:
    grace = keeper(community)
    told: list[tuple[Setting, Value, str]] = [
        ("review_channel_id", 5, "made <#5> the review channel."),
        ("review_channel_id", None, "chose to have no review channel."),
        ("moderator_role_id", 6, "made <@&6> the moderators' role."),
        ("moderator_role_id", None, "chose to have no moderators' role."),
        ("supporter_role_id", 7, "made <@&7> the supporters' role."),
        ("supporter_role_id", None, "chose to have no supporters' role."),
        ("allows_links", True, "allowed links in pledges."),
        ("allows_links", False, "allowed no links in pledges any more."),
        ("reviews_pledges", True, "chose that public pledges are reviewed first."),
        ("reviews_pledges", False, "chose that public pledges are shown at once."),
    ]
    assert await log_of(community, grace, told) == [f"<@{grace.id}> {said}" for _, _, said in reversed(told)]


async def log_of(community: Community, grace: MemberActor, told: list[tuple[Setting, Value, str]]) -> list[str]:
    """What the log's first page says after these choices."""
    for setting, value, _ in told:
        await community.bot.services.guilds.choose(community.guild.id, grace.id, setting, value)

    return lines(await log(community, grace))


async def test_what_was_chosen_about_announcements_is_told_in_words(community: Community) -> None:
    grace = keeper(community)
    told: list[tuple[Setting, Value, str]] = [
        ("announcement_channel_id", 5, "made <#5> the channel for announcements."),
        ("zone", "America/New_York", "chose the time zone America/New York."),
        ("post_at", 0, "chose 00:00 as the time of day."),
        ("post_at", 1290, "chose 21:30 as the time of day."),
        ("ping_role_id", 7, "chose that announcements mention <@&7>."),
        ("ping_role_id", community.guild.id, "chose that announcements mention @\u200beveryone."),
        ("ping_role_id", None, "chose that announcements mention nobody."),
        ("posts_minor", True, "had the lesser dates posted."),
        ("posts_observances", False, "left the observances out."),
        ("announcement_channel_id", None, "chose that nothing is announced."),
    ]
    assert await log_of(community, grace, told) == [f"<@{grace.id}> {said}" for _, _, said in reversed(told)]


async def test_what_was_chosen_about_the_wall_and_the_daily_post_is_told_in_words(community: Community) -> None:
    grace = keeper(community)
    told: list[tuple[Setting, Value, str]] = [
        ("wall_channel_id", 5, "chose that new public pledges are posted in <#5>."),
        ("wall_channel_id", None, "chose to have no wall channel."),
        ("daily_kind", "quote", "chose what is posted as the fact or quote of the day: a quote."),
        ("daily_every", "weekly", "chose how often the fact or quote of the day comes: every Monday."),
        ("daily_kind", None, "chose that no fact and no quote of the day is posted."),
        ("daily_channel_id", 6, "made <#6> the channel for the fact or quote of the day."),
        ("posts_targets", False, "chose that targets are not announced."),
        ("zone", None, "chose to have no time zone."),
    ]
    assert await log_of(community, grace, told) == [f"<@{grace.id}> {said}" for _, _, said in reversed(told)]


@IN_ENGLISH
async def test_what_was_muted_and_taken_away_is_told(community: Community) -> None:
    grace = keeper(community)
    services, here = community.bot.services, community.guild.id
    topic = next(iter(services.campaign.topics.values()))
    await services.guilds.mute(here, grace.id, "topic", topic.id, muted=True)
    await services.guilds.mute(here, grace.id, "fact", "a-fact", muted=True)
    await services.guilds.mute(here, grace.id, "quote", "a-quote", muted=False)
    await grace.slash(community.general, "moderate export")

    who = f"<@{grace.id}>"
    assert lines(await log(community, grace)) == [
        f"{who} took the pledges away as a table: 0 of them.",
        f"{who} chose that the quote `a-quote` is shown here again.",
        f"{who} chose that the fact `a-fact` is not shown here.",
        f"{who} chose that the topic “{topic.name}” is not shown here.",
    ]


def say(community: Community, deed: Deed) -> str:
    services = community.bot.services
    return said_of(
        Reader(Languages().words("en-US"), services, lambda name: name, is_private=True, may_share=False), deed
    )


async def test_of_people_who_erased_their_data_nothing_is_told(community: Community) -> None:
    here = community.guild.id
    assert say(community, Deed(here, NOON, "hide", None, 1, None, "x y z")) == (
        "Somebody who has erased their data hid a pledge of somebody who has erased their data: x y z"
    )


DETAILS = {
    "setup": [f"{setting}={value}" for setting in get_args(Setting) for value in ("", "0", "1")],
    "mute": [f"{kind}=x" for kind in get_args(Mutable)],
    "unmute": [f"{kind}=x" for kind in get_args(Mutable)],
}


@pytest.mark.parametrize("action", get_args(Action))
async def test_whatever_can_be_done_is_told_in_words(community: Community, action: Action) -> None:
    for details in DETAILS.get(action, ["why"]):
        said = say(community, Deed(community.guild.id, NOON, action, 5, 1, 6, details))
        assert " · " not in said, "the bare words of what is not known"
        assert said.endswith((".", "why"))
        assert said.startswith("A pledge of <@6>" if action == "auto_hide" else "<@5> ")


@pytest.mark.parametrize("action", ["later-version", "setup", "mute"])
async def test_what_a_later_version_wrote_is_shown_and_escaped(community: Community, action: str) -> None:
    deed = Deed(community.guild.id, NOON, action, 5, details="*x*=@everyone" + "y" * 300)

    said = say(community, deed)

    assert said.startswith(f"<@5> · {action} · \\*x\\*=@\u200beveryone")
    assert len(said) < LONGEST_DETAILS + 60


async def test_ten_a_page_to_the_oldest_and_back_to_the_newest(community: Community) -> None:
    grace = keeper(community)
    services, here = community.bot.services, community.guild.id
    with in_a_hurry():
        for number in range(2 * ON_A_LOG_PAGE + 3):
            await services.moderation.block(here, grace.id, 1000 + number, "*" * 200)

    first = await log(community, grace)
    assert [line.split(" ")[2] for line in lines(first)] == [f"<@{1022 - number}>:" for number in range(10)]
    assert first.buttons == ("Older",)
    second = seen(await press(grace, first, "Older"))
    assert second.message.id == first.message.id
    assert second.buttons == ("Newest", "Older")
    third = seen(await press(grace, second, "Older"))
    assert [line.split(" ")[2] for line in lines(third)] == [f"<@{1002 - number}>:" for number in range(3)]
    assert third.buttons == ("Newest",)
    assert lines(seen(await press(grace, third, "Newest"))) == lines(await log(community, grace))


async def test_another_servers_log_is_another(community: Community) -> None:
    grace = keeper(community)
    elsewhere = community.env.create_guild("Second")
    channel, owner = elsewhere.create_text_channel("talk"), elsewhere.add_member(elsewhere.owner)
    await community.bot.services.moderation.block(community.guild.id, grace.id, 1000, "7 7 7")

    assert "Nothing yet." in seen(await owner.slash(channel, "moderate log")).text
    assert "7 7 7" in (await log(community, grace)).text
