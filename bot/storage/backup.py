"""Backups: taken while the bot runs, opened and checked before they get their name, and not kept for ever."""

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.storage.check import Findings, look_over
from bot.storage.disk import LONGEST_KEPT, Tell, is_failing, is_full, put, remove, require_room, silent, unfinished
from bot.storage.errors import Unusable, reason_of
from bot.storage.migrate import file_of, version_of
from bot.storage.tables import SCHEMA

TROUBLE = (sqlite3.Error, DBAPIError, OSError, UnicodeDecodeError)
"""What a database or a disk raises; SQLite's own words may quote bytes that are no text."""

_STAMP = "%Y-%m-%dT%H%M%SZ"
_STAMPED = r"\d{4}-\d\d-\d\dT\d{6}Z"
_ABANDONED = 3600
"""Seconds without a write after which nobody works on an unfinished file any more."""

_STEPS_BETWEEN = 1_000
"""Of SQLite's instructions, or some fifty kilobytes: so often it is told how far it is."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that is in its place, and what else was done."""

    path: Path
    size: int
    """Bytes."""
    pledges: int
    miscounts: list[str]
    """Counts that are wrong in it, as they are in the database: nothing was removed then."""
    removed: list[Path]
    """What was too old."""
    stuck: list[Path]
    """What is too old, and could not be removed."""


def back_up(
    url: str, target: Path | None, *, now: datetime, keep_days: int = LONGEST_KEPT, tell: Tell = silent
) -> Backup:
    """Copies the database to `target`, a file or a folder; by default into `backups` beside the database.

    Whoever uses the database meanwhile is not disturbed. Then removes backups of this database in that folder, and
    copies that were laid aside beside it, which are older than `keep_days`. Raises Unusable, in words; then nothing is
    left behind.
    """
    path = file_of(url)
    if not path.is_file():
        raise Unusable(f"{path} does not exist: there is nothing to back up yet.")
    place = _place(path, target, now)
    if place.exists():
        raise Unusable(f"{place} is there already, and is not overwritten. Name another file.")
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with unfinished(place) as part:
            version = _copy(path, part, tell)
            found = _check(part, version, path, tell)
            size = part.stat().st_size
            put(part, place)
    except TROUBLE as error:
        raise Unusable(_in_words(path, place, error)) from error
    removed, stuck = ([], []) if found.miscounts else remove_old(path, place.parent, now, keep_days)
    return Backup(place, size, found.pledges, found.miscounts, removed, stuck)


def remove_old(path: Path, folder: Path, now: datetime, keep_days: int) -> tuple[list[Path], list[Path]]:
    """Removes what is older than `keep_days`: backups of the database at `path` in `folder`, and copies beside it.

    Returns what was removed, and what could not be.
    """
    removed: list[Path] = []
    stuck: list[Path] = []
    for file in _old(path, folder, now, now - timedelta(days=keep_days)):
        try:
            remove(file)
            removed.append(file)
        except OSError:
            stuck.append(file)
    return removed, stuck


def stamp(now: datetime) -> str:
    """The instant as it stands in a file's name: without characters that a file system could refuse."""
    return now.astimezone(UTC).strftime(_STAMP)


def folder_of_backups(path: Path) -> Path:
    """Where backups of the database at `path` go, unless another place is named."""
    return path.with_name("backups")


def backups_in(folder: Path, path: Path) -> Iterator[tuple[Path, datetime]]:
    """The backups of the database at `path` that have a name of their own making, and when they were made."""
    name = re.compile(rf"{re.escape(path.stem)}-({_STAMPED})\.db")
    for file in sorted(folder.glob("*.db")):
        if found := name.fullmatch(file.name):
            yield file, datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)


def open_existing(path: Path, *, how: str = "mode=rw") -> sqlite3.Connection:
    """A connection to a database that is there: none is made. It waits two seconds for others, and begins nothing."""
    address = f"{path.resolve().as_uri()}?{how}"
    return sqlite3.connect(address, uri=True, timeout=2, isolation_level=None)


