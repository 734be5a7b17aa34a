"""What moderators read: their own server's public pledges and queue, by the page, each found by an index."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.storage.database import Database
from bot.storage.guilds import ChooseSetting
from bot.storage.moderating import (
    Queue,
    Wanted,
    block_of,
    last_decision,
    open_reports,
    overdue_queues,
    pledge_page,
    queue_of,
    readable_pledge,
)
from bot.storage.moderation import BlockMember, HideAllOf, MarkReminded, UnblockMember
from bot.storage.pledges import ShowPledge
from bot.storage.tables import guild
from tests.storage.test_moderation import GRACE, LATER, MO, WHY, deciding, do, listed, reporting, waiting
from tests.storage.test_reading import overheard, plans_of
from tests.storage.world import HERE, NOON, THERE, pledging

# Lists


async def furnish(db: Database) -> None:
    """Here: 1 to 12 on the wall but for 3 (private), 5 and 6 (hidden), 7 (reviewed), 8 and 9 (reported)."""
    for id in range(1, 13):
        how = {"is_public": id != 3, "is_reviewed": id == 7, "words": f"I do Good_{id} thing, Привет"}
        await db.write(pledging(id, id % 4 + 1, at=NOON + timedelta(minutes=id), **how))
    await db.write(pledging(20, 1, guild_id=THERE, is_reviewed=True))
    for pledge_id in (5, 6):
        await db.write(deciding(pledge_id))
    for pledge_id, minute in ((9, 1), (8, 2)):
        await db.write(replace(reporting(pledge_id), at=NOON - timedelta(minutes=minute)))


ALL = [12, 11, 10, 9, 8, 7, 6, 5, 4, 2, 1]
"""The public ones."""


async def test_all_public_pledges_come_newest_first_whatever_their_state(db: Database) -> None:
    await furnish(db)

    assert await listed(db, Wanted(), size=50) == ALL
    assert await listed(db, Wanted(member_id=1), size=50) == [12, 8, 4]
    assert await listed(db, Wanted("hidden")) == [6, 5]
    assert await listed(db, Wanted("hidden", member_id=2)) == [5]


async def test_the_queue_comes_longest_waiting_first(db: Database) -> None:
    await furnish(db)

    assert await listed(db, Wanted("waiting")) == [8, 9, 7]
    assert await listed(db, Wanted("waiting", member_id=2)) == [9]
    assert await waiting(db) == Queue(HERE, 3, NOON - timedelta(minutes=2))


async def test_what_its_author_took_off_the_wall_waits_for_nobody(db: Database) -> None:
    await furnish(db)

    await db.write(ShowPledge(8, 1, False, LATER))

    assert await listed(db, Wanted("waiting")) == [9, 7]
    assert (await waiting(db)).size == 2


@pytest.mark.parametrize("show", ["all", "waiting", "hidden"])
@pytest.mark.parametrize("words", ["", "thing"])
async def test_walking_a_list_meets_each_pledge_once_and_in_order_both_ways(
    db: Database, show: Any, words: str
) -> None:
    await furnish(db)
    wanted = Wanted(show, words=words)
    expected = await listed(db, wanted, size=50)
    async with db.read() as connection:
        for size in (1, 2, 3):
            page = await pledge_page(connection, HERE, wanted, size=size)
            assert not page.has_previous
            walk = [page]
            while walk[-1].has_next:
                start = walk[-1].pledges[-1].id
                walk.append(await pledge_page(connection, HERE, wanted, way="next", start=start, size=size))
                assert walk[-1].has_previous
            assert [one.id for page in walk for one in page.pledges] == expected
            for before, after in pairwise(walk):
                start = after.pledges[0].id
                assert await pledge_page(connection, HERE, wanted, way="previous", start=start, size=size) == before
                assert await pledge_page(connection, HERE, wanted, way="at", start=start, size=size) == after


async def test_pledges_that_came_into_the_queue_at_the_same_moment_are_each_met_once(db: Database) -> None:
    await do(db, *(pledging(id, id, is_reviewed=True) for id in range(1, 6)))

    assert await listed(db, Wanted("waiting"), size=2) == [1, 2]
    assert await listed(db, Wanted("waiting"), way="next", start=2, size=2) == [3, 4]
    assert await listed(db, Wanted("waiting"), way="previous", start=3, size=2) == [1, 2]
    assert await listed(db, Wanted("waiting"), way="at", start=4, size=2) == [4, 5]


async def test_a_queue_that_has_moved_on_begins_anew(db: Database) -> None:
    await furnish(db)
    await db.write(deciding(8))

    assert await listed(db, Wanted("waiting"), way="next", start=8) == [9, 7]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("good_1 ", [1]),
        ("GOOD_1", [12, 11, 10, 1]),
        ("_", ALL),
        ("%", []),
        ("Good%", []),
        ("привет", ALL),
        ("ПРИВЕТ", ALL),
        ("\\", []),
        ("'; DROP TABLE pledge; --", []),
    ],
)
async def test_words_are_found_as_they_are_written_whatever_their_case(
    db: Database, words: str, found: list[int]
) -> None:
    await furnish(db)

    assert await listed(db, Wanted(words=words), size=50) == found


async def test_a_ready_made_action_is_found_by_its_id(db: Database) -> None:
    await do(db, pledging(1, words=None, action="listen"), pledging(2, 2, words=None, action="share"), pledging(3, 3))

    assert await listed(db, Wanted(words="nothing says this", actions=("listen", "no-such"))) == [1]


async def test_what_was_decided_last_is_told_and_what_happened_by_itself_is_no_decision(db: Database) -> None:
    await db.write(pledging(1))
    for member_id in (11, 12, 13):
        await db.write(reporting(member_id=member_id))
    async with db.read() as connection:
        assert await last_decision(connection, HERE, 1, 1) is None
    await do(db, deciding(reason=None), deciding(by=MO))
    async with db.read() as connection:
        last = await last_decision(connection, HERE, 1, 1)
        assert await last_decision(connection, THERE, 1, 1) is None
    assert last is not None
    assert (last.moderator_id, last.action, last.details) == (MO, "hide", WHY)


# Reminders


async def due(db: Database, hours: int) -> list[Queue]:
    """Who is to be reminded, that many hours after noon, of what has waited for a day."""
    before = NOON + timedelta(hours=hours - 24)
    async with db.read() as connection:
        return await overdue_queues(connection, queued_before=before, reminded_before=before)


async def test_servers_are_due_once_a_day_when_something_waited_for_a_day(db: Database) -> None:
    await do(
        db,
        pledging(1, is_reviewed=True),
        pledging(2, 2, is_reviewed=True, at=NOON + timedelta(hours=5)),
        pledging(3, 3, guild_id=THERE, is_reviewed=True),
        ChooseSetting(HERE, GRACE, "review_channel_id", 5, NOON),
    )

    assert await due(db, 24) == []
    assert await due(db, 25) == [Queue(HERE, 2, NOON)], "the other server has no review channel"

    await do(db, *(MarkReminded(HERE, NOON + timedelta(hours=25)) for _ in range(2)))

    assert await due(db, 48) == []
    assert await due(db, 49) == [Queue(HERE, 2, NOON)]
    async with db.read() as connection:
        assert await connection.scalar(select(func.count()).where(guild.c.reminded_at.is_not(None))) == 1


# How it is found


async def read_everything(db: Database) -> None:
    wanted = [Wanted(show, words=words) for show in ("all", "waiting", "hidden") for words in ("", "x")]  # type: ignore[arg-type]
    async with db.read() as connection:
        for one in (*wanted, *(replace(other, member_id=1) for other in wanted)):
            for way in ("first", "next", "previous", "at"):
                await pledge_page(connection, HERE, one, way=way, start=8, size=5)  # type: ignore[arg-type]
        await readable_pledge(connection, HERE, 1)
        await queue_of(connection, HERE)
        await open_reports(connection, HERE, [1, 2])
        await block_of(connection, HERE, 1)
        await last_decision(connection, HERE, 1, 1)


def indexes_meant_for(statement: str) -> set[str]:
    """Those by one of which the pledges of a list should be found."""
    fitting = {"ix_pledge_member"} if "pledge.member_id = ?" in statement else set()
    if "queued_at IS NOT NULL" in statement:
        fitting.add("ix_pledge_queue")
    # The other one leads through all that is private on its way to what is off the wall.
    return fitting or {"ix_pledge_off_wall" if "on_wall = 0" in statement else "ix_pledge_guild"}


async def test_queue_and_pages_are_found_by_the_indexes_made_for_them(db: Database) -> None:
    await furnish(db)
    await db.write(BlockMember(HERE, GRACE, 1, WHY, LATER))
    with overheard() as statements:
        await read_everything(db)
    selects = [one for one in statements if one[0].startswith("SELECT")]
    lists = 0
    for statement, steps in await plans_of(db, selects):
        assert all(step.startswith("SEARCH") or "ORDER BY" in step for step in steps), (statement, steps)
        if "FROM audit" in statement:
            assert "ix_audit_member" in steps[0], (statement, steps)
        if "is_public = 1" in statement and "pledge.id = ?" not in statement.partition("ORDER BY")[0]:
            lists += 1
            assert any(index in steps[0] for index in indexes_meant_for(statement)), (statement, steps)
            if "ix_pledge_guild" in steps[0] or "ix_pledge_off_wall" in steps[0]:
                assert len(steps) == 1, ("sorted by hand", statement, steps)
    assert lists > 60


async def test_what_is_decided_is_found_by_indexes(db: Database) -> None:
    await do(db, *(pledging(id) for id in range(1, 6)), reporting(), pledging(6, is_reviewed=True))
    deeds: Sequence[Any] = [
        deciding(),
        deciding(reason="late"),
        deciding(6, reason=None, by=1),
        HideAllOf(HERE, GRACE, 1, WHY, LATER),
        BlockMember(HERE, GRACE, 1, WHY, LATER),
        UnblockMember(HERE, GRACE, 1, LATER),
        MarkReminded(HERE, LATER),
    ]
    with overheard() as statements:
        for deed in deeds:
            await do(db, deed)
    plans = await plans_of(db, [one for one in statements if not one[0].startswith(("BEGIN", "PRAGMA"))])
    assert len({statement for statement, _ in plans}) >= 11
    for statement, steps in plans:
        assert not any(step.startswith("SCAN") for step in steps), (statement, steps)


async def test_what_is_overdue_is_found_among_what_waits_and_not_among_all_pledges(db: Database) -> None:
    with overheard() as statements:
        await due(db, 25)
    [(_, steps)] = await plans_of(db, [one for one in statements if one[0].startswith("SELECT")])
    assert any("ix_pledge_queue" in step for step in steps), steps
    assert not any(step.startswith("SCAN") and "ix_pledge_queue" not in step for step in steps), steps
