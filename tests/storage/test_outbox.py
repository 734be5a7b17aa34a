"""The outbox's rows: each step holds for whoever may post, once; the lease tells who that is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from bot.storage.announcements import Announcement, Plan, Replan, by_keys
from bot.storage.database import Database
from bot.storage.lease import LASTS, EndLease, TakeLease
from bot.storage.outbox import Claim, Confirm, PostAfterAll, Settle, TakeSettings, due, look, news_of, servers_to_plan
from bot.storage.outbox_care import DoubtDue, FirstTrouble, ForgetDaily, LookAgain, Reconsider, servers_waiting
from bot.storage.tables import (
    CLAIMED,
    DROPPED,
    EXPIRED,
    PLANNED,
    REFUSED,
    RETRY,
    SENT,
    UNKNOWN,
    announcement,
    guild,
    news,
)
from tests.storage.world import HERE, NOON, THERE

HOUR = timedelta(hours=1)
CHANNEL, MESSAGE, MODERATOR = 77, 99, 5


def plan(kind: Any = "anniversary", day: str = "2026-11-24", due_at: datetime = NOON, guild_id: int = HERE) -> Plan:
    subject = "daily" if kind == "daily" else ""
    return Plan(guild_id, kind, subject, day, due_at, NOON + 12 * HOUR, "Africa/Nairobi", 540)


@pytest.fixture
async def fence(db: Database) -> int:
    """The lease, taken."""
    taken = await db.write(TakeLease("me", NOON))
    assert taken is not None
    return taken


async def read(db: Database, of: Plan) -> Announcement:
    async with db.read() as connection:
        return (await by_keys(connection, of.guild_id, [of.key]))[of.key]


async def put(db: Database, *plans: Plan, **changed: Any) -> Announcement:
    """Plans something, and makes of its row what is given; returns the first."""
    for guild_id in (HERE, THERE):
        await db.write(Replan(guild_id, tuple(one for one in plans if one.guild_id == guild_id), NOON + 99 * HOUR))
    if changed:
        await db.write(Changes(changed))
    return await read(db, plans[0])


class Changes:
    """Rows made what no operation makes them at once."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    @classmethod
    async def apply(cls, tx: Any, batch: Any) -> list[None]:
        for one in batch:
            await tx.execute(update(announcement).values(one.values))
        return [None for _ in batch]


async def told(db: Database) -> set[tuple[int, int]]:
    async with db.read() as connection:
        return {(row[0], row[1]) for row in await connection.execute(select(news))}


# The lease.


async def test_of_two_holders_one_has_the_lease_until_it_ends_it(db: Database) -> None:
    mine = await db.write(TakeLease("me", NOON))
    assert mine is not None
    assert await db.write(TakeLease("other", NOON + timedelta(seconds=5))) is None
    assert await db.write(TakeLease("me", NOON + timedelta(seconds=5))) == mine, "renewed, it keeps its number"

    await db.write(EndLease(mine))
    assert await db.write(TakeLease("other", NOON + timedelta(seconds=6))) == mine + 1


async def test_a_lease_runs_out_and_whoever_comes_back_has_a_new_number(db: Database) -> None:
    mine = await db.write(TakeLease("me", NOON))
    assert mine is not None
    theirs = await db.write(TakeLease("other", NOON + LASTS))
    assert theirs == mine + 1
    await db.write(EndLease(mine))
    assert await db.write(TakeLease("me", NOON + LASTS)) is None, "only its holder ends it"
    assert await db.write(TakeLease("me", NOON + 2 * LASTS)) == mine + 2


async def test_a_lease_from_a_clock_that_was_set_back_since_counts_as_over(db: Database) -> None:
    await db.write(TakeLease("me", NOON))
    assert await db.write(TakeLease("other", NOON - HOUR)) is not None


# Claimed, sent, settled.


async def test_what_is_claimed_is_kept_as_it_is_sent(db: Database, fence: int) -> None:
    row = await put(db, plan())

    assert await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))

    row = await read(db, plan())
    assert (row.state, row.attempts, row.fence, row.channel_id, row.body) == (CLAIMED, 1, fence, CHANNEL, "{}")
    assert row.attempted_at == row.next_at == NOON


async def test_nobody_claims_with_the_number_of_an_earlier_lease(db: Database, fence: int) -> None:
    row = await put(db, plan())
    await db.write(TakeLease("other", NOON + HOUR))

    assert not await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))
    assert not await db.write(Settle(row, fence, NOON, DROPPED, "no_channel"))
    assert await read(db, plan()) == row


@pytest.mark.parametrize("changed", [{"attempts": 1}, {"state": SENT}, {"next_at": NOON + HOUR}, {"guild_id": THERE}])
async def test_nobody_claims_what_is_no_longer_as_it_was_read(
    db: Database, fence: int, changed: dict[str, Any]
) -> None:
    row = await put(db, plan())
    await db.write(Changes(changed))

    assert not await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))


