"""Kills bots again and again while people use them, each time starts them on the same database, and looks."""

import asyncio
import os
import random
import signal
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import aiohttp

from tests.crash.found import Found, Result
from tests.wire.child import Child
from tests.wire.client import Wire, connected
from tests.wire.server import serving

AT_RANDOM = ""
"""Stands among the steps for a moment that no step names."""

MOST_LANES = 4
_SHOWN = 400
"""Lines of what went over the wire, and of what a bot said, that are shown of a failure."""

Tell = Callable[[str, int, int, Found], None]
"""Told of each kill: the wrong way, or nothing for ours; kills so far, of how many; what was found."""


class Subject(Protocol):
    """What people do with a bot that is killed meanwhile, and what it must have kept. Each Discord has its own."""

    name: ClassVar[str]
    steps: ClassVar[Sequence[str]]
    """The steps at which it can be killed."""
    wrong_ways: ClassVar[Mapping[str, Literal["lost", "doubled"]]]
    """Ways of `tests.crash.wrong`, and what each must be found out by."""

    def __init__(self, child: Child, rng: random.Random) -> None: ...

    async def furnish(self) -> None:
        """Makes what is needed all the time. The bot does not run yet."""
        ...

    async def until_killed(self, step: str) -> None:
        """Lets people work until the bot was killed at this step, or at random."""
        ...

    async def look(self) -> Found:
        """Compares what people were told with what is kept. The bot runs again."""
        ...

    async def retry(self) -> None:
        """Lets people try again whatever they got no answer to, until they have one."""
        ...


async def crash(subject: type[Subject], kills: int, seed: int, folder: Path, tell: Tell) -> Result:
    """First the subject's wrong ways, each until it is found out; then ours, killed at each step and `kills` times at
    random. `folder` is an empty one.
    """
    async with serving() as server, connected(server.address) as session:
        stage = _Stage(subject, session, f"http://{server.address}", folder, seed, tell)
        steps = [*subject.steps, *[AT_RANDOM] * kills]
        async with asyncio.TaskGroup() as group:
            tries = {way: group.create_task(stage.run(steps, 1, way)) for way in subject.wrong_ways}
        caught = {way: stage.is_found_out(way, trying.result()) for way, trying in tries.items()}
        lanes = min(MOST_LANES, os.cpu_count() or 1, len(steps))
        return Result(subject.name, seed, caught, await stage.run(steps, lanes))


class _Stage:
    """One server, on which each bot has a Discord of its own."""

    def __init__(
        self,
        subject: type[Subject],
        session: aiohttp.ClientSession,
        address: str,
        folder: Path,
        seed: int,
        tell: Tell,
    ) -> None:
        self._subject, self._folder, self._seed, self._tell = subject, folder, seed, tell
        self._session, self._address = session, address

    async def run(self, steps: Sequence[str], lanes: int, way: str = "") -> Found:
        """Kills at each of the steps, on so many bots at a time. A wrong way has to be found once only."""
        found, left = Found(), deque(steps)
        self._tell(way, 0, len(steps), found)
        async with asyncio.TaskGroup() as group:
            for lane in range(lanes):
                group.create_task(self._lane(left, len(steps), found, way, f"{way or 'ours'}{lane}"))
        return found

    def is_found_out(self, way: str, found: Found) -> bool:
        """Whether a wrong way showed what it must; ours has nothing to show."""
        return way in self._subject.wrong_ways and bool(getattr(found, self._subject.wrong_ways[way]))

    async def _lane(self, left: deque[str], of: int, found: Found, way: str, name: str) -> None:
        """One bot, killed as long as steps are left."""
        (folder := self._folder / name).mkdir()
        child = _child(await Wire.new(self._session, self._address), folder, way)
        subject = self._subject(child, random.Random(f"{self._seed} {name}"))
        try:
            async with _explained(child, f"{name}, seed {self._seed}, at the first start"):
                await subject.furnish()
                await child.start()
            while left and not self.is_found_out(way, found):
                step = left.popleft()
                where = f"{name}, seed {self._seed}, killed at: {step or 'a random moment'}"
                async with _explained(child, where):
                    new = await _one(subject, child, step)
                    if new and not found.evidence:  # the first is the one to understand
                        new.evidence.append(await _evidence(child, where))
                found.add(new)
                found.numbers["kills"] += 1
                self._tell(way, found.numbers["kills"], of, found)
        finally:
            await child.leave()
            await child.wire.do("end")


def _child(wire: Wire, folder: Path, way: str) -> Child:
    if not way:
        return Child(wire, folder, LOG_LEVEL="INFO")
    child = Child(wire, folder, LOG_LEVEL="INFO", CRASH_WAY=way)
    child.program = "tests.crash.wrong"
    return child


async def _one(subject: Subject, child: Child, step: str) -> Found:
    """One kill, and what it did."""
    await child.wire.do("forget")
    await subject.until_killed(step)
    await _revive(child)
    found = await subject.look()
    await subject.retry()
    found.add(await subject.look())
    found.faults += await child.wire.faults(forget=True)
    return found


async def _revive(child: Child) -> None:
    """Starts it where it was killed. For it and its Discord no time has passed: what comes again is not too late."""
    assert (end := await child.end()).code == -signal.SIGKILL, f"it ended by itself with {end.code}:\n{end.said}"
    began = time.monotonic()
    child.database.with_suffix(".starts.json").unlink(missing_ok=True)  # it would space out its starts
    await child.wire.calm()
    await child.wire.do("settings", starts_left=1000)
    await child.start()
    ahead = child.time.ahead - (time.monotonic() - began)
    child.time.move(timedelta(seconds=ahead))
    await child.wire.do("settings", offset=ahead)


async def _evidence(child: Child, where: str) -> str:
    return "\n".join([where, *(await child.wire.transcript())[-_SHOWN:], *child.said.splitlines()[-_SHOWN:]])


@asynccontextmanager
async def _explained(child: Child, where: str) -> AsyncIterator[None]:
    """Whatever goes wrong within says where, what went over the wire, and what the bot said."""
    try:
        yield
    except Exception as error:
        error.add_note(await _evidence(child, where))
        raise


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something goes on meanwhile, and is waited for."""
    async with asyncio.TaskGroup() as group:
        group.create_task(work)
        yield
