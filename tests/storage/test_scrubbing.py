"""What was erased is gone from the files' bytes and from the next backup, whatever happens on the way."""

import asyncio
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot import ROOT
from bot.storage import database
from bot.storage.database import Database
from bot.storage.erasure import EraseMember
from bot.storage.migrate import migrate
from bot.storage.pledges import EditPledge, WithdrawPledge
from bot.storage.tables import guild
from tests.storage.people import (
    CANARY,
    FRIEND,
    LATER,
    WHO,
    ask,
    everything,
    files_with,
    furnish,
    of,
)
from tests.storage.world import (
    NOON,
    faults,
    open_database,
    pledging,
    stored,
    url_of,
)


async def test_after_an_erasure_no_byte_of_what_they_wrote_is_in_the_files_or_in_the_next_backup(
    db: Database, path: Path
) -> None:
    await furnish(db)
    assert files_with(path.parent)

    await db.write(EraseMember(WHO, LATER))
    assert await db.scrub()

    assert files_with(path.parent) == []
    assert path.with_name("uplift.db-wal").stat().st_size == 0
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM INTO ?", (str(path.with_name("backup.db")),))
    assert files_with(path.parent) == []
    assert set(await stored(db)) == {2001, 2002}, "and the others' is all there"


SEEDS = pytest.mark.parametrize("seed", [0, 1, 3])
"""Overwriting what is deleted is not enough: each of these leaves something behind unless the file is rewritten."""

PEOPLE = 40


async def scramble(db: Database, seed: int) -> None:
    """Makes, changes and withdraws pledges of PEOPLE, so that SQLite divides many pages between what is in them."""
    dice = random.Random(seed)
    ids = {id: dice.randrange(PEOPLE) for id in dice.sample(range(1, 10**7), 1200)}

    def words(id: int) -> str:
        return f"{CANARY}-{ids[id]}-{id}" + "x" * dice.randrange(260)

    for first in range(0, len(ids), 20):
        some, earlier = list(ids)[first : first + 20], list(ids)[:first]
        changed = dice.sample(earlier, min(len(earlier), 15))
        deeds: list[Any] = [pledging(id, WHO + ids[id], id, words=words(id)) for id in some]
        deeds += [EditPledge(id, WHO + ids[id], "home", None, words(id), None, True, NOON) for id in changed[:10]]
        deeds += [WithdrawPledge(id, WHO + ids[id], NOON) for id in changed[10:]]
        await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


@SEEDS
async def test_no_copy_is_left_where_pages_were_divided_between_what_was_written(
    db: Database, path: Path, seed: int
) -> None:
    await scramble(db, seed)
    for number in range(PEOPLE):
        await db.write(EraseMember(WHO + number, LATER))
        assert await db.scrub()
        assert files_with(path.parent, f"{CANARY}-{number}-") == []
    assert await faults(db) == []


@SEEDS
async def test_nor_is_one_after_a_start_that_ends_what_was_cut_short(path: Path, seed: int) -> None:
    async with open_database(path) as db:
        await scramble(db, seed)
    for number in range(PEOPLE):
        async with open_database(path) as db:
            await db.write(EraseMember(WHO + number, LATER))
        migrate(url_of(path))
        assert files_with(path.parent, f"{CANARY}-{number}-") == []
    async with open_database(path) as db:
        assert await faults(db) == []


async def test_a_start_empties_the_log_also_while_somebody_else_has_the_database_open(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM pledge").fetchall()
        async with open_database(path) as db:
            await furnish(db)
            await db.write(EraseMember(WHO, LATER))
        assert files_with(path.parent)

        migrate(url_of(path))

        assert files_with(path.parent) == []


async def test_a_large_file_is_rewritten_when_nobody_waits_for_it(
    db: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "REWRITTEN_AT_ONCE", 4096)
    await furnish(db)
    await db.write(EraseMember(WHO, LATER))

    assert not await db.scrub(), "it says that it is not done yet"
    assert path.with_name("uplift.db-wal").stat().st_size == 0
    migrate(url_of(path))
    assert ask(path, "PRAGMA user_version") == [(1,)], "nor is it at a start, which somebody waits for"

    assert await db.scrub(whole=True)
    assert files_with(path.parent) == []
    assert ask(path, "PRAGMA user_version") == [(0,)]


async def test_put_off_the_log_is_emptied_at_once_and_the_file_rewritten_with_the_next(
    db: Database, path: Path
) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, LATER))

    assert not await db.scrub(later=True), "it says that it is not done yet"
    assert path.with_name("uplift.db-wal").stat().st_size == 0
    assert ask(path, "PRAGMA user_version") == [(1,)]

    assert await db.scrub()
    assert files_with(path.parent) == []
    assert ask(path, "PRAGMA user_version") == [(0,)]


@SEEDS
async def test_those_that_were_put_off_are_gone_together_after_the_next(db: Database, path: Path, seed: int) -> None:
    await scramble(db, seed)
    for number in range(PEOPLE):
        await db.write(EraseMember(WHO + number, LATER))
        await db.scrub(later=True)
    assert await db.scrub(whole=True)
    assert files_with(path.parent) == []


async def test_a_reader_in_the_way_is_waited_for(db: Database, path: Path) -> None:
    await furnish(db)
    async with db.read() as connection:
        await connection.execute(select(guild))
        await db.write(EraseMember(WHO, LATER))
        scrubbing = asyncio.create_task(db.scrub())
        await asyncio.sleep(0.4)
        assert not scrubbing.done()
        assert (await db.write(pledging(3, FRIEND + 7))).is_new, "others go on meanwhile"
    assert await scrubbing
    assert files_with(path.parent) == []


