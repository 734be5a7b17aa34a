"""Takes people and servers out of the database, with the counts right after each step.

A person goes in one transaction. A server goes in steps, so that others can write in between; where it is cut short,
it is begun again, and what is gone is gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, case, delete, select, union, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import WANT_REWRITING, Database
from bot.storage.ledger import Ledger, drop_tallies
from bot.storage.personal import PERSONAL, Goes, Kept
from bot.storage.tables import (
    announcement,
    audit,
    block,
    guild,
    milestone,
    muted,
    news,
    pledge,
    report,
    role_holder,
    target,
    tombstone,
    wall_post,
)

_bury = upsert(tombstone)
_BURY = _bury.on_conflict_do_update(
    index_elements=[tombstone.c.member_id],
    set_={"at": case((tombstone.c.at > _bury.excluded.at, tombstone.c.at), else_=_bury.excluded.at)},
)
_BLOCKED_IN = select(block.c.guild_id).where(block.c.member_id == bindparam("who"))
_ROLES = select(role_holder.c.guild_id, role_holder.c.role_id).where(role_holder.c.member_id == bindparam("who"))


def _removal(kept: Kept) -> Any:
    if kept.goes is Goes.WHOLE:
        return delete(kept.table).where(kept.person == bindparam("who"))
    return update(kept.table).where(kept.person == bindparam("who")).values({kept.person.name: None, **kept.emptied})


_REMOVALS = {kept.name: _removal(kept) for kept in PERSONAL if kept.goes in (Goes.WHOLE, Goes.WITHOUT_THEM)}


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed."""

    counts: Mapping[str, int]
    """Rows by the names of bot.storage.personal; from those of servers the person was taken out."""
    pledges: tuple[tuple[int, int], ...]
    """Server and id of the pledges that are gone."""
    blocked_in: tuple[int, ...]
    """Servers that had blocked them."""
    roles: tuple[tuple[int, int], ...]
    """Server and id of the supporter roles that they had said yes to."""

    @property
    def is_any(self) -> bool:
        return any(self.counts.values())


@dataclass(frozen=True, slots=True)
class EraseMember:
    """Removes all that is kept of a person, and remembers that it was done: unless there was nothing to remove."""

    member_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["EraseMember"]) -> Sequence[Erased]:
        ledger = await Ledger.open(tx, {one.member_id for one in batch})
        results = [await one._erase(tx, ledger) for one in batch]
        await ledger.flush(batch[0].at)
        found = [one for one, erased in zip(batch, results, strict=True) if erased.is_any]
        if found:
            await tx.execute(_BURY, [{"member_id": one.member_id, "at": one.at} for one in found])
            await tx.exec_driver_sql(WANT_REWRITING)
        return results

    async def _erase(self, tx: AsyncConnection, ledger: Ledger) -> Erased:
        who = {"who": self.member_id}
        blocked_in = tuple(await tx.scalars(_BLOCKED_IN, who))
        roles = tuple((guild_id, role_id) for guild_id, role_id in await tx.execute(_ROLES, who))
        member = ledger.member(self.member_id)
        pledges = tuple((one.guild_id, one.id) for one in member.pledges.values())
        counts = {"about_you": int(member.is_known and not member.is_gone), "pledges": len(pledges)}
        for name, removal in _REMOVALS.items():
            counts[name] = (await tx.execute(removal, who)).rowcount
        ledger.forget(self.member_id)
        return Erased(counts, pledges, blocked_in, roles)


async def apply_tombstones(db: Database) -> int:
    """Erases again everybody of whom there is something older than their erasure: after a restore. Returns how many."""
    older = union(
        *(
            select(tombstone.c.member_id, tombstone.c.at)
            .join(kept.table, kept.person == tombstone.c.member_id)
            # Who came back after the erasure has only rows that are younger.
            .where(kept.since < tombstone.c.at)
            for kept in PERSONAL
            if kept.goes is not Goes.NEVER
        )
    )
    async with db.read() as connection:
        found: list[Any] = list(await connection.execute(older))
    for member_id, at in found:
        await db.write(EraseMember(member_id, at))
    if found:
        await db.scrub(whole=True)
    return len(found)


# Servers.

_OF_A_SERVER = (
    *((block, block.c.member_id), (role_holder, role_holder.c.member_id), (muted, muted.c.item)),
    *((milestone, milestone.c.id), (news, news.c.pledge_id), (target, target.c.name)),
    *((wall_post, wall_post.c.pledge_id), (announcement, announcement.c.id)),
)
_ELSEWHERE = union(
    *(
        select(kept.person).where(
            kept.person.in_(bindparam("members", expanding=True)),
            *([kept.table.c.guild_id != bindparam("which")] if "guild_id" in kept.table.c else []),
        )
        for kept in PERSONAL
        if kept.goes is Goes.WHOLE
    )
)

Progress = Literal["more", "done", "there"]


@dataclass(frozen=True, slots=True)
class ForgetGuild:
    """One step of removing all that is kept of a server that has not had the bot since before `left_before`.

    The result: there is `more` to remove, it is `done`, or the server is `there` again and nothing was removed.
    """

    guild_id: int
    most: int
    """Members whose pledges are removed in this step, or rows of another table."""
    left_before: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ForgetGuild"]) -> Sequence[Progress]:
        return [await one._step(tx) for one in batch]

    async def _step(self, tx: AsyncConnection) -> Progress:
        gone_since = await tx.scalar(select(guild.c.left_at).where(guild.c.id == self.guild_id))
        if gone_since is None or gone_since > self.left_before:
            return "there"
        await tx.exec_driver_sql(WANT_REWRITING)
        if await self._remove_pledges(tx) or await self._remove_rows(tx):
            return "more"
        await tx.execute(delete(report).where(report.c.guild_id == self.guild_id))  # they went with their pledges
        await drop_tallies(tx, self.guild_id)
        await tx.execute(delete(guild).where(guild.c.id == self.guild_id))
        return "done"

    async def _remove_pledges(self, tx: AsyncConnection) -> bool:
        """Pledges of some members, and those members who have nothing else anywhere."""
        some = select(pledge.c.member_id).where(pledge.c.guild_id == self.guild_id).distinct().limit(self.most)
        members = list(await tx.scalars(some))
        ledger = await Ledger.open(tx, members)
        for member_id in members:
            for one in ledger.member(member_id).within(self.guild_id):
                ledger.remove(member_id, one.id)
        bare = [member_id for member_id in members if not ledger.member(member_id).pledges]
        for member_id in set(bare) - await self._known_elsewhere(tx, bare):
            ledger.forget(member_id)
        await ledger.flush(self.left_before)
        return bool(members)

    async def _known_elsewhere(self, tx: AsyncConnection, members: Iterable[int]) -> set[int]:
        return set(await tx.scalars(_ELSEWHERE, {"members": list(members), "which": self.guild_id}))

    async def _remove_rows(self, tx: AsyncConnection) -> bool:
        for table, key in (*_OF_A_SERVER, (audit, audit.c.id)):
            same = table.alias()
            some = select(same.c[key.name]).where(same.c.guild_id == self.guild_id).limit(self.most)
            removed = await tx.execute(delete(table).where(table.c.guild_id == self.guild_id, key.in_(some)))
            if removed.rowcount:
                return True
        return False
