"""Brings a database to the newest schema, after laying a copy aside; refuses in words what it can't work with."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from bot.storage.database import begin_at_once, finish_erasures
from bot.storage.errors import Unusable, reason_of
from bot.storage.tables import SCHEMA

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(url: str) -> str | None:
    """Makes the database at `url` ready, creating it when it is not there. Blocks: call it before the bot starts.

    Returns the copy's path when one was made. Raises Unusable, in words for the operator.
    """
    path = file_of(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path, timeout=5)) as connection:
            verdict: tuple[str] | None = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != ("ok",):
                raise Unusable(_damaged(path, verdict[0] if verdict else "it can't be checked"))
            version = version_of(connection, path)
            # A file or folder that can't be written is told now, not at the first pledge.
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("BEGIN IMMEDIATE")  # does not object to a file that is read-only: a change does
            connection.execute("PRAGMA user_version=1")
            connection.rollback()
            finish_erasures(connection)
            if version == SCHEMA:
                return None
            copy = _lay_aside(connection, path, version) if version else None
        upgrade(path)
        return copy
    except (sqlite3.Error, DBAPIError, OSError, UnicodeDecodeError) as error:
        raise Unusable(_in_words(path, error)) from error


def file_of(url: str) -> Path:
    """The file of a SQLite address. Raises Unusable for other databases."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = URL.create("")
    name = parsed.database
    if parsed.get_backend_name() != "sqlite" or not name or name == ":memory:" or name.startswith("file:"):
        raise Unusable("DATABASE_URL must name a SQLite file, such as sqlite+aiosqlite:///var/uplift.db")
    if Path(name).is_dir():
        raise Unusable(f"{name} is a folder. Name a file in DATABASE_URL, such as {Path(name) / 'uplift.db'}.")
    return Path(name)


def schema_in(connection: sqlite3.Connection) -> str | None:
    """The schema's version as the database tells it: empty for one without tables, None for somebody else's."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return ""
    rows = connection.execute("SELECT version_num FROM alembic_version") if "alembic_version" in tables else ()
    version = next((str(name) for (name,) in rows), "")
    return version if re.fullmatch(r"\d{4}", version) else None


def is_known(version: str) -> bool:
    """Whether there ever was such a schema."""
    return any(MIGRATIONS.glob(f"versions/{version}_*.py"))


def version_of(connection: sqlite3.Connection, path: Path) -> str:
    """The schema's version; empty for a new database. Raises Unusable when it is newer, somebody else's, or none."""
    version = schema_in(connection)
    if version is None:
        raise Unusable(f"{path} is a database, but not one of Uplift's. Name another file in DATABASE_URL.")
    if version > SCHEMA:
        raise Unusable(
            f"{path} was written by a newer version of Uplift (schema {version}; this one knows {SCHEMA}). "
            "Install that version again, or restore the copy that was laid aside before its update."
        )
    if version and not is_known(version):
        raise Unusable(_damaged(path, f"there never was a schema {version}"))
    return version


def _lay_aside(connection: sqlite3.Connection, path: Path, version: str) -> str:
    copy = path.with_name(f"{path.name}.before-{SCHEMA}-was-{version}")
    unfinished = copy.with_name(f"{copy.name}.part")
    unfinished.unlink(missing_ok=True)  # of an attempt that did not come to its end
    connection.execute("VACUUM INTO ?", (str(unfinished),))
    with unfinished.open("rb") as file:
        os.fsync(file)  # SQLite does not see to it that this file is on the disk
    unfinished.replace(copy)
    return str(copy)


def upgrade(path: Path) -> None:
    """Brings the database to the newest schema. Lays nothing aside, and raises what SQLite raises."""
    # Alembic is only loaded when there is something to do.
    from alembic import command
    from alembic.config import Config

    engine = create_engine(URL.create("sqlite", database=str(path)))
    event.listen(engine, "begin", begin_at_once)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def _damaged(path: Path, how: object) -> str:
    return f"{path} is damaged ({how}). Put it aside, and restore a backup."


def _in_words(path: Path, error: Exception) -> str:
    reason = reason_of(error)
    if isinstance(error, OSError):
        reason = "read_only"
    elif isinstance(error, UnicodeDecodeError):  # SQLite's own words quote what it found
        reason = "damaged"
    told = {
        "full": f"The disk that holds {path} is full. Make room, and start again.",
        "locked": f"{path} is in use by another process. Is Uplift running twice? Stop the other one.",
        "read_only": f"{path} can't be written. Check the rights of the file and its folder, and of the disk.",
        "damaged": _damaged(path, error),
    }
    return told[reason] if reason else f"{path} can't be used: {error}"
