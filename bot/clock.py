"""The one source of 'now' and of naps: the demo and the tests can move it, and nothing else asks the wall clock."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

LONGEST_NAP = 60.0
"""Seconds after which whoever waits for an instant looks at the clock again: a machine's time may be set meanwhile."""


def wall_clock() -> datetime:
    """The machine's own time, as an aware instant in UTC."""
    return datetime.now(UTC)


class Clock:
    """Tells the time that the bot lives in."""

    def __init__(self, now: Callable[[], datetime] = wall_clock, longest_nap: float = LONGEST_NAP) -> None:
        """`now` must return aware instants; they are handed on in UTC.

        `longest_nap`: in seconds, for `nap_until`; it may be long where the time passes as naps do.
        """
        self._now = now
        self._longest = longest_nap
        self._naps: set[asyncio.Task[None]] = set()
        self.wakes = 0
        """How often somebody was to be woken, whether anybody rested or not."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now().astimezone(UTC)

    async def nap(self, seconds: float) -> None:
        """Rests so long, or until `wake`. It is a sleep, since a simulated Discord takes no other rest for one."""
        nap = asyncio.ensure_future(asyncio.sleep(seconds))
        self._naps.add(nap)
        try:
            await asyncio.wait({nap})
        finally:
            nap.cancel()  # where whoever napped is cancelled itself
            self._naps.discard(nap)

    async def nap_until(self, when: datetime, seen: int | None = None) -> None:
        """Rests until an instant by this clock, however that is set meanwhile, or until `wake`.

        `seen`: what `wakes` was as one last looked for something to do; woken since then, one does not rest at all.
        """
        seen = self.wakes if seen is None else seen
        while seen == self.wakes and (left := (when - self.now()).total_seconds()) > 0:
            await self.nap(min(left, self._longest))

    def wake(self) -> None:
        """Ends every nap: whoever rests looks anew what there is to do."""
        self.wakes += 1
        for nap in self._naps:
            nap.cancel()
