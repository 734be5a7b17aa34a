"""Which public pledges stand in which post of a server's wall channel, and what becomes of those posts.

A post is a row of the outbox (bot.storage.announcements). What it says is made of its pledges when it is sent; once it
stands in its channel, `next_at` tells when it has to be brought up to date.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import Plan, put_plans
from bot.storage.guilds import SETTINGS
from bot.storage.ledger import PLEDGE_COLUMNS, Pledge
from bot.storage.news import COUNTED
from bot.storage.tables import (
    DROPPED,
    PLANNED,
    REFUSED,
    RETRY,
    SENT,
    UTCDateTime,
    announcement,
    guild,
    news,
    pledge,
    wall_post,
)

AN_HOUR = timedelta(hours=1)
MOST_AT_ONCE = 6
"""Pledges of a server that get a post of their own within an hour; further ones are gathered into one."""

MOST_LISTED = 10
"""Pledges that a post lists; of further ones it tells how many they are."""

NOTHING_LEFT, REMOVED, NO_CHANNEL = "nothing_left", "removed", "no_channel"
"""Why a post is no longer there: none of its pledges is to be seen, somebody deleted it, or no channel is chosen."""
INVALID = "invalid"
"""Why one can't be posted whatever is mended: Discord does not take it, or it could not be made."""

SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
"""Until a post is tried again that could not be brought up to date."""

NOTHING_NEW: ColumnElement[bool] = ~exists(
    select(1)
    .select_from(wall_post)
    .join(news, (news.c.guild_id == wall_post.c.guild_id) & (news.c.pledge_id == wall_post.c.pledge_id))
    .where(wall_post.c.announcement_id == announcement.c.id)
)
"""Of a row of the outbox: no pledge in it has changed since the news were last taken, so what was made of it holds."""

