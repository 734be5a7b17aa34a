"""Databases with as many pledges as one likes, made in bulk: in the product's schema, and with tallies that agree."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot import DATA
from bot.campaign.load import load_campaign
from bot.storage.check import faults_of
from bot.storage.migrate import migrate

DAYS = 60

_NUMBERS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :count)"
_COUNTRY = "substr(:countries, 1 + 2 * (n * 7 % :many), 2)"
_FILL = (
    "INSERT INTO guild (id, added_at) VALUES (:guild, :today || ' 00:00:00.000000')",
    f"{_NUMBERS} INSERT INTO member (id, country, added_at)"  # noqa: S608 (all of it stands here)
    f" SELECT :people + n, {_COUNTRY}, :today || ' 00:00:00.000000' FROM number",
    f"{_NUMBERS} INSERT INTO pledge (id, member_id, guild_id, theme, words, country, is_public, made_at, on_wall)"  # noqa: S608
    " SELECT (:from << 22) + n * 4096, :people + n, :guild, CASE n % 5 WHEN 0 THEN 'learn' WHEN 1 THEN 'home'"
    " WHEN 2 THEN 'work' WHEN 3 THEN 'safety' ELSE 'voice' END,"
    f" 'I promise to listen, and to speak up when it matters: ' || n, {_COUNTRY}, n % 3 = 0,"
    " date(:today, '-' || (n % :days) || ' days') || ' 12:00:00.000000', n % 3 = 0 FROM number",
)
_TALLY = (
    ("supporters", "''", "count(*)"),
    ("pledges", "''", "count(*)"),
    ("wall", "''", "sum(on_wall)"),
    ("theme", "theme", "count(*)"),
    ("country", "country", "count(*)"),
    ("day", "substr(made_at, 1, 10)", "count(*)"),
)


def fill(path: Path, count: int, guild_id: int) -> None:
    """Makes a database of `count` pledges, each by another member, all in one server. Blocks."""
    migrate(f"sqlite+aiosqlite:///{path}")
    now = datetime.now(UTC)
    values = {"count": count, "guild": guild_id, "people": 1 << 40, "from": 1 << 38, "today": now.date().isoformat()}
    codes = [country.iso2 for country in load_campaign(DATA / "heforshe").countries]
    values |= {"countries": "".join(codes), "many": len(codes), "days": DAYS}
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "journal_mode=OFF", "foreign_keys=OFF", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'pledge'"
        indexes = connection.execute(named).fetchall()
        connection.execute("BEGIN")
        for name, _ in indexes:  # each is made faster from all rows at once than row by row
            connection.execute(f"DROP INDEX {name}")
        for statement in _FILL:
            connection.execute(statement, values)
        for _, statement in indexes:
            connection.execute(statement)
        for kind, key, counted in _TALLY:
            rows = connection.execute(f"SELECT {key}, {counted} FROM pledge GROUP BY {key}").fetchall()  # noqa: S608
            found = [(scope, kind, *each) for scope in (0, guild_id) for each in rows]
            connection.executemany("INSERT INTO tally (scope, kind, key, count) VALUES (?, ?, ?, ?)", found)
        connection.execute("COMMIT")
        connection.execute("PRAGMA optimize")
        connection.execute("PRAGMA journal_mode=WAL")


def require_sound(path: Path) -> None:
    """Raises RuntimeError unless the product finds nothing wrong with a database. Reads all of it."""
    faults, _ = asyncio.run(faults_of(f"sqlite+aiosqlite:///{path}"))
    if faults:
        raise RuntimeError(f"the database was filled wrongly: {faults[:5]}")
