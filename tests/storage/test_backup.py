"""A backup holds all that was acknowledged before it began, is whole or is not there, and harms nothing."""

import asyncio
import errno
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.storage import backup as backups
from bot.storage.backup import Backup, back_up
from bot.storage.disk import RESERVE
from bot.storage.errors import Unusable
from bot.storage.pledges import WithdrawPledge
from tests.storage.files import (
    ask,
    change,
    contents,
    damage,
    deaths,
    names_in,
    on_a_small_disk,
    swell,
)
from tests.storage.old_database import FOLDER
from tests.storage.world import NOON, faults, open_database, pledging, stored, url_of

NAME = "uplift-2026-11-24T120000Z.db"


def make(path: Path, target: Path | None = None, now: datetime = NOON, **options: int) -> Backup:
    return back_up(url_of(path), target, now=now, **options)


def refusal(path: Path, target: Path | None = None) -> str:
    with pytest.raises(Unusable) as refused:
        make(path, target)
    return str(refused.value)


# What it holds


async def test_all_that_was_acknowledged_before_it_began_is_in_it_while_thousands_are_written(path: Path) -> None:
    acknowledged: list[int] = []
    ids = itertools.count(1)
    is_over = False

    async with open_database(path) as db:

        async def write() -> None:
            id = next(ids)
            await db.write(pledging(id, member_id=id))
            acknowledged.append(id)

        async def go_on() -> None:
            while not is_over:
                await write()

        async def reach(many: int) -> None:
            while len(acknowledged) < many:
                await write()

        writers = [asyncio.create_task(go_on()) for _ in range(64)]
        await reach(1000)
        for number in range(3):
            before = set(acknowledged)
            made = await asyncio.to_thread(make, path, path.with_name(f"{number}.db"))
            meanwhile = len(acknowledged) - len(before)
            async with open_database(made.path) as copy:
                assert before <= set(await stored(copy))
                assert await faults(copy) == []
            assert meanwhile > 0
            await reach(len(acknowledged) + 1000)
        is_over = True
        await asyncio.gather(*writers)

        assert set(await stored(db)) == set(acknowledged)
        assert await faults(db) == []
    assert len(acknowledged) > 3000


def test_it_says_what_it_holds_and_lies_where_nobody_else_can_read_it(told: Path) -> None:
    before = os.umask(0)
    made = make(told)
    os.umask(before)

    assert made.path == told.parent / "backups" / NAME
    assert (made.pledges, made.miscounts, made.removed, made.stuck) == (6, [], [], [])
    assert made.size == made.path.stat().st_size
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert made.path.parent.stat().st_mode & 0o777 == 0o700
    assert contents(made.path) == contents(told)
    assert names_in(told.parent) == [f"backups/{NAME}", "uplift.db"]


async def test_what_is_still_in_the_wal_file_is_in_it(path: Path) -> None:
    async with open_database(path) as db:
        await db.write(pledging(1))
        assert path.with_name("uplift.db-wal").stat().st_size > 0
        assert (await asyncio.to_thread(make, path)).pledges == 1


async def test_what_was_deleted_leaves_no_byte_in_it(path: Path) -> None:
    async with open_database(path) as db:
        await db.write(pledging(1, words="a secret of mine, for a while"))
        await db.write(WithdrawPledge(1, 1, NOON))
        made = await asyncio.to_thread(make, path)
    assert b"a secret of mine" not in made.path.read_bytes()


def test_how_far_it_is_is_told(path: Path) -> None:
    swell(path)
    said: list[tuple[str, float | None]] = []
    back_up(url_of(path), None, now=NOON, tell=lambda step, share: said.append((step, share)))
    shares = [share for step, share in said if step == "Copying" and share is not None]
    assert shares[0] == 0
    assert len(set(shares)) > 3
    assert shares == sorted(shares)
    assert said[-1] == ("Checking the copy", None)


def test_a_database_of_an_earlier_version_can_be_backed_up_before_its_update(tmp_path: Path) -> None:
    path = Path(shutil.copy(FOLDER / "uplift-0001.db", tmp_path / "uplift.db"))
    made = make(path)
    assert contents(made.path) == contents(path)
    assert ask(path, "SELECT version_num FROM alembic_version") == [("0001",)]


# Where it goes


