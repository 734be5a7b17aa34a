"""What many want at the same time, done together: a batch of writing, or one look for all who ask."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

W = TypeVar("W")
R = TypeVar("R")

MOST_TOGETHER = 64


class Together(Generic[W, R]):
    """Does what waits, then what came meanwhile, in the order in which it came."""

    def __init__(self, do: Callable[[Sequence[W]], Awaitable[Sequence[R | Exception]]]) -> None:
        """`do` gives a result for each, in order; one that is an exception is raised to its caller alone."""
        self._do = do
        self._waiting: deque[tuple[W, asyncio.Future[R]]] = deque()
        self._doing: asyncio.Task[None] | None = None

    async def one(self, wanted: W) -> R:
        """The result for `wanted`. A caller that is cancelled breaks nothing: it is done all the same."""
        return await self.begin(wanted)

    def begin(self, wanted: W) -> "asyncio.Future[R]":
        """The same, for whoever does not wait for it."""
        done: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, done))
        # The task lives while there is work: one that rests would look like unfinished work to a simulated Discord,
        # and while it works, the next batch gathers by itself.
        if self._doing is None or self._doing.done():
            self._doing = asyncio.create_task(self._do_all())
        return done

    async def all_done(self) -> None:
        if self._doing is not None:
            await asyncio.wait({self._doing})

    async def _do_all(self) -> None:
        batch: list[tuple[W, asyncio.Future[R]]] = []
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
                _tell(batch, await self._results([wanted for wanted, _ in batch]))
        except asyncio.CancelledError:
            for _, done in (*batch, *self._waiting):
                done.cancel()  # the loop ends: nobody is left waiting for ever
            self._waiting.clear()
            raise

    async def _results(self, batch: Sequence[W]) -> Sequence[R | Exception]:
        try:
            return await self._do(batch)
        except Exception as error:
            return [error for _ in batch]


def _tell(batch: Sequence[tuple[W, "asyncio.Future[R]"]], results: Sequence[R | Exception]) -> None:
    for (_, done), result in zip(batch, results, strict=True):
        if done.done():
            continue  # its caller was cancelled
        if isinstance(result, Exception):
            done.set_exception(result)
        else:
            done.set_result(result)
