"""What is to be posted in servers, each thing once for ever: how it is planned, and what became of it.

How it is posted stands in bot.storage.outbox.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import BindParameter, bindparam, delete, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.lease import RESTORED
from bot.storage.tables import CLAIMED, EXPIRED, PLANNED, REFUSED, RETRY, SENT, UNKNOWN, announcement, lease

Kind: TypeAlias = Literal["anniversary", "own", "daily", "target", "wall"]
"""`anniversary`: a local day of a server, with all that falls on it. `own`: a date of the server's own that has an hour
of its own. `daily`: a fact or quote. `target`: something that was reached. `wall`: public pledges."""

BY_DATE: tuple[Kind, ...] = ("anniversary", "own", "daily")
"""Those that are planned ahead, the next one of each kind in each server."""

TROUBLED = (REFUSED, EXPIRED, UNKNOWN)
"""States in which something was not posted, or perhaps not, and moderators should know."""


def key_of(guild_id: int, kind: Kind, subject: str, occurrence: str) -> str:
    """24 characters, 96 bits: the nonce of its request, of which Discord takes 25, and what its message is found by.

    It follows from what is announced and not from a row's number: in a restored backup those begin anew.
    """
    said = f"{guild_id}\0{kind}\0{subject}\0{occurrence}".encode()
    return hashlib.blake2b(said, digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class Plan:
    """Something that is to be posted."""

    guild_id: int
    kind: Kind
    subject: str
    """What it is about, at most 64 characters; empty for an anniversary, which is about its day."""
    occurrence: str
    """Its local day (ISO 8601); empty where it belongs to none."""
    due_at: datetime
    expires_at: datetime | None = None
    """When it is too late: as its local day ends. None for what does not go stale."""
    zone: str | None = None
    """By whose clock it is due, and at which minute of the local day: should the zone's rules change meanwhile."""
    post_at: int | None = None

    @property
    def key(self) -> str:
        return key_of(self.guild_id, self.kind, self.subject, self.occurrence)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something that is to be posted, or was, or could not be: a row of the outbox (bot.storage.tables says more)."""

    id: int
    guild_id: int
    kind: Kind
    subject: str
    occurrence: str
    key: str
    state: str
    due_at: datetime
    zone: str | None
    post_at: int | None
    expires_at: datetime | None
    next_at: datetime | None
    attempted_at: datetime | None
    attempts: int
    fence: int | None
    channel_id: int | None
    body: str | None
    message_id: int | None
    sent_at: datetime | None
    why: str | None
    told_at: datetime | None


COLUMNS: list[Any] = [announcement.c[name] for name in Announcement.__slots__]
"""What is selected of a row, so that `Announcement(*row)` is it."""

_PLAN = (
    upsert(announcement)
    .values({name: bindparam(name) for name in ("key", "next_at", "state", "attempted_at", *Plan.__slots__)})
    .on_conflict_do_nothing()
)
_DOUBT = select(lease.c.expires_at).where(lease.c.name == RESTORED)
_MOVE = (
    update(announcement)
    .where(announcement.c.key == bindparam("which"), announcement.c.state == PLANNED)
    .values({name: bindparam(name) for name in ("due_at", "expires_at", "zone", "post_at", "next_at")})
)
_UNPLAN = delete(announcement).where(announcement.c.id == bindparam("which"), announcement.c.state == PLANNED)
_THESE: "BindParameter[Any]" = bindparam("guilds", expanding=True)
_AHEAD = select(
    *(announcement.c[name] for name in ("guild_id", "id", "key", "due_at", "expires_at")),
).where(
    announcement.c.guild_id.in_(_THESE),
    announcement.c.state == PLANNED,
    announcement.c.kind.in_(BY_DATE),
)
_OF_DAYS = select(*COLUMNS).where(
    announcement.c.guild_id.in_(_THESE),
    announcement.c.kind.in_(BY_DATE),
    or_(announcement.c.state == PLANNED, announcement.c.occurrence >= bindparam("since")),
)
_OF_GUILD = select(*COLUMNS).where(announcement.c.guild_id == bindparam("guild"))


async def put_plans(tx: AsyncConnection, plans: Sequence[Plan]) -> None:
    """Adds what is not there yet, in whatever state."""
    if plans:
        await tx.execute(_PLAN, [_row(plan) for plan in plans])


@dataclass(frozen=True, slots=True)
class Replan:
    """What comes next by date in a server, instead of what was planned so far; planning the same twice plans it once.

    What is being posted, was posted or could not be is left as it is; so is what is over, or is to be posted whatever
    its day. In a restored database, what was due
    before it was restored may have been posted by what it replaced: that is planned as if it was being posted.
    """

    guild_id: int
    plans: tuple[Plan, ...]
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Replan"]) -> Sequence[None]:
        doubt = (await tx.execute(_DOUBT)).scalar()
        latest = {one.guild_id: one for one in batch}
        rows: list[Any] = list(await tx.execute(_AHEAD, {"guilds": [*latest]}))
        ahead: dict[str, int] = {
            row.key: row.id
            for row in rows
            if row.due_at > latest[row.guild_id].at
            or (row.expires_at is not None and row.expires_at > latest[row.guild_id].at)
        }
        wanted = {plan.key: plan for one in latest.values() for plan in one.plans}
        if gone := [{"which": id} for key, id in ahead.items() if key not in wanted]:
            await tx.execute(_UNPLAN, gone)
        if kept := [_row(plan) | {"which": key} for key, plan in wanted.items() if key in ahead]:
            await tx.execute(_MOVE, kept)
        if new := [_row(plan, doubt) for key, plan in wanted.items() if key not in ahead]:
            await tx.execute(_PLAN, new)
        return [None for _ in batch]


def _row(plan: Plan, doubt: datetime | None = None) -> dict[str, Any]:
    row = {name: getattr(plan, name) for name in Plan.__slots__}
    row |= {"key": plan.key, "next_at": plan.due_at, "state": PLANNED, "attempted_at": None}
    if doubt is not None and plan.due_at <= doubt:
        row |= {"state": CLAIMED, "attempted_at": plan.due_at}
    return row


async def ahead_of(connection: AsyncConnection, guild_id: int) -> list[Announcement]:
    """What waits to be posted in a server, the next one first."""
    waiting = _OF_GUILD.where(announcement.c.state.in_((PLANNED, RETRY))).order_by(announcement.c.due_at)
    return await _found(connection, waiting, guild_id)


async def settled_since(connection: AsyncConnection, guild_id: int, occurrence: str) -> list[Announcement]:
    """What belongs to this local day of a server or a later one, and is no longer only planned."""
    settled = _OF_GUILD.where(announcement.c.occurrence >= occurrence, announcement.c.state != PLANNED)
    return await _found(connection, settled, guild_id)


async def of_days(connection: AsyncConnection, guild_ids: Collection[int], since: str) -> dict[int, list[Announcement]]:
    """What is planned by date in servers, and all that belongs to this local day (ISO 8601) or a later one; by server.

    Those in which there is no such thing are not named.
    """
    found: dict[int, list[Announcement]] = {}
    for row in await connection.execute(_OF_DAYS, {"guilds": [*guild_ids], "since": since}):
        found.setdefault(row.guild_id, []).append(Announcement(*row))
    return found


async def last_posted(connection: AsyncConnection, guild_id: int, most: int) -> list[Announcement]:
    """What was posted in a server, newest first."""
    posted = _OF_GUILD.where(announcement.c.state == SENT).order_by(announcement.c.due_at.desc()).limit(most)
    return await _found(connection, posted, guild_id)


async def in_trouble(connection: AsyncConnection, guild_id: int, since: datetime, most: int) -> list[Announcement]:
    """What was due in a server since then and was not posted, or perhaps not; newest first."""
    troubled = _OF_GUILD.where(announcement.c.state.in_(TROUBLED), announcement.c.due_at >= since)
    return await _found(connection, troubled.order_by(announcement.c.due_at.desc()).limit(most), guild_id)


async def by_keys(connection: AsyncConnection, guild_id: int, keys: Collection[str]) -> dict[str, Announcement]:
    """Those of a server with these keys."""
    rows = await _found(connection, _OF_GUILD.where(announcement.c.key.in_(keys)), guild_id)
    return {row.key: row for row in rows}


async def _found(connection: AsyncConnection, wanted: Any, guild_id: int) -> list[Announcement]:
    return [Announcement(*row) for row in await connection.execute(wanted, {"guild": guild_id})]
