"""What was shown where, so that nothing repeats in a place before all else that matches was shown there."""

import random
from collections import OrderedDict
from collections.abc import Sequence

MOST_PLACES = 4096
"""Places remembered at once, the latest used: some 8 MB at most. A place that was forgotten starts anew."""


class Shown:
    """A bounded memory of the items of one kind that were shown in each place, in the order they were shown."""

    def __init__(self, most_places: int = MOST_PLACES) -> None:
        self._places: OrderedDict[int, list[str]] = OrderedDict()
        self._most_places = most_places

    def pick(self, place: int, candidates: Sequence[str], *, ranked: bool) -> str:
        """One of `candidates` (not empty): one never shown in `place`, else the one shown longest ago; and marks it.

        Among those never shown, the first if they are `ranked`, else any.
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
        self._mark(seen, chosen)
        return chosen

    def mark(self, place: int, item: str) -> None:
        """Remembers that `item` was shown in `place`, in a place that is remembered at all."""
        if (seen := self._places.get(place)) is not None:
            self._mark(seen, item)

    @staticmethod
    def _mark(seen: list[str], item: str) -> None:
        if item in seen:
            seen.remove(item)
        seen.append(item)
