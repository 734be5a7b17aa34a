"""What moderators do and read, each for their own server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.campaign.models import PledgeAction
from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.guilds import Guilds
from bot.services.naming import searched
from bot.services.reviews import Reviews
from bot.storage import moderating, moderation
from bot.storage.audit import Deed, log_page
from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.moderating import Block, OpenReports, Page, Queue, Show, Wanted, Way
from bot.storage.moderation import (
    Blocked,
    BlockMember,
    DecidePledge,
    HideAllOf,
    MarkReminded,
    NoSuchPledge,
    UnblockMember,
)
from bot.text import clean

SHORTEST_REASON, LONGEST_REASON = 3, 200
LONGEST_SEARCH = 42
"""UTF-16 units of what moderators look for: a button has to carry it, beside a pledge and a member."""
ON_A_PAGE = 5
ON_A_LOG_PAGE = 10
PATIENCE = timedelta(hours=24)
"""How long something may wait before moderators are reminded of it."""
A_WEEK = 7  # days
REMINDED_AGAIN = timedelta(hours=23)
"""How long until they are reminded again. Less than the day that is meant: whoever looks twice a day comes a little
early or late, and with a whole day would skip half of them."""


class NotDecided(DomainError):
    """A decision that was not taken."""


class NotReadable(NotDecided):
    """Moderators can read no such pledge: withdrawn, private, or another server's."""

    def __init__(self) -> None:
        super().__init__(
            msg(
                "This pledge is not here any more: its author has taken it back, "
                "or off the wall, where only they can read it."
            )
        )


class AlreadyDecided(NotDecided):
    """Another moderator was first; `deed` tells who, when that is known."""

    def __init__(self, deed: Deed | None) -> None:
        super().__init__(msg("This pledge does not wait for a decision any more."))
        self.deed = deed


class ChangedSince(NotDecided):
    """What the moderator read is not what is there now."""

    def __init__(self) -> None:
        super().__init__(msg("This pledge has changed since you read it. Please read it again."))


class TheirOwn(NotDecided):
    """Nobody decides that a pledge of their own may stand which others object to."""

    def __init__(self) -> None:
        super().__init__(msg("Another moderator has to look at this one: it is yours."))


class NoReason(DomainError):
    """Nothing is hidden, and nobody blocked, without a reason that can be read."""

    def __init__(self) -> None:
        super().__init__(
            msg(
                "Please choose a reason or write one, of {least} to {most} characters: the author reads it.",
                least=str(SHORTEST_REASON),
                most=str(LONGEST_REASON),
            )
        )


class CantBlock(DomainError):
    """This person is not to be blocked."""


class CantBlockOneself(CantBlock):
    def __init__(self) -> None:
        super().__init__(
            msg("You can't block yourself. A pledge of your own you take back with {mine}.", mine="`/pledge mine`")
        )


@dataclass(frozen=True, slots=True)
class Look:
    """One pledge as moderators see it."""

    pledge: Pledge
    reports: OpenReports
    block: Block | None
    """Of its author."""
    decision: Deed | None
    """The last one."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of pledges, and what moderators should know beside it."""

    page: Page
    reports: dict[int, OpenReports]
    queue: Queue
    block: Block | None
    """Of the member whose pledges were asked for."""


@dataclass(frozen=True, slots=True)
class LogPage:
    deeds: list[tuple[int, Deed]]
    """With their ids, newest first."""
    has_older: bool


