"""A backup becomes the database, without what people erased since; at every moment there is a whole one in place."""

import asyncio
import errno
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.disk import RESERVE
from bot.storage.errors import Unusable
from bot.storage.migrate import migrate
from bot.storage.restore import restore
from bot.storage.tables import SCHEMA
from tests.storage.files import (
    ask,
    change,
    contents,
    damage,
    deaths,
    holding,
    lose_from_index,
    names_in,
    on_a_small_disk,
    swell,
)
from tests.storage.old_database import FOLDER
from tests.storage.restoring import (
    HOUR,
    REPLACED,
    WORDS,
    backup_of,
    faults_in,
    make,
    pledges_in,
    put_back,
    refusal,
    spoil,
    write,
)
from tests.storage.world import NOON, faults, open_database, pledging, url_of

# What it does


def test_the_backup_is_in_place_and_what_was_there_is_laid_aside(told: Path) -> None:
    backup, before = make(told), contents(told)
    write(told, pledging(1001))
    after = contents(told)

    done = put_back(told, backup)

    assert (done.path, done.pledges, done.erased, done.miscounts, done.notes) == (told, 6, 0, [], [])
    assert done.replaced == told.with_name(REPLACED)
    assert contents(told) == before
    assert contents(done.replaced) == after
    assert names_in(told.parent) == [f"backups/{backup.name}", "uplift.db", REPLACED]
    assert told.stat().st_mode & 0o777 == 0o600
    assert migrate(url_of(told)) is None
    write(told, pledging(1002))
    assert faults_in(told) == []


def test_what_is_there_is_not_overwritten_unasked(told: Path) -> None:
    backup = make(told)
    change(told, "DELETE FROM shown")
    before = contents(told)
    words = refusal(told, backup, over=False)
    assert "is there already" in words
    assert "add --over" in words
    assert contents(told) == before
    assert names_in(told.parent) == [f"backups/{backup.name}", "uplift.db"]


async def test_what_a_bot_that_was_killed_left_in_the_wal_file_is_laid_aside_with_it(told: Path) -> None:
    backup = await asyncio.to_thread(make, told)
    async with open_database(told) as db:
        await db.write(pledging(1001))
        killed = told.parent / "killed"
        killed.mkdir()
        for file in told.parent.glob("uplift.db*"):
            shutil.copy(file, killed)
    path = killed / "uplift.db"
    assert (killed / "uplift.db-wal").stat().st_size > 0

    done = await asyncio.to_thread(put_back, path, backup)

    assert done.replaced is not None
    assert names_in(killed) == ["uplift.db", REPLACED]
    assert 1001 not in pledges_in(path)
    assert 1001 in pledges_in(done.replaced)


async def test_a_copy_that_somebody_made_of_a_running_database_is_restored_with_what_is_beside_it(
    told: Path, tmp_path: Path
) -> None:
    async with open_database(told) as db:
        await db.write(pledging(1001))
        for file in told.parent.glob("uplift.db*"):
            shutil.copy(file, tmp_path)
    path = tmp_path / "new" / "uplift.db"
    await asyncio.to_thread(put_back, path, tmp_path / "uplift.db", over=False)
    assert pledges_in(path) == {1, 2, 3, 4, 5, 6, 1001}


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(told: Path) -> None:
    done = put_back(told, FOLDER / "uplift-0001.db")
    assert (done.pledges, done.miscounts) == (6, [])
    assert ask(told, "SELECT version_num FROM alembic_version") == [(SCHEMA,)]
    assert names_in(told.parent) == ["uplift.db", REPLACED], "no copies of the steps between"


def test_on_a_new_machine_it_needs_no_word_and_tells_what_is_not_known(told: Path, tmp_path: Path) -> None:
    path = tmp_path / "var" / "uplift.db"
    done = put_back(path, make(told), over=False)
    assert done.replaced is None
    assert done.notes == [
        "There was no database in its place: what people erased since the newest backup is not known."
    ]
    assert contents(path) == contents(told)
    assert names_in(tmp_path) == ["var/uplift.db"]


