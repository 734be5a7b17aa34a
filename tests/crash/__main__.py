"""`python -m tests.crash 200`: kills the bot at each step and 200 times at random; a line each says what came of it."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.crash.announcements import Announcements
from tests.crash.found import Found, Result
from tests.crash.pledges import Pledges
from tests.crash.runner import Subject, crash

SUBJECTS: Sequence[type[Subject]] = (Pledges, Announcements)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("kills", type=int, nargs="?", default=10)
    arguments.add_argument("--seed", type=int, default=None)
    arguments.add_argument("--only", choices=[subject.name for subject in SUBJECTS], default="")
    given = arguments.parse_args()
    seed = secrets.randbelow(1_000_000) if given.seed is None else given.seed
    console = Console(stderr=True, highlight=False)
    console.print(f"seed {seed}")
    results = [
        _watched(subject, given.kills, seed, console) for subject in SUBJECTS if given.only in ("", subject.name)
    ]
    for result in results:
        sys.stdout.write(f"{result}\n")
    return 0 if all(result.is_right for result in results) else 1


def _watched(subject: type[Subject], kills: int, seed: int, console: Console) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, tempfile.TemporaryDirectory(prefix="uplift-crash-") as folder:
        bars = {}

        def tell(way: str, done: int, of: int, found: Found) -> None:
            if way not in bars:
                bars[way] = progress.add_task("", total=of)
            about = f"lost {len(found.lost)}, doubled {len(found.doubled)}"
            total = done if way and found else of
            progress.update(bars[way], description=f"{way or 'ours'}: {about}", completed=done, total=total)

        result = asyncio.run(crash(subject, kills, seed, Path(folder), tell))
    console.print(", ".join(f"{what} {count}" for what, count in result.found.numbers.items()), markup=False)
    for complaint in result.complaints():
        console.print(complaint, markup=False, soft_wrap=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
