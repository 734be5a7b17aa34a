"""A database with somebody in every place there is, made from the schema alone: new tables are filled by themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, String, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.tables import PERSON, SOMETHING, UTCDateTime, metadata
from tests.storage.world import NOON

WHO, OTHER = 5_000_000_000_000_000_001, 5_000_000_000_000_000_002
CANARY = "Canary"

TABLES = metadata.sorted_tables


@dataclass(frozen=True)
class Put:
    """Stores a row as it is."""

    table: Table
    row: dict[str, Any]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Put"]) -> Sequence[None]:
        for one in batch:
            await tx.execute(insert(one.table), [one.row])
        return [None for _ in batch]


def rows(table: Table, first: int) -> Iterator[dict[str, Any]]:
    """One row for each column that names persons, with WHO there and OTHER in its other ones, and a row of OTHER's."""
    named = [column for column in table.c if column.info is PERSON]
    for number, holder in enumerate([*named, None]):
        yield {column.name: value_for(column, first + number, WHO if column is holder else OTHER) for column in table.c}


def value_for(column: "Column[Any]", number: int, person: int) -> Any:
    if column.info is PERSON:
        return person
    for key in column.foreign_keys:
        return number if key.column.info is SOMETHING else OTHER
    if isinstance(column.type, UTCDateTime):
        return NOON
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, String):
        return "KE" if column.type.length == 2 else f"{CANARY}{number}"[: column.type.length]
    return number


async def furnish(db: Database) -> None:
    """Parents first: what a row refers to has the number of its own row."""
    for table in TABLES:
        for row in rows(table, 100):
            await db.write(Put(table, row))


async def dump(connection: AsyncConnection) -> dict[str, list[tuple[Any, ...]]]:
    """All there is."""
    return {table.name: [tuple(row) for row in await connection.execute(select(table))] for table in TABLES}


def holds(value: Any, person: int) -> bool:
    """Whether a value is the person's id, or a text with it."""
    return value == person or (isinstance(value, str) and str(person) in value)
