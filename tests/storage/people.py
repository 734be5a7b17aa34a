"""Two friends in two servers, with all that can come of it, and what is left of them."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.database import Database
from bot.storage.erasure import ForgetGuild
from bot.storage.pledges import EditPledge
from bot.storage.shown import MarkShown
from bot.storage.tables import block, muted, report, role_holder
from tests.storage.rows import Put, dump, holds
from tests.storage.world import (
    DM,
    HERE,
    NOON,
    THERE,
    pledging,
)

WHO = 4_400_000_000_000_000_001
FRIEND = WHO + 1
MODERATOR = WHO + 2
LATER = NOON + timedelta(hours=1)
LONG_AGO = NOON - timedelta(days=30)

CANARY = "Kanarienvogel"
"""Stands in all that WHO ever wrote."""


@dataclass(frozen=True)
class Write:
    """Stores lines of the moderators' log."""

    deeds: tuple[Deed, ...]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Any) -> list[None]:
        for one in batch:
            await log(tx, one.deeds)
        return [None for _ in batch]


def by_the_way(place: int) -> list[Any]:
    """What stands in a server beside the pledges: FRIEND has reported WHO, WHO has reported FRIEND, and so on."""
    return [
        Put(report, report_of(place + 1, place, WHO_S_FIRST[place], FRIEND, "they brag")),
        Put(report, report_of(place + 2, place, FRIEND_S[place], WHO, f"{CANARY} says no")),
        Put(block, {"guild_id": place, "member_id": WHO, "reason": f"{CANARY} was rude", "at": NOON}),
        Put(block, {"guild_id": place, "member_id": FRIEND, "reason": "rude, too", "at": NOON}),
        Put(role_holder, {"guild_id": place, "member_id": WHO, "role_id": place + 9, "at": NOON}),
        Put(muted, {"guild_id": place, "kind": "fact", "item": "a-fact", "at": NOON}),
        Write(
            (
                Deed(place, NOON, "hide", MODERATOR, WHO_S_FIRST[place], WHO, f"{CANARY} went too far"),
                Deed(place, NOON, "hide", WHO, FRIEND_S[place], FRIEND, "spam"),
            )
        ),
    ]


def report_of(id: int, place: int, pledge_id: int, member_id: int, words: str) -> dict[str, Any]:
    named = {"guild_id": place, "pledge_id": pledge_id, "member_id": member_id}
    return {"id": id, "words": words, "at": NOON, "is_closed": False, **named}


WHO_S_FIRST = {HERE: 1001, THERE: 1002}
FRIEND_S = {HERE: 2001, THERE: 2002}


async def furnish(db: Database) -> None:
    """WHO and FRIEND in two servers and in direct messages, with all that can come of it."""
    for place in (HERE, THERE):
        await db.write(pledging(WHO_S_FIRST[place], WHO, place, words=f"{CANARY} at first in {place}", country="KE"))
        await db.write(
            EditPledge(WHO_S_FIRST[place], WHO, "home", None, f"{CANARY}, better, in {place}", None, True, NOON)
        )
        await db.write(pledging(FRIEND_S[place], FRIEND, place, country="TV"))
        for deed in by_the_way(place):
            await db.write(deed)
    await db.write(pledging(1003, WHO, DM, words=f"{CANARY} between us"))
    await db.write(MarkShown(WHO, "fact", "a-fact", NOON))
    await db.write(MarkShown(FRIEND, "fact", "a-fact", NOON))


async def everything(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    async with db.read() as connection:
        return await dump(connection)


def of(rows: dict[str, list[tuple[Any, ...]]], person: int) -> dict[str, list[tuple[Any, ...]]]:
    """The rows in which somebody stands."""
    return {
        name: found
        for name, some in rows.items()
        if (found := [row for row in some if any(holds(v, person) for v in row)])
    }


def files_with(folder: Path, text: str = CANARY) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if text.encode() in file.read_bytes())


def ask(path: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


async def forget(db: Database, guild_id: int, most: int = 300, left_before: datetime = NOON) -> list[str]:
    """Forgets a server, and tells what each step said."""
    said: list[str] = []
    while not said or said[-1] == "more":
        said.append(await db.write(ForgetGuild(guild_id, most, left_before)))
    return said
