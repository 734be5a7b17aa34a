"""Servers that remove the bot: forgotten after a time, unless they have it again by then."""

from collections.abc import Set as AbstractSet
from datetime import timedelta

import structlog

from bot.clock import Clock
from bot.services.guilds import Guilds
from bot.storage.database import Database
from bot.storage.erasure import ForgetGuild
from bot.storage.leaving import MarkGreeted, MarkLeft, MarkThere, servers_gone, servers_here

log = structlog.get_logger("bot.leaving")

FORGOTTEN_AFTER = timedelta(days=30)
MOST_IN_A_STEP = 300
"""Members whose pledges go in one transaction: some hundredths of a second, in which others wait to write."""


class Leaving:
    """Remembers which servers removed the bot, and when; all raise NotSaved of the storage."""

    def __init__(self, db: Database, clock: Clock, guilds: Guilds, most_in_a_step: int = MOST_IN_A_STEP) -> None:
        self._db = db
        self._clock = clock
        self._guilds = guilds
        self._most = most_in_a_step

    async def left(self, guild_id: int) -> None:
        await self._db.write(MarkLeft((guild_id,), self._clock.now()))

    async def came_back(self, guild_id: int) -> None:
        await self._db.write(MarkThere((guild_id,)))

    async def is_new(self, guild_id: int) -> bool:
        """Whether this server has the bot for the first time, as far as is known; asked once, it is so no more.

        Also of one that removed it, until it is forgotten, something is known.
        """
        return await self._db.write(MarkGreeted(guild_id, self._clock.now()))

    async def compare(self, present: AbstractSet[int]) -> None:
        """Finds out what happened while nobody listened; `present` are all servers that the bot is in."""
        async with self._db.read() as connection:
            missing = await servers_here(connection) - present
            returned = await servers_gone(connection) & present
        if missing:
            log.info("servers removed the bot meanwhile", servers=len(missing))
            await self._db.write(MarkLeft(tuple(missing), self._clock.now()))
        if returned:
            await self._db.write(MarkThere(tuple(returned)))

    async def forget_due(self) -> list[int]:
        """Removes what is kept of the servers whose time is over; returns those that are forgotten now."""
        before = self._clock.now() - FORGOTTEN_AFTER
        async with self._db.read() as connection:
            due = await servers_gone(connection, before)
        forgotten: list[int] = []
        for guild_id in sorted(due):
            while (progress := await self._db.write(ForgetGuild(guild_id, self._most, before))) == "more":
                pass
            self._guilds.forget(guild_id)
            if progress == "done":
                log.info("server forgotten", guild=guild_id)
                forgotten.append(guild_id)
        if forgotten:
            await self._db.scrub()
        return forgotten
