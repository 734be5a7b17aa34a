"""`python -m tests.crash 200`: kills the bot at each step and 200 times at random; one line says what came of it."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.crash.found import Found, Result
from tests.crash.pledges import Pledges
from tests.crash.runner import crash


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kills", type=int, nargs="?", default=10)
    arguments.add_argument("--seed", type=int, default=None)
    given = arguments.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    console = Console(stderr=True, highlight=False)
    console.print(f"seed {seed}")
    result = _watched(given.kills, seed, console)
    console.print(", ".join(f"{what} {count}" for what, count in result.found.numbers.items()), markup=False)
    for complaint in result.complaints():
        console.print(complaint, markup=False, soft_wrap=True)
    sys.stdout.write(f"{result}\n")
    return 0 if result.is_right else 1


def _watched(kills: int, seed: int, console: Console) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, tempfile.TemporaryDirectory(prefix="uplift-crash-") as folder:
        bars = {}

        def tell(way: str, done: int, of: int, found: Found) -> None:
            if way not in bars:
                bars[way] = progress.add_task("", total=of)
            about = f"lost {len(found.lost)}, doubled {len(found.doubled)}"
            total = done if way and found else of
            progress.update(bars[way], description=f"{way or 'ours'}: {about}", completed=done, total=total)

        return asyncio.run(crash(Pledges, kills, seed, Path(folder), tell))


if __name__ == "__main__":
    sys.exit(main())
