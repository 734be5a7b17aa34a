"""The first three days of a campaign, as fast as the bot takes them: nothing that was acknowledged may be missing."""

import sqlite3
from collections import defaultdict
from contextlib import closing
from typing import Any

from babel import Locale

from bot import DATA
from bot.campaign.load import load_campaign
from bot.storage.check import faults_of
from tests.benchmarks.answers import AT_ONCE
from tests.benchmarks.bots import Bot
from tests.benchmarks.report import Row, at_least, at_most, median
from tests.benchmarks.rounds import Round, crowd, ratios, sizes
from tests.benchmarks.run import Run, row

PLEDGES, SERVERS, STATES = 100_000, 500, 193
PARTS = 5


@row("first_days_lost", "first_days_vs_floor")
async def first_days(run: Run) -> list[Row]:
    """100,000 pledges by as many members of 193 countries in 500 servers; some send twice, edit, withdraw."""
    small = run.quick
    count, servers = (1000, 20) if small else (PLEDGES, SERVERS)
    codes = [country.iso2 for country in load_campaign(DATA / "heforshe").countries][:STATES]
    names = {Locale("en").territories[code]: code for code in codes}
    run.steps(PARTS + 1)
    found: dict[str, list[Round]] = {"floor": [], "ours": []}
    async with run.on_stage() as stage:
        floor, ours = await stage.floor(), await stage.ours(servers)
        await crowd(floor, "pledge", count // 50, at_once=AT_ONCE)
        for part in range(PARTS):
            how: dict[str, Any] = {"at_once": AT_ONCE, "countries": list(names), "first": part * (count // PARTS)}
            found["ours"].append(await crowd(ours, "first_days", count // PARTS, **how))
            found["floor"].append(await crowd(floor, "pledge", count // 50, at_once=AT_ONCE))
            run.step()
        promised = await ours.wire.do("promised")
        await stage.end(floor, ours)
        lost = await _lost(ours, promised, names)
        run.step()
    rows = [Row("first_days_lost", len(lost), "", at_most(0), shrunk=small)]
    rows.append(median("first_days_vs_floor", ratios(found), "", at_least(0.8), shrunk=small))
    return rows + sizes("first days", found, shrunk=small)


async def _lost(bot: Bot, promised: list[dict[str, Any]], names: dict[str, str]) -> list[str]:
    """What differs from what people were told: pledges missing, other, twice; and tallies that are off."""
    stored: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with closing(sqlite3.connect(bot.database)) as connection:
        for found in connection.execute("SELECT member_id, guild_id, words, country, is_public FROM pledge"):
            stored[found[0]].append(found[1:])
    lost: list[str] = []
    for kept in promised:
        found = stored.pop(int(kept["member"]), [])
        due = (int(kept["guild"]), kept["words"], names[kept["country"]], int(kept["wall"]))
        if found != ([] if kept["is_withdrawn"] else [due]):
            lost.append(f"of member {kept['member']}: {found}")
    faults, _ = await faults_of(f"sqlite+aiosqlite:///{bot.database}")
    return [*lost, *(f"nobody was told of {found}" for found in stored.values()), *faults]
