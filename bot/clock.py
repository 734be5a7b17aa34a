"""The one source of 'now' and of naps: the demo and the tests can move it, and nothing else asks the wall clock."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime


def wall_clock() -> datetime:
    """The machine's own time, as an aware instant in UTC."""
    return datetime.now(UTC)


class Clock:
    """Tells the time that the bot lives in."""

    def __init__(self, now: Callable[[], datetime] = wall_clock) -> None:
        """`now` must return aware instants; they are handed on in UTC."""
        self._now = now
        self._naps: set[asyncio.Task[None]] = set()

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

    def wake(self) -> None:
        """Ends every nap: whoever rests looks anew what there is to do."""
        for nap in self._naps:
            nap.cancel()