async def test_a_reader_that_stays_is_not_waited_for_for_ever_and_the_next_try_ends_it(
    db: Database, path: Path
) -> None:
    await furnish(db)
    async with db.read() as connection:
        await connection.execute(select(guild))
        await db.write(EraseMember(WHO, LATER))
        begun = time.monotonic()
        assert not await db.scrub()
        assert time.monotonic() - begun < 10
    assert await db.scrub()
    assert files_with(path.parent) == []


async def test_what_is_written_meanwhile_is_not_lost_and_a_caller_who_leaves_breaks_nothing(db: Database) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, LATER))
    scrubbing = [asyncio.create_task(db.scrub()) for _ in range(5)]
    writing = [asyncio.create_task(db.write(pledging(id, id))) for id in range(5000, 5200)]
    await asyncio.sleep(0)
    scrubbing[0].cancel()
    made = await asyncio.gather(*writing)
    assert all(one.is_new for one in made)
    assert await asyncio.gather(*scrubbing[1:]) == [True] * 4
    assert await faults(db) == []


async def test_a_disk_without_room_for_it_only_puts_it_off(db: Database, path: Path) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, LATER))
    # SQLite takes this for an interruption by somebody who can't wait, which it can't tell from other trouble.
    driver = await driver_of(db)
    await driver.set_progress_handler(lambda: 1, 1)
    assert not await db.scrub()
    await driver.set_progress_handler(None, 0)
    assert set(await stored(db)) == {2001, 2002}
    assert await db.scrub()
    assert files_with(path.parent) == []


async def driver_of(db: Database) -> Any:
    async with db._writer.connect() as connection:
        return (await connection.get_raw_connection()).driver_connection


async def test_closing_does_not_wait_for_a_rewriting(path: Path) -> None:
    async with open_database(path) as db:
        for id in range(1, 400):
            await db.write(pledging(id, id, words="I will listen. " * 15))
        await db.write(EraseMember(1, LATER))
        driver = await driver_of(db)
        begun = asyncio.Event()
        loop = asyncio.get_running_loop()

        def slow() -> None:
            loop.call_soon_threadsafe(begun.set)
            time.sleep(0.001)

        await driver.set_progress_handler(slow, 1)  # it would take most of a minute
        scrubbing = asyncio.create_task(db.scrub())
        await begun.wait()
        await asyncio.sleep(0.05)
        before = time.monotonic()
        await db.close()
        assert time.monotonic() - before < 2
        assert not await scrubbing
    assert len(ask(path, "SELECT id FROM pledge")) == 398
    migrate(url_of(path))
    assert ask(path, "PRAGMA user_version") == [(0,)], "the next start does it"


# Cut short.

ERASES_AND_DIES = """
import asyncio, os, shutil, signal, sys
from pathlib import Path
from sqlalchemy import Engine, event
from bot.storage.database import Database
from bot.storage.erasure import EraseMember
from tests.storage.people import LATER, WHO
from tests.storage.world import url_of

template, work = Path(sys.argv[1]), Path(sys.argv[2])

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def erase(path, last):
    db = Database(url_of(path))
    await db.write(EraseMember(WHO, LATER))
    if last == "before the scrubbing":
        die()
    if last == "between rewriting and emptying the log":
        rewrite = db._rewrite
        async def rewrite_and_die(driver):
            await rewrite(driver)
            die()
        db._rewrite = rewrite_and_die
    await db.scrub()
    await db.close()

def attempt(last):
    path = work / str(last) / "uplift.db"
    path.parent.mkdir()
    shutil.copy(template, path)
    child = os.fork()
    if not child:
        count = 0
        def one_more(*_):
            nonlocal count
            count += 1
            if count == last:
                die()
        for moment in ("before_cursor_execute", "commit"):
            event.listen(Engine, moment, one_more)
        asyncio.run(erase(path, last))
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL

last = 1
while attempt(last):
    last += 1
for last in ("before the scrubbing", "between rewriting and emptying the log"):
    assert attempt(last)
"""
"""Erases WHO in copies of a database, and is killed at each statement in turn, until one copy is done with."""


async def test_killed_at_any_statement_it_is_all_there_or_all_gone_and_the_next_start_ends_it(
    path: Path, tmp_path: Path
) -> None:
    async with open_database(path) as db:
        await furnish(db)
    command = [sys.executable, "-c", ERASES_AND_DIES, str(path), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)  # noqa: ASYNC221
    assert ended.stderr == ""

    folders = sorted(tmp_path.iterdir())  # noqa: ASYNC240
    outcomes = {folder.name: await outcome(folder / "uplift.db", path) for folder in folders}

    in_order = [outcomes[name] for name in sorted(filter(str.isdecimal, outcomes), key=int)]
    assert len(in_order) > 15
    assert in_order == sorted(in_order), "there is one moment up to which nothing has happened"
    assert set(in_order) == {True, False}
    assert all(outcomes[name] for name in outcomes if not name.isdecimal())


async def outcome(path: Path, whole: Path) -> bool:
    """Whether WHO is gone from a database whose process was killed, once it is started again."""
    migrate(url_of(path))
    async with open_database(path) as db:
        assert await faults(db) == []
        left = of(await everything(db), WHO)
        is_gone = left.keys() == {"tombstone"}
        if not is_gone:
            async with open_database(whole) as former:
                assert left == of(await everything(former), WHO)
            await db.write(EraseMember(WHO, LATER))  # it can be done again
            assert await db.scrub()
        assert files_with(path.parent) == []
    return is_gone
