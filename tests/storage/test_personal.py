"""Whatever is kept of a person is shown, exported and erased: the schema is walked, so that nothing is forgotten."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Integer

from bot.cards.privacy import SENTENCES
from bot.storage.database import Database
from bot.storage.erasure import EraseMember
from bot.storage.personal import PERSONAL, Goes, counts_of, rows_of
from bot.storage.tables import PERSON, SOMETHING, UTCDateTime, announcement, metadata
from tests.storage.rows import OTHER, TABLES, WHO, dump, furnish, holds
from tests.storage.world import NOON

BODIES = announcement.c.keys()
NAMED = [column for table in TABLES for column in table.c if column.info is PERSON]


# The schema.


@pytest.mark.parametrize("column", [column for table in TABLES for column in table.c], ids=str)
def test_every_column_that_could_hold_an_id_says_whether_it_is_a_persons(column: Column[Any]) -> None:
    # SQLite puts ids of any size into whatever calls itself a whole number.
    if isinstance(column.type, Integer) and not isinstance(column.type, Boolean):
        assert column.info is PERSON or column.info is SOMETHING


def test_every_column_that_holds_a_person_is_answered_for_once() -> None:
    assert Counter(kept.person for kept in PERSONAL) == Counter(NAMED)
    assert max(Counter(kept.name for kept in PERSONAL).values()) == 1


@pytest.mark.parametrize("kept", PERSONAL, ids=lambda kept: kept.name)
def test_every_column_of_a_table_with_persons_is_exported_but_for_the_persons(kept: Any) -> None:
    others = {column for column in kept.table.c if column.info is not PERSON}
    assert set(kept.exported.values()) == others


@pytest.mark.parametrize("kept", PERSONAL, ids=lambda kept: kept.name)
def test_every_table_with_persons_tells_when_a_row_came_to_be(kept: Any) -> None:
    assert isinstance(kept.since.type, UTCDateTime)
    assert kept.since.table is kept.table
    assert not kept.since.nullable


def test_every_kind_of_row_has_its_sentence() -> None:
    assert SENTENCES.keys() == {kept.name for kept in PERSONAL}


def test_what_can_not_lose_its_person_is_not_left_standing() -> None:
    for kept in PERSONAL:
        assert kept.goes is not Goes.WITHOUT_THEM or kept.person.nullable


# The rows.


async def test_after_an_erasure_nobody_is_left_anywhere_but_among_the_erasures(db: Database) -> None:
    await furnish(db)
    async with db.read() as connection:
        before = await dump(connection)
    assert {name for name, rows in before.items() for row in rows if any(holds(value, WHO) for value in row)} == {
        column.table.name for column in NAMED
    }, "they were everywhere"

    await db.write(EraseMember(WHO, NOON + timedelta(hours=1)))

    async with db.read() as connection:
        after = await dump(connection)
        assert {name for name, count in (await counts_of(connection, WHO)).items() if count} == {"erasure"}
    found = {name for name, rows in after.items() for row in rows if any(holds(value, WHO) for value in row)}
    assert found == {"tombstone"}
    posts = [
        tuple(None if name == "body" else value for name, value in zip(BODIES, row, strict=True))
        for row in before["announcement"]
    ]
    assert after.pop("announcement") == posts, "what was made ready of a pledge of theirs is made anew, without them"
    for name, rows_after in after.items():
        others = [row for row in before[name] if not any(holds(value, WHO) for value in row)]
        assert [row for row in others if row not in rows_after] == [], f"somebody else lost something in {name}"


async def test_where_a_row_stays_what_was_said_about_the_person_goes(db: Database) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, NOON))

    async with db.read() as connection:
        log = (await dump(connection))["audit"]
        columns = [column.name for column in metadata.tables["audit"].c]
    rows_now = [dict(zip(columns, row, strict=True)) for row in log]
    assert {(row["moderator_id"], row["member_id"], bool(row["details"])) for row in rows_now} == {
        (None, OTHER, True),  # they did it, to somebody else
        (OTHER, None, False),  # somebody else did it to them
        (OTHER, OTHER, True),
    }


async def test_an_export_holds_every_row_of_the_person_and_names_nobody(db: Database) -> None:
    await furnish(db)
    async with db.read() as connection:
        exported = await rows_of(connection, WHO)
        counted = await counts_of(connection, WHO)

    assert exported.keys() == {kept.name for kept in PERSONAL}
    assert {name: len(rows) for name, rows in exported.items()} == counted
    assert min(counted.values()) >= 1
    values = [value for rows in exported.values() for row in rows for value in row.values()]
    assert not [value for value in values if holds(value, OTHER)]


async def test_of_whom_nothing_is_known_nothing_is_remembered(db: Database) -> None:
    erased = await db.write(EraseMember(WHO, NOON))

    assert not erased.is_any
    async with db.read() as connection:
        assert not any((await counts_of(connection, WHO)).values())
