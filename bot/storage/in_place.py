"""The database's place: nobody else may use it, what is there is laid aside, and it is never without one."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from glob import escape
from pathlib import Path

from bot.storage.backup import open_existing, stamp
from bot.storage.disk import SIDE_FILES, remove, settle
from bot.storage.errors import Unusable, reason_of


def hold(path: Path, until_placed: ExitStack) -> sqlite3.Connection | None:
    """Keeps everybody else from the database, if there is one: by a transaction.

    For one that is too damaged to begin one, the connection is not in a transaction.
    """
    if not path.exists():
        return None
    connection = until_placed.enter_context(closing(open_existing(path)))
    try:
        # Fails while anybody else has it open, and brings home what is in its -wal file: then it is one file alone.
        connection.execute("PRAGMA journal_mode=DELETE").fetchall()
        connection.execute("BEGIN EXCLUSIVE")
        [(mode,)] = connection.execute("PRAGMA journal_mode")
        if mode != "delete":
            raise Unusable(_in_use(path))  # somebody came in between the two
    except sqlite3.Error as error:
        if reason_of(error) == "locked":
            raise Unusable(_in_use(path)) from error
        if reason_of(error) != "damaged":
            raise
    return connection


@contextmanager
def laid_aside(path: Path, now: datetime, *, is_there: bool) -> Generator[Path | None]:
    """Gives the database another name, with its side files; it keeps its own until another one takes that.

    None where there is no database. Undone when what follows fails before that.
    """
    if path.exists() and not is_there:
        raise Unusable(_in_use(path))  # somebody has made one meanwhile
    replaced = _free(path.with_name(f"{path.name}.replaced-{stamp(now)}"))
    if is_there:
        _name_too(path, replaced)
    _move_side_files(path, replaced)  # a damaged one's, or strays: the new database would take them for its own
    try:
        yield replaced if is_there else None
    except BaseException:
        if is_there and replaced.samefile(path):
            _move_side_files(replaced, path)
            replaced.unlink()
        raise


def _name_too(path: Path, other: Path) -> None:
    """The file has both names then; where the file system has no links, there are two of it."""
    try:
        other.hardlink_to(path)
    except OSError:
        other.touch(mode=0o600)
        shutil.copyfile(path, other)
        settle(other)


def _move_side_files(path: Path, other: Path) -> None:
    for suffix in SIDE_FILES:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(other.with_name(other.name + suffix))


def _free(path: Path) -> Path:
    """`path`, or where that is taken the same with a number behind it."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


@contextmanager
def work_folder(path: Path) -> Generator[Path]:
    """A folder beside the database that nobody else can read; those of attempts that were killed are removed."""
    for leftover in path.parent.glob(f"{escape(path.name)}.restoring-*"):
        remove(leftover)
    folder = Path(tempfile.mkdtemp(prefix=f"{path.name}.restoring-", dir=path.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what stays is removed by the next attempt


def _in_use(path: Path) -> str:
    return f"{path} is in use. Stop the bot first, or wait until a backup has ended, and try again."
