"""Spaces out the bot's starts, which are counted on disk: a crash loop must not cost it its token.

Whoever begins 1,000 sessions within a day has all of them ended by Discord, and the token reset. Started anew every
five seconds, a bot that can't live would get there in an hour and a half.
"""

import os
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import NamedTuple, TypeAlias

import structlog
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter, ValidationError

from bot.clock import Clock

log = structlog.get_logger("bot.restarts")

DAY = timedelta(hours=24)

MOST_SESSIONS, MOST_STARTS = 100, 10
"""Sessions that may be begun within a day, a tenth of what Discord allows; for a bot of many shards, starts."""

KEPT_BACK = 0.2
"""The part of the sessions that Discord allows which is left for whoever starts the bot once it is mended."""

FREE_STARTS = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
CALM = timedelta(minutes=20)
"""A start so long after the one before it is no quick one; longer than any pause between quick ones."""

NAP = 1.0
"""Seconds after which the clock is looked at again: it may be set anew while the bot waits."""


class Start(BaseModel, frozen=True):
    """A start that was made."""

    at: AwareDatetime
    sessions: int = Field(ge=1, le=16_384)
    """One a shard."""


class Allowance(NamedTuple):
    """How many sessions Discord lets a bot begin."""

    total: int
    remaining: int
    renewed_at: datetime


class Why(Enum):
    """Why a start has to wait, in words for the operator."""

    QUICK = "started again and again: waiting before it connects"
    DAY = "as many sessions as may be were begun within a day: waiting, so that Discord does not reset the token"
    DISCORD = "Discord allows few sessions more: waiting until it counts anew, so that some are left"


class Pause(NamedTuple):
    until: datetime
    why: Why


def pause_before(starts: Sequence[Start], sessions: int, allowance: Allowance, now: datetime) -> Pause | None:
    """What a start of so many sessions has to wait for; None when it may go.

    `starts` are those so far, oldest first, none of them after `now`.
    """
    untils = {
        Why.QUICK: _rested_at(starts, now),
        Why.DAY: _room_at(starts, sessions, now),
        Why.DISCORD: _allowed_at(allowance, sessions),
    }
    pauses = [Pause(until, why) for why, until in untils.items() if until is not None and until > now]
    return max(pauses, key=lambda pause: pause.until, default=None)


def _rested_at(starts: Sequence[Start], now: datetime) -> datetime | None:
    """When the pause after the last start is over, if that one and those before it came quickly after each other."""
    quick, following = 0, now
    for start in reversed(starts):
        if following - start.at >= CALM:
            break
        quick, following = quick + 1, start.at
    if quick < FREE_STARTS:
        return None
    doublings = min(quick - FREE_STARTS, 10)
    return starts[-1].at + min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)


def _room_at(starts: Sequence[Start], sessions: int, now: datetime) -> datetime | None:
    """When enough of the day's starts will be a day old."""
    most = max(MOST_SESSIONS, MOST_STARTS * sessions)
    recent = [start for start in starts if start.at > now - DAY]
    begun, until = sum(start.sessions for start in recent), None
    for start in recent:
        if begun + sessions <= most:
            break
        begun, until = begun - start.sessions, start.at + DAY
    return until


def _allowed_at(allowance: Allowance, sessions: int) -> datetime | None:
    """When Discord counts anew, if this start would take of what is kept back."""
    is_untouched = allowance.remaining >= allowance.total
    if is_untouched or allowance.remaining - sessions >= allowance.total * KEPT_BACK:
        return None
    return allowance.renewed_at


def not_after(now: datetime, starts: Sequence[Start]) -> list[Start]:
    """The starts, oldest first; those from after `now` become starts of this moment.

    The clock was wrong then, or was set back since, and they have to leave the count one day.
    """
    return sorted((Start(at=min(start.at, now), sessions=start.sessions) for start in starts), key=_moment)


def _moment(start: Start) -> datetime:
    return start.at


class StartsFile:
    """The starts of the last day, beside the database."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_suffix(".starts.json")

    def read(self, now: datetime) -> list[Start]:
        """Those of the day before `now`, oldest first. A file that can't be read counts for none."""
        try:
            stored = _FORM.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []
        except (OSError, ValidationError):
            log.warning("the count of the bot's starts can't be read, and begins anew", file=self._path.name)
            return []
        starts = not_after(now, stored)
        if any(start.at > now for start in stored):
            self.write(starts)
        return [start for start in starts if start.at > now - DAY]

    def write(self, starts: Sequence[Start]) -> None:
        """Whole or not at all. Where nothing can be written the bot starts all the same, and the log says so."""
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            with new.open("wb") as file:
                file.write(_FORM.dump_json(list(starts), indent=1))
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            log.warning("the bot's starts can't be counted", file=self._path.name, reason=error.strerror)


_FORM = TypeAdapter(list[Start])

Ask: TypeAlias = Callable[[], Awaitable[tuple[int, Allowance]]]
"""Tells how many sessions the bot begins, and what Discord allows."""


class Restarts:
    """The starts so far, and the next one's turn."""

    def __init__(self, file: StartsFile, clock: Clock) -> None:
        self._file = file
        self._clock = clock
        self._starts = file.read(clock.now())
        self._told: set[Why] = set()

    async def take_turn(self, ask: Ask) -> None:
        """Waits until the bot may begin its sessions, and counts the start. Raises what `ask` raises.

        After a wait it asks again. Why it waits is told in the log, once for each reason.
        """
        sessions, allowance = await ask()
        while await self._waited(sessions, allowance):
            sessions, allowance = await ask()
        self._starts = [*self._starts, Start(at=self._clock.now(), sessions=sessions)]
        self._file.write(self._starts)

    async def _waited(self, sessions: int, allowance: Allowance) -> bool:
        """Sleeps as long as there is something to wait for. Returns whether there was."""
        has_waited = False
        while pause := self._pause(sessions, allowance):
            self._tell(pause, allowance)
            await self._clock.nap(min(NAP, (pause.until - self._clock.now()).total_seconds()))
            has_waited = True
        return has_waited

    def _pause(self, sessions: int, allowance: Allowance) -> Pause | None:
        now = self._clock.now()
        self._starts = not_after(now, self._starts)
        return pause_before(self._starts, sessions, allowance, now)

    def _tell(self, pause: Pause, allowance: Allowance) -> None:
        if pause.why in self._told:
            return
        self._told.add(pause.why)
        tell = log.warning if pause.why is Why.QUICK else log.error
        tell(
            pause.why.value,
            until=pause.until.isoformat(timespec="seconds"),
            begun_today=sum(start.sessions for start in self._starts),
            left_by_discord=allowance.remaining,
        )
