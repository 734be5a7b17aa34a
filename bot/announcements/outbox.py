"""Posts what is due, each thing once: claimed first, sent with its key as the nonce, and settled by what came of it.

While nobody knows what came of a request, it is repeated only as long as Discord certainly remembers the nonce. After
that, and after a restart, the channel's history tells; where it may not be read, moderators are asked.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.announcements.courier import (
    REQUEST_LIMIT,
    AllStop,
    Courier,
    NotYet,
    Place,
    Refused,
    Removed,
    Sent,
    Unclear,
    Undelivered,
)
from bot.services import Services
from bot.storage.announcements import BY_DATE, Announcement
from bot.storage.database import Database
from bot.storage.errors import NotSaved, Unreadable
from bot.storage.guilds import GuildRecord
from bot.storage.outbox import Claim, Confirm, Settle
from bot.storage.outbox_care import SERVER_AWAY, FirstTrouble
from bot.storage.tables import CLAIMED, DROPPED, EXPIRED, REFUSED, RETRY, SENT, UNKNOWN
from bot.supervised import new_id

log = structlog.get_logger("bot.announcements")

AT_ONCE = 16
"""Requests under way at a time: enough for the whole budget where each takes a third of a second."""

NONCE_HOLDS = timedelta(seconds=60)
"""So long a request is repeated with its nonce. Discord remembers it for "a few minutes": we stay far inside."""

ALL_ENDED = NONCE_HOLDS + timedelta(seconds=REQUEST_LIMIT)
"""How long after the first of such requests none of them is alive: then the channel's history tells."""

BEGUN_WITHIN = 10.0
"""Seconds from the claim to the request: whoever was halted in between no longer knows whether it is still theirs."""

ROW_LIMIT = 90.0
"""Seconds that one thing may take, so that one which hangs does not keep the others waiting for ever."""

CLOCK_ERROR = timedelta(days=2)
"""How far ahead the machine's clock may have been while something was posted that is looked for now."""

LOOKED_AT_AGAIN = timedelta(minutes=5)
"""How soon it is seen, also without an event, that a channel is back, or a right."""
SELDOM = 24
"""What waits for long is looked at again after such a part of the time that it has waited."""
SERVER_RETURNS = timedelta(minutes=1)
NONCE_IS_FREE = timedelta(minutes=10)
"""Until a nonce is tried again that somebody has used for another message."""
SHORTEST, LONGEST = timedelta(seconds=2), timedelta(minutes=5)
"""Pauses while Discord is in trouble."""
MANY_FAILURES = 10
"""So many requests in a row of which nobody knows what came: all posting rests for a moment."""
BREATHER = timedelta(seconds=30)

Mend = Callable[[Announcement], Awaitable[None]]


