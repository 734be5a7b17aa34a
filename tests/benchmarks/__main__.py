"""`python -m tests.benchmarks`: a table on the screen and var/bench.json.

QUICK=1 measures at smaller sizes, within a minute: to see that all of it runs, not to judge by. ONLY=row,row takes
some rows. Ends with 1 when a target is missed in a full run.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from bot import ROOT
from tests.benchmarks import answers, fanout, first_days, many_servers, storing
from tests.benchmarks.report import Row, show, write
from tests.benchmarks.run import ROWS, Measure, Run

__all__ = [
    "answers",
    "fanout",
    "first_days",
    "many_servers",
    "storing",
]  # their rows register as they are imported


def chosen(only: str) -> list[Measure]:
    """What measures the rows that were named, each once; all of it when none was. Raises SystemExit."""
    names = [name.strip() for name in only.split(",") if name.strip()] or list(ROWS)
    if unknown := [name for name in names if name not in ROWS]:
        raise SystemExit(f"There is no row {', '.join(unknown)}. There are: {', '.join(ROWS)}")
    return list(dict.fromkeys(ROWS[name] for name in names))


async def measure_all(measures: list[Measure], console: Console, rows: list[Row], *, quick: bool) -> None:
    """Adds to `rows` whatever is found, also where a later measurement fails."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    recorded = ""
    with Progress(*columns, console=console) as progress, tempfile.TemporaryDirectory() as folder:
        for measure in measures:
            run = Run(quick, Path(folder), progress, progress.add_task(measure.__name__, total=None), recorded)
            rows += await measure(run)
            recorded = run.recorded


def main() -> int:
    quick, console = os.environ.get("QUICK", "") not in ("", "0"), Console()
    file = Path(os.environ.get("BENCH_FILE", ROOT / "var" / "bench.json"))
    began = time.monotonic()
    measures, rows = chosen(os.environ.get("ONLY", "")), list[Row]()
    try:
        asyncio.run(measure_all(measures, console, rows, quick=quick))
    finally:
        show(console, rows)
        write(file, rows)
    missed = [row.name for row in rows if row.ok is False and not row.shrunk]
    console.print(f"{time.monotonic() - began:.0f} s; written to {file}", soft_wrap=True, highlight=False)
    if missed:
        console.print(f"Missed: {', '.join(missed)}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
