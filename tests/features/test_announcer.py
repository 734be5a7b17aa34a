"""The announcements as a server meets them: what was chosen is posted on its day, once, whatever happens in between."""

import asyncio
from typing import Any

import discord
import pytest
import structlog

from bot.announcements import delivery
from bot.announcements.announcer import Announcer
from bot.supervised import FIRST_PAUSE
from tests.support.announcing import Announcing
from tests.support.community import Community

pytestmark = pytest.mark.usefixtures("env")

ON_THE_DAY = ("2026-09-20T05:59", "2026-09-20T06:01")
"""A minute before and after nine in Nairobi."""


@pytest.fixture
async def news(community: Community) -> Announcing:
    """A server in Nairobi that has its dates announced at nine, on the day before one of them."""
    announcing = Announcing(community)
    await announcing.set_up()
    return announcing


async def test_on_the_day_it_is_posted_once(news: Announcing) -> None:
    before, after = ON_THE_DAY
    await news.moves_to(before)
    assert news.posts() == []

    await news.moves_to(after)
    assert len(news.posts()) == 1
    await news.moves_to("2026-09-21T00:01")
    assert len(news.posts()) == 1


async def test_set_up_after_the_hour_nothing_comes_before_the_next_date(community: Community) -> None:
    news = Announcing(community)
    await news.set_up("2026-09-20T09:00")
    await news.moves_to("2026-09-20T23:00")

    assert news.posts() == []
    [(due_at,)] = news.rows("SELECT due_at FROM announcement")
    assert due_at > "2026-09-20T09"


async def test_settings_that_change_move_what_is_planned(news: Announcing) -> None:
    await news.choose("post_at", 14 * 60)
    other = news.community.guild.create_text_channel("other")
    await news.choose("announcement_channel_id", other.id)

    await news.moves_to("2026-09-20T10:59")
    assert (news.posts(), news.posts(other)) == ([], [])
    await news.moves_to("2026-09-20T11:01")
    assert (len(news.posts()), len(news.posts(other))) == (0, 1)


async def test_the_zone_changed_in_the_minute_before_neither_loses_nor_doubles_it(news: Announcing) -> None:
    await news.moves_to(ON_THE_DAY[0])
    await news.choose("zone", "Asia/Tokyo")  # where it is three in the afternoon
    assert len(news.posts()) == 1

    await news.choose("zone", "America/Los_Angeles")
    await news.moves_to("2026-09-21T00:01")
    assert len(news.posts()) == 1


async def test_the_channel_taken_back_in_the_minute_before_nothing_is_posted(news: Announcing) -> None:
    await news.moves_to(ON_THE_DAY[0])
    await news.choose("announcement_channel_id", None)
    await news.moves_to("2026-09-21T00:01")

    assert news.posts() == []
    assert news.rows("SELECT count(*) FROM announcement") == [(0,)]


async def test_a_right_taken_away_and_given_back_within_the_day(news: Announcing) -> None:
    community = news.community
    community.forbid_bot(news.channel, send_messages=True)
    await news.moves_to(ON_THE_DAY[1])
    assert news.states()[0] == ("refused", "no_permission")
    await news.passes(3600)

    community.forbid_bot(news.channel)
    await news.passes(1)

    assert len(news.posts()) == 1


async def test_one_that_can_not_be_written_keeps_no_other_from_being_posted(
    news: Announcing, monkeypatch: pytest.MonkeyPatch
) -> None:
    community = news.community
    community.expects_errors = True
    poisoned = community.env.create_guild("Poisoned")
    channel = poisoned.create_text_channel("news")
    for setting, value in (("zone", "Africa/Nairobi"), ("announcement_channel_id", channel.id)):
        await community.bot.services.guilds.choose(poisoned.id, community.amina_user.id, setting, value)  # type: ignore[arg-type]
    rightly = delivery.render

    async def render(client: discord.Client, one: Any, channel: discord.TextChannel) -> Any:
        if channel.guild.id == poisoned.id:
            raise ZeroDivisionError
        return await rightly(client, one, channel)

    monkeypatch.setattr(delivery, "render", render)
    with structlog.testing.capture_logs() as logs:
        await news.moves_to(ON_THE_DAY[1])

    assert len(news.posts()) == 1
    [entry] = [entry for entry in logs if entry["log_level"] == "error"]
    assert (entry["guild"], bool(entry["error_id"])) == (poisoned.id, True)
    poison = "SELECT state, why FROM announcement WHERE guild_id = ? AND occurrence = '2026-09-20'"
    assert news.rows(poison, poisoned.id) == [("refused", "invalid")]


