"""How fast is posted: below what Discord allows to the whole bot, so that what people ask for never waits for it."""

import asyncio

from bot.clock import Clock

A_SECOND = 45
"""Requests a second. Discord allows 50 in all; answers to people do not count, but some other requests do."""

CATCH_UP = 3
"""Requests that may follow at once after a standstill: what was missed is not made up for in a rush."""


class Budget:
    """Gives each request its turn, evenly spaced."""

    def __init__(self, clock: Clock, a_second: float = A_SECOND) -> None:
        self._clock = clock
        self._pause = 1 / a_second
        self._next = 0.0
        """When the next who comes has their turn."""
        self._used = 0.0
        """Up to when the time is used by those that went: beyond the present where several went at once."""

    async def turn(self) -> None:
        """Waits until the next request may be sent."""
        mine = max(self._next, _now() - CATCH_UP * self._pause)
        self._next = mine + self._pause
        # When everything stood still, all whose turn came meanwhile wake at the same moment: they don't go at once.
        while (left := max(mine, self._used - CATCH_UP * self._pause) - _now()) > 0:
            await self._clock.nap(left)
        self._used = max(self._used, _now()) + self._pause


def _now() -> float:
    # The loop's own time: a wall clock that is set back would stop all posting.
    return asyncio.get_running_loop().time()
