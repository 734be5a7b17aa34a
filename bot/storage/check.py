"""Looks a database over: SQLite's own checks, and every count against the pledges."""

from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from bot.storage.database import Database
from bot.storage.errors import Unusable
from bot.storage.migrate import file_of
from bot.storage.recount import differences
from bot.storage.tables import pledge


async def faults_of(url: str) -> tuple[list[str], int]:
    """What is wrong with the database, in words, and how many pledges it holds. Changes nothing.

    Raises Unusable where there is none, or it can't be read.
    """
    path = file_of(url)
    if not path.is_file():
        raise Unusable(f"{path} does not exist yet. The first start makes it, or: python -m bot migrate")
    db = Database(url)
    try:
        async with db.read() as connection:
            verdicts = await connection.scalars(text("PRAGMA integrity_check"))
            faults = [verdict for verdict in verdicts if verdict != "ok"]
            orphans = (await connection.execute(text("PRAGMA foreign_key_check"))).all()
            faults += [f"{row[0]}, row {row[1]}: names a {row[2]} that is not there" for row in orphans]
            if not faults:
                faults = [str(difference) for difference in await differences(connection)]
            return faults, await connection.scalar(select(func.count()).select_from(pledge)) or 0
    except DBAPIError as error:
        raise Unusable(f"{path} can't be read: {error.orig}. Put it aside, and restore a backup.") from error
    finally:
        await db.close()
