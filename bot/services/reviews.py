"""What was posted into review channels of late: bounded against floods, and found again when it is decided."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.clock import Clock
from bot.services.limits import Limits

MOST_CARDS, MOST_UPDATES = 10, 10
"""Cards of a server, and changes of one card, within the period."""
PERIOD = timedelta(minutes=10)
MOST_KNOWN = 5000
"""Cards that are remembered; older ones tell what was decided when they are next pressed."""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a card stands."""

    channel_id: int
    message_id: int


class Reviews:
    """A bounded memory; a restart loses it, and nothing rests on it."""

    def __init__(self, clock: Clock, most_known: int = MOST_KNOWN) -> None:
        self._cards = Limits(clock, MOST_CARDS, PERIOD)
        self._summaries = Limits(clock, 1, PERIOD)
        self._updates = Limits(clock, MOST_UPDATES, PERIOD)
        self._most_known = most_known
        self._known: OrderedDict[int, Posted] = OrderedDict()
        self._at_work: dict[int, bool | None] = {}
        self._warned: set[int] = set()

    def next_post(self, guild_id: int) -> Literal["card", "summary", "nothing"]:
        """What may be posted about one more pledge; it is counted as posted."""
        if self._cards.has_room(guild_id):
            return "card"
        return "summary" if self._summaries.has_room(guild_id) else "nothing"

    def may_update(self, pledge_id: int) -> bool:
        return self._updates.has_room(pledge_id)

    def remember(self, pledge_id: int, posted: Posted) -> None:
        self._known[pledge_id] = posted
        self._known.move_to_end(pledge_id)
        if len(self._known) > self._most_known:
            self._known.popitem(last=False)

    def known(self, pledge_id: int) -> Posted | None:
        return self._known.get(pledge_id)

    def forget(self, pledge_id: int) -> None:
        self._known.pop(pledge_id, None)

    def enter(self, pledge_id: int, *, asks: bool) -> bool:
        """Whether nobody is at work on the pledge's card; whoever is sees to this, too.

        One at a time: what was read first must not be shown last, and nothing is posted twice. `asks`: moderators are
        to be asked, on a new card where there is none.
        """
        is_free = pledge_id not in self._at_work
        self._at_work[pledge_id] = asks or bool(self._at_work.get(pledge_id))
        return is_free

    def next_turn(self, pledge_id: int) -> bool | None:
        """What is to be done next by who has entered: whether moderators are to be asked; None when nothing is."""
        asks, self._at_work[pledge_id] = self._at_work[pledge_id], None
        return asks

    def leave(self, pledge_id: int) -> None:
        del self._at_work[pledge_id]

    def is_first_failure(self, guild_id: int) -> bool:
        """Whether a channel that can't be written to is news; it is so again after it could be."""
        is_news = guild_id not in self._warned
        self._warned.add(guild_id)
        return is_news

    def succeeded(self, guild_id: int) -> None:
        self._warned.discard(guild_id)
