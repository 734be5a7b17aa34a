"""The outbox: what is due is claimed, posted, and settled one way or another; each step holds for whoever may post.

`attempts` counts the claims of a row, and so tells whether it is still as it was read. While nobody knows what became
of a request, `attempted_at` says since when, and body and channel stay as they were sent. Otherwise there is no body,
and the channel is where it was tried last, for moderators to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import COLUMNS, TROUBLED, Announcement
from bot.storage.audit import Deed, log
from bot.storage.guilds import SETTINGS
from bot.storage.lease import POSTING
from bot.storage.tables import (
    CLAIMED,
    PLANNED,
    REFUSED,
    RETRY,
    SENT,
    UTCDateTime,
    announcement,
    guild,
    lease,
    news,
)
from bot.storage.wall import NOTHING_NEW

_OPEN = (PLANNED, CLAIMED, RETRY, REFUSED)
"""States in which something may still be posted."""

_ID = (announcement.c.guild_id == bindparam("guild"), announcement.c.id == bindparam("which"))
_AS_READ = (
    *_ID,
    announcement.c.attempts == bindparam("version"),
    announcement.c.state.in_(_OPEN),
    exists().where(lease.c.name == POSTING, lease.c.fence == bindparam("mine")),
)
_NOW: Any = bindparam("now", type_=UTCDateTime)
_NO_REQUEST: dict[str, Any] = {"body": None, "attempted_at": None}


# What is due.

_DUE = select(*COLUMNS).where(announcement.c.next_at <= _NOW).order_by(announcement.c.next_at).limit(bindparam("most"))
_LOOK = select(
    select(func.min(announcement.c.next_at)).where(announcement.c.next_at.is_not(None)).scalar_subquery(),
    exists(select(news.c.guild_id)),
)
_NEWS = select(news.c.guild_id, news.c.pledge_id).where(
    news.c.guild_id.in_(
        select(news.c.guild_id)
        .where(news.c.guild_id > bindparam("after"))
        .distinct()
        .order_by(news.c.guild_id)
        .limit(bindparam("most"))
    )
)
_TO_PLAN = (
    select(guild.c.id)
    .where(
        guild.c.id > bindparam("after"),
        guild.c.left_at.is_(None),
        or_(guild.c.announcement_channel_id.is_not(None), guild.c.daily_channel_id.is_not(None)),
    )
    .order_by(guild.c.id)
    .limit(bindparam("most"))
)


async def look(connection: AsyncConnection) -> tuple[datetime | None, bool]:
    """When something is next due, None for never; and whether there is news."""
    next_at, has_news = (await connection.execute(_LOOK)).one()
    return next_at, bool(has_news)


async def due(connection: AsyncConnection, at: datetime, most: int) -> list[Announcement]:
    """What somebody has to look at, of all servers, longest overdue first."""
    return [Announcement(*row) for row in await connection.execute(_DUE, {"now": at, "most": most})]


async def count_due(connection: AsyncConnection, at: datetime) -> int:
    counted = select(func.count()).where(announcement.c.next_at <= _NOW)
    return int((await connection.execute(counted, {"now": at})).scalar_one())


async def news_of(connection: AsyncConnection, after: int, most: int) -> dict[int, set[int]]:
    """What changed in the servers after the one named, of at most so many: pledges, or what else stands for them."""
    found: dict[int, set[int]] = {}
    for guild_id, pledge_id in await connection.execute(_NEWS, {"after": after, "most": most}):
        found.setdefault(guild_id, set()).add(pledge_id)
    return found


async def servers_to_plan(connection: AsyncConnection, after: int, most: int) -> list[int]:
    """The servers after the one named in which something is posted by date, in the order of their ids."""
    return list(await connection.scalars(_TO_PLAN, {"after": after, "most": most}))


_TAKE_SETTINGS = delete(news).where(news.c.guild_id == bindparam("guild"), news.c.pledge_id == SETTINGS)


@dataclass(frozen=True, slots=True)
class TakeSettings:
    """That these servers chose something is known now: it is looked at after this, and at each start anyway."""

    guild_ids: tuple[int, ...]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["TakeSettings"]) -> Sequence[None]:
        if rows := [{"guild": id} for one in batch for id in one.guild_ids]:
            await tx.execute(_TAKE_SETTINGS, rows)
        return [None for _ in batch]


# Posting.

_CLAIM = (
    update(announcement)
    .where(*_AS_READ, announcement.c.next_at <= _NOW)
    .values(
        state=CLAIMED,
        attempts=announcement.c.attempts + 1,
        fence=bindparam("mine"),
        channel_id=bindparam("channel"),
        body=bindparam("said"),
        attempted_at=bindparam("since", type_=UTCDateTime),
        next_at=_NOW,  # whoever comes after a crash looks at it at once
        why=None,
    )
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Whoever holds the lease is about to post this. False where it is no longer as it was read, or not theirs."""

    row: Announcement
    fence: int
    channel_id: int
    body: str
    at: datetime
    since: datetime
    """When the first request of unknown fate was begun: now, unless there was one before."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Claim"]) -> Sequence[bool]:
        return [await one._claim(tx) for one in batch]

    async def _claim(self, tx: AsyncConnection) -> bool:
        statement = _CLAIM.where(NOTHING_NEW) if self.row.kind == "wall" and self.row.attempted_at is None else _CLAIM
        values = _named(self.row, self.fence, self.at)
        values |= {"channel": self.channel_id, "said": self.body, "since": self.since}
        return bool((await tx.execute(statement, values)).rowcount)


_SETTLE = (
    update(announcement)
    .where(*_AS_READ)
    .values(state=bindparam("becomes"), why=bindparam("because"), next_at=bindparam("again", type_=UTCDateTime))
)
_SETTLE_KNOWN = _SETTLE.values(channel_id=bindparam("channel"), **_NO_REQUEST)


@dataclass(frozen=True, slots=True)
class Settle:
    """What becomes of something that was not posted now. False where it is no longer as it was read, or not theirs."""

    row: Announcement
    """As it was read, or claimed."""
    fence: int
    at: datetime
    state: str
    why: str | None
    next_at: datetime | None = None
    is_unclear: bool = False
    """Whether a request may have made a message all the same: then body and channel are kept."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Settle"]) -> Sequence[bool]:
        return [await one._settle(tx) for one in batch]

    async def _settle(self, tx: AsyncConnection) -> bool:
        values = _named(self.row, self.fence, self.at)
        values |= {"becomes": self.state, "because": self.why, "again": self.next_at}
        if self.is_unclear:
            return bool((await tx.execute(_SETTLE, values)).rowcount)
        return bool((await tx.execute(_SETTLE_KNOWN, values | {"channel": self.row.channel_id})).rowcount)


