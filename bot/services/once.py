"""What must happen once only, however often and fast a button is pressed."""

from collections import OrderedDict

MOST_KEYS = 10_000


class Once:
    """Remembers the latest keys; for things that a restart may forget, since their buttons are gone by then."""

    def __init__(self, most_keys: int = MOST_KEYS) -> None:
        self._keys: OrderedDict[int, None] = OrderedDict()
        self._most_keys = most_keys

    def first(self, key: int) -> bool:
        """True the first time that `key` comes, False ever after."""
        if key in self._keys:
            return False
        self._keys[key] = None
        if len(self._keys) > self._most_keys:
            self._keys.popitem(last=False)
        return True