async def test_confirmed_it_holds_no_body_and_nobody_looks_at_it_again(db: Database, fence: int) -> None:
    row = await put(db, plan())
    await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))
    assert await db.write(Confirm(row, CHANNEL, MESSAGE, NOON))
    assert not await db.write(Confirm(row, CHANNEL, MESSAGE + 1, NOON)), "once"

    row = await read(db, plan())
    assert (row.state, row.message_id, row.channel_id, row.sent_at) == (SENT, MESSAGE, CHANNEL, NOON)
    assert row.body is row.attempted_at is row.next_at is row.why is None


async def test_a_message_that_stands_there_is_posted_whoever_has_the_lease_by_now(db: Database, fence: int) -> None:
    row = await put(db, plan())
    await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))
    await db.write(TakeLease("other", NOON + HOUR))
    await db.write(Changes({"state": UNKNOWN}))

    assert await db.write(Confirm(row, CHANNEL, MESSAGE, NOON))
    assert (await read(db, plan())).state == SENT


@pytest.mark.parametrize("is_unclear", [True, False])
async def test_what_was_not_posted_keeps_its_body_only_while_nobody_knows(
    db: Database, fence: int, is_unclear: bool
) -> None:
    row = await put(db, plan())
    await db.write(Claim(row, fence, CHANNEL, "{}", NOON, NOON))
    row = await read(db, plan())

    assert await db.write(Settle(row, fence, NOON, RETRY, "discord_down", NOON + HOUR, is_unclear))

    row = await read(db, plan())
    assert (row.state, row.why, row.next_at, row.channel_id) == (RETRY, "discord_down", NOON + HOUR, CHANNEL)
    assert (row.body, row.attempted_at) == (("{}", NOON) if is_unclear else (None, None))


async def test_a_wall_post_is_brought_up_to_date_if_what_was_sent_may_be_older_than_what_is_true(
    db: Database, fence: int
) -> None:
    of = Plan(HERE, "wall", "5", "", NOON)
    row = await put(db, of, kind="wall")
    for body, attempts, again in (("{}", 0, None), (None, 0, NOON), ("{}", 1, NOON)):
        await db.write(Changes({"state": CLAIMED, "body": body, "attempts": attempts + 1, "next_at": NOON}))
        assert await db.write(Confirm(row, CHANNEL, MESSAGE, NOON))
        assert (await read(db, of)).next_at == again
    await db.write(Changes({"state": CLAIMED, "body": None}))
    await db.write(Confirm(row, CHANNEL, None, NOON, "removed"))
    assert (await read(db, of)).next_at is None, "there is nothing to be brought up to date"


# Planning.


async def test_planning_anew_follows_what_is_wanted_and_leaves_what_is_over(db: Database) -> None:
    ahead, late = plan(day="2026-11-26", due_at=NOON + HOUR), plan(day="2026-11-24", due_at=NOON - HOUR)
    over = replace(plan(day="2026-11-23", due_at=NOON - 30 * HOUR), expires_at=NOON - HOUR)
    await db.write(Replan(HERE, (over, late, ahead), NOON - 100 * HOUR))
    async with db.read() as connection:
        assert len(await due(connection, NOON + 9 * HOUR, 10)) == 3

    later = replace(ahead, due_at=NOON + 3 * HOUR)
    await db.write(Replan(HERE, (late, later), NOON))
    assert (await read(db, ahead)).due_at == NOON + 3 * HOUR
    assert (await read(db, late)).due_at == late.due_at, "it is due, its day is not over, and it is still wanted"

    await db.write(Replan(HERE, (), NOON))
    async with db.read() as connection:
        assert {row.key for row in await due(connection, NOON + 9 * HOUR, 10)} == {over.key}, (
            "it is to be told as missed"
        )


async def test_planned_twice_it_is_there_once_whatever_became_of_it(db: Database, fence: int) -> None:
    row = await put(db, plan())
    await db.write(Settle(row, fence, NOON, EXPIRED, "too_late"))
    await db.write(Replan(HERE, (plan(), plan()), NOON))

    assert (await read(db, plan())).state == EXPIRED


async def test_what_is_next_due_is_found_and_whether_there_is_news(db: Database) -> None:
    async with db.read() as connection:
        assert await look(connection) == (None, False)
    await put(db, plan(), plan("daily", due_at=NOON + HOUR, guild_id=THERE))
    await db.write(Changes({"fence": 1}))
    async with db.read() as connection:
        assert await look(connection) == (NOON, False)


