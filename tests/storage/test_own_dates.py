"""A server's own dates as they are stored: each with its line in the log and word to the outbox, and nobody else's."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.services.guilds import Guilds
from bot.services.own_dates import OwnDates
from bot.storage.audit import log_page
from bot.storage.database import Database
from bot.storage.erasure import ForgetGuild
from bot.storage.guilds import ChooseSetting, record_of
from bot.storage.leaving import MarkGreeted, MarkLeft, MarkThere
from bot.storage.milestones import (
    MOST_OWN_DATES,
    AddDate,
    DateFields,
    EditDate,
    NoSuchDate,
    OwnDate,
    RemoveDate,
    SameDate,
    TooManyDates,
    own_dates,
)
from bot.storage.tables import guild, news
from tests.storage.restoring import make, put_back
from tests.storage.world import HERE, NOON, THERE, open_database

GRACE = 900
LATER, LONG_AGO = NOON + timedelta(hours=1), NOON - timedelta(days=9)
FOUNDED = DateFields("We began here", 9, 20, 2019, "In a kitchen.")


def adding(id: int, fields: DateFields = FOUNDED, guild_id: int = HERE, **changes: Any) -> AddDate:
    return AddDate(id, guild_id, GRACE, replace(fields, **changes), NOON)


def editing(id: int, guild_id: int = HERE, **changes: Any) -> EditDate:
    return EditDate(guild_id, GRACE, id, replace(FOUNDED, **changes), LATER)


async def dates(db: Database, guild_id: int = HERE) -> tuple[OwnDate, ...]:
    async with db.read() as connection:
        return await own_dates(connection, guild_id)


async def logged(db: Database, guild_id: int = HERE) -> list[tuple[str, int | None, str]]:
    async with db.read() as connection:
        page = await log_page(connection, guild_id, before=None, size=200)
    return [(deed.action, deed.moderator_id, deed.details) for _, deed in reversed(page)]


async def word(db: Database) -> set[tuple[int, int]]:
    async with db.read() as connection:
        return {(row.guild_id, row.pledge_id) for row in await connection.execute(select(news))}


async def since(db: Database) -> Any:
    async with db.read() as connection:
        return (await record_of(connection, HERE)).posts_since


@dataclass(frozen=True)
class TakeWord:
    """Somebody has taken the word that was left, and everything is posted from long ago on."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["TakeWord"]) -> Sequence[None]:
        await tx.execute(delete(news))
        await tx.execute(update(guild).values(posts_since=LONG_AGO))
        return [None for _ in batch]


async def test_a_date_is_added_changed_and_removed_with_a_line_in_the_log_each(db: Database) -> None:
    added = await db.write(adding(7))
    assert added == OwnDate(7, HERE, "We began here", 9, 20, 2019, "In a kitchen.", None, False, NOON)
    assert await dates(db) == (added,)

    changed = await db.write(editing(7, title="How we began", day=21, year=None, post_at=1110))
    assert await dates(db) == (changed,)
    assert changed == replace(added, title="How we began", day=21, year=None, post_at=1110)

    assert await db.write(RemoveDate(HERE, GRACE, 7, LATER)) == changed
    assert await dates(db) == ()
    assert await logged(db) == [
        ("milestone_add", GRACE, "2019-09-20 We began here"),
        ("milestone_edit", GRACE, "09-21 How we began"),
        ("milestone_remove", GRACE, "09-21 How we began"),
    ]


async def test_each_change_leaves_word_for_who_posts(db: Database) -> None:
    for operation in (adding(7), editing(7, words="Another text."), RemoveDate(HERE, GRACE, 7, LATER)):
        await db.write(operation)
        assert await word(db) == {(HERE, 0)}, operation
        await db.write(TakeWord())


@pytest.mark.parametrize(
    ("changes", "begins_anew"),
    [
        ({"day": 21}, True),
        ({"month": 10}, True),
        ({"post_at": 5}, True),
        ({"month": 2, "day": 29, "in_march": True}, True),
        ({"title": "How we began"}, False),
        ({"words": ""}, False),
        ({"year": 2018}, False),
    ],
)
async def test_nothing_is_posted_after_all_of_what_was_moved_into_the_past(
    db: Database, changes: dict[str, Any], begins_anew: bool
) -> None:
    await db.write(adding(7))
    assert await since(db) == NOON, "what was added today is not posted for this morning"
    await db.write(TakeWord())

    await db.write(editing(7, **changes))

    assert await since(db) == (LATER if begins_anew else LONG_AGO)


async def test_removing_and_changing_nothing_postpone_nothing(db: Database) -> None:
    await db.write(adding(7))
    await db.write(adding(8, day=3))
    await db.write(TakeWord())

    await db.write(editing(7))
    assert (await word(db), await since(db)) == (set(), LONG_AGO)
    await db.write(RemoveDate(HERE, GRACE, 8, LATER))

    assert await since(db) == LONG_AGO
    assert [action for action, *_ in await logged(db)] == ["milestone_add", "milestone_add", "milestone_remove"]


async def test_they_come_in_the_order_of_the_year(db: Database) -> None:
    for id, (month, day) in enumerate([(12, 31), (1, 2), (9, 20), (1, 1), (9, 3)], start=1):
        await db.write(adding(id, month=month, day=day))

    assert [(one.month, one.day) for one in await dates(db)] == [(1, 1), (1, 2), (9, 3), (9, 20), (12, 31)]


