"""What servers reach together: a goal, a first public pledge from a country, every region of the world."""

from collections.abc import Sequence

from bot.campaign.countries import Countries
from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.targets import Ladder, TakeTargets, told_in


class Targets:
    """Notes what was reached, each thing once for ever, and plans the posts that tell it."""

    def __init__(self, db: Database, clock: Clock, goals: Sequence[int], countries: Countries) -> None:
        self._db = db
        self._clock = clock
        self._ladder = Ladder(tuple(goals), countries.regions)

    async def take_news(self, guild_id: int, ids: Sequence[int]) -> None:
        """Looks what the server has reached, and forgets that it is news."""
        await self._db.write(TakeTargets(guild_id, tuple(ids), self._ladder, self._clock.now()))

    async def told_in(self, guild_id: int, announcement_id: int) -> tuple[str, ...]:
        """What a post of the server tells: `goal:100`, `regions`, `country:KE`, in that order."""
        async with self._db.read() as connection:
            return await told_in(connection, guild_id, announcement_id)
