"""How often somebody may do something: against floods, never against people."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.i18n import msg
from bot.services.errors import DomainError

MOST_KEYS = 10_000


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
        uses = self._uses.setdefault(key, deque())
        self._uses.move_to_end(key)
        while uses and not now - self._period < uses[0] <= now:  # a clock that was set back forgets, too
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