def url_of(path: Path) -> str:
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def interrupted(error: BaseException) -> bool:
    """Whether SQLite ended a statement because somebody pressed Ctrl-C, which it can't tell in other words."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_INTERRUPT"


def copy_whole(connection: sqlite3.Connection, target: Path, step: str, tell: Tell) -> None:
    """Writes the database, as it is at this moment, anew into the empty file `target`, without what was deleted."""
    [(pages,)] = connection.execute("PRAGMA page_count")
    [(unused,)] = connection.execute("PRAGMA freelist_count")
    [(page,)] = connection.execute("PRAGMA page_size")
    size = max((pages - unused) * page, 1)
    require_room(target.parent, size)
    tell(step, 0)
    connection.set_progress_handler(lambda: tell(step, min(target.stat().st_size / size, 1)), _STEPS_BETWEEN)
    try:
        connection.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.OperationalError as error:
        if interrupted(error):
            raise KeyboardInterrupt from None
        raise
    finally:
        connection.set_progress_handler(None, 0)


def _place(path: Path, target: Path | None, now: datetime) -> Path:
    name = f"{path.stem}-{stamp(now)}.db"
    if target is None:
        return folder_of_backups(path) / name
    return target / name if target.is_dir() else target


def _copy(path: Path, part: Path, tell: Tell) -> str:
    """Returns the schema's version."""
    with closing(open_existing(path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")  # one connection alone, the bot's, does that
        version = version_of(connection, path)
        if not version:
            raise Unusable(f"{path} is empty: there is nothing to back up yet.")
        copy_whole(connection, part, "Copying", tell)
        return version


def _check(part: Path, version: str, path: Path, tell: Tell) -> Findings:
    tell("Checking the copy", None)
    with closing(open_existing(part, how="mode=ro")) as connection:
        version_of(connection, part)
    # What an older version wrote is backed up before an update, but only the newer one would know how to recount it.
    found = asyncio.run(look_over(url_of(part), recounts=version == SCHEMA))
    if found.damage:
        raise Unusable(_damaged(path, found.damage[0]))
    return found


def _old(path: Path, folder: Path, now: datetime, oldest: datetime) -> Iterator[Path]:
    yield from (file for file, made_at in backups_in(folder, path) if made_at < oldest)
    for kind in ("before", "restoring"):
        for file in sorted(path.parent.glob(f"{escape(path.name)}.{kind}-*")):
            if datetime.fromtimestamp(file.stat().st_mtime, UTC) < oldest:
                yield file
    replaced = re.compile(rf"{re.escape(path.name)}\.replaced-({_STAMPED})(-\d+)?")
    for file in sorted(path.parent.iterdir()):
        found = replaced.fullmatch(file.name)
        if found and datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) < oldest:
            yield file
    for file in sorted(folder.glob(f"{escape(path.stem)}-*.part")):
        if now.timestamp() - file.stat().st_mtime > _ABANDONED:
            yield file


def _in_words(path: Path, place: Path, error: Exception) -> str:
    if is_full(error):
        return f"The disk that holds {place.parent} is full; no backup was made. Make room there, or name another file."
    if is_failing(error):
        return f"{path} can't be copied to {place.parent}: {error}. Is a disk failing, or are files limited in size?"
    if isinstance(error, OSError):
        return f"{place} can't be written: {error.strerror or error}. No backup was made."
    reason = "damaged" if isinstance(error, UnicodeDecodeError) else reason_of(error)
    told = {
        "locked": f"{path} is held by another process, an update or a restore perhaps. Try again when that has ended.",
        "read_only": f"{path} can't be opened, or {place.parent} not be written. Check the rights of both.",
        "damaged": _damaged(path, error),
    }
    return told.get(reason or "", f"{path} can't be copied: {error}")


def _damaged(path: Path, how: object) -> str:
    return f"{path} is damaged ({how}); no backup was made. Keep the earlier ones, and restore the newest."
