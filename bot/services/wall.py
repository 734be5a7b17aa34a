"""The posts of wall channels: which pledges stand in them, and what became of them."""

from collections.abc import Sequence

from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.wall import (
    BeginDeleting,
    DropWallPost,
    PostponeWallPost,
    SettleWallPost,
    Shown,
    TakeWallNews,
    shown_in,
)


class Wall:
    """Plans the posts of wall channels, and keeps account of them."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def take_news(self, guild_id: int, pledge_ids: Sequence[int]) -> None:
        """Plans what follows from what became of these pledges, and forgets that it is news."""
        await self._db.write(TakeWallNews(guild_id, tuple(pledge_ids), self._clock.now()))

    async def shown_in(self, guild_id: int, announcement_id: int) -> Shown:
        """What a post of the server is to show now."""
        async with self._db.read() as connection:
            return await shown_in(connection, guild_id, announcement_id)

    async def settle(self, guild_id: int, announcement_id: int, shown: Shown) -> bool:
        """The post shows this now; False where its pledges have changed meanwhile, and it is to be done again."""
        return await self._db.write(SettleWallPost(guild_id, announcement_id, shown))

    async def begin_deleting(self, guild_id: int, announcement_id: int) -> None:
        """Notes that the bot is about to delete the message: if it is gone later, it was not somebody else."""
        await self._db.write(BeginDeleting(guild_id, announcement_id))

    async def drop(self, guild_id: int, announcement_id: int, *, was_removed: bool) -> None:
        """The message is gone; `was_removed`: somebody else has deleted it."""
        await self._db.write(DropWallPost(guild_id, announcement_id, was_removed, self._clock.now()))

    async def postpone(self, guild_id: int, announcement_id: int) -> None:
        """It could not be brought up to date, and is tried again later."""
        await self._db.write(PostponeWallPost(guild_id, announcement_id, self._clock.now()))
