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

    async def turn(self) -> None:
        """Waits until the next request may be sent."""
        now = _now()
        mine = max(self._next, now - CATCH_UP * self._pause)
        self._next = mine + self._pause
        while (left := mine - _now()) > 0:
            await self._clock.nap(left)


def _now() -> float:
    # The loop's own time: a wall clock that is set back would stop all posting.
    return asyncio.get_running_loop().time()
