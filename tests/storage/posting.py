"""The outbox, played: what is due is claimed with a body that says what stands in it, and confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import COLUMNS, Announcement
from bot.storage.database import Database
from bot.storage.guilds import SETTINGS, ChooseSetting, Setting, Value
from bot.storage.lease import TakeLease
from bot.storage.news import COUNTED
from bot.storage.outbox import Claim, Confirm, Settle, due, news_of
from bot.storage.tables import DROPPED, REFUSED, SENT, announcement, news, wall_post
from bot.storage.targets import Ladder, TakeTargets
from bot.storage.wall import DropWallPost, SettleWallPost, TakeWallNews, shown_in
from tests.storage.world import HERE, NOON

CHANNEL, OTHER_CHANNEL = 501, 502
MODERATOR = 71

Said = tuple[tuple[int, str | None], ...]
"""What a message says: the pledges and their words."""


async def choose(db: Database, setting: Setting, value: Value, at: datetime = NOON, guild_id: int = HERE) -> None:
    await db.write(ChooseSetting(guild_id, MODERATOR, setting, value, at))


@dataclass(frozen=True)
class Change:
    """Changes a row of the outbox as nothing of the product does."""

    id: int
    values: dict[str, Any]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Change"]) -> Sequence[None]:
        for one in batch:
            await tx.execute(update(announcement).where(announcement.c.id == one.id).values(one.values))
        return [None for _ in batch]


@dataclass(frozen=True)
class Planned:
    """What a server chose is heard of: the word for it goes, as whoever plans by date has it."""

    guild_id: int

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Planned"]) -> Sequence[None]:
        for one in batch:
            await tx.execute(delete(news).where(news.c.guild_id == one.guild_id, news.c.pledge_id == SETTINGS))
        return [None for _ in batch]


@dataclass
class Outbox:
    """Whoever posts, and the channel that they post to."""

    db: Database
    ladder: Ladder = field(default_factory=lambda: Ladder((), {}))
    channel: dict[int, Said] = field(default_factory=dict[int, Said])
    """The messages that stand there, by their ids."""
    _ids: Any = field(default_factory=lambda: count(9001))

    async def take_news(self, at: datetime) -> None:
        async with self.db.read() as connection:
            found = await news_of(connection, 0, 100)
        for guild_id, ids in found.items():
            await self.db.write(TakeWallNews(guild_id, tuple(ids), at))
            if {SETTINGS, COUNTED} & ids:
                await self.db.write(TakeTargets(guild_id, tuple(ids), self.ladder, at))
            if SETTINGS in ids:
                await self.db.write(Planned(guild_id))

    async def round(self, at: datetime) -> None:
        """Takes the news and posts, edits and deletes all that is due, without any fault."""
        await self.take_news(at)
        async with self.db.read() as connection:
            rows = await due(connection, at, 100)
        for row in rows:
            if row.state == SENT:
                await self.bring_up_to_date(row, at)
            else:
                await self.post(row, at)

    async def claim(self, row: Announcement, at: datetime) -> Announcement | None:
        """The row as it is claimed; None where there is nothing to say, or another one was quicker."""
        said = await self.said(row)
        fence = await self.db.write(TakeLease("me", at))
        assert fence is not None
        if not said and row.kind == "wall":
            await self.db.write(Settle(row, fence, at, DROPPED, "nothing_left"))
            return None
        is_done = await self.db.write(Claim(row, fence, CHANNEL, repr(said), at, since=at))
        return (await self.rows())[row.id] if is_done else None

    async def post(self, row: Announcement, at: datetime) -> None:
        claimed = await self.claim(row, at)
        if claimed is not None:
            message_id = next(self._ids)
            self.channel[message_id] = await self.said(row)
            await self.db.write(Confirm(claimed, CHANNEL, message_id, at))

    async def refuse(self, at: datetime) -> None:
        """Nothing that is due can be posted: the channel is locked."""
        await self.take_news(at)
        fence = await self.db.write(TakeLease("me", at))
        assert fence is not None
        async with self.db.read() as connection:
            for row in await due(connection, at, 100):
                await self.db.write(Settle(row, fence, at, REFUSED, "no_permission"))

    async def bring_up_to_date(self, row: Announcement, at: datetime) -> None:
        assert row.message_id is not None
        async with self.db.read() as connection:
            shown = await shown_in(connection, row.guild_id, row.id)
        if shown.count:
            self.channel[row.message_id] = tuple((one.id, one.words) for one in shown.pledges)
            await self.db.write(SettleWallPost(row.guild_id, row.id, shown))
        else:
            del self.channel[row.message_id]
            await self.db.write(DropWallPost(row.guild_id, row.id, was_removed=False, at=at))

    async def said(self, row: Announcement) -> Said:
        async with self.db.read() as connection:
            shown = await shown_in(connection, row.guild_id, row.id)
        return tuple((one.id, one.words) for one in shown.pledges)

    async def rows(self) -> dict[int, Announcement]:
        async with self.db.read() as connection:
            found = await connection.execute(select(*COLUMNS).order_by(announcement.c.id))
            return {row[0]: Announcement(*row) for row in found}

    async def left(self) -> tuple[int, int]:
        """How much news there is, and how many pledges stand in posts."""
        async with self.db.read() as connection:
            tables = (news, wall_post)
            first, second = [await connection.scalar(select(func.count()).select_from(one)) or 0 for one in tables]
        return first, second

    def shown(self) -> list[list[int]]:
        """The pledges of each message, oldest message first."""
        return [[id for id, _ in said] for _, said in sorted(self.channel.items())]