class Moderation:
    """Decides about pledges and members, and reads what moderators may read."""

    def __init__(self, db: Database, clock: Clock, guilds: Guilds, actions: Sequence[PledgeAction]) -> None:
        self._db = db
        self._clock = clock
        self._guilds = guilds
        self._actions = actions
        self.reviews = Reviews(clock)

    # Reading

    def wanted(self, show: Show = "all", member_id: int | None = None, search: str = "") -> Wanted:
        """Which pledges are asked for; `search` as it was typed. Ready-made actions are found by their text."""
        words = searched(search).encode("utf-16-le")[: LONGEST_SEARCH * 2].decode("utf-16-le", "ignore").rstrip()
        needle = words.casefold()
        actions = tuple(one.id for one in self._actions if needle in one.text.casefold()) if needle else ()
        return Wanted(show, member_id, words, actions)

    async def page(self, guild_id: int, wanted: Wanted, way: Way = "first", start: int = 0) -> Listing:
        """A page of the server's public pledges. One that is empty by now gives way to the first one."""
        async with self._db.read() as connection:
            page = await moderating.pledge_page(connection, guild_id, wanted, way=way, start=start, size=ON_A_PAGE)
            if not page.pledges and way != "first":
                page = await moderating.pledge_page(connection, guild_id, wanted, size=ON_A_PAGE)
            ids = [one.id for one in page.pledges]
            reports = await moderating.open_reports(connection, guild_id, ids)
            queue = await moderating.queue_of(connection, guild_id)
            whose = wanted.member_id
            block = None if whose is None else await moderating.block_of(connection, guild_id, whose)
        return Listing(page, reports, queue, block)

    async def look(self, guild_id: int, pledge_id: int) -> Look:
        """One pledge with all that a decision needs. Raises NotReadable."""
        async with self._db.read() as connection:
            pledge = await moderating.readable_pledge(connection, guild_id, pledge_id)
            if pledge is None:
                raise NotReadable
            reports = await moderating.open_reports(connection, guild_id, [pledge_id])
            block = await moderating.block_of(connection, guild_id, pledge.member_id)
            decision = await moderating.last_decision(connection, guild_id, pledge_id, pledge.member_id)
        return Look(pledge, reports.get(pledge_id, OpenReports()), block, decision)

    async def log(self, guild_id: int, before: int | None) -> LogPage:
        """The server's log before the deed with the id `before`, or with None from the newest on."""
        async with self._db.read() as connection:
            deeds = await log_page(connection, guild_id, before=before, size=ON_A_LOG_PAGE + 1)
        return LogPage(deeds[:ON_A_LOG_PAGE], len(deeds) > ON_A_LOG_PAGE)

    # Deciding

    async def hide(
        self, guild_id: int, moderator_id: int, pledge_id: int, reason: str, *, only_queued: bool = False
    ) -> Pledge:
        """Takes a pledge off the wall, for a reason that its author reads; it still counts.

        Raises NoReason, NotReadable, and AlreadyDecided when it is hidden already or, with `only_queued`, when nobody
        waits for a decision any more.
        """
        return await self._decide(guild_id, moderator_id, pledge_id, _checked(reason), only_queued, "")

    async def restore(
        self, guild_id: int, moderator_id: int, pledge_id: int, *, only_queued: bool = False, read: str = ""
    ) -> Pledge:
        """Shows a pledge, for the first time or again. `read` is the version that the moderator read, if it matters.

        Raises NotReadable, ChangedSince, TheirOwn, and AlreadyDecided as `hide` does.
        """
        return await self._decide(guild_id, moderator_id, pledge_id, None, only_queued, read)

    async def _decide(
        self, guild_id: int, moderator_id: int, pledge_id: int, reason: str | None, only_queued: bool, read: str
    ) -> Pledge:
        now = self._clock.now()
        operation = DecidePledge(guild_id, moderator_id, pledge_id, reason, now, only_queued, read)
        try:
            decided = await self._db.write(operation)
        except NoSuchPledge:
            raise NotReadable from None
        except moderation.AlreadyDecided as earlier:
            raise AlreadyDecided(earlier.deed) from None
        except moderation.ChangedSince:
            raise ChangedSince from None
        except moderation.TheirOwn:
            raise TheirOwn from None
        self._clock.wake()  # it may stand in a wall channel, or is to
        return decided

    async def hide_all_of(self, guild_id: int, moderator_id: int, member_id: int, reason: str) -> list[Pledge]:
        """Hides all that a member has made public in the server; returns what was hidden by it. Raises NoReason."""
        now = self._clock.now()
        hidden = await self._db.write(HideAllOf(guild_id, moderator_id, member_id, _checked(reason), now))
        self._clock.wake()
        return hidden

    async def block(self, guild_id: int, moderator_id: int, member_id: int, reason: str) -> Blocked:
        """Takes no more pledges and reports from a member in the server, and hides what is public there.

        Raises NoReason, and CantBlockOneself. Whether the member is a moderator only Discord knows.
        """
        if member_id == moderator_id:
            raise CantBlockOneself
        operation = BlockMember(guild_id, moderator_id, member_id, _checked(reason), self._clock.now())
        try:
            return await self._db.write(operation)
        finally:
            self._guilds.forget(guild_id)
            self._clock.wake()

    async def unblock(self, guild_id: int, moderator_id: int, member_id: int) -> bool:
        """Lets a member take part again; what was hidden stays so. Returns whether they were blocked."""
        try:
            return await self._db.write(UnblockMember(guild_id, moderator_id, member_id, self._clock.now()))
        finally:
            self._guilds.forget(guild_id)

    # Reminding

    async def overdue(self) -> list[Queue]:
        """The queues whose moderators are to be reminded: one for each server, longest waiting first."""
        now = self._clock.now()
        async with self._db.read() as connection:
            queues = await moderating.overdue_queues(
                connection, queued_before=now - PATIENCE, reminded_before=now - REMINDED_AGAIN
            )
        due = [queue for queue in queues if queue.oldest_at and _is_a_day_for_it((now - queue.oldest_at).days)]
        return sorted(due, key=lambda queue: (queue.oldest_at or now, queue.guild_id))

    async def mark_reminded(self, guild_id: int) -> None:
        await self._db.write(MarkReminded(guild_id, self._clock.now()))


def _is_a_day_for_it(days: int) -> bool:
    """Every day of the first week, then once a week: who did not come for seven reminders reads no eighth tomorrow."""
    return days <= A_WEEK or days % A_WEEK == 0


def _checked(typed: str) -> str:
    """A reason as it is stored. Raises NoReason."""
    reason = clean(typed, LONGEST_REASON + 1)
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NoReason
    return reason
