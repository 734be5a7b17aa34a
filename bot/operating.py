"""What operators do from the command line with the database and its backups, with progress, and in words."""

import asyncio
import csv
import json
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from bot.clock import Clock
from bot.exits import CannotGoOn, Exit
from bot.storage.backup import back_up
from bot.storage.campaign_export import FEWEST, OTHER, Row, numbers_of_campaign
from bot.storage.disk import Tell, in_megabytes, put, unfinished
from bot.storage.restore import restore

_COLUMNS = ("by", "country", "country_name", "week", "theme", "supporters", "pledges")


def tell_backup(url: str, target: Path | None, keep_days: int, clock: Clock) -> None:
    """Makes a backup, and says where it is and what was removed."""
    with progress() as tell:
        made = back_up(url, target, now=clock.now(), keep_days=keep_days, tell=tell)
    typer.echo(f"{made.path}: {in_megabytes(made.size)}, {_pledges(made.pledges)}. It was opened and checked.")
    if made.removed:
        typer.echo(f"Older than {keep_days} days, and removed: {_names(made.removed)}")
    if made.stuck:
        raise CannotGoOn(
            Exit.DATABASE, f"The backup is made. These are too old and can't be removed: {_names(made.stuck)}"
        )
    if made.miscounts:
        raise CannotGoOn(
            Exit.CONTENT,
            f"The backup holds all that the database holds, but counts there are wrong:\n{_listed(made.miscounts)}\n"
            "No older backup was removed.",
        )


def tell_restore(url: str, backup: Path, over: bool, without_erasures: bool, clock: Clock) -> None:
    """Restores a backup, and says what was done, and what whoever restores should know."""
    with progress() as tell:
        done = restore(url, backup, now=clock.now(), over=over, without_erasures=without_erasures, tell=tell)
    typer.echo(f"{done.path} is restored from {backup}: {_pledges(done.pledges)}.")
    if done.erased:
        people = "1 person had" if done.erased == 1 else f"{done.erased} people had"
        typer.echo(f"Erased again, since {people} asked for it after the backup was made.")
    if done.replaced:
        typer.echo(f"What was in its place is now {done.replaced}; a backup removes it when it is too old.")
    for note in done.notes:
        typer.echo(note, err=True)
    if done.miscounts:
        raise CannotGoOn(Exit.CONTENT, f"It is in place, but counts in it are wrong:\n{_listed(done.miscounts)}")


def tell_export(url: str, out: Path | None, as_json: bool, names: Mapping[str, str]) -> None:
    """Writes the campaign's numbers to `out`, or to standard output. `names` are those of countries, by their codes."""
    if out is not None and out.exists():
        raise CannotGoOn(Exit.SETTINGS, f"{out} is there already, and is not overwritten. Name another file.")
    with progress() as tell:
        rows = asyncio.run(numbers_of_campaign(url, tell))
    write = _write_json if as_json else _write_csv
    if out is None:
        with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as file:  # whatever the terminal speaks
            write(rows, names, file)
        return
    try:
        with unfinished(out) as part:
            with part.open("w", encoding="utf-8") as file:
                write(rows, names, file)
            put(part, out)
    except OSError as error:
        raise CannotGoOn(Exit.MACHINE, f"{out} can't be written: {error.strerror}.") from error
    typer.echo(f"{out}: {len(rows)} rows. Countries with fewer than {FEWEST} people stand under '{OTHER}'.")


@contextmanager
def progress() -> Generator[Tell]:
    """Shows on a terminal what is being done and how far it is; elsewhere nothing."""
    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("", total=None)

        def tell(step: str, share: float | None) -> None:
            shown.update(task, description=step, completed=share or 0)
            shown.tasks[0].total = None if share is None else 1  # `update` takes None for: as it was

        yield tell


def _write_csv(rows: Sequence[Row], names: Mapping[str, str], file: TextIO) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_values(row, names) for row in rows)


def _write_json(rows: Sequence[Row], names: Mapping[str, str], file: TextIO) -> None:
    lines = (json.dumps(dict(zip(_COLUMNS, _values(row, names), strict=True)), ensure_ascii=False) for row in rows)
    file.write("[\n" + ",\n".join(lines) + "\n]\n")


def _values(row: Row, names: Mapping[str, str]) -> tuple[str | int | None, ...]:
    name = names.get(row.country or "")
    return row.by, row.country, name, row.week, row.theme, row.supporters, row.pledges


def _pledges(count: int) -> str:
    return "1 pledge" if count == 1 else f"{count} pledges"


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)


def _listed(faults: Sequence[str]) -> str:
    return "\n".join(f"  {fault}" for fault in faults)