# A message that stands there is posted, whoever holds the lease by now. What people wrote may have changed on its way:
# a wall post is brought up to date where its body was emptied, or an earlier one may have been sent.
_CONFIRM = (
    update(announcement)
    .where(*_ID, announcement.c.state != SENT)
    .values(
        state=SENT,
        sent_at=_NOW,
        channel_id=bindparam("channel"),
        message_id=bindparam("message"),
        why=bindparam("because"),
        next_at=case(
            (
                and_(announcement.c.kind == "wall", or_(announcement.c.body.is_(None), announcement.c.attempts > 1)),
                _NOW,
            ),
            else_=null(),
        ),
        **_NO_REQUEST,
    )
)


@dataclass(frozen=True, slots=True)
class Confirm:
    """It was posted: here is the message, or None where somebody removed it since. False where that was known."""

    row: Announcement
    channel_id: int
    message_id: int | None
    at: datetime
    why: str | None = None

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Confirm"]) -> Sequence[bool]:
        results: list[bool] = []
        for one in batch:
            values = {"guild": one.row.guild_id, "which": one.row.id, "now": one.at}
            values |= {"channel": one.channel_id, "message": one.message_id, "because": one.why}
            statement = _CONFIRM.values(next_at=None) if one.message_id is None else _CONFIRM
            results.append(bool((await tx.execute(statement, values)).rowcount))
        return results


def _named(row: Announcement, fence: int, at: datetime) -> dict[str, Any]:
    return {"guild": row.guild_id, "which": row.id, "version": row.attempts, "mine": fence, "now": at}


# What was missed.

_AFTER_ALL = (
    update(announcement)
    .where(*_ID, announcement.c.state.in_(TROUBLED))
    .values(state=PLANNED, next_at=_NOW, expires_at=None, why=None, channel_id=None, **_NO_REQUEST)
    .returning(announcement.c.kind, announcement.c.subject, announcement.c.occurrence)
)


@dataclass(frozen=True, slots=True)
class PostAfterAll:
    """A moderator wants to have posted what was not, whatever its day; it stands in the log.

    The result is False where it is not missed any more, or not of this server.
    """

    guild_id: int
    moderator_id: int
    id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["PostAfterAll"]) -> Sequence[bool]:
        return [await one._put_back(tx) for one in batch]

    async def _put_back(self, tx: AsyncConnection) -> bool:
        values = {"guild": self.guild_id, "which": self.id, "now": self.at}
        found = (await tx.execute(_AFTER_ALL, values)).first()
        if found is None:
            return False
        details = " ".join(part for part in found if part)
        await log(tx, [Deed(self.guild_id, self.at, "post_missed", self.moderator_id, details=details)])
        return True
