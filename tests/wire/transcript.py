"""What went over the wire, in its order: requests, answers, events of the gateway. A failing test prints it."""

import time
from collections import deque
from typing import Any, Literal

import orjson

Kind = Literal["request", "answer", "event", "gateway", "note"]

_SIGNS: dict[Kind, str] = {"request": "->", "answer": "<-", "event": "=>", "gateway": "~~", "note": "!!"}
_MOST_SHOWN = 240


class Transcript:
    """The latest entries, each with a number, the seconds since the beginning, and what belongs to it."""

    def __init__(self, most: int = 4000) -> None:
        self._entries: deque[tuple[int, float, Kind, str, Any]] = deque(maxlen=most)
        self._began = time.monotonic()
        self._count = 0

    def add(self, kind: Kind, what: str, detail: Any = None) -> int:
        """Notes something and returns its number. `detail` is kept as it is, not copied: it must not change later."""
        self._count += 1
        self._entries.append((self._count, time.monotonic() - self._began, kind, what, detail))
        return self._count

    def forget(self) -> None:
        self._entries.clear()

    def lines(self) -> list[str]:
        return [
            f"#{number} +{at:.3f}s {_SIGNS[kind]} {what}{_shown(detail)}"
            for number, at, kind, what, detail in self._entries
        ]

    def entries(self) -> list[dict[str, Any]]:
        return [
            {"number": number, "at": at, "kind": kind, "what": what, "detail": detail}
            for number, at, kind, what, detail in self._entries
        ]


def _shown(detail: Any) -> str:
    if detail is None:
        return ""
    text = orjson.dumps(detail, default=str).decode()
    return f" {text[:_MOST_SHOWN]}…" if len(text) > _MOST_SHOWN else f" {text}"
