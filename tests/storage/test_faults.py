"""Trouble with disk or file: the caller is told which, nothing half is stored, and it heals when the trouble ends."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ROOT
from bot.storage.database import Database
from bot.storage.errors import NotSaved
from bot.storage.pledges import WithdrawPledge
from bot.storage.reading import numbers, wall_page
from bot.storage.tables import muted
from tests.storage.world import HERE, NOON, TODAY, faults, open_database, pledging, stored, threads_ended

LONG = "I will listen, and listen again, and then once more. " * 5


@dataclass(frozen=True)
class Say:
    """Says something to SQLite on the writer's connection."""

    statement: str

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Say"]) -> Sequence[None]:
        for one in batch:
            await tx.exec_driver_sql(one.statement)
        return [None for _ in batch]


@dataclass(frozen=True)
class Mistake:
    """Stores something without its time, which the schema does not take."""

    item: str

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Mistake"]) -> Sequence[None]:
        await tx.execute(
            insert(muted), [{"guild_id": HERE, "kind": "fact", "item": one.item, "at": None} for one in batch]
        )
        return [None for _ in batch]


async def fill(db: Database, first: int, count: int) -> list[int]:
    """Writes pledges at once; returns the ids of those that were acknowledged. The others must be told why not."""
    deeds = [pledging(id, member_id=id, words=LONG) for id in range(first, first + count)]
    results = await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            assert isinstance(result, NotSaved), repr(result)
            assert result.reason == "full"
    return [deed.id for deed, result in zip(deeds, results, strict=True) if not isinstance(result, BaseException)]


async def fill_up(db: Database) -> set[int]:
    """Writes until nothing more goes in."""
    acknowledged: set[int] = set()
    for first in range(1, 10_000, 100):
        went_in = await fill(db, first, 100)
        acknowledged.update(went_in)
        if not went_in:
            return acknowledged
    raise AssertionError("there is no end to this disk")


async def test_when_the_file_may_not_grow_it_is_not_saved_and_goes_on_when_it_may(db: Database) -> None:
    await db.write(Say("PRAGMA max_page_count=90"))
    acknowledged = await fill_up(db)
    assert acknowledged
    assert set(await stored(db)) == acknowledged
    assert await faults(db) == []
    await db.write(Say("PRAGMA max_page_count=100000"))
    assert len(await fill(db, 20_000, 100)) == 100
    assert await faults(db) == []


async def test_a_file_that_may_only_be_read_is_told_and_heals_when_it_may_be_written(path: Path) -> None:
    """By an ordinary user: rights don't bind root."""
    script = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from bot.storage.errors import NotSaved\n"
        "from tests.storage.world import faults, open_database, pledging, stored\n"
        "path = Path(sys.argv[1])\n"
        "async def main():\n"
        "    path.chmod(0o444)\n"
        "    async with open_database(path) as db:\n"
        "        for id in (1, 2):\n"
        "            try:\n"
        "                await db.write(pledging(id))\n"
        "            except NotSaved as told:\n"
        "                print(told.reason)\n"
        "        for file in path.parent.iterdir():\n"
        "            file.chmod(0o644)  # SQLite gave its other two files the rights of the first\n"
        "        assert (await db.write(pledging(3))).is_new\n"
        "        assert set(await stored(db)) == {3}\n"
        "        assert await faults(db) == []\n"
        "        print('healed')\n"
        "if os.geteuid() == 0:\n"
        "    os.chown(path, 65534, 65534)\n"
        "    os.chown(path.parent, 65534, 65534)\n"
        "    os.setegid(65534)\n"
        "    os.seteuid(65534)\n"
        "asyncio.run(main())\n"
    )
    with tempfile.TemporaryDirectory() as folder:  # where everybody may go, other than the tests' own
        moved = Path(folder) / "uplift.db"
        shutil.copy(path, moved)
        ended = subprocess.run(  # noqa: ASYNC221
            [sys.executable, "-c", script, moved], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
    assert ended.stderr == ""
    assert ended.stdout.split() == ["read_only", "read_only", "healed"]


async def test_a_database_locked_by_another_process_is_told_and_nothing_else_waits(db: Database) -> None:
    await db.write(pledging(1))
    async with db.read() as connection:
        path = Path((await connection.exec_driver_sql("PRAGMA database_list")).all()[0][2])
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute('BEGIN IMMEDIATE')\n"
        "print('holding', flush=True)\n"
        "sys.stdin.read()\n"
    )
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, str(path)), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    await holder.stdout.readline()

    writer = asyncio.create_task(db.write(pledging(2)))
    reads = 0
    while not writer.done():
        async with db.read() as connection:
            assert (await numbers(connection, HERE, TODAY)).pledges == 1
        reads += 1
        await asyncio.wait({writer}, timeout=0.05)
    with pytest.raises(NotSaved) as told:
        await writer
    assert told.value.reason == "locked"
    assert reads > 5, "they go on while a write waits"

    waiting = asyncio.create_task(db.write(pledging(3)))
    assert (await asyncio.wait({waiting}, timeout=0.2))[1] == {waiting}
    holder.stdin.close()  # and the other one lets go
    await holder.wait()
    assert (await waiting).is_new
    assert set(await stored(db)) == {1, 3}
    assert await faults(db) == []


