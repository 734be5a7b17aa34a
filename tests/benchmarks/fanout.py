"""Announcements to ten thousand servers at once: how fast they go out, and whether people wait for it."""

import asyncio
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from bot import ROOT
from bot.announcements.budget import A_SECOND
from bot.storage.migrate import migrate
from tests.benchmarks.bots import Bot, Stage
from tests.benchmarks.planning import settle
from tests.benchmarks.report import Row, at_least, at_most, median, percentile
from tests.benchmarks.rounds import crowd
from tests.benchmarks.run import Run, row
from tests.wire.steered import SteeredTime

SERVERS, TO_PLAN = 10_000, 100_000
LATENCY = 0.1
"""Seconds until Discord answers a post; people's interactions it answers at once, so that each delay shows."""
ALLOWED = 50
"""Requests a second that Discord allows; interactions do not count."""
RATE = 200
"""Facts a second that people ask for meanwhile."""
PATIENCE = 120.0

THE_DAY = datetime(2027, 9, 20, 9, tzinfo=UTC)
"""The anniversary of the campaign's launch, at the hour that all servers chose."""
THE_DAY_BEFORE = THE_DAY - timedelta(days=1)
"""Some servers remember something of their own, at hours of their own."""
HOUR = timedelta(hours=1)
A_MOMENT = timedelta(seconds=1)

_SERVER = (
    "INSERT INTO guild (id, added_at, posts_since, announcement_channel_id, zone, post_at, posts_history,"
    " posts_observances) VALUES (?, ?, ?, ?, 'UTC', ?, 0, 0)"
)
_DATE = (
    "INSERT INTO milestone (id, guild_id, title, month, day, words, post_at, added_at)"
    " VALUES (?, ?, 'The day we began', ?, ?, '', ?, ?)"
)


class Town:
    """A bot by whose clock days pass as they are asked to; Discord's clock goes with it."""

    def __init__(self, bot: Bot, servers: int) -> None:
        self.bot, self.servers = bot, servers
        self._time = SteeredTime(bot.folder / "clock")

    async def found(self, waves: int, size: int) -> None:
        """What the servers chose. In so many waves, an hour apart, so many of them post on the day before the day."""
        migrate(f"sqlite+aiosqlite:///{self.bot.database}")
        places = [(int(guild), int(channel)) for guild, channel in await self.bot.wire.do("places")]
        long_ago = _stored(THE_DAY_BEFORE - timedelta(days=1))
        chose = ((guild, long_ago, long_ago, channel, _minute(THE_DAY)) for guild, channel in places)

        def dates() -> Iterator[tuple[Any, ...]]:
            for number, (guild, _) in enumerate(places[: waves * size]):
                at = THE_DAY_BEFORE + (1 + number // size) * HOUR
                yield number + 1, guild, at.month, at.day, _minute(at), long_ago

        with closing(sqlite3.connect(self.bot.database)) as connection, connection:
            connection.executemany(_SERVER, chose)
            connection.executemany(_DATE, dates())

    async def start(self) -> None:
        """The product, with a clock that is moved from here."""
        await self.moves_to(THE_DAY_BEFORE)
        command = ("-m", "tests.wire.child", "--env-file", "none.env")
        self.bot.launch(*command, CHILD_FOLDER=str(self.bot.folder), CHILD_IMPATIENCE="0")
        await self.bot.until_up()

    async def moves_to(self, when: datetime) -> None:
        self._time.move(when)
        await self.bot.wire.do("settings", offset=self._time.ahead)

    @property
    def spread(self) -> int:
        """In how many servers people ask for facts."""
        return min(self.servers, 500)

    def count(self, state: str) -> int:
        return int(self._ask("SELECT count(*) FROM announcement WHERE state = ?", state)[0][0])

    async def until(self, state: str, count: int, patience: float = PATIENCE) -> None:
        """Raises TimeoutError."""
        async with asyncio.timeout(patience):
            while True:
                if self.count(state) >= count:
                    return
                await asyncio.sleep(0.1)

    def sent_at(self, since: datetime) -> list[float]:
        """Seconds at which Discord took what was due since then, as its ids tell."""
        found = self._ask("SELECT message_id FROM announcement WHERE state = 'sent' AND due_at >= ?", _stored(since))
        return sorted((message_id >> 22) / 1000 for (message_id,) in found)

    def _ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.bot.database, timeout=5)) as connection:
            return connection.execute(question, values).fetchall()


