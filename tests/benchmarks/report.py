"""What a benchmark found: rows, on the screen and as JSON."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

Sense = Literal["at least", "at most"]


@dataclass(frozen=True)
class Target:
    sense: Sense
    value: float

    def met_by(self, value: float) -> bool:
        return value >= self.value if self.sense == "at least" else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.sense == 'at least' else '≤'} {self.value:g}"


def at_least(value: float) -> Target:
    return Target("at least", value)


def at_most(value: float) -> Target:
    return Target("at most", value)


@dataclass(frozen=True)
class Row:
    """One figure. Without a target it is told for its size only."""

    name: str
    value: float
    unit: str
    target: Target | None = None
    spread: tuple[float, float] | None = None
    """The least and the greatest of the rounds whose median it is."""
    shrunk: bool = False
    """Whether it was measured at a smaller size than its target is meant for."""

    @property
    def ok(self) -> bool | None:
        return self.target.met_by(self.value) if self.target else None

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"target": str(self.target) if self.target else None, "ok": self.ok}


def median(name: str, values: Sequence[float], unit: str, target: Target | None = None, *, shrunk: bool) -> Row:
    return Row(name, statistics.median(values), unit, target, (min(values), max(values)), shrunk)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def show(console: Console, rows: Sequence[Row]) -> None:
    table = Table("row", "value", "unit", "target", "", "rounds")
    for row in rows:
        verdict = {None: "", True: "[green]met[/]", False: "[red]missed[/]"}[row.ok]
        if row.shrunk and row.ok is not None:
            verdict = "[dim]shrunk[/]"
        spread = f"{_figure(row.spread[0])} to {_figure(row.spread[1])}" if row.spread else ""
        style = "" if row.target else "dim"
        table.add_row(row.name, _figure(row.value), row.unit, str(row.target or ""), verdict, spread, style=style)
    console.print(table)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def write(file: Path, rows: Sequence[Row]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
