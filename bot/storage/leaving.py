"""Servers that have the bot for the first time, those that removed it, and those that have it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, union, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import audit, block, guild, muted, role_holder

_leave = upsert(guild)
_LEAVE = _leave.on_conflict_do_update(
    index_elements=[guild.c.id], set_={"left_at": _leave.excluded.left_at}, where=guild.c.left_at.is_(None)
)
_RETURN = update(guild).where(guild.c.id == bindparam("which")).values(left_at=None)
_GREET = upsert(guild).on_conflict_do_nothing().returning(guild.c.id)
# Pledges and reports are only made where the server has its row.
_HERE = union(
    select(guild.c.id).where(guild.c.left_at.is_(None)),
    *(select(table.c.guild_id) for table in (audit, block, muted, role_holder)),
)
_GONE = select(guild.c.id).where(guild.c.left_at.is_not(None))


@dataclass(frozen=True, slots=True)
class MarkLeft:
    """The bot is no longer in these servers. Where that was known already, since when stays as it was."""

    guild_ids: tuple[int, ...]
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkLeft"]) -> Sequence[None]:
        rows = [{"id": id, "added_at": one.at, "left_at": one.at} for one in batch for id in one.guild_ids]
        if rows:
            await tx.execute(_LEAVE, rows)
        return [None for _ in batch]


@dataclass(frozen=True, slots=True)
class MarkThere:
    """The bot is in these servers again."""

    guild_ids: tuple[int, ...]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkThere"]) -> Sequence[None]:
        rows = [{"which": id} for one in batch for id in one.guild_ids]
        if rows:
            await tx.execute(_RETURN, rows)
        return [None for _ in batch]


@dataclass(frozen=True, slots=True)
class MarkGreeted:
    """A server is new, and is about to be greeted. False where it was known before: then it is not greeted again."""

    guild_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkGreeted"]) -> Sequence[bool]:
        return [await one._mark(tx) for one in batch]

    async def _mark(self, tx: AsyncConnection) -> bool:
        row = {"id": self.guild_id, "added_at": self.at, "greeted_at": self.at}
        return await tx.scalar(_GREET, row) is not None


async def servers_here(connection: AsyncConnection) -> set[int]:
    """Servers of which something is kept, and which are not known to have removed the bot."""
    here, gone = [set(await connection.scalars(servers)) for servers in (_HERE, _GONE)]
    return here - gone


async def servers_gone(connection: AsyncConnection, before: datetime | None = None) -> set[int]:
    """Servers that removed the bot; with `before` those that did so by then."""
    return set(await connection.scalars(_GONE if before is None else _GONE.where(guild.c.left_at <= before)))
