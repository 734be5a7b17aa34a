"""What is done about the outbox beside posting: what waits is tried again, moderators are told, days are forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import Announcement
from bot.storage.lease import POSTING, RESTORED
from bot.storage.tables import (
    CLAIMED,
    DROPPED,
    EXPIRED,
    PLANNED,
    REFUSED,
    RETRY,
    SENT,
    UNKNOWN,
    UTCDateTime,
    announcement,
    lease,
)

SERVER_AWAY = "server_away"
"""Why something waits that Discord can't serve at the moment; events tell when that ends."""

_WAITS = or_(announcement.c.state == REFUSED, and_(announcement.c.state == RETRY, announcement.c.why == SERVER_AWAY))
_ID = (announcement.c.guild_id == bindparam("guild"), announcement.c.id == bindparam("which"))
_NOW: Any = bindparam("now", type_=UTCDateTime)


async def servers_waiting(connection: AsyncConnection) -> set[int]:
    """The servers in which something waits until it is mended there, or the server is back."""
    return set(await connection.scalars(select(announcement.c.guild_id).where(_WAITS).distinct()))


_RECONSIDER = (
    update(announcement).where(announcement.c.guild_id == bindparam("guild"), _WAITS).values(state=RETRY, next_at=_NOW)
)


@dataclass(frozen=True, slots=True)
class Reconsider:
    """Something has changed in these servers: what waits for something to be mended there is tried again."""

    guild_ids: tuple[int, ...]
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Reconsider"]) -> Sequence[None]:
        if rows := [{"guild": id, "now": one.at} for one in batch for id in one.guild_ids]:
            await tx.execute(_RECONSIDER, rows)
        return [None for _ in batch]


_LOOK_AGAIN = (
    update(announcement)
    .where(announcement.c.state.in_((CLAIMED, RETRY, REFUSED)), announcement.c.next_at > _NOW)
    .values(next_at=_NOW)
)


@dataclass(frozen=True, slots=True)
class LookAgain:
    """The clock was set back: no pause that was reckoned before holds any more."""

    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["LookAgain"]) -> Sequence[None]:
        await tx.execute(_LOOK_AGAIN, {"now": min(one.at for one in batch)})
        return [None for _ in batch]


_posted_last = (
    select(func.max(announcement.c.sent_at))
    .where(announcement.c.guild_id == bindparam("guild"), announcement.c.kind == bindparam("sort"))
    .scalar_subquery()
)
_told = announcement.alias()
_TELL = (
    update(announcement)
    .where(
        *_ID,
        ~exists().where(
            _told.c.guild_id == bindparam("guild"),
            _told.c.told_at.is_not(None),
            or_(_posted_last.is_(None), _told.c.told_at > _posted_last),
        ),
    )
    .values(told_at=_NOW)
)


@dataclass(frozen=True, slots=True)
class FirstTrouble:
    """Notes that a server's moderators are told of the trouble with this; True where they are to be told.

    They are told once, until something of its kind is posted again.
    """

    row: Announcement
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["FirstTrouble"]) -> Sequence[bool]:
        results: list[bool] = []
        for one in batch:
            values = {"guild": one.row.guild_id, "which": one.row.id, "sort": one.row.kind, "now": one.at}
            results.append(bool((await tx.execute(_TELL, values)).rowcount))
        return results


_FORGET = delete(announcement).where(
    announcement.c.kind == "daily",
    announcement.c.state.in_((SENT, DROPPED, EXPIRED, UNKNOWN, REFUSED)),
    announcement.c.due_at < bindparam("before", type_=UTCDateTime),
)


@dataclass(frozen=True, slots=True)
class ForgetDaily:
    """Forgets the daily facts and quotes that were due before: that day never comes again.

    What else was announced is kept, and proves that it was announced.
    """

    before: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ForgetDaily"]) -> Sequence[None]:
        await tx.execute(_FORGET, {"before": max(one.before for one in batch)})
        return [None for _ in batch]


# A restored backup.

_DOUBT = (
    update(announcement)
    .where(announcement.c.state.in_((PLANNED, RETRY, REFUSED)), announcement.c.due_at <= _NOW)
    .values(
        state=CLAIMED,
        attempted_at=func.coalesce(announcement.c.attempted_at, announcement.c.due_at),
        next_at=_NOW,
    )
)
_NO_LEASE = delete(lease).where(lease.c.name == POSTING)
_restored = upsert(lease).values(name=RESTORED, holder="", fence=0, expires_at=_NOW)
_RESTORED = _restored.on_conflict_do_update(
    index_elements=[lease.c.name], set_={"expires_at": _restored.excluded.expires_at}
)


@dataclass(frozen=True, slots=True)
class DoubtDue:
    """Of a backup that is put in place: what has been due since it was made may have been posted by what it replaces.

    It is looked for in its channel, and only posted where it is not there; what is planned for that time later, too
    (bot.storage.announcements.Replan).
    """

    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["DoubtDue"]) -> Sequence[None]:
        for one in batch:
            for statement in (_DOUBT, _RESTORED):
                await tx.execute(statement, {"now": one.at})
            await tx.execute(_NO_LEASE)
        return [None for _ in batch]
