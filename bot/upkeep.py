"""The one supervised task: what has to be done again and again, each in its own time.

A job that fails is logged, and tried again when it is next due; the others are not concerned. When the task itself
ends, whatever the reason, it begins again after a pause, and says so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.supervised import Supervised, new_id

log = structlog.get_logger("bot.upkeep")

BEFORE_THE_FIRST = 60.0
"""Seconds from the start to the first round: there is enough to do then, and the last servers may still come in."""
LONGEST_JOB = 600.0
"""Seconds that a job may take, so that one which hangs does not keep the others waiting for ever."""
TOGETHER = timedelta(minutes=5)
"""What is due so soon is done in the same round."""
_SHORTEST_NAP, _LONGEST_NAP = 1.0, 86_400.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done soon after the start, and then whenever `every` is over."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[object]]


class Upkeep(Supervised):
    """Does the jobs, one after the other, until it is stopped."""

    name = "upkeep"

    def __init__(self, clock: Clock, jobs: Sequence[Job]) -> None:
        super().__init__()
        self._clock = clock
        self._jobs = jobs
        self._due: dict[str, datetime] = {}
        self._is_wanted = False

    def start(self) -> None:
        """Does every job in a minute, and from then on in its time. Called again, it does every job at once."""
        self._due.clear()
        if self._task is None:
            self._begin(BEFORE_THE_FIRST)
        else:
            self._is_wanted = True
            self._clock.wake()

    async def _run(self, pause: float) -> None:
        await self._rest(pause)
        while True:
            for job in self._jobs:
                await self._do_if_due(job)
            self._ends = 0
            now = self._clock.now()
            left = (min(self._due.values(), default=now + timedelta(seconds=_LONGEST_NAP)) - now).total_seconds()
            await self._clock.nap(min(max(left, _SHORTEST_NAP), _LONGEST_NAP))

    async def _rest(self, pause: float) -> None:
        """Rests so long, also where somebody is woken for other reasons, unless the jobs are wanted at once."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + pause
        while not self._is_wanted and (left := ends - loop.time()) > 0:
            await self._clock.nap(left)
        self._is_wanted = False

    async def _do_if_due(self, job: Job) -> None:
        now = self._clock.now()
        due = self._due.get(job.name, now)
        if now + min(TOGETHER, job.every / 2) < due <= now + job.every:  # later than that: the clock was set back
            return
        # Before it is done: whoever wants it at once while it is under way wants it once more.
        self._due[job.name] = now + job.every
        try:
            async with asyncio.timeout(LONGEST_JOB):
                await job.do()
        except Exception as error:
            log.error("a job failed", job=job.name, error_id=new_id(), exc_info=error)
