"""Time that passes by itself, and a database in the same thread: what happens depends on the seed alone.

Nobody waits for a machine here: as soon as everybody rests, the time is that of whoever wakes first.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from unittest.mock import patch

import aiosqlite

T = TypeVar("T")


LONGEST = 90 * 86400.0
"""Seconds that a world may last at most: one that goes on is waiting for something that never comes."""


class Deadlock(RuntimeError):
    """Everybody waits for somebody else."""


class _Nothing(selectors.SelectSelector):
    """Nothing ever comes from outside: to wait is to let the time pass."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None or self.passed > LONGEST:
            raise Deadlock("nobody is going to do anything any more")
        self.passed += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is what its sleepers make of it."""

    def __init__(self) -> None:
        self._clockwork = _Nothing()
        super().__init__(self._clockwork)

    def time(self) -> float:
        return self._clockwork.passed


class _AtOnce:
    """In place of the queue to aiosqlite's thread, and of the thread: what is asked for is done at once."""

    daemon = True

    def start(self) -> None:
        pass

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, do = asked
        try:
            result = do()
        except Exception as error:
            assert future is not None, "nobody waits for this"
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class _SameThread(aiosqlite.Connection):
    """So a transaction is one step, as it is for whoever else uses the database."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        at_once: Any = _AtOnce()
        self._tx = self._thread = at_once


def run(work: Coroutine[Any, Any, T]) -> T:
    """Lets it come to its end, in a time of its own. Whatever then still rests is cancelled."""
    with patch.object(aiosqlite.core, "Connection", _SameThread), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
