"""What is stored: how fast, what it costs to read when there is very much of it, and to take it all away."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from bot import DATA
from bot.campaign.load import load_campaign
from bot.clock import Clock
from bot.services import make_services
from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.benchmarks import writer
from tests.benchmarks.filled import fill, require_sound
from tests.benchmarks.report import Row, at_least, at_most, median
from tests.benchmarks.rounds import crowd
from tests.benchmarks.run import Run, row

FEW, MANY = 10_000, 10_000_000
HERE = 11
TO_EXPORT = 1_000_000


@row()
async def writer_vs_sqlite(run: Run) -> list[Row]:
    """tests.benchmarks.writer, 64 waiting."""
    small = run.quick
    count, rounds = (1280, 3) if small else (9600, 5)
    run.steps(2 * rounds)
    rates: dict[str, list[float]] = {"bare": [], "ours": []}
    for number in range(1, rounds + 1):
        for way in (writer.bare, writer.ours) if number % 2 else (writer.ours, writer.bare):
            path = run.folder / f"writer-{number}-{way.__name__}.db"
            migrate(f"sqlite+aiosqlite:///{path}")
            deeds = writer.pledges(count, number)
            _, seconds = await asyncio.to_thread(way, path, deeds, writer.WAITING)
            rates[way.__name__].append(count / seconds)
            run.step()
    ratios = [ours / bare for ours, bare in zip(rates["ours"], rates["bare"], strict=True)]
    rows = [median("writer_vs_sqlite", ratios, "", at_least(0.3), shrunk=small)]
    return rows + [median(f"writer: {name}", each, "pledges/s", shrunk=small) for name, each in rates.items()]


Question = Callable[[], Awaitable[Any]]


@row()
async def stats_growth(run: Run) -> list[Row]:
    """The numbers, the wall's last page and a theme's wall: at ten million pledges against ten thousand."""
    small = run.quick
    many, rounds, times = (FEW * 10, 3, 40) if small else (MANY, 5, 200)
    run.steps(2 + rounds)
    asked: dict[int, dict[str, Question]] = {}
    opened: list[Database] = []
    for count in (FEW, many):
        path = run.folder / f"{count}.db"
        await asyncio.to_thread(fill, path, count, HERE)
        if count == FEW:
            await asyncio.to_thread(require_sound, path)
        opened.append(Database(f"sqlite+aiosqlite:///{path}"))
        asked[count] = _questions(opened[-1])
        run.step()
    found: dict[str, dict[int, list[float]]] = {name: {FEW: [], many: []} for name in asked[FEW]}
    for _ in range(rounds):
        for name, by_size in found.items():
            for count, medians in (await _in_turn({size: asked[size][name] for size in by_size}, times)).items():
                by_size[count].append(medians)
        run.step()
    for db in opened:
        await db.close()
    for path in run.folder.glob("*0000.db"):
        path.unlink()
    growth = {
        name: [large / small_ for large, small_ in zip(by_size[many], by_size[FEW], strict=True)]
        for name, by_size in found.items()
    }
    worst = max(growth.values(), key=lambda each: sorted(each)[len(each) // 2])
    rows = [median("stats_growth", worst, "", at_most(1.2), shrunk=small)]
    for name, by_size in found.items():
        for count, medians in by_size.items():
            rows.append(median(f"{name}, {count:,} pledges", medians, "ms", shrunk=small))
    return rows


def _questions(db: Database) -> dict[str, Question]:
    pledges = make_services(load_campaign(DATA / "heforshe"), Clock(), db).pledges
    return {
        "/pledge stats": partial(pledges.numbers, HERE),
        "the wall's last page": partial(pledges.wall, HERE, "", "", "oldest", 0),
        "the wall of a theme": partial(pledges.wall, HERE, "safety", "", "newest", 0),
    }


async def _in_turn(questions: dict[int, Question], times: int) -> dict[int, float]:
    """The median milliseconds of each, asked by turns."""
    took: dict[int, list[float]] = {size: [] for size in questions}
    for _ in range(times):
        for size, ask in questions.items():
            began = time.perf_counter()
            await ask()
            took[size].append((time.perf_counter() - began) * 1000)
    return {size: sorted(each)[times // 2] for size, each in took.items()}


@row()
async def export_rss_mb(run: Run) -> list[Row]:
    """`/moderate export` of a million pledges: the most memory it takes beyond that of the idle bot."""
    small = run.quick
    count = 20_000 if small else TO_EXPORT
    run.steps(2)
    async with run.on_stage() as stage:
        ours = await stage.new(1)
        await asyncio.to_thread(fill, Path(ours.database), count, int(ours.first["guild"]))
        run.step()
        await stage.start_ours(ours)
        await crowd(ours, "fact", 20, at_once=1)
        await ours.settled()
        idle = ours.rss()
        ours.forget_peak()
        how = {name: ours.first[name] for name in ("owner", "channel")}
        taken = await crowd(ours, "export", 1, at_once=1, **how)
        rows = [Row("export_rss_mb", ours.peak() - idle, "MB", at_most(30), shrunk=small)]
        rows.append(Row("export: CPU", taken.bot_cpu, "s", shrunk=small))
        await stage.end(ours)
        run.step()
    return rows
