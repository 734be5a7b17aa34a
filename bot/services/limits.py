"""How often somebody may do something: against floods, never against people."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from itertools import islice

from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError

MOST_KEYS = 10_000
MOST_SWEPT = 10
"""Keys that a new one sweeps out: more than come, so that their number sinks, and too few to keep anybody waiting."""


class TooFast(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("That was a lot in a short time. Please go on a little later; nothing is lost."))


class Limits:
    """At most `most` uses of each key within any `period`; the keys used longest ago are forgotten first."""

    def __init__(self, clock: Clock, most: int, period: timedelta, most_keys: int = MOST_KEYS) -> None:
        self._clock = clock
        self._most = most
        self._period = period
        self._most_keys = most_keys
        self._uses: OrderedDict[int, deque[datetime]] = OrderedDict()

    def has_room(self, key: int) -> bool:
        """Whether one more use fits; if so it is counted."""
        now = self._clock.now()
        if key not in self._uses:
            self._sweep(now)
        uses = self._uses.setdefault(key, deque())
        self._uses.move_to_end(key)
        while uses and not self._counts(uses[0], now):
            uses.popleft()
        if len(uses) >= self._most:
            return False
        uses.append(now)
        if len(self._uses) > self._most_keys:
            self._uses.popitem(last=False)
        return True

    def take(self, key: int) -> None:
        """Counts one more use. Raises TooFast when there were too many."""
        if not self.has_room(key):
            raise TooFast

    def forget(self, key: int) -> None:
        """Keeps nothing of this key."""
        self._uses.pop(key, None)

    def _counts(self, use: datetime, now: datetime) -> bool:
        return now - self._period < use <= now  # a clock that was set back forgets, too

    def _sweep(self, now: datetime) -> None:
        """Drops keys of which no use counts any more, those used longest ago first."""
        for key in list(islice(self._uses, MOST_SWEPT)):
            if self._counts(self._uses[key][-1], now):
                return
            del self._uses[key]