async def test_ended_from_outside_the_task_begins_again_and_says_so(news: Announcing) -> None:
    news.community.expects_errors = True
    announcer = news.community.bot.announcer
    assert announcer._task is not None
    with structlog.testing.capture_logs() as logs:
        announcer._task.cancel()
        await news.passes(FIRST_PAUSE + 1)

    [entry] = [entry for entry in logs if entry["log_level"] == "error"]
    assert entry["event"] == "the announcer had ended and begins again"
    assert isinstance(entry["exc_info"], asyncio.CancelledError)
    await news.moves_to(ON_THE_DAY[1])
    assert len(news.posts()) == 1


@pytest.mark.parametrize(
    "error", [ValueError("a slip"), OSError("a disk"), KeyError(), ExceptionGroup("all", [OSError()])]
)
async def test_whatever_a_round_raises_the_next_one_comes(
    news: Announcing, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    news.community.expects_errors = True
    rightly, slips = Announcer.round, iter([True])

    async def round(self: Announcer) -> Any:
        if next(slips, False):
            raise error
        return await rightly(self)

    monkeypatch.setattr(Announcer, "round", round)
    await news.moves_to(ON_THE_DAY[1])
    await news.passes(FIRST_PAUSE + 1)

    assert len(news.posts()) == 1


async def test_one_that_hangs_is_given_up_and_the_others_come(
    news: Announcing, monkeypatch: pytest.MonkeyPatch
) -> None:
    community = news.community
    community.expects_errors = True
    stuck = community.env.create_guild("Stuck")
    channel = stuck.create_text_channel("news")
    for setting, value in (("zone", "Africa/Nairobi"), ("announcement_channel_id", channel.id)):
        await community.bot.services.guilds.choose(stuck.id, community.amina_user.id, setting, value)  # type: ignore[arg-type]
    rightly = delivery.render

    async def render(client: discord.Client, one: Any, channel: discord.TextChannel) -> Any:
        if channel.guild.id == stuck.id:
            await asyncio.sleep(100_000)
        return await rightly(client, one, channel)

    monkeypatch.setattr(delivery, "render", render)
    await news.moves_to(ON_THE_DAY[1])
    assert len(news.posts()) == 1
    await news.passes(200)

    hung = "SELECT state, why FROM announcement WHERE guild_id = ? AND occurrence = '2026-09-20'"
    assert news.rows(hung, stuck.id) == [("refused", "invalid")]


async def test_a_fact_a_day_comes_each_day_and_none_for_the_days_before(news: Announcing) -> None:
    daily = news.community.guild.create_text_channel("daily")
    await news.choose("daily_channel_id", daily.id)
    await news.choose("daily_kind", "fact")
    assert news.posts(daily) == []

    for count, day in enumerate(("20", "21", "22"), start=1):
        await news.moves_to(f"2026-09-{day}T06:01")
        assert len(news.posts(daily)) == count


async def test_in_an_announcement_channel_it_is_published_to_who_follows_it(news: Announcing) -> None:
    followed = news.community.guild.create_news_channel("followed")
    await news.choose("announcement_channel_id", followed.id)
    await news.moves_to(ON_THE_DAY[1])
    await news.passes(2)

    [post] = news.posts(followed)
    assert post.message.flags.value & 3, "SimCord marks it with the second bit, Discord with the first"


async def test_a_bot_that_starts_again_posts_nothing_twice(news: Announcing) -> None:
    await news.moves_to(ON_THE_DAY[1])
    for _ in range(3):
        await news.community.restart()
        await news.passes(3600)

    assert len(news.posts()) == 1
