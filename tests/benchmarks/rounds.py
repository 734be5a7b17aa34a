"""Rounds of a crowd on several bots in turn, and what each took."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.bots import Bot
from tests.benchmarks.report import Row, median, percentile


@dataclass(frozen=True)
class Round:
    """What one crowd met."""

    interactions: int
    seconds: float
    bot_cpu: float
    wire_cpu: float
    took: list[float]
    """Milliseconds until each answer."""
    tried_again: int
    """Interactions that were not answered in time, and done once more."""

    @property
    def microseconds(self) -> float:
        """Of the bot's CPU, for each interaction."""
        return self.bot_cpu / self.interactions * 1e6

    @property
    def rate(self) -> float:
        return self.interactions / self.seconds


async def crowd(bot: Bot, story: str, count: int, **how: Any) -> Round:
    """`at_once` or `rate`, and what the story asks for."""
    before = bot.cpu()
    report = await bot.wire.do("crowd", story=story, count=count, **how)
    took = report["took"]
    return Round(len(took), report["seconds"], bot.cpu() - before, report["cpu"], took, report["tried_again"])


async def in_turn(
    bots: Mapping[str, Bot], rounds: int, advance: Callable[[], None], story: str, count: int, **how: Any
) -> dict[str, list[Round]]:
    """As many rounds for each of the bots; who begins changes from round to round."""
    found: dict[str, list[Round]] = {name: [] for name in bots}
    for number in range(rounds):
        for name in list(bots) if number % 2 else reversed(list(bots)):
            found[name].append(await crowd(bots[name], story, count, **how))
            advance()
    return found


def ratios(found: Mapping[str, Sequence[Round]]) -> list[float]:
    """The floor's CPU for an interaction in parts of ours, of each round: 1 is as fast as the floor, less is slower."""
    return [floor.microseconds / ours.microseconds for floor, ours in zip(found["floor"], found["ours"], strict=True)]


def sizes(name: str, found: Mapping[str, Sequence[Round]], *, shrunk: bool) -> list[Row]:
    """The absolute figures behind a ratio, and the wire's headroom: how much of a processor it used itself."""
    rows: list[Row] = []
    for who, rounds in found.items():
        rows.append(median(f"{name}: {who}, CPU", [one.microseconds for one in rounds], "µs", shrunk=shrunk))
        rows.append(median(f"{name}: {who}, rate", [one.rate for one in rounds], "1/s", shrunk=shrunk))
    of_wire = [one for rounds in found.values() for one in rounds]
    alone = [one.interactions / one.wire_cpu for one in of_wire]
    rows.append(median(f"{name}: the wire alone could", alone, "1/s", shrunk=shrunk))
    rows.append(
        median(
            f"{name}: the wire's share of a core", [one.wire_cpu / one.seconds for one in of_wire], "", shrunk=shrunk
        )
    )
    if again := sum(one.tried_again for one in of_wire):
        rows.append(Row(f"{name}: not answered in time", again, "", shrunk=shrunk))
    return rows


def latencies(name: str, rounds: Sequence[Round], *, shrunk: bool) -> list[Row]:
    return [
        median(f"{name}, p{share}", [percentile(one.took, share / 100) for one in rounds], "ms", shrunk=shrunk)
        for share in (50, 99)
    ]
