"""The one source of 'now': the demo and the tests can move it, and nothing else asks the wall clock."""

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

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._now().astimezone(UTC)
