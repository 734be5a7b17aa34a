"""One bot without Discord's connection: its database, its services and its announcer, killed or halted at any step."""

import asyncio
import shutil
import weakref
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from bot.announcements.announcer import Announcer
from bot.announcements.outbox import Outbox
from bot.campaign.models import Campaign
from bot.clock import Clock
from bot.services import make_services
from bot.storage.database import Database, Operation
from bot.storage.errors import NotSaved
from bot.storage.migrate import migrate
from bot.storage.together import Together
from tests.sim.channels import Discord, SimCourier, Weather

T = TypeVar("T")

_whose: ContextVar["Process | None"] = ContextVar("whose", default=None)


class SimClock(Clock):
    """Rests for long, since nothing happens meanwhile; but sees within a minute, like the other, that it was set."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(now, longest_nap=86400.0)

    def look_up(self) -> None:
        for nap in [*self._naps]:
            nap.cancel()


class SimDatabase(Database):
    """A database whose process may end before each commit, or after it."""

    process: "Process | None" = None

    def begin_anew(self) -> None:
        """For another process; what was compiled once serves all."""
        self._batches = Together(self._store)
        self._writing = asyncio.Lock()
        self._is_closed = False

    async def leave(self) -> None:
        self.process = None
        await self._readers.dispose()
        await self._writer.dispose()

    async def _store(self, operations: Sequence[Operation[Any]]) -> list[Any]:
        process = self.process
        if process is None:
            return await super()._store(operations)
        names = " ".join(dict.fromkeys(type(operation).__name__ for operation in operations))
        await process.step(f"before {names}")
        if process.is_locked_out():
            return [NotSaved("locked") for _ in operations]
        stored = await super()._store(operations)
        await process.step(f"after {names}")
        return stored


class Databases:
    """Those of one world, all on one file. They are kept for the worlds that follow, since compiling takes long."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "uplift.db"
        self._template = folder / "template.db"
        self._spare: list[SimDatabase] = []
        migrate(f"sqlite+aiosqlite:///{self._template}")

    def clear(self) -> None:
        """A new world: nobody has opened the file."""
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copy(self._template, self.path)

    def take(self) -> SimDatabase:
        database = self._spare.pop() if self._spare else SimDatabase(f"sqlite+aiosqlite:///{self.path}")
        database.begin_anew()
        return database

    def give_back(self, database: SimDatabase) -> None:
        self._spare.append(database)


@dataclass(frozen=True)
class Surroundings:
    """What all processes of a world share."""

    campaign: Campaign
    now: Callable[[], datetime]
    databases: Databases
    discord: Discord
    weather: Weather
    poisoned: set[str]
    outbox: type[Outbox]
    """The right one, or a wrong one that is to be found out."""
    tell: Callable[[str], None]
    """Writes down what happens."""


_PLANNING = ("ChooseSetting", "TakeWallNews", "TakeTargets", "TakeSettings", "Replan")


@dataclass
class Process:
    """A bot that runs."""

    name: str
    around: Surroundings
    ended: Callable[["Process"], None]
    """Told when it was killed."""
    is_dead: bool = False
    dies_in: int = 0
    """Steps until it is killed, if above 0."""
    halts_in: int = 0
    halts_for: float = 0.0
    locked_until: float = 0.0
    """By the loop's clock: until when another program keeps the database locked."""
    _halted_until: float = 0.0
    _tasks: "weakref.WeakSet[asyncio.Task[Any]]" = field(default_factory=weakref.WeakSet)

    def begin(self) -> None:
        around = self.around
        self._end: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.clock = SimClock(around.now)
        self.db = around.databases.take()
        self.db.process = self
        self.services = make_services(around.campaign, self.clock, self.db)
        self.courier = SimCourier(self, around.discord, around.weather, around.poisoned)
        self.announcer = Announcer(self.services, self.db, self.courier)
        if around.outbox is not Outbox:
            mend = self.announcer._bring_up_to_date
            self.announcer._outbox = around.outbox(self.services, self.db, self.courier, mend)
        self.does(self.announcer.start)
        self.around.tell(f"{self.name} begins")

    def does(self, deed: Callable[..., T], *words: Any) -> T:
        """Does something as this process: the tasks that it begins end with it."""
        context = copy_context()
        context.run(_whose.set, self)
        return context.run(deed, *words)

    async def lives_through(self, work: Coroutine[Any, Any, T]) -> T | None:
        """The result of some work, or None where the process ends meanwhile. Raises what the work raises."""
        task = self.does(asyncio.ensure_future, work)
        await asyncio.wait({task, self._end}, return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() and not task.cancelled() else None

    def is_locked_out(self) -> bool:
        return asyncio.get_running_loop().time() < self.locked_until

    async def step(self, name: str) -> None:
        """Something is about to happen, or has; a process that is dead comes no further."""
        loop = asyncio.get_running_loop()
        if not self.is_dead and self.dies_in:
            self.dies_in -= 1
            if not self.dies_in:
                self.around.tell(f"{self.name} is killed: {name}")
                self.is_dead = True
                self._end.set_result(None)
                loop.call_soon(self.ended, self)
        # It goes on thinking while it stands still; whoever plans would be told that it took too long.
        if not self.is_dead and self.halts_in and name.rpartition(" ")[2] not in _PLANNING:
            self.halts_in -= 1
            if not self.halts_in:
                self.around.tell(f"{self.name} stands still for {self.halts_for:.0f} s: {name}")
                self._halted_until = loop.time() + self.halts_for
        while not self.is_dead and loop.time() < self._halted_until:  # noqa: ASYNC110 (it may be halted for longer)
            await asyncio.sleep(self._halted_until - loop.time())
        if self.is_dead:
            await loop.create_future()

    async def bury(self) -> None:
        """What is left of it ends, and nothing of that is seen by anybody."""
        self.is_dead = True
        self.announcer._is_stopped = True
        if self.announcer._again is not None:
            self.announcer._again.cancel()
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.wait(left)
            for task in left:
                with suppress(asyncio.CancelledError, Exception):
                    task.result()
        for _ in range(5):
            await asyncio.sleep(0)  # connections are still being given back
        await self.db.leave()
        self.around.databases.give_back(self.db)

    async def end(self) -> None:
        """It is told to stop."""
        self.around.tell(f"{self.name} is told to stop")
        await self.announcer.stop()
        await self.bury()


def owned(loop: asyncio.AbstractEventLoop, work: Any, context: Any = None) -> "asyncio.Task[Any]":
    """Makes tasks for a loop, each of which belongs to the process that began it, and ends with it."""
    task = asyncio.Task(work, loop=loop, context=context)
    owner = _whose.get() if context is None else context.get(_whose)
    if owner is not None and "sqlalchemy" not in work.cr_code.co_filename:  # it gives connections back: that must be
        owner._tasks.add(task)
    return task