async def test_news_are_read_server_by_server_and_settings_are_taken(db: Database) -> None:
    class Tell:
        @classmethod
        async def apply(cls, tx: Any, batch: Any) -> list[None]:
            rows = [(HERE, 0), (HERE, 7), (THERE, 0)]
            await tx.execute(insert(news), [{"guild_id": a, "pledge_id": b} for a, b in rows])
            return [None for _ in batch]

    await db.write(Tell())
    async with db.read() as connection:
        assert await news_of(connection, 0, 1) == {HERE: {0, 7}}
        assert await news_of(connection, HERE, 5) == {THERE: {0}}
        assert await news_of(connection, THERE, 5) == {}
    await db.write(TakeSettings((HERE, THERE)))
    assert await told(db) == {(HERE, 7)}


async def test_servers_are_planned_that_have_a_channel_and_the_bot(db: Database) -> None:
    class Found:
        @classmethod
        async def apply(cls, tx: Any, batch: Any) -> list[None]:
            rows = [(1, None, None, None), (2, 9, None, None), (3, None, 9, None), (4, 9, None, NOON), (5, 9, 9, None)]
            names = ("id", "announcement_channel_id", "daily_channel_id", "left_at")
            await tx.execute(insert(guild), [dict(zip(names, row, strict=True)) | {"added_at": NOON} for row in rows])
            return [None for _ in batch]

    await db.write(Found())
    async with db.read() as connection:
        assert await servers_to_plan(connection, 0, 2) == [2, 3]
        assert await servers_to_plan(connection, 3, 2) == [5]


# What waits, and what was missed.


async def test_what_was_refused_is_tried_again_when_something_changes_in_its_server(db: Database) -> None:
    await put(db, plan(), plan(guild_id=THERE), state=REFUSED, next_at=None, why="forbidden")
    async with db.read() as connection:
        assert await servers_waiting(connection) == {HERE, THERE}

    await db.write(Reconsider((HERE,), NOON))

    assert ((await read(db, plan())).state, (await read(db, plan())).next_at) == (RETRY, NOON)
    assert (await read(db, plan(guild_id=THERE))).state == REFUSED


@pytest.mark.parametrize("state", [REFUSED, EXPIRED, UNKNOWN])
async def test_what_was_missed_is_posted_after_all_when_a_moderator_wants_it(db: Database, state: str) -> None:
    row = await put(db, plan(), state=state, why="too_late", attempted_at=NOON, body="{}", next_at=None)

    assert not await db.write(PostAfterAll(THERE, MODERATOR, row.id, NOON)), "of another server"
    assert await db.write(PostAfterAll(HERE, MODERATOR, row.id, NOON))
    assert not await db.write(PostAfterAll(HERE, MODERATOR, row.id, NOON)), "once"

    row = await read(db, plan())
    assert (row.state, row.next_at, row.expires_at, row.attempted_at, row.body, row.why) == (
        *(PLANNED, NOON, None, None, None, None),
    )


async def test_moderators_are_told_once_until_it_works_again(db: Database, fence: int) -> None:
    first, second = plan(), plan(day="2026-11-25")
    one, two = await put(db, first), await put(db, second)

    assert await db.write(FirstTrouble(one, NOON))
    assert not await db.write(FirstTrouble(one, NOON + HOUR))
    assert not await db.write(FirstTrouble(two, NOON + HOUR))
    await db.write(Confirm(one, CHANNEL, MESSAGE, NOON + 2 * HOUR))
    assert await db.write(FirstTrouble(two, NOON + 3 * HOUR)), "a new run of trouble"


async def test_daily_posts_are_forgotten_and_nothing_else(db: Database) -> None:
    old, waiting = plan("daily"), plan("daily", "2026-11-25")
    await put(db, old, plan(), state=SENT)
    await put(db, waiting)

    await db.write(ForgetDaily(NOON + HOUR))

    async with db.read() as connection:
        assert await connection.scalar(select(func.count()).select_from(announcement)) == 2
        assert set(await by_keys(connection, HERE, [old.key, waiting.key, plan().key])) == {waiting.key, plan().key}


async def test_set_back_the_clock_keeps_nothing_waiting(db: Database) -> None:
    await put(db, plan(), state=RETRY, next_at=NOON + HOUR)
    await db.write(LookAgain(NOON))
    assert (await read(db, plan())).next_at == NOON


async def test_restored_what_was_due_may_have_been_posted_and_so_may_what_is_planned_for_then(db: Database) -> None:
    """Also what the backup did not know of yet: it is planned after the restore for a time before it."""
    known, later = plan(), plan(day="2026-11-26", due_at=NOON + 48 * HOUR)
    await put(db, known)
    await db.write(TakeLease("the former", NOON))

    await db.write(DoubtDue(NOON + 30 * HOUR))
    unknown = plan(day="2026-11-25", due_at=NOON + 24 * HOUR)
    await db.write(Replan(HERE, (unknown, later), NOON + 30 * HOUR))

    for one in (known, unknown):
        row = await read(db, one)
        assert (row.state, row.attempted_at) == (CLAIMED, one.due_at)
    assert (await read(db, later)).state == PLANNED
    assert await db.write(TakeLease("me", NOON)) is not None
