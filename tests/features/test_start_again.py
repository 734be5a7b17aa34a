"""A bot that is started again and again counts its starts beside the database, and waits before it connects."""

import json
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.exits import Exit
from bot.restarts import FIRST_PAUSE, FREE_STARTS, MOST_SESSIONS, Why
from tests.support.loopback import TOKEN, Loopback, loopback
from tests.support.operator import Operator, Running

QUICK, DAY = Why.QUICK.value, Why.DAY.value


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    operator = Operator(tmp_path)
    yield operator
    await operator.leaves()


@pytest.fixture
async def discord() -> AsyncIterator[Loopback]:
    async with loopback() as discord:
        yield discord


def counted(operator: Operator) -> list[dict[str, Any]]:
    """The starts that stand in the file."""
    return json.loads((operator.folder / "uplift.starts.json").read_text(encoding="utf-8"))


def were_made(operator: Operator, number: int, last: timedelta) -> None:
    """So many starts, a second after each other, the last one so long ago."""
    now = datetime.now(UTC) - last
    made = [{"at": str(now - timedelta(seconds=back)), "sessions": 1} for back in reversed(range(number))]
    (operator.folder / "uplift.starts.json").write_text(json.dumps(made), encoding="utf-8")


async def started(operator: Operator, discord: Loopback, **variables: object) -> Running:
    return await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url, **variables)


async def test_each_start_is_counted_with_its_shards(operator: Operator, discord: Loopback) -> None:
    for shards in (1, 2):
        bot = await started(operator, discord, SHARD_COUNT=shards)
        await bot.says("ready")
        end = await bot.stop(by=signal.SIGTERM)
        assert (end.code, "waiting" in end.err) == (0, False)

    assert [start["sessions"] for start in counted(operator)] == [1, 2]
    assert len(discord.identified) == 3


async def test_who_is_not_let_in_begins_no_session_and_is_not_counted(operator: Operator, discord: Loopback) -> None:
    end = await operator.runs(DISCORD_TOKEN=f"{TOKEN}.old", DISCORD_API_URL=discord.api_url)

    assert end.code == Exit.TOKEN
    assert not (operator.folder / "uplift.starts.json").exists()


async def test_a_start_that_the_gateway_refuses_counts(operator: Operator, discord: Loopback) -> None:
    discord.refuses_with = 4014

    end = await operator.runs(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url)

    assert end.code == Exit.REFUSED
    assert len(counted(operator)) == len(discord.identified) == 1


async def test_after_some_quick_starts_it_waits_says_so_and_then_connects(
    operator: Operator, discord: Loopback
) -> None:
    were_made(operator, FREE_STARTS, last=-timedelta(minutes=1))  # to come: each counts as one of this moment

    bot = await started(operator, discord)
    await bot.says(QUICK)
    assert discord.identified == []
    await bot.says("ready")
    end = await bot.stop(by=signal.SIGTERM)

    assert end.code == 0
    assert end.err.count(QUICK) == 1
    [*_, before, last] = [datetime.fromisoformat(start["at"]) for start in counted(operator)]
    assert FIRST_PAUSE <= last - before < FIRST_PAUSE + timedelta(seconds=10)
    assert len(counted(operator)) == FREE_STARTS + 1


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_while_it_waits_it_stops_at_once(operator: Operator, discord: Loopback, by: signal.Signals) -> None:
    were_made(operator, FREE_STARTS + 6, last=timedelta(0))

    bot = await started(operator, discord)
    await bot.says(QUICK)
    end = await bot.stop(by)

    assert end.code == 0
    assert "Traceback" not in end.err
    assert discord.identified == []
    assert len(counted(operator)) == FREE_STARTS + 6, "what never connected does not count"


async def test_a_day_full_of_starts_is_told_as_an_error_with_the_time_when_it_goes_on(
    operator: Operator, discord: Loopback
) -> None:
    were_made(operator, MOST_SESSIONS, last=timedelta(hours=5))

    bot = await started(operator, discord, LOG_FORMAT="json")
    await bot.says(DAY)
    end = await bot.stop(by=signal.SIGTERM)

    [told] = [entry for entry in end.logged if entry["level"] == "error"]
    assert told["begun_today"] == MOST_SESSIONS
    wait = datetime.fromisoformat(str(told["until"])) - datetime.now(UTC)
    assert timedelta(hours=18) < wait < timedelta(hours=19)
    assert end.code == 0
    assert discord.identified == []
