"""What a server's announcements are up to: what comes, what was posted, and what was not, with the reason."""

from dataclasses import dataclass
from datetime import timedelta

from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.limits import Limits
from bot.storage.announcements import Announcement, ahead_of, by_keys, in_trouble, last_posted, settled_since
from bot.storage.database import Database
from bot.storage.outbox import PostAfterAll

MOST_SHOWN = 3
"""Of what was posted, and of what was not, so that the panel fits into a message."""

TROUBLE_FADES = timedelta(days=30)
"""How long something that was not posted is brought before moderators: later nobody would post it any more."""

MOST_TESTS = 5
"""Test posts of a server in an hour."""


class NothingToPost(DomainError):
    """It was posted meanwhile, or is under way, or there is no such announcement in this server."""

    def __init__(self) -> None:
        super().__init__(msg("There is nothing left to post here: it was posted meanwhile, or it is under way."))


@dataclass(frozen=True, slots=True)
class Health:
    """How a server's announcements stand."""

    ahead: tuple[Announcement, ...]
    """What comes, the next one first."""
    posted: tuple[Announcement, ...]
    """What was posted, newest first."""
    troubled: tuple[Announcement, ...]
    """What was due and was not posted, or perhaps not; newest first."""
    settled: frozenset[str]
    """The local days from yesterday on whose dates were posted, are being posted, or could not be (ISO 8601)."""


class Announcements:
    """Reads the outbox for those who look after a server, and puts back what was not posted in its time."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._tests = Limits(clock, MOST_TESTS, timedelta(hours=1))

    async def health(self, guild_id: int) -> Health:
        """What comes, what was posted last, and what went wrong lately in a server, of both at most `MOST_SHOWN`."""
        now = self._clock.now()
        yesterday = (now - timedelta(days=1)).date().isoformat()
        async with self._db.read() as connection:
            ahead = await ahead_of(connection, guild_id)
            posted = await last_posted(connection, guild_id, MOST_SHOWN)
            troubled = await in_trouble(connection, guild_id, now - TROUBLE_FADES, MOST_SHOWN)
            lately = await settled_since(connection, guild_id, yesterday)
        settled = frozenset(one.occurrence for one in lately if one.kind == "anniversary")
        return Health(tuple(ahead), tuple(posted), tuple(troubled), settled)

    async def find(self, guild_id: int, key: str) -> Announcement | None:
        """The announcement of a server whose message carries this key; None where there is none, or no longer."""
        async with self._db.read() as connection:
            return (await by_keys(connection, guild_id, [key])).get(key)

    async def post_after_all(self, guild_id: int, moderator_id: int, id: int) -> None:
        """Has something posted that was not posted in its time, with a line in the log.

        Raises NothingToPost where it is no longer missed, or not of this server, and NotSaved of the storage.
        """
        if not await self._db.write(PostAfterAll(guild_id, moderator_id, id, self._clock.now())):
            raise NothingToPost
        self._clock.wake()

    def take_test(self, guild_id: int) -> None:
        """Counts a test post of this server. Raises TooFast when there were too many within an hour."""
        self._tests.take(guild_id)
