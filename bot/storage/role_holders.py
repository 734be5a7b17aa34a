"""Who said yes to which supporter role of a server: kept so that it goes with the last pledge there."""

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
    """A member's yes to a role. One that they gave before stays as it is, also where it was to another role.

    The result: whether it is new; None for one who has no pledge in force there, of whom nothing is stored.
    """

    guild_id: int
    member_id: int
    role_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["AcceptRole"]) -> Sequence[bool | None]:
        return [await one._store(tx) for one in batch]

    async def _store(self, tx: AsyncConnection) -> bool | None:
        theirs = exists().where(pledge.c.member_id == self.member_id, pledge.c.guild_id == self.guild_id)
        if not await tx.scalar(select(theirs)):
            return None
        row = {"guild_id": self.guild_id, "member_id": self.member_id, "role_id": self.role_id, "at": self.at}
        return bool((await tx.execute(_ACCEPT, row)).rowcount)


@dataclass(frozen=True, slots=True)
class DropRole:
    """A member's yes to a role is no longer kept. With `only_last` it stays while they have a pledge in force there."""

    guild_id: int
    member_id: int
    role_id: int
    only_last: bool = False

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["DropRole"]) -> Sequence[None]:
        for one in batch:
            dropped = delete(role_holder).where(
                role_holder.c.guild_id == one.guild_id,
                role_holder.c.member_id == one.member_id,
                role_holder.c.role_id == one.role_id,
            )
            await tx.execute(dropped.where(~_STILL_PLEDGES) if one.only_last else dropped)
        return [None for _ in batch]


async def held_role(
    connection: AsyncConnection, guild_id: int, member_id: int, *, only_due: bool = False
) -> int | None:
    """The role of a server that a member said yes to; with `only_due` only while they have a pledge in force there."""
    theirs = select(role_holder.c.role_id).where(
        role_holder.c.guild_id == guild_id, role_holder.c.member_id == member_id
    )
    return await connection.scalar(theirs.where(_STILL_PLEDGES) if only_due else theirs)


async def roles_of_member(connection: AsyncConnection, member_id: int) -> list[tuple[int, int]]:
    """Server and id of every role that somebody said yes to."""
    theirs = select(role_holder.c.guild_id, role_holder.c.role_id).where(role_holder.c.member_id == member_id)
    return [(guild_id, role_id) for guild_id, role_id in await connection.execute(theirs)]


async def roles_given(connection: AsyncConnection, guild_id: int) -> set[int]:
    """The roles of one server that somebody has for a yes: also those that it offers no longer."""
    given = select(role_holder.c.role_id).where(role_holder.c.guild_id == guild_id).distinct()
    return set(await connection.scalars(given))


async def left_over(connection: AsyncConnection, guild_id: int, most: int) -> list[tuple[int, int]]:
    """Members of one server, at most so many, whose last pledge there is gone while their yes to a role is still kept:
    each with that role."""
    found = select(role_holder.c.member_id, role_holder.c.role_id).where(
        role_holder.c.guild_id == guild_id, ~_STILL_PLEDGES
    )
    rows = await connection.execute(found.order_by(role_holder.c.at).limit(most))
    return [(member_id, role_id) for member_id, role_id in rows]
