"""Reports: what members want moderators, or whoever runs the bot, to look at."""

from datetime import timedelta
from typing import Literal

import structlog

from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError
from bot.services.guilds import Guilds
from bot.services.limits import Limits
from bot.storage import reports as storage
from bot.storage import verdicts
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from bot.storage.ledger import Pledge
from bot.storage.reports import NotOnTheWall, OwnPledge, Reported, ReportPledge
from bot.text import clean

log = structlog.get_logger("bot.reports")

LONGEST_REPORT = 200
"""Characters that a member may write about a pledge; nothing has to be written."""
SHORTEST_FAULT, LONGEST_FAULT = 10, 300
"""Characters of what is wrong with a fact or quote."""

MOST_BY_A_MEMBER = 10
"""Reports of one member in an hour, wherever they are made."""
MOST_IN_A_SERVER = 300
"""Reports of pledges in one server in ten minutes: beyond that, somebody plays with it."""
MOST_FAULTS_IN_A_SERVER = 10
"""Posts about facts and quotes in one server's review channel in ten minutes."""

AN_HOUR, TEN_MINUTES = timedelta(hours=1), timedelta(minutes=10)
MOST_IN_A_MENU = 10
"""Pledges to choose from: a page of the wall has fewer, unless some were restored since."""

Kind = Literal["fact", "quote"]


class NoMoreReports(DomainError):
    """This member has sent as many reports as one may."""

    def __init__(self) -> None:
        super().__init__(
            msg("You have sent several reports within the hour, and moderators have them. Please send more later.")
        )


class ReportsPourIn(DomainError):
    """This server has had as many reports as it can take in."""

    def __init__(self) -> None:
        super().__init__(
            msg("Many reports have come in here in the last minutes. Please send yours again in ten minutes.")
        )


class NoReportsFromHere(DomainError):
    """Moderators of the server take no reports from this member. Said without an accusation."""

    def __init__(self) -> None:
        super().__init__(
            msg("Reports can't be sent from your account in this server. Please write to its moderators yourself.")
        )


class PledgeNotThere(DomainError):
    """It can't be reported: nobody sees it on the wall of this server any more, or ever did."""

    def __init__(self) -> None:
        super().__init__(msg("This pledge is not on the wall any more, so there is nothing left to report."))


class YourOwn(DomainError):
    def __init__(self) -> None:
        super().__init__(
            msg("This pledge is your own. {mine} lets you edit it, or take it off the wall.", mine="`/pledge mine`")
        )


class TooShortOrLong(DomainError):
    def __init__(self, count: int) -> None:
        super().__init__(
            msg(
                "Please say what is wrong in {least} to {most} characters; these are {count}.",
                least=str(SHORTEST_FAULT),
                most=str(LONGEST_FAULT),
                count=str(count),
            )
        )


class Reports:
    """Takes reports of pledges, facts and quotes."""

    def __init__(self, db: Database, clock: Clock, guilds: Guilds) -> None:
        self._db = db
        self._clock = clock
        self._guilds = guilds
        self._of_members = Limits(clock, MOST_BY_A_MEMBER, AN_HOUR)
        self._of_servers = Limits(clock, MOST_IN_A_SERVER, TEN_MINUTES)
        self._faults_of_servers = Limits(clock, MOST_FAULTS_IN_A_SERVER, TEN_MINUTES)

    async def welcome(self, guild_id: int, member_id: int) -> GuildRecord:
        """What the server chose. Raises NoReportsFromHere for a member whom its moderators have blocked."""
        record = await self._guilds.of(guild_id)
        if member_id in record.blocked:
            raise NoReportsFromHere
        return record

    async def between(self, guild_id: int, newest: int, oldest: int, theme: str, country: str) -> list[Pledge]:
        """What stands on a server's wall from one pledge to another, newest first; empty filters are open."""
        async with self._db.read() as connection:
            return await storage.wall_between(
                *(connection, guild_id),
                newest=newest,
                oldest=oldest,
                theme=theme or None,
                country=country or None,
                size=MOST_IN_A_MENU,
            )

    async def reportable(self, guild_id: int, pledge_id: int, member_id: int) -> Pledge:
        """A pledge that this member can report. Raises PledgeNotThere and YourOwn."""
        async with self._db.read() as connection:
            found = await storage.reportable(connection, guild_id, pledge_id)
        if found is None:
            raise PledgeNotThere
        if found.member_id == member_id:
            raise YourOwn
        return found

    async def report(self, *, id: int, guild_id: int, pledge_id: int, member_id: int, words: str) -> Reported:
        """Stores a report; `id` is the interaction's, `words` may be empty.

        Raises NoReportsFromHere, NoMoreReports, ReportsPourIn, PledgeNotThere and YourOwn, and NotSaved of the storage.
        """
        await self.welcome(guild_id, member_id)
        self._take(self._of_servers, guild_id, member_id)
        said = clean(words, LONGEST_REPORT)
        try:
            reported = await self._db.write(ReportPledge(id, guild_id, pledge_id, member_id, said, self._clock.now()))
        except NotOnTheWall:
            raise PledgeNotThere from None
        except OwnPledge:
            raise YourOwn from None
        except verdicts.NotWelcome:
            raise NoReportsFromHere from None
        if reported.is_hidden_now:
            self._clock.wake()  # from a wall channel it goes as well
        return reported

    async def fault(self, guild_id: int, member_id: int, kind: Kind, item_id: str, words: str) -> str:
        """What a member found wrong with a fact or quote, fit to be shown to moderators.

        The operator's log learns which item it is, and how much was written; never what. Raises NoReportsFromHere,
        TooShortOrLong, NoMoreReports and ReportsPourIn.
        """
        await self.welcome(guild_id, member_id)
        said = clean(words, LONGEST_FAULT + 1)
        if not SHORTEST_FAULT <= len(said) <= LONGEST_FAULT:
            raise TooShortOrLong(len(clean(words, len(words) + 1)))
        self._take(self._faults_of_servers, guild_id, member_id)
        log.info("reported as wrong", kind=kind, item=item_id, guild=guild_id, characters=len(said))
        return said

    def forget(self, member_id: int) -> None:
        """Keeps nothing of this member in memory."""
        self._of_members.forget(member_id)

    def _take(self, of_servers: Limits, guild_id: int, member_id: int) -> None:
        if not self._of_members.has_room(member_id):
            raise NoMoreReports
        if not of_servers.has_room(guild_id):
            raise ReportsPourIn
