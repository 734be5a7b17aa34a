"""One seed after the other: what each world came to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from structlog.testing import capture_logs

from bot.announcements.outbox import Outbox
from tests.sim.judge import Judge
from tests.sim.process import Databases
from tests.sim.virtual import run
from tests.sim.world import World


@dataclass(frozen=True)
class Outcome:
    """What became of a world."""

    seed: int
    faults: tuple[str, ...]
    said: tuple[str, ...]
    """What happened, for whoever has to understand a fault."""
    posts: int

    def __str__(self) -> str:
        return "\n".join([f"seed {self.seed}", *self.faults])


@contextmanager
def databases() -> Iterator[Databases]:
    """Those of one process, in a folder of their own."""
    with folder() as where:
        yield Databases(where)


@contextmanager
def folder() -> Iterator[Path]:
    """An empty one, in memory where the machine has such."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of its own in it)
    with TemporaryDirectory(prefix="uplift-sim-", dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def play(seed: int, files: Databases, outbox: type[Outbox] = Outbox) -> Outcome:
    """Lets the world of this seed live; the same one comes to the same, always."""

    async def living() -> Outcome:
        world = World(seed, files, outbox)
        try:
            await world.live()
            faults = await Judge(world, files).faults()
        finally:
            await world.end()
        return Outcome(seed, tuple(faults), tuple(world.said), len(world.discord.messages))

    with capture_logs() as logs:
        outcome = run(living())
    strange = [entry for entry in logs if entry["log_level"] == "error" and not _is_expected(entry)]
    said = tuple(sorted({str(entry) for entry in strange}))
    return Outcome(seed, (*outcome.faults, *said), outcome.said, outcome.posts)


def _is_expected(entry: Mapping[str, Any]) -> bool:
    """What a poisoned row raises, and what takes too long while a process stands still."""
    cause, event = entry.get("exc_info"), str(entry["event"])
    return "nobody can make sense" in str(cause) or isinstance(cause, TimeoutError) or event.startswith("Discord takes")
