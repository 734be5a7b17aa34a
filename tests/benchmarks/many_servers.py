"""Ten thousand servers: what a start costs, what memory it takes, and whether answers stay quick."""

from tests.benchmarks.bots import Bot, Stage
from tests.benchmarks.report import Row, at_most, median, percentile
from tests.benchmarks.rounds import crowd
from tests.benchmarks.run import Run, row

MANY = 10_000
RATE = 200


@row("rss_10000_vs_floor", "start_vs_floor", "fact_p99_10000")
async def many_servers(run: Run) -> list[Row]:
    small = run.quick
    servers, starts = (300, 1) if small else (MANY, 5)
    run.steps(2 * starts + (4 if small else 10))
    async with run.on_stage() as stage:
        bots = {"floor": await stage.new(servers), "ours": await stage.new(servers)}
        used: dict[str, list[tuple[float, float]]] = {name: [] for name in bots}
        for _ in range(starts):
            for name, bot in bots.items():
                await bot.stop()
                used[name].append(await _start(stage, name, bot))
                run.step()
        rows = _rows(used, shrunk=small)
        await bots["floor"].stop()
        rows += await _quick_still(run, stage, bots["ours"], servers)
    return rows


async def _start(stage: Stage, name: str, bot: Bot) -> tuple[float, float]:
    """Seconds of CPU until the first answer, and megabytes once all servers have come."""
    await (stage.start_ours(bot) if name == "ours" else stage.start_floor(bot))
    await crowd(bot, "fact", 1, at_once=1)
    cpu = bot.cpu()
    await bot.settled()
    return cpu, bot.rss()


def _rows(used: dict[str, list[tuple[float, float]]], *, shrunk: bool) -> list[Row]:
    pairs = list(zip(used["ours"], used["floor"], strict=True))
    rows = [
        median("rss_10000_vs_floor", [ours[1] / floor[1] for ours, floor in pairs], "", at_most(1.3), shrunk=shrunk),
        median("start_vs_floor", [ours[0] / floor[0] for ours, floor in pairs], "", at_most(1.3), shrunk=shrunk),
    ]
    for name, starts in used.items():
        rows.append(median(f"10,000 servers: {name}, start", [cpu for cpu, _ in starts], "s of CPU", shrunk=shrunk))
        rows.append(median(f"10,000 servers: {name}, memory", [rss for _, rss in starts], "MB", shrunk=shrunk))
    return rows


async def _quick_still(run: Run, stage: Stage, many: Bot, servers: int) -> list[Row]:
    small = run.quick
    bots = {"one": await stage.ours(), "many": many}
    spread = min(servers, 500)
    for name, bot in bots.items():
        await crowd(bot, "fact", 1000, at_once=64, spread=spread if name == "many" else 1)
    seconds, rounds = (1, 2) if small else (5, 5)
    found = {name: [] for name in bots}
    for _ in range(rounds):
        for name, bot in bots.items():
            how = {"rate": RATE, "spread": spread if name == "many" else 1}
            found[name].append(await crowd(bot, "fact", RATE * seconds, **how))
            run.step()
    tails = {name: [percentile(one.took, 0.99) for one in each] for name, each in found.items()}
    times = [many_ms / one_ms for many_ms, one_ms in zip(tails["many"], tails["one"], strict=True)]
    rows = [median("fact_p99_10000", times, "", at_most(2), shrunk=small)]
    for name, count in (("one", "1 server"), ("many", "10,000 servers")):
        rows.append(median(f"{count}: /fact at {RATE}/s, p99", tails[name], "ms", shrunk=small))
    await stage.end(*bots.values())
    return rows
