"""Puts a backup in the database's place: checked, brought up to date, and without what people have erased since.

All is made ready in a folder beside the database, while nobody else can use that. One rename puts it in place: whenever
the process is killed, the database is the former one or the restored one.
"""

import asyncio
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.storage.backup import TROUBLE, copy_whole, open_existing, url_of
from bot.storage.check import Findings, look_over
from bot.storage.database import Database
from bot.storage.disk import Tell, is_failing, is_full, put, require_room, silent
from bot.storage.erasure import apply_tombstones
from bot.storage.errors import NotSaved, Unusable, reason_of
from bot.storage.in_place import hold, laid_aside, work_folder
from bot.storage.known_erasures import Erasures, gather
from bot.storage.migrate import file_of, is_known, schema_in, upgrade
from bot.storage.outbox_care import DoubtDue
from bot.storage.tables import SCHEMA

_PIECE = 2**20
"""Bytes that are copied at once."""

_KEEP = """
INSERT INTO tombstone (member_id, at) VALUES (?, ?)
ON CONFLICT (member_id) DO UPDATE SET at = max(at, excluded.at)
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that was put in place."""

    path: Path
    pledges: int
    erased: int
    """People whose data was erased again."""
    replaced: Path | None
    """Where the former database is now; None where there was none."""
    miscounts: list[str]
    """Counts that are wrong in it."""
    notes: list[str]
    """What whoever restores should know, a sentence each."""


def restore(
    url: str,
    backup: Path,
    *,
    now: datetime,
    over: bool = False,
    without_erasures: bool = False,
    tell: Tell = silent,
) -> Restored:
    """Puts `backup` in the place of the database, which nobody may use meanwhile.

    With `over` a database that is there is laid aside; otherwise it is not touched. Erasures are taken from it, and
    from the other backups: with `without_erasures` also when it can't be read. Raises Unusable, in words; then nothing
    has changed.
    """
    path = file_of(url).resolve()
    if not backup.is_file():
        raise Unusable(f"{backup} does not exist, or is not a file.")
    if path.exists() and path.samefile(backup):
        raise Unusable(f"{backup} is the database itself. Name a backup.")
    if path.exists() and not over:
        raise Unusable(
            f"{path} is there already, and is not overwritten. To put the backup in its place, add --over:"
            " it is laid aside then, not deleted."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as until_placed:
            present = hold(path, until_placed)
            erasures, notes = gather(path, present, backup, is_required=not without_erasures)
            if present is not None and not present.in_transaction:
                present.close()  # too damaged to be held; what SQLite tidies up at the end must not be another one's
            folder = until_placed.enter_context(work_folder(path))
            ready, found, erased = _make_ready(folder, backup, erasures, now, tell)
            replaced = until_placed.enter_context(laid_aside(path, now, is_there=present is not None))
            put(ready, path)
    except (*TROUBLE, NotSaved) as error:
        raise Unusable(_in_words(path, backup, error)) from error
    return Restored(path, found.pledges, erased, replaced, found.miscounts, notes)


def _make_ready(
    folder: Path, backup: Path, erasures: Erasures, now: datetime, tell: Tell
) -> tuple[Path, Findings, int]:
    """A checked copy of the backup, in `folder`, that can be put in place; and how many people were erased in it."""
    copy, ready = folder / "copy.db", folder / "ready.db"
    _copy_files(backup, copy, tell)
    version = _version_of(copy, backup)
    if version != SCHEMA:
        tell("Bringing it up to date", None)
        upgrade(copy)
    tell("Erasing again what people erased", None)
    erased = _erase_again(copy, erasures, now)
    ready.touch(mode=0o600)
    with closing(open_existing(copy)) as connection:
        copy_whole(connection, ready, "Writing it anew, without what was deleted", tell)
    tell("Checking what was made of it", None)
    found = asyncio.run(look_over(url_of(ready)))
    if found.damage:
        raise Unusable(_damaged(backup, found.damage[0]))
    return ready, found, erased


def _copy_files(backup: Path, copy: Path, tell: Tell) -> None:
    """Copies the file, and what belongs to it: somebody may have copied a database while it was in use."""
    size = backup.stat().st_size
    require_room(copy.parent, 2 * size)  # it is written anew later
    for suffix in ("", "-wal", "-journal"):
        source = backup.with_name(backup.name + suffix)
        if suffix and not source.exists():
            continue
        with source.open("rb") as old, copy.with_name(copy.name + suffix).open("xb") as new:
            while piece := old.read(_PIECE):
                new.write(piece)
                tell("Copying", min(new.tell() / max(size, 1), 1))


def _version_of(copy: Path, backup: Path) -> str:
    """The schema's version. Raises Unusable for what is no backup of this or an earlier one."""
    with closing(open_existing(copy)) as connection:
        version = schema_in(connection)
    if version is None:
        raise Unusable(f"{backup} is a database, but not one of Uplift's. Nothing was changed.")
    if not version:
        raise Unusable(f"{backup} is an empty database. Nothing was changed.")
    if version > SCHEMA:
        raise Unusable(
            f"{backup} was written by a newer version of Uplift (schema {version}; this one knows {SCHEMA})."
            " Install that version, and restore it with that."
        )
    if not is_known(version):
        raise Unusable(_damaged(backup, f"there never was a schema {version}"))
    return version


def _erase_again(copy: Path, erasures: Erasures, now: datetime) -> int:
    """Keeps the erasures in the copy, too, for the next restore, and does them; returns whose data there was.

    What was due by now is marked as what may have been posted.
    """
    with closing(open_existing(copy)) as connection:
        connection.execute("BEGIN")
        connection.executemany(_KEEP, erasures.items())
        connection.execute("COMMIT")
    return asyncio.run(_apply(url_of(copy), now))


async def _apply(url: str, now: datetime) -> int:
    db = Database(url)
    try:
        await db.write(DoubtDue(now))
        return await apply_tombstones(db)
    finally:
        await db.close()


# Words


def _damaged(backup: Path, how: object) -> str:
    return f"{backup} is damaged ({how}). Nothing was changed; take another backup."


def _in_words(path: Path, backup: Path, error: Exception) -> str:
    if is_full(error):
        return f"The disk that holds {path} is full. Nothing was changed. Make room, and try again."
    if is_failing(error):
        return f"The disk that holds {path} does not do its work ({error}). Nothing was changed."
    if isinstance(error, OSError):
        return f"{error.filename or path} can't be used: {error.strerror or error}."
    reason = error.reason if isinstance(error, NotSaved) else reason_of(error)
    if reason == "damaged" or isinstance(error, UnicodeDecodeError):
        return _damaged(backup, error)
    if reason == "read_only":
        return f"{path} can't be written. Check the rights of the file and its folder. Nothing was changed."
    return f"{backup} can't be restored: {error}. Nothing was changed."
