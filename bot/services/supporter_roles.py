"""The yes to a server's supporter role: only from who has a pledge in force there, and gone with the last one."""

from datetime import timedelta

from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.limits import Limits
from bot.storage import role_holders
from bot.storage.database import Database
from bot.storage.role_holders import AcceptRole, DropRole

AN_HOUR = timedelta(hours=1)
MOST_YESES = 10
"""Of a member in an hour: each costs a request to Discord, and stands in the server's own log."""


class NoPledgeHere(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("The role is for those who have a pledge in force here. Make one, and I offer it again."))


class SupporterRoles:
    """Keeps who said yes; the role itself is Discord's."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._limits = Limits(clock, MOST_YESES, AN_HOUR)

    async def accept(self, guild_id: int, member_id: int) -> None:
        """Stores a member's yes. Raises NoPledgeHere and TooFast, and NotSaved of the storage."""
        self._limits.take(member_id)
        if not await self._db.write(AcceptRole(guild_id, member_id, self._clock.now())):
            raise NoPledgeHere

    async def drop(self, guild_id: int, member_id: int, *, only_last: bool = False) -> None:
        """Forgets a member's yes; with `only_last` only where no pledge of theirs is in force. Raises NotSaved."""
        await self._db.write(DropRole(guild_id, member_id, only_last))

    async def holds(self, guild_id: int, member_id: int) -> bool:
        async with self._db.read() as connection:
            return await role_holders.holds_role(connection, guild_id, member_id)

    async def left_over(self, guild_id: int, most: int) -> list[int]:
        """Who should have the role no longer and could not be rid of it, at most so many."""
        async with self._db.read() as connection:
            return await role_holders.left_over(connection, guild_id, most)