async def test_a_file_that_is_damaged_while_it_is_open_is_told_and_heals_when_it_is_mended(path: Path) -> None:
    async with open_database(path) as db:
        await fill(db, 1, 199)
    whole = path.read_bytes()  # noqa: ASYNC240
    with path.open("r+b") as file:
        file.seek(100)
        file.write(os.urandom(len(whole) - 100))
    async with open_database(path) as db:
        for id in (1000, 1001):
            with pytest.raises(NotSaved) as told:
                await db.write(pledging(id))
            assert told.value.reason == "damaged"
        with path.open("r+b") as file:
            file.write(whole)
        assert (await db.write(pledging(1002))).is_new
        assert set(await stored(db)) == {*range(1, 200), 1002}
        assert await faults(db) == []


async def test_damage_in_one_place_spoils_only_what_touches_it(path: Path) -> None:
    async with open_database(path) as db:
        await fill(db, 1, 299)
    with closing(sqlite3.connect(path)) as connection:
        [(root,)] = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'pledge'")
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)
    async with open_database(path) as db:
        with pytest.raises(NotSaved) as told:
            await db.write(WithdrawPledge(5, 5, NOON))
        assert told.value.reason == "damaged"
        async with db.read() as connection:
            assert (await numbers(connection, HERE, TODAY)).pledges == 299
            with pytest.raises(Exception, match="malformed"):
                await wall_page(connection, HERE, size=5)


@pytest.mark.parametrize(
    "spoil",
    [lambda path: path.write_bytes(b"no database at all " * 1000), lambda path: (path.unlink(), path.mkdir())],
    ids=["no database", "a folder"],
)
async def test_a_connection_that_can_not_be_made_leaves_nothing_behind(
    path: Path, spoil: Callable[[Path], Any]
) -> None:
    before = threading.active_count()
    spoil(path)
    async with open_database(path) as db:
        for _ in range(3):
            with pytest.raises(NotSaved):
                await db.write(pledging(1))
    await threads_ended(before)


# What the operator reads of it


async def test_an_error_tells_nothing_of_what_people_wrote(db: Database) -> None:
    canary = "I was never told"
    with pytest.raises(IntegrityError) as unwritable:
        await db.write(Mistake(canary))
    async with db.read() as connection:
        with pytest.raises(OperationalError) as unreadable:
            await connection.execute(text("SELECT * FROM nothing WHERE words = :words"), {"words": canary})

    for error in (unwritable.value, unreadable.value):
        assert str(error.orig) in str(error), "what is wrong"
        assert canary not in f"{error} {error!r}"