async def test_a_wal_file_without_its_database_is_not_taken_for_the_new_one_s(told: Path, tmp_path: Path) -> None:
    path = tmp_path / "uplift.db"
    async with open_database(told) as db:
        await db.write(pledging(1001))
        shutil.copy(told.with_name("uplift.db-wal"), tmp_path)
    await asyncio.to_thread(put_back, path, FOLDER / f"uplift-{SCHEMA}.db", over=False)
    assert names_in(tmp_path) == ["uplift.db", f"{REPLACED}-wal"]
    assert pledges_in(path) == {1, 2, 3, 4, 5, 6}


def test_twice_in_one_second_both_are_laid_aside(told: Path) -> None:
    backup = make(told)
    put_back(told, backup)
    assert put_back(told, backup).replaced == told.with_name(f"{REPLACED}-2")
    assert names_in(told.parent) == [f"backups/{backup.name}", "uplift.db", REPLACED, f"{REPLACED}-2"]


def test_a_database_behind_a_link_is_replaced_where_it_lies(told: Path, tmp_path: Path) -> None:
    backup = make(told)
    link = tmp_path / "link.db"
    link.symlink_to(told)
    assert put_back(link, backup).replaced == told.with_name(REPLACED)
    assert link.is_symlink()
    assert contents(link) == contents(backup)


def test_where_files_can_not_have_two_names_it_works_all_the_same(told: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backup, before = make(told), contents(told)

    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM), str(target))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    done = put_back(told, backup)
    assert done.replaced is not None
    assert contents(done.replaced) == contents(told) == before
    assert done.replaced.stat().st_mode & 0o777 == 0o600


# What is refused


async def test_a_database_in_use_is_refused_until_the_bot_has_ended(told: Path) -> None:
    backup = await asyncio.to_thread(make, told)
    async with open_database(told) as db:
        await db.open()  # and rests then
        words = await asyncio.to_thread(refusal, told, backup)
        assert "is in use. Stop the bot first" in words
        await db.write(pledging(1001))
        assert await faults(db) == []
    done = await asyncio.to_thread(put_back, told, backup)
    assert done.replaced is not None
    assert 1001 in pledges_in(done.replaced)


