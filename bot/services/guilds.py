"""What servers chose for themselves: read once, then from a bounded memory, since nearly every answer asks for it."""

from collections import OrderedDict
from collections.abc import Iterable

from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.guilds import ChooseSetting, GuildRecord, Mutable, Mute, Setting, Value, record_of, records_of
from bot.storage.tables import WHOLE_CAMPAIGN

MOST_REMEMBERED = 10_000


class Guilds:
    """Reads and changes what is kept about each server."""

    def __init__(self, db: Database, clock: Clock, most_remembered: int = MOST_REMEMBERED) -> None:
        self._db = db
        self._clock = clock
        self._most = most_remembered
        self._known: OrderedDict[int, GuildRecord] = OrderedDict()
        self._changes = 0

    async def of(self, guild_id: int | None) -> GuildRecord:
        """What a server chose; for direct messages (None or WHOLE_CAMPAIGN) the defaults."""
        if not guild_id:
            return GuildRecord(WHOLE_CAMPAIGN)
        known = self._known.get(guild_id)
        if known is not None:
            self._known.move_to_end(guild_id)
            return known
        changes = self._changes
        async with self._db.read() as connection:
            record = await record_of(connection, guild_id)
        if changes == self._changes:  # else it may have changed while it was read
            self._keep(record)
        return record

    async def read_ahead(self, guild_ids: Iterable[int]) -> None:
        """Reads these servers all at once, for whoever asks for each of them next."""
        unknown = [id for id in guild_ids if id not in self._known]
        if not unknown:
            return
        changes = self._changes
        async with self._db.read() as connection:
            records = await records_of(connection, unknown)
        if changes == self._changes:
            for record in records:
                self._keep(record)

    def _keep(self, record: GuildRecord) -> None:
        self._known[record.id] = record
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def forget(self, guild_id: int) -> None:
        """Reads this server anew when it is next asked for: to be called after each change that is not made here."""
        self._changes += 1
        self._known.pop(guild_id, None)

    def forget_all(self) -> None:
        """Reads every server anew: another process may have changed any of them."""
        self._changes += 1
        self._known.clear()

    async def choose(self, guild_id: int, moderator_id: int, setting: Setting, value: Value) -> None:
        """Stores a moderator's choice, with a line in the log. Raises NotSaved of the storage."""
        try:
            await self._db.write(ChooseSetting(guild_id, moderator_id, setting, value, self._clock.now()))
        finally:
            self.forget(guild_id)
            self._clock.wake()  # whoever posts looks what follows from it

    async def mute(self, guild_id: int, moderator_id: int, kind: Mutable, item: str, *, muted: bool) -> None:
        """Shows a fact, quote or topic there no more, or again. Raises NotSaved of the storage."""
        try:
            await self._db.write(Mute(guild_id, moderator_id, kind, item, muted, self._clock.now()))
        finally:
            self.forget(guild_id)
            self._clock.wake()
