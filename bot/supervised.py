"""A task that goes on for as long as the bot does: when it ends, whatever the reason, it begins again after a pause."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from typing import ClassVar

import structlog

log = structlog.get_logger("bot.supervised")

FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0
"""Seconds before the task begins again: doubled each time that it ends before a round is done."""


class Supervised(ABC):
    """One task, begun once, until it is stopped for good."""

    name: ClassVar[str]
    """What it is called in the logs."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._again: asyncio.TimerHandle | None = None
        self._ends = 0
        self._is_stopped = False

    @abstractmethod
    async def _run(self, pause: float) -> None:
        """Rests for `pause` seconds, and then does its work, round after round, setting `_ends` to 0 after each."""

    async def stop(self) -> None:
        """Ends it for good, whatever is under way included."""
        self._is_stopped = True
        if self._again is not None:
            self._again.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})

    def _begin(self, pause: float) -> None:
        self._task = asyncio.create_task(self._run(pause))
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._is_stopped:
            return
        pause = min(FIRST_PAUSE * 2**self._ends, LONGEST_PAUSE)
        self._ends += 1
        # No task rests meanwhile, and nothing is said yet: it may be that the whole process is ending.
        self._again = asyncio.get_running_loop().call_later(pause, self._begin_again, task, pause)

    def _begin_again(self, ended: asyncio.Task[None], pause: float) -> None:
        error = asyncio.CancelledError() if ended.cancelled() else ended.exception()
        log.error(f"{self.name} had ended and begins again", error_id=new_id(), seconds=pause, exc_info=error)
        self._begin(0.0)


def new_id() -> str:
    """What an error is called in the logs."""
    return secrets.token_hex(3)