def test_while_it_is_restored_nobody_else_can_begin_to_use_it(told: Path) -> None:
    backup = make(told)
    said: list[str] = []

    def tell(step: str, share: float | None) -> None:
        with (
            closing(sqlite3.connect(told, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("SELECT count(*) FROM pledge")
        said.append(step)

    restore(url_of(told), backup, now=NOON + HOUR, over=True, tell=tell)
    assert said[0] == "Copying"
    assert said[-1] == "Checking what was made of it"


async def test_a_bot_that_can_not_open_its_database_says_so_at_once(told: Path) -> None:
    spoil(told)
    async with open_database(told) as db:
        with pytest.raises(Unusable, match="can't be opened"):
            await db.open()


def cut_short(backup: Path) -> None:
    with backup.open("r+b") as file:
        file.truncate(20_000)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (spoil, "is damaged (file is not a database)"),
        (cut_short, "is damaged"),
        (lambda backup: damage(backup, "pledge"), "is damaged"),
        (lambda backup: damage(backup, "ix_pledge_member"), "is damaged"),
        (
            lambda backup: lose_from_index(backup, "ix_pledge_guild", "DELETE FROM pledge WHERE id = 4"),
            "is damaged (wrong",
        ),
        (lambda backup: change(backup, "UPDATE pledge SET member_id = 1 WHERE id = 1"), "names a member"),
        (lambda backup: change(backup, "UPDATE alembic_version SET version_num = '0000'"), "never was a schema 0000"),
        (lambda backup: change(backup, "UPDATE alembic_version SET version_num = '0999'"), "a newer version of Uplift"),
        (lambda backup: change(backup, "DROP TABLE alembic_version"), "not one of Uplift's"),
        (lambda backup: backup.write_bytes(b""), "an empty database"),
        (lambda backup: backup.unlink(), "does not exist"),
        (lambda backup: (backup.unlink(), backup.mkdir()), "is not a file"),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(
    told: Path, how: Callable[[Path], object], words: str
) -> None:
    backup, before = make(told), contents(told)
    how(backup)
    lie = names_in(told.parent)
    said = refusal(told, backup)
    assert str(backup) in said
    assert words in said
    assert contents(told) == before
    assert names_in(told.parent) == lie


def test_the_database_itself_is_no_backup(told: Path) -> None:
    assert "is the database itself" in refusal(told, told.parent / "." / "uplift.db")


def test_somebody_else_s_database_is_not_replaced(told: Path, tmp_path: Path) -> None:
    path = tmp_path / "recipes.db"
    change(path, "CREATE TABLE recipe (id INTEGER)")
    assert "not one of Uplift's. Name another file in DATABASE_URL" in refusal(path, make(told))
    assert names_in(tmp_path) == ["recipes.db"]


def test_counts_that_are_wrong_are_told_and_the_backup_is_in_place(told: Path) -> None:
    backup = make(told)
    change(backup, "UPDATE tally SET count = count + 1 WHERE kind = 'pledges' AND scope = 0")
    done = put_back(told, backup)
    assert done.miscounts == ["the whole campaign, pledges: tallied 7, counted 6"]
    assert contents(told) == contents(backup)


RESTORE = """
import sys
from pathlib import Path
from typing import Any
from bot.storage.restore import Unusable, restore
from tests.storage.world import NOON, url_of
try:
    restore(url_of(Path(sys.argv[1])), Path(sys.argv[2]), now=NOON, over=True)
except Unusable as refused:
    print(refused)
"""


def test_on_a_full_disk_nothing_is_changed(told: Path) -> None:
    swell(told)
    backup, before = make(told), contents(told)
    said = on_a_small_disk(backup.stat().st_size // 2, RESTORE, told, backup)
    assert said == f"The disk that holds {told} is full. Nothing was changed. Make room, and try again.\n"
    assert contents(told) == before
    assert names_in(told.parent) == [f"backups/{backup.name}", "uplift.db"]


def test_before_it_would_fill_the_disk_it_says_how_much_room_it_needs(
    told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup, before = make(told), contents(told)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, RESERVE))
    assert "has 16.8 MB left, and 17.3 MB are needed" in refusal(told, backup)
    assert contents(told) == before


@pytest.mark.parametrize("is_damaged", [False, True])
def test_one_that_can_not_be_put_in_place_is_undone(
    told: Path, monkeypatch: pytest.MonkeyPatch, is_damaged: bool
) -> None:
    backup = make(told)
    if is_damaged:
        spoil(told)
    before, lie = told.read_bytes(), names_in(told.parent)

    def refuse(path: Path, target: Path) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    assert f"{told} can't be used: Device or resource busy" in refusal(told, backup, without_erasures=is_damaged)
    assert names_in(told.parent) == lie
    assert told.read_bytes()[100:] == before[100:], "its header may say that it has no -wal file now"


def test_killed_anywhere_the_former_or_the_restored_one_is_in_place_and_it_can_be_done_again(
    erased: Path, tmp_path: Path
) -> None:
    write(erased, pledging(3, at=NOON + timedelta(minutes=20)))
    old = contents(erased)
    whole, killed = deaths("restore", erased.parent, tmp_path / "work")
    new = contents(whole / "uplift.db")
    assert new != old
    done = 0
    for folder in killed:
        path = folder / "uplift.db"
        assert path.exists(), folder
        assert contents(path) in (old, new), folder
        assert WORDS.encode() not in path.read_bytes()
        done += contents(path) == new
        for aside in folder.glob("uplift.db.replaced-*Z"):
            assert contents(aside) == old
    assert 0 < done < len(killed) / 2
    for folder in killed[::5]:
        assert put_back(folder / "uplift.db", backup_of(folder / "uplift.db")).erased == 1
        assert contents(folder / "uplift.db") == new
        assert not list(folder.glob("*.restoring-*"))
        assert len(holding(folder, WORDS)) == 1, "in the backup"
