"""What stands in the logs, for people and for programs: never the token, and colours only where they are seen."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import ROOT
from tests.support.loopback import TOKEN
from tests.support.operator import PATIENCE, Operator

LEAKING = f"""
import logging, os
import structlog
from bot.logs import configure_logs
configure_logs("INFO", os.environ["LOG_FORMAT"], secret="{TOKEN}")
for log in (structlog.get_logger("bot"), logging.getLogger("aiohttp")):
    try:
        raise ValueError("Authorization: Bot {TOKEN}")
    except ValueError:
        log.exception("it failed for {TOKEN}")
"""

CHATTY = """
import logging
from bot.logs import configure_logs
configure_logs("DEBUG", "json")
for name in ("bot.x", "discord.gateway", "aiosqlite", "asyncio", "whatever"):
    logging.getLogger(name).debug("a member wrote this")
"""


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    operator = Operator(tmp_path)
    yield operator
    await operator.leaves()


@pytest.mark.parametrize("style", ["console", "json"])
async def test_the_token_is_struck_out_of_whatever_is_logged_tracebacks_included(
    operator: Operator, style: str
) -> None:
    end = await operator.runs(program=LEAKING, LOG_FORMAT=style)

    assert end.code == 0
    assert end.err.count("it failed for [secret]") == 2
    assert end.err.count("ValueError: Authorization: Bot [secret]") == 2
    if style == "json":
        assert len(end.logged) == 2


async def test_at_debug_level_it_is_uplift_that_tells_more_and_no_library(operator: Operator) -> None:
    end = await operator.runs(program=CHATTY, LOG_FORMAT="json")

    assert [entry["logger"] for entry in end.logged] == ["bot.x"], "a library's DEBUG may hold what people wrote"


async def test_a_terminal_gets_colours() -> None:
    terminal, its_other_end = os.openpty()
    env = {"PYTHONPATH": str(ROOT), "LOG_FORMAT": "console"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", LEAKING, env=env, stderr=its_other_end)
    await asyncio.wait_for(process.wait(), PATIENCE)
    said = os.read(terminal, 65536).decode()
    os.close(terminal)
    os.close(its_other_end)

    assert "\x1b[" in said
    assert TOKEN not in said
