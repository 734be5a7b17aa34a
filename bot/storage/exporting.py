"""All pledges of a server, page by page, for its moderators to take away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import false, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.ledger import PLEDGE_COLUMNS, Pledge
from bot.storage.tables import pledge


async def newest_id(connection: AsyncConnection, guild_id: int) -> int:
    """The id of the server's newest pledge; 0 when it has none."""
    return await connection.scalar(select(func.max(pledge.c.id)).where(pledge.c.guild_id == guild_id)) or 0


async def pledges_after(
    connection: AsyncConnection, guild_id: int, *, after: int, up_to: int, size: int
) -> list[Pledge]:
    """The server's next `size` pledges with ids above `after` and not above `up_to`, in order.

    Pages are read one by one, each in a transaction of its own: a single long one would keep the write-ahead log from
    being cleared. Since ids rise with time and never change, each pledge stands in one page at most, and none made
    after `up_to` does. One that is edited or withdrawn meanwhile is read as it is when its page comes.
    """
    # The index has `on_wall` before the id: each half is found by it, and only one page of both is put in order.
    halves = [
        select(pledge.c.id)
        .where(pledge.c.guild_id == guild_id, pledge.c.on_wall == is_on, pledge.c.id > after, pledge.c.id <= up_to)
        .order_by(pledge.c.id)
        .limit(size)
        .subquery()
        for is_on in (false(), true())
    ]
    # Asked for the server a second time, SQLite would read all of its index for each page.
    page = select(*PLEDGE_COLUMNS).where(pledge.c.id.in_(select(halves[0].c.id).union_all(select(halves[1].c.id))))
    return [Pledge(*row) for row in await connection.execute(page.order_by(pledge.c.id).limit(size))]


@dataclass(frozen=True, slots=True)
class MarkExported:
    """A moderator takes the pledges of a server away; it stands in the log."""

    guild_id: int
    moderator_id: int
    count: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkExported"]) -> Sequence[None]:
        await log(tx, (one._deed() for one in batch))
        return [None for _ in batch]

    def _deed(self) -> Deed:
        return Deed(self.guild_id, self.at, "export", self.moderator_id, details=str(self.count))
