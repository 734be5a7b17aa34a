"""One run of the benchmarks: which rows there are, how large they are to be, and how far it has come."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import Progress, TaskID

from tests.benchmarks.bots import Stage, stage
from tests.benchmarks.report import Row


@dataclass
class Run:
    """What a row is given."""

    quick: bool
    folder: Path
    """For what the row makes; it is thrown away after the run."""
    progress: Progress
    task: TaskID
    recorded: str = ""
    """What the floor answers, once it is recorded."""

    def steps(self, count: int) -> None:
        """From here on there are so many steps."""
        self.progress.update(self.task, total=count, completed=0)

    def step(self) -> None:
        self.progress.advance(self.task)

    @asynccontextmanager
    async def on_stage(self) -> AsyncIterator[Stage]:
        async with stage(self.recorded) as made:
            yield made
            self.recorded = await made.recorded()


Measure = Callable[[Run], Awaitable[list[Row]]]

ROWS: dict[str, Measure] = {}
"""By the names that ONLY takes, in the order in which they run."""


def row(*names: str) -> Callable[[Measure], Measure]:
    """What measures these rows; without names the one that it is called by."""

    def register(measure: Measure) -> Measure:
        ROWS.update(dict.fromkeys(names or (measure.__name__,), measure))
        return measure

    return register
