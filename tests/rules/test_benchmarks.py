"""The benchmarks' own promises: the floor is bare and sends the same; a run leaves figures that programs can read."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from bot import ROOT
from tests.benchmarks.__main__ import chosen
from tests.benchmarks.bots import PROMISE, Bot, stage, without_numbers
from tests.benchmarks.report import Row, at_least, at_most, write

FLOOR = ROOT / "tests" / "benchmarks" / "floor.py"

COMMAND_ID = re.compile(r"(</[a-z ]+):[0-9]+>")
"""A command to be pressed in a text: each Discord gives it an id of its own."""


def test_the_floor_is_a_bare_bot_of_under_sixty_lines() -> None:
    source = FLOOR.read_text(encoding="utf-8")

    assert len(source.splitlines()) < 60
    assert "bot." not in source.replace("https://", "")


def test_the_document_tells_only_of_rows_that_are_measured() -> None:
    page = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z0-9_]+)` \|", page, re.MULTILINE)

    assert len(told) > 10
    chosen(",".join(told))  # it ends for a row that there is none of


async def _sent(bot: Bot, facts: int) -> list[str]:
    """The bodies that a bot sends for a form, for what is sent with it, and for some facts."""
    wire = bot.wire
    guild = await wire.guild()
    member = await wire.member(guild)
    form = await wire.slash(member, guild.general, "pledge make", theme="home")
    await wire.submit(member, form, words=PROMISE)
    for _ in range(facts):
        await wire.slash(member, guild.general, "fact")
    bodies = [json.dumps(without_numbers(each["detail"])) for each in await wire.requests("POST", "/interactions/")]
    return [COMMAND_ID.sub(r"\1:1>", body) for body in bodies]


async def test_the_floor_sends_what_the_product_sends() -> None:
    async with stage() as made:
        facts = len(json.loads(await made.recorded())) - 2
        bots = [await made.floor(), await made.ours()]
        floor, ours = [await _sent(bot, facts) for bot in bots]
        await made.end(*bots)

    assert facts > 10
    assert floor[:2] == ours[:2]
    assert sorted(floor[2:]) == sorted(ours[2:])  # each fact once, in an order of its own


def test_a_quick_run_of_one_row_leaves_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "var" / "bench.json"
    env = os.environ | {"QUICK": "1", "ONLY": "writer_vs_sqlite", "BENCH_FILE": str(file), "COLUMNS": "120"}

    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )

    assert run.returncode == 0, run.stdout + run.stderr
    rows = {row["name"]: row for row in json.loads(file.read_text(encoding="utf-8"))}
    ratio = rows["writer_vs_sqlite"]
    assert set(ratio) == {"name", "value", "unit", "target", "spread", "shrunk", "ok"}
    assert ratio["shrunk"] is True
    assert ratio["target"] == "≥ 0.3"
    assert ratio["spread"][0] <= ratio["value"] <= ratio["spread"][1]
    assert "writer_vs_sqlite" in run.stdout


def test_an_unknown_row_is_named_with_those_that_there_are(tmp_path: Path) -> None:
    env = os.environ | {"ONLY": "fact_vs_flor", "BENCH_FILE": str(tmp_path / "none.json")}

    run = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks"], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )

    assert run.returncode == 1
    assert "There is no row fact_vs_flor" in run.stderr
    assert "fact_vs_floor" in run.stderr
    assert not (tmp_path / "none.json").exists()


def test_a_target_is_met_from_its_own_side(tmp_path: Path) -> None:
    rows = [
        Row("quick", 0.95, "", at_least(0.9)),
        Row("slow", 0.85, "", at_least(0.9)),
        Row("small", 1.3, "", at_most(1.3)),
        Row("large", 1.31, "", at_most(1.3)),
        Row("told", 7, "ms"),
    ]
    write(tmp_path / "bench.json", rows)

    found = {row["name"]: row["ok"] for row in json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))}
    assert found == {"quick": True, "slow": False, "small": True, "large": False, "told": None}
