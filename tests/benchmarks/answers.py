"""Answers: a fact, a pledge by its form, and what is offered while somebody types."""

from tests.benchmarks.report import Row, at_least, at_most, median, percentile
from tests.benchmarks.rounds import Round, crowd, in_turn, latencies, ratios, sizes
from tests.benchmarks.run import Run, row

AT_ONCE = 64
RATES = (50, 200)
MANY_ANSWERS = 20_000

FLAT = 8.0
"""Megabytes: a tenth of what 20,000 answers would leave if discord.py kept their views, at 4.3 kB each."""


@row("fact_vs_floor", "fact_rss_growth")
async def fact_vs_floor(run: Run) -> list[Row]:
    """A fact in places seen before, 64 at once; then memory over 20,000 answers."""
    small = run.quick
    async with run.on_stage() as stage:
        bots = {"floor": await stage.floor(), "ours": await stage.ours()}
        ours = bots["ours"]
        for bot in bots.values():
            await crowd(bot, "fact", 300 if small else 2000, at_once=AT_ONCE)
        rounds, count = (3, 400) if small else (5, 4000)
        run.steps(2 * rounds + 2)
        found = await in_turn(bots, rounds, run.step, "fact", count, at_once=AT_ONCE)
        rows = [median("fact_vs_floor", ratios(found), "", at_least(0.9), shrunk=small)]
        rows += sizes("fact", found, shrunk=small)
        for rate in RATES:
            for name, bot in bots.items():
                paced = [await crowd(bot, "fact", rate * (1 if small else 10), rate=rate)]
                rows += latencies(f"fact: {name}, {rate}/s", paced, shrunk=small)
            run.step()
        before, many = ours.rss(), 1000 if small else MANY_ANSWERS
        await crowd(ours, "fact", many, at_once=AT_ONCE)
        rows.append(Row("fact_rss_growth", ours.rss() - before, "MB", at_most(FLAT), shrunk=small))
        rows.append(Row("fact: ours, memory", ours.rss(), "MB", shrunk=small))
        rows.append(Row("fact: floor, memory", bots["floor"].rss(), "MB", shrunk=small))
        await stage.end(*bots.values())
    return rows


@row()
async def pledge_vs_floor(run: Run) -> list[Row]:
    """The command, the form and a pledge safe on the disk, against a form that leads to nothing."""
    small = run.quick
    async with run.on_stage() as stage:
        bots = {"floor": await stage.floor(), "ours": await stage.ours()}
        for bot in bots.values():
            await crowd(bot, "pledge", 100 if small else 1000, at_once=AT_ONCE)
        rounds, count = (3, 200) if small else (5, 2000)
        run.steps(4 * rounds + 2)
        found = await in_turn(bots, rounds, run.step, "pledge", count, at_once=AT_ONCE)
        singly = await in_turn(bots, rounds, run.step, "pledge", count // 10, at_once=1)
        rows = [median("pledge_vs_floor", ratios(found), "", at_least(0.9), shrunk=small)]
        rows.append(median("pledge: one at a time, vs floor", ratios(singly), "", shrunk=small))
        rows += sizes("pledge", found, shrunk=small)
        rows += sizes("pledge, one at a time", singly, shrunk=small)[:4]
        for rate in RATES:
            for name, bot in bots.items():
                paced = [await crowd(bot, "pledge", rate * (1 if small else 10) // 2, rate=rate / 2)]
                rows += latencies(f"pledge: {name}, {rate}/s", paced, shrunk=small)
            run.step()
        await stage.end(*bots.values())
    return rows


@row()
async def autocomplete_p99_ms(run: Run) -> list[Row]:
    """What is offered while somebody types a topic or a country."""
    small = run.quick
    async with run.on_stage() as stage:
        ours = await stage.ours()
        rounds: list[Round] = []
        run.steps(2 if small else 5)
        await crowd(ours, "choosing", 100, rate=50)
        for _ in range(2 if small else 5):
            rounds.append(await crowd(ours, "choosing", 100 if small else 500, rate=50))
            run.step()
        await stage.end(ours)
    tails = [percentile(one.took, 0.99) for one in rounds]
    rows = [median("autocomplete_p99_ms", tails, "ms", at_most(10), shrunk=small)]
    return [*rows, median("autocomplete: CPU", [one.microseconds for one in rounds], "µs", shrunk=small)]
