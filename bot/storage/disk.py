"""Files that are whole or not there: a place for what is half made, room for it, and being sure of the disk."""

import contextlib
import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from sqlalchemy.exc import DBAPIError

from bot.storage.errors import NotSaved, Unusable

Tell: TypeAlias = Callable[[str, float | None], None]
"""Is told what is being done, in words, and how much of it is done, from 0 to 1; None where that is not known."""

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite may keep beside a database, as part of it."""

RESERVE = 16 * 2**20
"""Bytes that are left to others on the disk: a bot that runs there writes, too."""

LONGEST_KEPT = 30
"""Days that backups and copies stay: what people erased lives on in them for no longer, as the privacy policy says."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def silent(step: str, share: float | None) -> None:
    """Tells nobody."""


def is_full(error: BaseException) -> bool:
    """Whether it failed because no more could be written: the disk is full, or a quota or a limit was met."""
    if isinstance(error, NotSaved):
        return error.reason == "full"
    return (isinstance(error, OSError) and error.errno in _FULL) or _name_of(error) == "SQLITE_FULL"


def is_failing(error: BaseException) -> bool:
    """Whether a disk did not do what SQLite asked of it; a full one says so in other words, but for its quotas."""
    return _name_of(error).startswith("SQLITE_IOERR")


def _name_of(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlite_errorname", ""))


def require_room(folder: Path, size: int) -> None:
    """Raises Unusable where `size` bytes would not fit: filling a disk would harm the bot that writes there."""
    free = shutil.disk_usage(folder).free
    if free < size + RESERVE:
        raise Unusable(
            f"The disk that holds {folder} has {in_megabytes(free)} left, and {in_megabytes(size + RESERVE)} are"
            " needed. Make room there, or choose another place."
        )


def in_megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


@contextmanager
def unfinished(target: Path) -> Generator[Path]:
    """An empty file beside `target` that nobody else can read; it is gone afterwards, unless `put` has moved it."""
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
    finally:
        remove(part)


def put(part: Path, target: Path) -> None:
    """Gives `part` the name `target`, when its content is safe on the disk; returns when the name is, too."""
    settle(part)
    part.replace(target)
    settle(target.parent)


def settle(path: Path) -> None:
    """Returns when the file's content, or the names in the folder, are on the disk."""
    if path.is_dir() and os.name == "nt":
        return  # can't be asked for there
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: Path) -> None:
    """Removes a database with all that belongs to it; or a folder with all that is in it."""
    if path.is_dir():
        shutil.rmtree(path)
        return
    for suffix in ("", *SIDE_FILES):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
