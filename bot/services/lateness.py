"""Interactions that come too late: Discord takes no answer to them, so nothing is done that nobody could be told of."""

import math
import time

LATEST = 2.5
"""Seconds under way; Discord takes an answer within three."""

DRIFT = 0.001
"""Seconds a second by which two clocks may part. Real ones do so far less."""

LONGEST_RUN = 10.0
"""Seconds in which all that comes may be late: what a lost connection held back comes within one or two."""


class Lateness:
    """Tells which interactions were under way too long: after a lost connection, old ones are delivered again.

    The machine's clock may be minutes wrong, and then all would look late. So the way of each is compared with the
    shortest one of late, and the first is never late. Where nothing but late ones come for a while, a clock has jumped:
    from then on that is the way they take.
    """

    def __init__(self) -> None:
        self._shortest = math.inf
        self._at = 0.0
        self._late_since: float | None = None

    def is_late(self, sent_at: float) -> bool:
        """Whether what was sent at `sent_at`, in seconds by Discord's clock, and arrives now is too late."""
        now = time.monotonic()
        way = now - sent_at  # off by a constant
        self._shortest = min(way, self._shortest + DRIFT * (now - self._at))
        self._at = now
        if way - self._shortest <= LATEST:
            self._late_since = None
            return False
        if self._late_since is None:
            self._late_since = now
        if now - self._late_since <= LONGEST_RUN:
            return True
        self._shortest, self._late_since = way, None
        return False