@row("fanout_vs_budget", "fanout_429", "fact_p99_during_fanout")
async def fanout(run: Run) -> list[Row]:
    """All servers at the same minute; before that, facts by turns while nothing is posted, and while something is."""
    small = run.quick
    servers, waves, seconds = (200, 1, 1) if small else (SERVERS, 5, 8)
    size = A_SECOND * (seconds + 3)
    run.steps(2 + 2 * waves)
    async with run.on_stage() as stage:
        town = await _ready(stage, servers, waves, size)
        run.step()
        pairs: list[tuple[float, float]] = []
        for wave in range(1, waves + 1):
            idle = await _tail(town, seconds)
            run.step()
            await town.moves_to(THE_DAY_BEFORE + wave * HOUR - A_MOMENT)
            await town.until("sent", (wave - 1) * size + 1)
            pairs.append((idle, await _tail(town, seconds)))
            if town.count("sent") >= wave * size:
                raise RuntimeError("the announcements were over before the facts")
            await town.until("sent", wave * size)
            await town.bot.settled()
            run.step()
        await town.moves_to(THE_DAY - A_MOMENT)
        await town.until("sent", waves * size + servers // 10)
        meanwhile = await _tail(town, seconds)
        await town.until("sent", waves * size + servers, PATIENCE + servers / A_SECOND * 2)
        run.step()
        limited = await town.bot.wire.do("invalid")
        await stage.end(town.bot)
        times = town.sent_at(THE_DAY)
    rate = (len(times) - 1) / (times[-1] - times[0])
    return [
        Row("fanout_vs_budget", rate / A_SECOND, "", at_least(0.95), shrunk=small),
        Row("fanout: posts", rate, "1/s", shrunk=small),
        Row("fanout_429", limited, "", at_most(0), shrunk=small),
        *_tails(pairs, meanwhile, shrunk=small),
    ]


def _tails(pairs: list[tuple[float, float]], meanwhile: float, *, shrunk: bool) -> list[Row]:
    times = [busy / idle for idle, busy in pairs]
    return [
        median("fact_p99_during_fanout", times, "", at_most(1.5), shrunk=shrunk),
        median("fanout: /fact before, p99", [idle for idle, _ in pairs], "ms", shrunk=shrunk),
        median("fanout: /fact meanwhile, p99", [busy for _, busy in pairs], "ms", shrunk=shrunk),
        Row("fanout: /fact on the day, p99", meanwhile, "ms", shrunk=shrunk),
    ]


async def _ready(stage: Stage, servers: int, waves: int, size: int) -> Town:
    """The bot at rest, when all is planned; and Discord as it is."""
    town = Town(await stage.new(servers), servers)
    await town.found(waves, size)
    await town.start()
    await town.until("planned", servers + waves * size)
    await town.bot.settled()
    await town.bot.wire.do("limit_all", most=ALLOWED)
    await town.bot.wire.slow("POST", "/channels/*/messages", LATENCY, times=10 * SERVERS)
    await crowd(town.bot, "fact", 1000, at_once=16, spread=town.spread)
    return town


async def _tail(town: Town, seconds: int) -> float:
    """Milliseconds within which all but one in a hundred facts come."""
    found = await crowd(town.bot, "fact", RATE * seconds, rate=RATE, spread=town.spread)
    return percentile(found.took, 0.99)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _stored(at: datetime) -> str:
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")


@row("plan_servers", "idle_tick_ms")
async def planning(run: Run) -> list[Row]:
    """All plans of a hundred thousand servers, then looks when nothing is due: tests.benchmarks.planning, alone."""
    small = run.quick
    servers, ticks = (TO_PLAN // 50, 200) if small else (TO_PLAN, 1000)
    run.steps(2)
    path = run.folder / "planning.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    settle(path, servers)
    run.step()
    found = await _alone(path, ticks)
    run.step()
    return [
        Row("plan_servers", found["plan_cpu"], "s of CPU", shrunk=small),
        Row("plan_servers: by the clock", found["plan_seconds"], "s", shrunk=small),
        Row("plan_servers: memory", found["memory"], "MB", shrunk=small),
        Row("plan_servers: once more", found["anew_cpu"], "s of CPU", shrunk=small),
        Row("idle_tick_ms", found["tick"] * 1000, "ms of CPU", at_most(1), shrunk=small),
    ]


async def _alone(path: Path, ticks: int) -> dict[str, float]:
    command = (sys.executable, "-m", "tests.benchmarks.planning", str(path), str(ticks))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the planning ended with {process.returncode}")
    found: dict[str, float] = orjson.loads(said.splitlines()[-1])
    return found
