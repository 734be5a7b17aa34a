"""Who said yes to the supporter role of a server: kept so that the role goes with the last pledge there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import pledge, role_holder

_ACCEPT = upsert(role_holder).on_conflict_do_nothing()
_STILL_PLEDGES = exists().where(
    pledge.c.member_id == role_holder.c.member_id, pledge.c.guild_id == role_holder.c.guild_id
)


@dataclass(frozen=True, slots=True)
class AcceptRole:
    """A member's yes. False for one who has no pledge in force there: then nothing is stored."""

    guild_id: int
    member_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["AcceptRole"]) -> Sequence[bool]:
        return [await one._store(tx) for one in batch]

    async def _store(self, tx: AsyncConnection) -> bool:
        theirs = exists().where(pledge.c.member_id == self.member_id, pledge.c.guild_id == self.guild_id)
        is_supporter = bool(await tx.scalar(select(theirs)))
        if is_supporter:
            row = {"guild_id": self.guild_id, "member_id": self.member_id, "at": self.at}
            await tx.execute(_ACCEPT, row)
        return is_supporter


@dataclass(frozen=True, slots=True)
class DropRole:
    """A member's yes is no longer kept. With `only_last` it stays while a pledge of theirs is in force there."""

    guild_id: int
    member_id: int
    only_last: bool = False

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["DropRole"]) -> Sequence[None]:
        for one in batch:
            dropped = delete(role_holder).where(
                role_holder.c.guild_id == one.guild_id, role_holder.c.member_id == one.member_id
            )
            await tx.execute(dropped.where(~_STILL_PLEDGES) if one.only_last else dropped)
        return [None for _ in batch]


async def holds_role(connection: AsyncConnection, guild_id: int, member_id: int) -> bool:
    theirs = exists().where(role_holder.c.guild_id == guild_id, role_holder.c.member_id == member_id)
    return bool(await connection.scalar(select(theirs)))


async def left_over(connection: AsyncConnection, guild_id: int, most: int) -> list[int]:
    """Members of one server, at most so many, whose last pledge there is gone while their yes is still kept."""
    found = select(role_holder.c.member_id).where(role_holder.c.guild_id == guild_id, ~_STILL_PLEDGES)
    return list(await connection.scalars(found.order_by(role_holder.c.at).limit(most)))