async def test_a_hundred_are_the_most_and_one_removed_makes_room(db: Database) -> None:
    for id in range(1, MOST_OWN_DATES):
        await db.write(adding(id, title=f"Number {id}"))
    outcomes = await asyncio.gather(
        *(db.write(adding(id, title=f"Number {id}")) for id in (100, 101, 102)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [OwnDate, TooManyDates, TooManyDates]
    assert len(await dates(db)) == 100
    await db.write(adding(500, guild_id=THERE))

    await db.write(RemoveDate(HERE, GRACE, 3, LATER))
    await db.write(adding(103, title="Number 103"))

    assert len(await dates(db)) == 100
    assert len(await logged(db)) == 102, "what was refused is not in the log"


@pytest.mark.parametrize("title", ["We began here", "WE  began HERE", "Ｗe began here"])
async def test_twins_are_refused_however_they_are_written(db: Database, title: str) -> None:
    await db.write(adding(7))
    await db.write(adding(8, day=21, title="Another"))

    with pytest.raises(SameDate):
        await db.write(adding(9, title=title, year=2001))
    with pytest.raises(SameDate):
        await db.write(editing(8, title=title))
    await db.write(adding(10, title=title, day=22))
    await db.write(adding(11, guild_id=THERE, title=title))
    await db.write(editing(7, title=title))

    assert len(await dates(db)) == 3
    assert await dates(db, THERE) != ()


async def test_delivered_twice_it_is_added_once(db: Database) -> None:
    first, again = await asyncio.gather(db.write(adding(7)), db.write(adding(7)))

    assert first == again
    assert len(await dates(db)) == len(await logged(db)) == 1


async def test_another_server_s_date_can_neither_be_changed_nor_removed_nor_taken_over(db: Database) -> None:
    await db.write(adding(7, guild_id=THERE))
    before = await dates(db, THERE)

    for operation in (editing(7), RemoveDate(HERE, GRACE, 7, LATER)):
        with pytest.raises(NoSuchDate):
            await db.write(operation)
    with pytest.raises(Exception, match="UNIQUE"):
        await db.write(adding(7))

    assert await dates(db, THERE) == before
    assert (await dates(db), await logged(db)) == ((), [])


async def test_they_go_with_their_server_and_the_other_keeps_its_own(db: Database) -> None:
    await db.write(adding(7))
    await db.write(adding(8, guild_id=THERE))
    await db.write(MarkLeft((HERE,), NOON))

    while await db.write(ForgetGuild(HERE, 1, LATER)) != "done":
        pass

    assert await dates(db) == ()
    assert [one.id for one in await dates(db, THERE)] == [8]


async def test_they_are_there_after_a_restore(path: Path) -> None:
    async with open_database(path) as db:
        added = await db.write(adding(7, month=2, day=29, in_march=True, post_at=1))
    backup = await asyncio.to_thread(make, path)
    async with open_database(path) as db:
        await db.write(RemoveDate(HERE, GRACE, 7, LATER))

    await asyncio.to_thread(put_back, path, backup)

    async with open_database(path) as db:
        assert await dates(db) == (added,)


# Read once, then from memory


def remembering(db: Database, most: int = 100) -> tuple[Guilds, OwnDates]:
    guilds = Guilds(db, Clock())
    return guilds, OwnDates(db, Clock(), guilds, most)


async def test_they_are_read_once_until_something_changes(db: Database) -> None:
    await db.write(adding(7))
    guilds, memory = remembering(db)
    assert [one.id for one in await memory.of(HERE)] == [7]
    await db.write(adding(8, title="Another"))
    assert [one.id for one in await memory.of(HERE)] == [7], "nobody has told it"

    guilds.forget(HERE)

    assert [one.id for one in await memory.of(HERE)] == [7, 8]
    assert await memory.of(None) == await memory.of(0) == await memory.of(THERE) == ()
    await memory.remove(HERE, GRACE, 8)
    assert [one.id for one in await memory.of(HERE)] == [7]


async def test_no_more_are_remembered_than_there_is_room_for(db: Database) -> None:
    for server in range(1, 9):
        for number in range(server % 3):
            await db.write(adding(server * 10 + number, guild_id=server, title=f"Number {number}"))
    _, memory = remembering(db, most=5)

    for server in (*range(1, 9), *range(8, 0, -1), 3, 3, 4):
        assert len(await memory.of(server)) == server % 3
        assert memory._size == sum(len(dates) or 1 for _, dates in memory._known.values()) <= 5


# Greeted once


async def test_a_server_is_new_once_and_after_it_was_forgotten(db: Database) -> None:
    assert await db.write(MarkGreeted(HERE, NOON))
    assert not await db.write(MarkGreeted(HERE, LATER))
    await db.write(MarkLeft((HERE,), NOON))
    await db.write(MarkThere((HERE,)))
    assert not await db.write(MarkGreeted(HERE, LATER))
    async with db.read() as connection:
        assert await connection.scalar(select(guild.c.greeted_at)) == NOON

    await db.write(MarkLeft((HERE,), NOON))
    while await db.write(ForgetGuild(HERE, 9, LATER)) != "done":
        pass
    assert await db.write(MarkGreeted(HERE, LATER))


async def test_a_server_that_knew_the_bot_before_greetings_is_not_new(db: Database) -> None:
    await db.write(ChooseSetting(HERE, GRACE, "allows_links", True, NOON))

    assert not await db.write(MarkGreeted(HERE, LATER))
