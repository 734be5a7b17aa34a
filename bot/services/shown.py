"""What was shown where, so that nothing repeats in a place before all else that matches was shown there."""

import asyncio
import random
from collections import OrderedDict
from collections.abc import Sequence

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.storage.database import Database
from bot.storage.errors import NotSaved
from bot.storage.shown import MarkShown, shown_in

log = structlog.get_logger("bot.shown")

MOST_PLACES = 4096
"""Places remembered at once, the latest used: some 8 MB at most. Of others the database knows."""


class Shown:
    """A bounded memory of the items of one kind that were shown in each place, in the order they were shown."""

    def __init__(self, most_places: int = MOST_PLACES) -> None:
        self._places: OrderedDict[int, list[str]] = OrderedDict()
        self._most_places = most_places

    def pick(self, place: int, candidates: Sequence[str], *, ranked: bool, marks: bool = True) -> str:
        """One of `candidates` (not empty): one never shown in `place`, else the one shown longest ago.

        Among those never shown, the first if they are `ranked`, else any. `marks`: it counts as shown from now on.
        """
        seen = self._places.setdefault(place, [])
        self._places.move_to_end(place)
        if len(self._places) > self._most_places:
            self._places.popitem(last=False)
        already = set(seen)
        fresh = [item for item in candidates if item not in already]
        if fresh:
            chosen = fresh[0] if ranked else random.choice(fresh)
        else:
            wanted = set(candidates)
            chosen = next(item for item in seen if item in wanted)
        if marks:
            self._mark(seen, chosen)
        return chosen

    def knows(self, place: int) -> bool:
        return place in self._places

    def recall(self, place: int, items: Sequence[str]) -> None:
        """What was shown in a place before it was forgotten here, the item shown longest ago first."""
        self._places[place] = list(items)

    def mark(self, place: int, item: str) -> None:
        """Remembers that `item` was shown in `place`, in a place that is remembered at all."""
        if (seen := self._places.get(place)) is not None:
            self._mark(seen, item)

    def forget(self, place: int) -> None:
        self._places.pop(place, None)

    @staticmethod
    def _mark(seen: list[str], item: str) -> None:
        if item in seen:
            seen.remove(item)
        seen.append(item)


class ShownForGood:
    """The same, beyond a restart: a place is read from the database once, and what is shown is written behind."""

    def __init__(self, db: Database, clock: Clock, kind: str) -> None:
        self._db = db
        self._clock = clock
        self._kind = kind
        self._memory = Shown()
        self._forgettings = 0

    async def pick(self, place: int, candidates: Sequence[str], *, ranked: bool, marks: bool = True) -> str:
        """As Shown.pick. A database in trouble costs only the memory of earlier days."""
        await self._recall(place)
        chosen = self._memory.pick(place, candidates, ranked=ranked, marks=marks)
        if marks:
            self._write_behind(place, chosen)
        return chosen

    async def mark(self, place: int, item: str) -> None:
        await self._recall(place)
        self._memory.mark(place, item)
        self._write_behind(place, item)

    def forget(self, place: int) -> None:
        """Keeps nothing of this place in memory: to be called once the database has forgotten it."""
        self._forgettings += 1
        self._memory.forget(place)

    async def _recall(self, place: int) -> None:
        if self._memory.knows(place):
            return
        forgettings = self._forgettings
        try:
            async with self._db.read() as connection:
                items = await shown_in(connection, place, self._kind)
        except SQLAlchemyError as error:
            log.warning("what was shown here could not be read", kind=self._kind, error=type(error).__name__)
            items = []
        if forgettings != self._forgettings:
            items = []  # it may have been this place, read before it was forgotten
        if not self._memory.knows(place):  # somebody else may have asked meanwhile
            self._memory.recall(place, items)

    def _write_behind(self, place: int, item: str) -> None:
        # Nobody waits for it: losing the last few in a crash is allowed, keeping a member waiting is not.
        mark = MarkShown(place, self._kind, item, self._clock.now())
        self._db.begin_writing(mark).add_done_callback(self._written)

    def _written(self, result: "asyncio.Future[None]") -> None:
        trouble = None if result.cancelled() else result.exception()
        if isinstance(trouble, NotSaved):
            log.warning("what was shown was not saved", kind=self._kind, reason=trouble.reason)
        elif trouble is not None:
            log.error("what was shown was not saved", kind=self._kind, exc_info=trouble)
