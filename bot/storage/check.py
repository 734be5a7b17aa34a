"""Looks a database over: SQLite's own checks, and every count against the pledges."""

from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.errors import Unusable
from bot.storage.migrate import file_of
from bot.storage.recount import differences
from bot.storage.tables import pledge


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in a database, each fault in words."""

    damage: list[str]
    """What SQLite itself finds wrong: nothing in such a database can be relied on."""
    miscounts: list[str]
    """Counts that differ from the pledges; where there is damage they are not looked for."""
    pledges: int


async def faults_of(url: str) -> tuple[list[str], int]:
    """What is wrong with the database, in words, and how many pledges it holds. Changes nothing.

    Raises Unusable where there is none, or it can't be read.
    """
    path = file_of(url)
    if not path.is_file():
        raise Unusable(f"{path} does not exist yet. The first start makes it, or: python -m bot migrate")
    try:
        found = await look_over(url)
    except DBAPIError as error:
        raise Unusable(f"{path} can't be read: {error.orig}. Put it aside, and restore a backup.") from error
    return found.damage + found.miscounts, found.pledges


async def look_over(url: str, *, recounts: bool = True) -> Findings:
    """Reads all of the database. Only today's schema can be recounted. Raises what SQLite raises."""
    db = Database(url)
    try:
        async with db.read() as connection:
            damage = await _damage(connection)
            recounts = recounts and not damage
            miscounts = [str(difference) for difference in await differences(connection)] if recounts else []
            pledges = await connection.scalar(select(func.count()).select_from(pledge)) or 0
            return Findings(damage, miscounts, pledges)
    finally:
        await db.close()


async def _damage(connection: AsyncConnection) -> list[str]:
    verdicts = await connection.scalars(text("PRAGMA integrity_check"))
    damage = [verdict for verdict in verdicts if verdict != "ok"]
    orphans = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
    return damage + [f"{row[0]}, row {row[1]}: names a {row[2]} that is not there" for row in orphans]