def test_a_folder_can_be_named_or_a_file_with_any_characters(told: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ünï #1 100%?"
    folder.mkdir()
    assert make(told, folder).path == folder / NAME
    assert make(told, folder / "a %20 b;c?.db").path == folder / "a %20 b;c?.db"
    assert names_in(folder) == sorted(["a %20 b;c?.db", NAME])
    assert contents(folder / "a %20 b;c?.db") == contents(told)


@pytest.mark.parametrize("target", ["notes.txt", "uplift.db"])
def test_nothing_is_overwritten(told: Path, target: str) -> None:
    there = told.with_name(target)
    if target == "notes.txt":
        there.write_text("Dear diary", encoding="utf-8")
    before = there.read_bytes()
    assert "is there already, and is not overwritten" in refusal(told, there)
    assert there.read_bytes() == before


def test_a_second_one_in_the_same_second_does_not_overwrite_the_first(told: Path) -> None:
    make(told)
    assert "is there already" in refusal(told)


# How long it stays


@pytest.mark.parametrize("keep_days", [7, 30])
def test_what_is_older_is_removed_and_nothing_else(told: Path, tmp_path: Path, keep_days: int) -> None:
    limit = NOON - timedelta(days=keep_days)
    old, young = limit - timedelta(seconds=1), limit + timedelta(seconds=1)
    folder = told.parent / "backups"
    folder.mkdir()
    for at in (old, young):
        (folder / f"uplift-{at:%Y-%m-%dT%H%M%SZ}.db").touch()
        for name in (f"uplift.db.before-0002-was-0001-{at:%S}", f"uplift.db.replaced-{at:%Y-%m-%dT%H%M%SZ}"):
            told.with_name(name).touch()
            os.utime(told.with_name(name), (at.timestamp(), at.timestamp()))
    told.with_name(f"uplift.db.replaced-{old:%Y-%m-%dT%H%M%SZ}-wal").touch()
    others = ["uplift-old.db", "other-2020-01-01T000000Z.db", "uplift-2020-01-01T000000Z.db.gz", "notes.txt"]
    for name in others:
        (folder / name).touch()
        os.utime(folder / name, (0, 0))

    made = make(told, keep_days=keep_days)

    assert len(made.removed) == 3
    assert made.stuck == []
    stays = {f"backups/{name}" for name in (*others, NAME, f"uplift-{young:%Y-%m-%dT%H%M%SZ}.db")}
    stays |= {"uplift.db", f"uplift.db.before-0002-was-0001-{young:%S}", f"uplift.db.replaced-{young:%Y-%m-%dT%H%M%SZ}"}
    assert set(names_in(told.parent)) == stays


def test_what_a_killed_one_left_is_removed_once_nobody_can_be_writing_it(told: Path) -> None:
    folder = told.parent / "backups"
    folder.mkdir()
    for name, age in (("lost", 3601), ("young", 3599)):
        part = folder / f"uplift-2026-11-24T110000Z.db.{name}.part"
        part.touch()
        os.utime(part, (NOON.timestamp() - age,) * 2)
    make(told)
    assert names_in(folder) == [f"{NAME}", "uplift-2026-11-24T110000Z.db.young.part"][::-1]


def test_nothing_is_removed_after_one_that_failed(told: Path) -> None:
    folder = told.parent / "backups"
    folder.mkdir()
    (folder / "uplift-2020-01-01T000000Z.db").touch()
    damage(told, "pledge")
    refusal(told)
    assert names_in(folder) == ["uplift-2020-01-01T000000Z.db"]


def test_what_can_not_be_removed_is_named(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = told.parent / "backups" / "uplift-2020-01-01T000000Z.db"
    old.parent.mkdir()
    old.touch()

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(backups, "remove", refuse)
    made = make(told)
    assert (made.removed, made.stuck) == ([], [old])


# What is wrong


def test_where_there_is_nothing_to_back_up_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "uplift.db"
    assert "does not exist" in refusal(path)
    path.touch()
    assert "is empty" in refusal(path)
    assert names_in(tmp_path) == ["uplift.db"]


def test_somebody_else_s_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    change(path, "CREATE TABLE recipe (id INTEGER)")
    before = path.read_bytes()
    assert "not one of Uplift's" in refusal(path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["recipes.db"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: damage(path, "pledge"),
        lambda path: damage(path, "ix_pledge_member"),
        lambda path: path.write_text("Dear diary, " * 1000, encoding="utf-8"),
        lambda path: change(path, "PRAGMA foreign_keys=OFF", "UPDATE pledge SET member_id = 1 WHERE id = 1"),
    ],
    ids=["a table", "an index", "no database", "a pledge of nobody"],
)
def test_a_damaged_database_is_told_and_makes_no_backup(told: Path, spoil: Callable[[Path], None]) -> None:
    spoil(told)
    words = refusal(told)
    assert str(told) in words
    assert "damaged" in words
    assert "restore the newest" in words
    assert names_in(told.parent) == ["uplift.db"]


def test_counts_that_are_wrong_are_told_with_a_backup_that_stays(told: Path) -> None:
    old = told.parent / "backups" / "uplift-2020-01-01T000000Z.db"
    old.parent.mkdir()
    old.touch()
    change(told, "UPDATE tally SET count = count + 1 WHERE kind = 'pledges' AND scope = 0")
    made = make(told)
    assert made.miscounts == ["the whole campaign, pledges: tallied 7, counted 6"]
    assert contents(made.path) == contents(told)
    assert old.exists(), "it may be the last one that is right"


def test_a_database_that_is_being_changed_as_a_whole_is_told(told: Path) -> None:
    change(told, "PRAGMA journal_mode=DELETE")
    with closing(sqlite3.connect(told, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "held by another process" in refusal(told)
    assert names_in(told.parent) == ["uplift.db"]


def test_a_place_that_can_not_be_written_is_told(told: Path) -> None:
    told.with_name("file").touch()
    words = refusal(told, told.parent / "file" / "a.db")
    assert "can't be written: Not a directory" in words or "File exists" in words
    assert names_in(told.parent) == ["file", "uplift.db"]


BACK_UP = """
import sys
from pathlib import Path
from bot.storage.backup import Unusable, back_up
from bot.storage.database import Database
from tests.storage.world import NOON, url_of
try:
    back_up(url_of(Path(sys.argv[1])), None, now=NOON)
except Unusable as refused:
    print(refused)
"""


async def test_where_no_more_can_be_written_nothing_is_left_and_the_bot_goes_on(path: Path) -> None:
    swell(path)
    size = path.stat().st_size  # noqa: ASYNC240
    async with open_database(path) as db:
        await db.write(pledging(9001))
        said = await asyncio.to_thread(on_a_small_disk, size // 2, BACK_UP, path)
        assert said == (
            f"{path} can't be copied to {path.parent / 'backups'}: disk I/O error."
            " Is a disk failing, or are files limited in size?\n"
        )
        assert names_in(path.parent / "backups") == []
        await db.write(pledging(9002))
        assert len(await stored(db)) == 2
        assert await faults(db) == []


def test_on_a_full_disk_it_says_so(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(backups, "put", fill)
    assert f"The disk that holds {told.parent / 'backups'} is full; no backup was made." in refusal(told)
    assert names_in(told.parent) == ["uplift.db"]


def test_before_it_would_fill_the_disk_it_says_how_much_room_it_needs(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = told.stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, size + RESERVE - 1))
    words = refusal(told)
    assert "has 17.0 MB left, and 17.0 MB are needed. Make room there, or choose another place." in words
    assert names_in(told.parent) == ["uplift.db"]


def test_one_that_is_stopped_leaves_nothing(path: Path) -> None:
    swell(path)

    def stop(step: str, share: float | None) -> None:
        if share:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(url_of(path), None, now=NOON, tell=stop)
    assert names_in(path.parent) == ["uplift.db"]


def test_killed_anywhere_there_is_a_whole_backup_or_none_and_the_next_one_can_be_made(
    told: Path, tmp_path: Path
) -> None:
    before = contents(told)
    whole, killed = deaths("backup", told.parent, tmp_path / "work")
    assert contents(whole / "backups" / NAME) == before
    finished = 0
    for folder in killed:
        assert contents(folder / "uplift.db") == before
        if (folder / "backups" / NAME).exists():
            finished += 1
            assert contents(folder / "backups" / NAME) == before
    for folder in killed[::5]:
        for part in (folder / "backups").glob("*.part"):
            os.utime(part, (0, 0))  # hours later
        made = make(folder / "uplift.db", now=NOON + timedelta(hours=2))
        assert contents(made.path) == before
        assert all(name.endswith(".db") for name in names_in(folder))
    assert 0 < finished < len(killed) / 2
