"""Whose data was erased, as far as the present database and the backups know: a restored one must not bring it back."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from bot.storage.backup import backups_in, folder_of_backups, open_existing
from bot.storage.errors import Unusable
from bot.storage.migrate import schema_in

Erasures: TypeAlias = dict[int, str]
"""Who had their data erased, and when, as it is stored."""

_WITHOUT_TOMBSTONES = "0001"
"""The schema in which nothing could be erased yet."""


def gather(
    path: Path, present: sqlite3.Connection | None, backup: Path, *, is_required: bool
) -> tuple[Erasures, list[str]]:
    """All erasures that are known, of the present database and of every backup, and what is not known."""
    erasures: Erasures = {}
    notes: list[str] = []
    if present is None:
        notes.append("There was no database in its place: what people erased since the newest backup is not known.")
    else:
        try:
            _merge(erasures, _erasures_in(present, path))
        except (sqlite3.Error, UnicodeDecodeError) as error:
            why = f"{path} can't be read ({error}): what people erased since the newest backup is not known."
            if is_required:
                raise Unusable(
                    f"{why} To go on without it, add --without-erasures;"
                    " whoever asked you lately to be erased has to be erased once more."
                ) from error
            notes.append(why)
    folders = {backup.parent.resolve(), folder_of_backups(path).resolve()}
    for other in sorted(file for folder in folders for file, _ in backups_in(folder, path)):
        try:
            with closing(open_existing(other, how="immutable=1")) as connection:
                _merge(erasures, _erasures_in(connection, other))
        except (sqlite3.Error, UnicodeDecodeError, Unusable) as error:
            notes.append(f"{other} can't be read ({error}): erasures that it alone knows of are not done again.")
    return erasures, notes


def _erasures_in(connection: sqlite3.Connection, path: Path) -> Erasures:
    version = schema_in(connection)
    if version is None:
        raise Unusable(f"{path} is a database, but not one of Uplift's. Name another file in DATABASE_URL.")
    if version in ("", _WITHOUT_TOMBSTONES):
        return {}
    return dict(connection.execute("SELECT member_id, at FROM tombstone"))


def _merge(erasures: Erasures, more: Erasures) -> None:
    for member_id, at in more.items():
        erasures[member_id] = max(at, erasures.get(member_id, ""))
