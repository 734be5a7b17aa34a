"""`python -m tests.sim --seed 1 --runs 1000`: so many worlds in virtual time; one line says what came of them.

Each seed is a world of its own, and always the same one: `--seed 4711 --runs 1` plays a failure again, and tells what
happened in it.
"""

import argparse
import secrets
import sys
from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.sim.many import is_found_out, played, workers
from tests.sim.run import Outcome, databases, play
from tests.sim.wrong import WAYS


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m tests.sim", description=__doc__)
    arguments.add_argument("--seed", type=int, default=None, help="the first seed; any, if none is given")
    arguments.add_argument("--runs", type=int, default=100)
    given = arguments.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    if given.runs == 1:
        return _once(seed, console)
    console.print(f"seeds {seed} to {seed + given.runs - 1}")
    with workers() as pool:
        missed = [way for way in WAYS if not is_found_out(pool, way, seed)]
        for way in missed:
            console.print(f"not found out: {way}", markup=False)
        caught = f"caught {len(WAYS) - len(missed)} of {len(WAYS)}, "
        is_right = _told(_watched(played(pool, seed, given.runs), given.runs, console), console, caught)
    return 0 if is_right and not missed else 1


def _once(seed: int, console: Console) -> int:
    with databases() as files:
        outcome = play(seed, files)
    console.print("\n".join(outcome.said), markup=False)
    return 0 if _told([outcome], console) else 1


def _watched(outcomes: Iterable[Outcome], count: int, console: Console) -> Iterator[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield from progress.track(outcomes, count, description="worlds")


def _told(outcomes: Iterable[Outcome], console: Console, caught: str = "") -> bool:
    """Tells what came of them; whether all came to what they should."""
    worlds = posts = bad = 0
    for outcome in outcomes:
        worlds, posts, bad = worlds + 1, posts + outcome.posts, bad + bool(outcome.faults)
        if outcome.faults:
            console.print(str(outcome), markup=False)
    sys.stdout.write(f"simulation: {caught}{worlds} worlds, {posts} posts, {bad} worlds with faults\n")
    return not bad


if __name__ == "__main__":
    sys.exit(main())
