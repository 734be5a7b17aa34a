"""What is announced, while Discord, the server or the database make trouble: once, or moderators know."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.storage.backup import back_up
from bot.storage.restore import restore
from tests.wire.announcing import POSTING, READING, THE_DAY, Announcing, twin_of
from tests.wire.child import Child
from tests.wire.client import Wire

HOUR = timedelta(hours=1)


@pytest_asyncio.fixture(loop_scope="session")
async def news(child: Child) -> Announcing:
    """A server in Nairobi, a minute before nine on the day; the bot is not started yet."""
    announcing = Announcing(child)
    await announcing.found()
    return announcing


async def due(news: Announcing) -> None:
    """The bot runs, and has planned; then the hour comes."""
    await news.child.start()
    await news.until("planned")
    await news.moves_to(THE_DAY)


@pytest.mark.parametrize("applied", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("harm", ["resets", "drops", "fails"])
async def test_an_answer_that_is_lost_before_or_after_the_message_was_made(
    news: Announcing, harm: str, applied: bool
) -> None:
    about = {"status": 503} if harm == "fails" else {}
    trouble = await getattr(news.wire, harm)(*POSTING, applied=applied, **about)
    await due(news)
    await trouble.happened()
    await news.passes(10)
    await news.until("sent")

    assert len(await news.posts()) == 1


async def test_where_discord_answers_nothing_the_others_are_served_meanwhile(
    wire: Wire, children: Callable[..., Child]
) -> None:
    news = Announcing(children(wire, CHILD_REQUEST_LIMIT=1.0))
    await news.found(servers=3)
    hanging = await wire.hangs("POST", f"/channels/{news.town.channel}/messages")
    await due(news)
    await news.until("sent", 2)
    await news.until("retry")
    await hanging.lift()
    await news.passes(10)
    await news.until("sent", 3)

    assert [len(await news.posts(town)) for town in news.towns] == [1, 1, 1]


async def test_discord_in_trouble_for_an_hour_costs_an_hour(news: Announcing) -> None:
    down = [await news.wire.fails(*route, 503, times=10_000) for route in (POSTING, READING)]
    await due(news)
    for _ in range(6):
        before = await news.asked() + await news.asked("GET")
        await news.passes(600)
        while await news.asked() + await news.asked("GET") == before:
            await news.child.finds("SELECT 1")
    for one in down:
        await one.lift()
    await news.passes(600)
    await news.until("sent")

    assert len(await news.posts()) == 1
    assert await news.asked() + await news.asked("GET") < 40


async def test_a_permission_taken_away_and_given_back_within_the_day(news: Announcing) -> None:
    await news.child.start()
    await news.until("planned")
    await news.wire.allow(news.town.channel, news.wire.me, send_messages=False)
    await news.moves_to(THE_DAY)
    await news.until("refused")
    assert news.states() == [("refused", "no_permission")]
    assert await news.asked() == 0, "it need not ask to know"

    await news.passes(3600)
    await news.wire.allow(news.town.channel, news.wire.me, send_messages=True)
    await news.until("sent")
    assert len(await news.posts()) == 1


async def test_refused_by_discord_it_asks_once_until_something_changes_there(news: Announcing) -> None:
    refusing = await news.wire.fails(*POSTING, 403, code=50013, text="enforce_nonce")
    await due(news)
    await news.until("refused")
    await refusing.lift()
    await news.passes(3600)
    await news.child.finds("SELECT 1")
    assert await news.asked() == 1

    await news.wire.allow(news.town.channel, news.wire.me, embed_links=True)
    await news.until("sent")
    assert len(await news.posts()) == 1


async def test_a_channel_that_is_deleted_is_told_of_once_and_forgotten_never(news: Announcing) -> None:
    await news.child.start()
    await news.until("planned")
    await news.wire.do("delete_channel", channel=news.town.channel)
    await news.moves_to(THE_DAY)
    await news.until("refused")
    await news.moves_to(THE_DAY + 20 * HOUR)
    await news.until("expired")

    assert news.states() == [("expired", "channel_gone")]
    assert news.child.rows("SELECT announcement_channel_id FROM guild") == [(int(news.town.channel),)]
    assert news.child.rows("SELECT count(*) FROM announcement WHERE told_at IS NOT NULL") == [(1,)]


async def test_without_the_history_nobody_knows_and_nothing_is_sent_again(news: Announcing) -> None:
    await news.wire.allow(news.town.channel, news.wire.me, read_message_history=False)
    await news.child.start()
    killer = await news.wire.kills(news.child.pid, *POSTING, "applied")
    await news.moves_to(THE_DAY)
    await killer.happened()
    await news.child.end()

    await news.passes(400)
    await news.child.start()
    await news.until("unknown")

    assert len(await news.posts()) == 1
    assert news.states() == [("unknown", "no_history")]


async def test_a_nonce_that_another_message_has_is_used_again_when_it_is_free(news: Announcing) -> None:
    elsewhere = news.town.guild.general
    await news.child.start()
    await news.until("planned")
    [(key,)] = news.child.rows("SELECT key FROM announcement WHERE state = 'planned'")
    foreign = await news.wire.post(elsewhere, "other:thing")
    await news.wire.do("remember_nonce", nonce=key, channel=elsewhere, message=foreign.id)
    news.child.expects_trouble = True
    await news.moves_to(THE_DAY)
    await news.child.says("another message has the nonce")
    await news.until("retry")

    await news.passes(700)
    await news.until("sent")
    assert len(await news.posts()) == 1


async def test_a_post_that_moderators_removed_before_it_was_confirmed_does_not_come_back(news: Announcing) -> None:
    await news.child.start()
    killer = await news.wire.kills(news.child.pid, *POSTING, "applied")
    await news.moves_to(THE_DAY)
    await killer.happened()
    await news.child.end()
    [post] = await news.posts()
    await news.wire.do("delete_message", channel=news.town.channel, message=post.id)

    await news.passes(25)
    await news.child.start()
    await news.until("sent")

    assert await news.posts() == []
    assert news.states() == [("sent", "removed")]


async def test_what_is_claimed_is_posted_where_it_was_claimed_for_whatever_is_chosen_since(news: Announcing) -> None:
    await news.child.start()
    killer = await news.wire.kills(news.child.pid, *POSTING, "applied")
    await news.moves_to(THE_DAY)
    await killer.happened()
    await news.child.end()
    other = await news.wire.channel(news.town.guild, "elsewhere")
    news.choose(news.town, announcement_channel_id=int(other), post_at=600)

    await news.passes(400)
    await news.child.start()
    await news.until("sent")

    assert len(await news.posts()) == 1
    assert await news.wire.messages(other) == []


async def test_while_the_database_is_locked_it_waits_and_posts_once(news: Announcing) -> None:
    await news.child.start()
    await news.until("planned")
    with contextlib.closing(sqlite3.connect(news.child.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await news.moves_to(THE_DAY)
        await news.child.says("the outbox can't be used at the moment")
        other.execute("ROLLBACK")
    await news.until("sent")

    assert len(await news.posts()) == 1


async def test_a_ban_stops_all_posting_for_ten_minutes(news: Announcing) -> None:
    await news.wire.limits(*POSTING, via=False)
    await due(news)
    await news.child.says("all posting rests")
    await news.passes(300)
    await news.child.finds("SELECT 1")
    assert await news.asked() == 1

    await news.passes(310)
    await news.until("sent")
    assert len(await news.posts()) == 1


async def test_a_token_that_is_not_taken_any_more_stops_all_posting(wire: Wire, children: Callable[..., Child]) -> None:
    news = Announcing(children(wire))
    await news.found(servers=30)
    await wire.fails(*POSTING, 401, times=1000)
    await due(news)
    await news.child.says("does not accept the token")
    await news.passes(3600)
    await news.child.finds("SELECT 1")

    assert await news.asked() <= 16, "no more than were under way"


async def test_halted_in_the_middle_and_overtaken_it_does_not_post_again(
    wire: Wire, children: Callable[..., Child], news: Announcing
) -> None:
    """The second process takes over when the lease of the first has run out; then the first one goes on."""
    other = twin_of(news.child, children(wire))
    hanging = await wire.hangs(*POSTING)
    await due(news)
    await hanging.happened()
    os.kill(news.child.pid, signal.SIGSTOP)
    try:
        await hanging.lift()
        await news.passes(30)
        await other.start()
        await news.until("sent")
    finally:
        os.kill(news.child.pid, signal.SIGCONT)
    await news.passes(600)
    await other.stop()
    await news.passes(30)
    await news.until("sent")

    assert len(await news.posts()) == 1


async def test_a_server_left_and_a_channel_gone_while_it_was_away_are_found_at_the_start(
    wire: Wire, children: Callable[..., Child]
) -> None:
    news = Announcing(children(wire))
    await news.found(servers=2, at=THE_DAY - 2 * HOUR)
    left, gone = news.towns
    news.choose(gone, review_channel_id=int(gone.guild.general))
    await news.child.start()
    await news.until("planned", 2)
    await news.child.stop()
    await wire.do("remove_bot", guild=left.guild.id)
    await wire.do("delete_channel", channel=gone.channel)

    await news.child.start()
    await wire.do("until_messages", channel=gone.guild.general, count=1)
    [told] = await wire.messages(gone.guild.general)
    assert "is no longer there" in told.text
    await news.moves_to(THE_DAY)
    await news.until("refused", 2)

    assert {why for _, why in news.states()} == {"server_left", "channel_gone"}
    assert await news.asked() == 0
    assert len(await wire.messages(gone.guild.general)) == 1, "once"


async def test_a_restored_backup_posts_nothing_again(news: Announcing) -> None:
    url = f"sqlite+aiosqlite:///{news.child.database}"
    await news.child.start()
    await news.until("planned")
    backup = await asyncio.to_thread(back_up, url, None, now=news.child.time.now(), keep_days=30)
    await news.moves_to(THE_DAY)
    await news.until("sent")
    await news.child.stop()

    await news.moves_to(THE_DAY + HOUR)
    await asyncio.to_thread(restore, url, backup.path, now=news.child.time.now(), over=True)
    await news.child.start()
    await news.until("sent")

    assert len(await news.posts()) == 1
    assert await news.asked() == 1
