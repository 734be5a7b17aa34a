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
    """Keeps who said yes to which role; the role itself is Discord's."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._limits = Limits(clock, MOST_YESES, AN_HOUR)

    async def accept(self, guild_id: int, member_id: int, role_id: int) -> bool:
        """Stores a member's yes to a role, and returns whether it is new; an earlier one stays as it was.

        Raises NoPledgeHere and TooFast, and NotSaved of the storage.
        """
        self._limits.take(member_id)
        is_new = await self._db.write(AcceptRole(guild_id, member_id, role_id, self._clock.now()))
        if is_new is None:
            raise NoPledgeHere
        return is_new

    async def drop(self, guild_id: int, member_id: int, role_id: int, *, only_last: bool = False) -> None:
        """Forgets a member's yes to a role; with `only_last` only where no pledge of theirs is in force.

        Raises NotSaved of the storage.
        """
        await self._db.write(DropRole(guild_id, member_id, role_id, only_last))

    def forget(self, member_id: int) -> None:
        """Keeps nothing of this member in memory."""
        self._limits.forget(member_id)

    async def held(self, guild_id: int, member_id: int) -> int | None:
        """The role that a member said yes to: it may be another one than the server offers by now."""
        async with self._db.read() as connection:
            return await role_holders.held_role(connection, guild_id, member_id)

    async def is_due(self, guild_id: int, member_id: int, role_id: int) -> bool:
        """Whether a member said yes to this role, and has a pledge in force there."""
        async with self._db.read() as connection:
            return await role_holders.held_role(connection, guild_id, member_id, only_due=True) == role_id

    async def of_member(self, member_id: int) -> list[tuple[int, int]]:
        """Server and id of every role that somebody said yes to."""
        async with self._db.read() as connection:
            return await role_holders.roles_of_member(connection, member_id)

    async def given(self, guild_id: int) -> set[int]:
        """The roles of a server that somebody has for a yes: also those that it offers no longer."""
        async with self._db.read() as connection:
            return await role_holders.roles_given(connection, guild_id)

    async def left_over(self, guild_id: int, most: int) -> list[tuple[int, int]]:
        """Who should have which role no longer and could not be rid of it, at most so many."""
        async with self._db.read() as connection:
            return await role_holders.left_over(connection, guild_id, most)