_WAITS = (PLANNED, RETRY, REFUSED)
_NOT_SENT = (announcement.c.state.in_(_WAITS), announcement.c.attempted_at.is_(None))
_FOUND = select(pledge.c.id, pledge.c.on_wall).where(
    pledge.c.guild_id == bindparam("guild"), pledge.c.id.in_(bindparam("pledges", expanding=True))
)
_POSTS = (
    select(
        wall_post.c.pledge_id, announcement.c.id, announcement.c.state, announcement.c.why, announcement.c.attempted_at
    )
    .outerjoin_from(wall_post, announcement, announcement.c.id == wall_post.c.announcement_id)
    .where(
        wall_post.c.guild_id == bindparam("guild"),
        wall_post.c.pledge_id.in_(bindparam("pledges", expanding=True)),
    )
)
_OF_GUILD = (announcement.c.guild_id == bindparam("guild"), announcement.c.kind == "wall")
# What waits to be posted takes further pledges; what is under way, due this moment, or can't be posted at all does not.
_OPEN = (
    select(announcement.c.id)
    .where(
        *_OF_GUILD,
        *_NOT_SENT,
        or_(announcement.c.state != PLANNED, announcement.c.due_at > bindparam("now", type_=UTCDateTime)),
        func.coalesce(announcement.c.why, "") != INVALID,
    )
    .order_by(announcement.c.due_at.desc())
    .limit(1)
)
_LATELY = (
    select(func.count(wall_post.c.pledge_id), func.max(announcement.c.due_at))
    .outerjoin_from(announcement, wall_post, wall_post.c.announcement_id == announcement.c.id)
    .where(*_OF_GUILD, announcement.c.due_at > bindparam("since", type_=UTCDateTime))
)
_NAMESAKES = select(func.count()).where(
    *_OF_GUILD,
    or_(
        announcement.c.subject == bindparam("subject"),
        announcement.c.subject.between(bindparam("from"), bindparam("until")),
    ),
)
_BY_KEY = select(announcement.c.id).where(*_OF_GUILD, announcement.c.key == bindparam("key"))
_new_post = upsert(wall_post)
_JOIN = _new_post.on_conflict_do_update(
    index_elements=[wall_post.c.pledge_id], set_={"announcement_id": _new_post.excluded.announcement_id}
)
_LEAVE = delete(wall_post).where(
    wall_post.c.guild_id == bindparam("guild"), wall_post.c.pledge_id == bindparam("which")
)
_MARK = (
    update(announcement)
    .where(announcement.c.guild_id == bindparam("guild"), announcement.c.id == bindparam("which"))
    .values(
        body=None,
        next_at=case((announcement.c.state == SENT, bindparam("now", type_=UTCDateTime)), else_=announcement.c.next_at),
    )
)
_FORGET_NEWS = delete(news).where(news.c.guild_id == bindparam("guild"), news.c.pledge_id == bindparam("which"))
_TO_SHOW = (
    wall_post.c.announcement_id == bindparam("post"),
    wall_post.c.guild_id == bindparam("guild"),
    pledge.c.guild_id == bindparam("guild"),
    pledge.c.on_wall,
)
_IN_POST = wall_post.join(pledge, pledge.c.id == wall_post.c.pledge_id)
_SHOWN = select(*PLEDGE_COLUMNS).select_from(_IN_POST).where(*_TO_SHOW).order_by(pledge.c.id).limit(MOST_LISTED)
_COUNT = select(func.count()).select_from(_IN_POST).where(*_TO_SHOW)
_SETTLE = update(announcement).where(
    announcement.c.id == bindparam("which"), announcement.c.guild_id == bindparam("guild"), announcement.c.state == SENT
)
_ATTEMPTS = select(announcement.c.attempts).where(
    announcement.c.id == bindparam("which"), announcement.c.guild_id == bindparam("guild")
)
_LEAVE_GONE = delete(wall_post).where(
    wall_post.c.announcement_id == bindparam("post"),
    wall_post.c.guild_id == bindparam("guild"),
    ~exists(select(1).select_from(pledge).where(pledge.c.id == wall_post.c.pledge_id)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a post of the wall channel shows."""

    pledges: tuple[Pledge, ...]
    """The first of those that are on the wall now, at most `MOST_LISTED`, in the order in which they were made."""
    count: int
    """How many there are, with those that are not listed."""

    def looks_like(self, other: "Shown") -> bool:
        """Whether it reads the same."""
        same = [one.id for one in self.pledges] == [one.id for one in other.pledges] and self.count == other.count
        return same and all(map(Pledge.looks_like, self.pledges, other.pledges))


async def shown_in(connection: AsyncConnection, guild_id: int, announcement_id: int) -> Shown:
    """What a post of the wall channel of this server is to show now."""
    post = {"post": announcement_id, "guild": guild_id}
    pledges = tuple(Pledge(*row) for row in await connection.execute(_SHOWN, post))
    count = len(pledges)
    if count == MOST_LISTED:
        count = await connection.scalar(_COUNT, post) or 0
    return Shown(pledges, count)


async def drop_unsent(tx: AsyncConnection, guild_id: int, kind: str) -> None:
    """Nothing of this kind that is not under way is posted any more: the server has no channel for it."""
    await tx.execute(
        update(announcement)
        .where(
            announcement.c.guild_id == guild_id,
            announcement.c.kind == kind,
            *_NOT_SENT,
        )
        .values(state=DROPPED, why=NO_CHANNEL, next_at=None, body=None)
    )


@dataclass(frozen=True, slots=True)
class TakeWallNews:
    """Plans posts for pledges that came on the wall, and has those brought up to date whose pledges have changed."""

    guild_id: int
    pledge_ids: tuple[int, ...]
    """With SETTINGS, where the server has chosen something: that one word is left for others to hear."""
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["TakeWallNews"]) -> Sequence[None]:
        for one in batch:
            await one._take(tx)
        return [None for _ in batch]

    async def _take(self, tx: AsyncConnection) -> None:
        channel_id = await tx.scalar(select(guild.c.wall_channel_id).where(guild.c.id == self.guild_id))
        if SETTINGS in self.pledge_ids and channel_id is None:
            await drop_unsent(tx, self.guild_id, "wall")
        asked: dict[str, Any] = {"guild": self.guild_id, "pledges": [id for id in self.pledge_ids if id > COUNTED]}
        if not asked["pledges"]:
            return
        found = {row.id: row.on_wall for row in await tx.execute(_FOUND, asked)}
        posts: dict[int, Any] = {row.pledge_id: row for row in await tx.execute(_POSTS, asked)}
        if stale := {row.id for row in posts.values() if not _is_over(row)}:
            await self._mark(tx, stale)
        if gone := [id for id in posts.keys() - found.keys() if _is_not_there(posts[id])]:
            await tx.execute(_LEAVE, [{"guild": self.guild_id, "which": id} for id in gone])
        if channel_id is not None:
            is_new = (id for id in sorted(found) if found[id] and (id not in posts or _is_over(posts[id])))
            await self._show(tx, is_new)
        await tx.execute(_FORGET_NEWS, [{"guild": self.guild_id, "which": id} for id in asked["pledges"]])

    async def _mark(self, tx: AsyncConnection, posts: Iterable[int]) -> None:
        """What was made ready of these posts no longer holds; those that were posted are to be brought up to date."""
        await tx.execute(_MARK, [{"guild": self.guild_id, "which": id, "now": self.at} for id in posts])

    async def _show(self, tx: AsyncConnection, pledge_ids: Iterable[int]) -> None:
        """Puts each pledge in the post that waits, or in a new one."""
        where = {"guild": self.guild_id}
        waiting = await tx.scalar(_OPEN, where | {"now": self.at})
        if waiting is not None:
            await self._mark(tx, [waiting])
        for id in pledge_ids:
            post = waiting
            if post is None:
                count, last_at = (await tx.execute(_LATELY, where | {"since": self.at - AN_HOUR})).one()
                due_at = self.at if count < MOST_AT_ONCE else last_at + AN_HOUR
                plan = Plan(self.guild_id, "wall", await self._subject(tx, id), "", due_at)
                await put_plans(tx, [plan])
                post = await tx.scalar(_BY_KEY, where | {"key": plan.key})
                waiting = post if due_at > self.at else None
            await tx.execute(_JOIN, {"pledge_id": id, "guild_id": self.guild_id, "announcement_id": post})

    async def _subject(self, tx: AsyncConnection, pledge_id: int) -> str:
        """The pledge by which the post is known, with a number where it was so before."""
        subject = str(pledge_id)
        named = {"guild": self.guild_id, "subject": subject, "from": f"{subject}:", "until": f"{subject}:~"}
        before = await tx.scalar(_NAMESAKES, named) or 0
        return f"{subject}:{before + 1}" if before else subject


def _is_not_there(post: Any) -> bool:
    """Whether no message of a post stands in its channel, and none may have come there unnoticed."""
    return post.state in (None, DROPPED) or (post.state in _WAITS and post.attempted_at is None)


def _is_over(post: Any) -> bool:
    """Whether a post is gone for good, so that a pledge in it may be posted anew: not where somebody deleted it."""
    return post.state is None or (post.state == DROPPED and post.why != REMOVED)


@dataclass(frozen=True, slots=True)
class SettleWallPost:
    """A post of the wall channel was brought up to date. The result is False where its pledges have changed since:
    then it is to be brought up to date once more."""

    guild_id: int
    announcement_id: int
    shown: Shown
    """What it shows by now."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["SettleWallPost"]) -> Sequence[bool]:
        return [await one._settle(tx) for one in batch]

    async def _settle(self, tx: AsyncConnection) -> bool:
        now = await shown_in(tx, self.guild_id, self.announcement_id)
        if not now.looks_like(self.shown):
            return False
        await tx.execute(
            _SETTLE.values(next_at=None, attempts=1, why=None), {"which": self.announcement_id, "guild": self.guild_id}
        )
        await _leave(tx, self.guild_id, self.announcement_id)
        return True


@dataclass(frozen=True, slots=True)
class BeginDeleting:
    """The bot is about to delete the message of a post: should the answer be lost, nobody else is taken to have."""

    guild_id: int
    announcement_id: int

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["BeginDeleting"]) -> Sequence[None]:
        for one in batch:
            which = {"which": one.announcement_id, "guild": one.guild_id}
            await tx.execute(_SETTLE.values(why=NOTHING_LEFT), which)
        return [None for _ in batch]


@dataclass(frozen=True, slots=True)
class DropWallPost:
    """The message of a post of the wall channel is gone.

    Where the bot has deleted it, and a pledge of it was shown again meanwhile, that one gets a new post.
    """

    guild_id: int
    announcement_id: int
    was_removed: bool
    """Whether it was somebody else who deleted it; then its pledges are not posted anew."""
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["DropWallPost"]) -> Sequence[None]:
        for one in batch:
            await one._drop(tx)
        return [None for _ in batch]

    async def _drop(self, tx: AsyncConnection) -> None:
        why = REMOVED if self.was_removed else NOTHING_LEFT
        which = {"which": self.announcement_id, "guild": self.guild_id}
        await tx.execute(_SETTLE.values(state=DROPPED, why=why, next_at=None, body=None), which)
        await _leave(tx, self.guild_id, self.announcement_id)
        back = await shown_in(tx, self.guild_id, self.announcement_id)
        ids = tuple(one.id for one in back.pledges)
        await TakeWallNews.apply(tx, [TakeWallNews(self.guild_id, ids, self.at)])


async def _leave(tx: AsyncConnection, guild_id: int, announcement_id: int) -> None:
    """Forgets that pledges stood in a post that are no more."""
    await tx.execute(_LEAVE_GONE, {"post": announcement_id, "guild": guild_id})


@dataclass(frozen=True, slots=True)
class PostponeWallPost:
    """A post of the wall channel could not be brought up to date: again after a pause, each longer than the last."""

    guild_id: int
    announcement_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["PostponeWallPost"]) -> Sequence[None]:
        for one in batch:
            which = {"which": one.announcement_id, "guild": one.guild_id}
            attempts = await tx.scalar(_ATTEMPTS, which) or 1
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(attempts - 1, 6))
            await tx.execute(_SETTLE.values(next_at=one.at + pause, attempts=attempts + 1), which)
        return [None for _ in batch]