class Outbox:
    """Posts what is due, for as long as the lease is held."""

    def __init__(self, services: Services, db: Database, courier: Courier, mend: Mend) -> None:
        """`mend` brings something posted up to date that has changed since."""
        self._clock = services.clock
        self._guilds = services.guilds
        self._db = db
        self._courier = courier
        self._mend = mend
        self._began: dict[int, float] = {}
        """When, by the loop's clock, the first request of unknown fate was begun here, by row."""
        self._unsaved: list[Confirm] = []
        self._failures = 0
        self._quiet_until: datetime | None = None
        self._is_stopped = False
        self.waiting: set[int] = set()
        """Servers in which something waits to be mended."""
        self.moved_on: set[int] = set()
        """Servers in which something by date is no longer only planned, so that the next can be."""

    def begin_anew(self) -> None:
        """Discord has taken the token again: what was stopped for good goes on."""
        self._is_stopped = False

    def quiet_until(self, now: datetime) -> datetime | None:
        """Until when nothing may be sent at all; None when something may."""
        if self._is_stopped:
            return now + timedelta(days=1)
        if self._quiet_until is not None and not now < self._quiet_until <= now + timedelta(hours=1):
            self._quiet_until = None  # over, or the clock was set back
        return self._quiet_until

    async def save_rest(self) -> None:
        """Stores what could not be stored when it happened. Raises NotSaved when it still can't."""
        while self._unsaved:
            await self._db.write(self._unsaved[0])
            del self._unsaved[0]

    async def post(self, rows: Sequence[Announcement], fence: int) -> int:
        """Posts these, several at a time; returns how many of them are further than before.

        Raises NotSaved and Unreadable of the storage.
        """
        left = iter(rows)
        workers = [self._work(left, fence) for _ in range(min(AT_ONCE, len(rows)))]
        # Trouble with the database ends each of them; what the others have begun comes to its end first.
        moved = 0
        for result in await asyncio.gather(*workers, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
            moved += result
        return moved

    async def _work(self, left: Iterator[Announcement], fence: int) -> int:
        moved = 0
        for row in left:
            if self.quiet_until(self._clock.now()) is not None:
                break
            moved += await self._serve_safely(row, fence)
        return moved

    async def _serve_safely(self, row: Announcement, fence: int) -> bool:
        """What goes wrong with one concerns no other."""
        try:
            async with asyncio.timeout(ROW_LIMIT):
                return await self._serve(row, fence)
        except (NotSaved, Unreadable):
            raise
        except Exception as error:
            log.error("an announcement failed", id=row.id, guild=row.guild_id, error_id=new_id(), exc_info=error)
            return await self._give_up(row, fence)

    async def _give_up(self, row: Announcement, fence: int) -> bool:
        if row.state == SENT:
            return False
        if row.attempted_at is not None or row.id in self._began:
            return False  # it is reconciled like after a crash, in its time
        return await self._settle(row, fence, REFUSED, "invalid", row.expires_at)

    # One announcement.

    async def _serve(self, row: Announcement, fence: int) -> bool:
        if row.state == SENT:
            return await self._bring_up_to_date(row)
        if row.attempted_at is not None:
            return await self._reconcile(row, fence, row.attempted_at)
        if self._is_over(row):
            return await self._settle(row, fence, EXPIRED, row.why or "too_late")
        channel_id = await self._channel_of(row)
        if channel_id is None:
            return await self._settle(row, fence, DROPPED, "no_channel")
        place = self._courier.look(row.guild_id, channel_id)
        if place.trouble is not None:
            return await self._wait(replace(row, channel_id=channel_id), fence, place.trouble)
        return await self._send(row, fence, channel_id, place)

    async def _bring_up_to_date(self, row: Announcement) -> bool:
        try:
            await self._mend(row)
        except AllStop as end:
            self._stop_all(end.seconds, end.why)
        return True

    def _is_over(self, row: Announcement) -> bool:
        return row.expires_at is not None and row.expires_at <= self._clock.now()

    async def _channel_of(self, row: Announcement) -> int | None:
        record: GuildRecord = await self._guilds.of(row.guild_id)
        chosen = {"daily": record.daily_channel_id, "wall": record.wall_channel_id}
        return chosen.get(row.kind, record.announcement_channel_id)

    async def _wait(self, row: Announcement, fence: int, trouble: str) -> bool:
        """Nothing can be posted there now, and to ask Discord would be useless."""
        now = self._clock.now()
        if trouble == SERVER_AWAY:
            return await self._settle(row, fence, RETRY, trouble, now + SERVER_RETURNS)
        again = now + max(LOOKED_AT_AGAIN, (now - row.due_at) / SELDOM)
        return await self._settle(row, fence, REFUSED, trouble, min(again, row.expires_at or again))

    async def _send(
        self, row: Announcement, fence: int, channel_id: int, place: Place, since: datetime | None = None
    ) -> bool:
        """Claims it and posts it. `since`: when the first request of unknown fate was begun, if there was one."""
        said = row.body
        if said is None:
            body = await self._courier.render(row, channel_id)
            if body is None:
                return await self._settle(row, fence, DROPPED, "nothing_left")
            said = json.dumps(body, ensure_ascii=False)
        now = self._clock.now()
        if not await self._db.write(Claim(row, fence, channel_id, said, now, since or now)):
            return False
        self._note(row)
        began = asyncio.get_running_loop().time()
        if since is None:
            self._began[row.id] = began
        claimed = replace(
            row, state=CLAIMED, attempts=row.attempts + 1, channel_id=channel_id, body=said, attempted_at=since or now
        )
        try:
            sent = await self._courier.send(channel_id, json.loads(said), row.key, BEGUN_WITHIN)
        except Undelivered as end:
            return await self._undelivered(claimed, fence, end, is_known=since is None)
        self._failures = 0
        if not sent.is_ours:
            log.error("another message has the nonce of an announcement", id=row.id, message=sent.message_id)
            again = self._clock.now() + NONCE_IS_FREE
            return await self._settle(claimed, fence, RETRY, "discord_down", again, is_unclear=since is not None)
        return await self._confirm(claimed, sent, place)

    async def _confirm(self, row: Announcement, sent: Sent, place: Place) -> bool:
        confirm = Confirm(row, sent.channel_id, sent.message_id, self._clock.now())
        await self._save(confirm)
        log.debug("announced", id=row.id, guild=row.guild_id, kind=row.kind, message=sent.message_id)
        if place.publishes and sent.channel_id == row.channel_id:
            self._courier.publish(sent.channel_id, sent.message_id)
        return True

    async def _save(self, confirm: Confirm) -> None:
        """Keeps in mind what is posted while it can't be stored: it need not be looked for later."""
        self._began.pop(confirm.row.id, None)
        self._note(confirm.row)
        try:
            await self._db.write(confirm)
        except NotSaved:
            self._unsaved.append(confirm)
            raise

    async def _undelivered(self, row: Announcement, fence: int, end: Undelivered, *, is_known: bool) -> bool:
        """A request ended without a message. `is_known`: no earlier one can have made one either."""
        now = self._clock.now()
        unclear = not is_known
        match end:
            case Removed():
                await self._save(Confirm(row, row.channel_id or 0, None, now, "removed"))
                return True
            case AllStop():
                self._stop_all(end.seconds, end.why)
                again = now + timedelta(seconds=end.seconds or 0)
                return await self._settle(row, fence, RETRY, end.why, again, is_unclear=unclear)
            case NotYet():
                again = now + timedelta(seconds=end.seconds)
                return await self._settle(row, fence, RETRY, end.why, again, is_unclear=unclear)
            case Refused() if is_known:
                return await self._settle(row, fence, REFUSED, end.why, row.expires_at)
            case Refused():
                return await self._settle(row, fence, RETRY, end.why, self._ended_at(row, now), is_unclear=True)
            case _:
                self._count_failure()
                pause = SHORTEST * 2 ** min(row.attempts, 8)
                is_in_time = self._age(row, now) + pause < NONCE_HOLDS
                again = now + pause if is_in_time else self._ended_at(row, now)
                return await self._settle(row, fence, RETRY, end.why, again, is_unclear=True)

    def _stop_all(self, seconds: float | None, why: str) -> None:
        if seconds is None:
            self._is_stopped = True
            log.critical("Discord does not accept the token any more: nothing is posted until the next login", why=why)
        else:
            self._quiet_until = self._clock.now() + timedelta(seconds=seconds)
            log.error("Discord takes nothing from this machine: all posting rests", why=why, seconds=seconds)

    def _count_failure(self) -> None:
        self._failures += 1
        if self._failures >= MANY_FAILURES:
            self._failures = 0
            self._quiet_until = self._clock.now() + BREATHER
            log.warning("Discord is in trouble: all posting rests", seconds=BREATHER.total_seconds())

    # What nobody knows.

    async def _reconcile(self, row: Announcement, fence: int, since: datetime) -> bool:
        """A request was begun, and what came of it is not known: here, or by a process that has ended meanwhile."""
        now = self._clock.now()
        age = self._age(row, now)
        channel_id = row.channel_id or await self._channel_of(row)
        if channel_id is None:
            return await self._settle(row, fence, UNKNOWN, "no_channel")
        place = self._courier.look(row.guild_id, channel_id)
        if place.trouble == SERVER_AWAY:
            return await self._look_later(row, fence, now + SERVER_RETURNS, SERVER_AWAY)
        is_young = age < NONCE_HOLDS
        may_repeat = is_young and row.body is not None and place.trouble is None and not self._is_over(row)
        if may_repeat and row.id in self._began:
            return await self._send(row, fence, channel_id, place, since)
        if not is_young and age < ALL_ENDED:
            return await self._look_later(row, fence, self._ended_at(row, now))
        if place.may_search and place.trouble != "channel_gone":
            try:
                found = await self._courier.find(channel_id, row.key, _searched_since(since, now))
            except Refused as end:
                return await self._ask_moderators(row, fence, end.why, self._ended_at(row, now) if is_young else None)
            except Undelivered as end:
                return await self._not_found_out(row, fence, end, now)
            if found is not None:
                return await self._confirm(replace(row, channel_id=channel_id), Sent(found, channel_id), place)
        elif not is_young:
            return await self._ask_moderators(row, fence, place.trouble or "no_history", None)
        if may_repeat:
            return await self._send(row, fence, channel_id, place, since)
        if is_young:
            return await self._look_later(row, fence, self._ended_at(row, now))
        return await self._not_posted(replace(row, channel_id=channel_id), fence, place)

    async def _not_posted(self, row: Announcement, fence: int, place: Place) -> bool:
        """It is certain that no request made a message."""
        self._began.pop(row.id, None)
        if self._is_over(row):
            return await self._settle(row, fence, EXPIRED, row.why or "too_late")
        if place.trouble is not None:
            return await self._wait(row, fence, place.trouble)
        assert row.channel_id is not None  # noqa: S101 (it was searched)
        return await self._send(row, fence, row.channel_id, place)

    async def _look_later(self, row: Announcement, fence: int, again: datetime, why: str | None = None) -> bool:
        return await self._settle(row, fence, RETRY, why or row.why, again, is_unclear=True)

    async def _ask_moderators(self, row: Announcement, fence: int, why: str, again: datetime | None) -> bool:
        """The history can't tell, and never will. With `again`, Discord still may: it remembers the nonce."""
        if again is not None:
            return await self._look_later(row, fence, again)
        return await self._settle(row, fence, UNKNOWN, why)

    async def _not_found_out(self, row: Announcement, fence: int, end: Undelivered, now: datetime) -> bool:
        pause = max(SHORTEST, min((now - (row.attempted_at or now)) / 4, LONGEST))
        if isinstance(end, AllStop):
            self._stop_all(end.seconds, end.why)
        elif isinstance(end, NotYet):
            pause = max(pause, timedelta(seconds=end.seconds))
        elif isinstance(end, Unclear):
            self._count_failure()
        return await self._look_later(row, fence, now + pause, end.why)

    def _age(self, row: Announcement, now: datetime) -> timedelta:
        """How long ago the first request of unknown fate was begun; where the clock was set back, long ago."""
        began = self._began.get(row.id)
        here = timedelta(0) if began is None else timedelta(seconds=asyncio.get_running_loop().time() - began)
        by_clock = now - (row.attempted_at or now)
        if by_clock < timedelta(0):
            return ALL_ENDED if began is None else here
        return max(here, by_clock)

    def _ended_at(self, row: Announcement, now: datetime) -> datetime:
        """When no request for it can be alive any more."""
        return now + max(ALL_ENDED - self._age(row, now), timedelta(0))

    # What comes of it.

    async def _settle(
        self,
        row: Announcement,
        fence: int,
        state: str,
        why: str | None,
        next_at: datetime | None = None,
        *,
        is_unclear: bool = False,
    ) -> bool:
        now = self._clock.now()
        if not await self._db.write(Settle(row, fence, now, state, why, next_at, is_unclear)):
            return False
        if not is_unclear:
            self._began.pop(row.id, None)
        if state != row.state:
            self._note(row)
        if state == REFUSED or why == SERVER_AWAY:
            self.waiting.add(row.guild_id)
        if state in (REFUSED, EXPIRED, UNKNOWN):
            if (row.state, row.why) != (state, why):
                log.info("not announced", id=row.id, guild=row.guild_id, kind=row.kind, state=state, why=why)
            await self.tell(replace(row, state=state, why=why))
        return True

    def _note(self, row: Announcement) -> None:
        if row.kind in BY_DATE:
            self.moved_on.add(row.guild_id)

    async def tell(self, row: Announcement) -> None:
        """Tells moderators, once for each run of trouble. First noted, then told: rather not than again and again."""
        if row.why == "server_left" or (row.kind == "daily" and row.state == EXPIRED):
            return
        if await self._db.write(FirstTrouble(row, self._clock.now())):
            await self._courier.tell(row)


def _searched_since(since: datetime, now: datetime) -> datetime:
    """From when on the message may stand in the channel: its time is Discord's, and ours may have been wrong."""
    return min(since, now) - CLOCK_ERROR
