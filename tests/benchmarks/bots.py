"""The processes of a benchmark: the wire under load, the product, and the floor beside it; and what they use."""

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from bot import ROOT
from tests.wire.client import Wire, connected
from tests.wire.payloads import Object

PROMISE = "I will listen first and speak second, at home and at work."

QUIET = 2.5
"""Seconds without work after which a bot has nothing more to do: discord.py waits two for further servers."""

CLOSING = 15.0
"""Seconds for a process to end when it is told to."""


@dataclass(eq=False)
class Process:
    """One that was started here, as the machine sees it."""

    pid: int

    def cpu(self) -> float:
        """Seconds of a processor that all its threads have used so far, to the nanosecond."""
        return time.clock_gettime((~self.pid << 3) | 2)  # Linux: the clock of a process by its id, of all its threads

    def rss(self) -> float:
        """Megabytes of memory that it holds."""
        return self._status("VmRSS")

    def peak(self) -> float:
        """The most it held since the start, or since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")

    def _status(self, field: str) -> float:
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        (kilobytes,) = (line.split()[1] for line in lines if line.startswith(f"{field}:"))
        return int(kilobytes) / 1024


class Bot(Process):
    """A bot at work, and the Discord of its own that it is connected to."""

    def __init__(self, wire: Wire, folder: Path, first: dict[str, str]) -> None:
        """`first`: the ids of its first server's `guild`, `owner` and a `channel`."""
        self.wire, self.folder, self.first = wire, folder, first
        self.database = folder / "uplift.db"
        self._process: subprocess.Popen[bytes] | None = None

    def launch(self, *command: str, **variables: str) -> None:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8"}
        env |= {"DISCORD_TOKEN": self.wire.token, "DISCORD_API_URL": self.wire.api_url}
        env |= {"DATABASE_URL": f"sqlite+aiosqlite:///{self.database}"} | variables
        with (self.folder / "said.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", *command], cwd=self.folder, env=env, stdout=log, stderr=log
            )
        self.pid = self._process.pid

    async def until_up(self, patience: float = 120.0) -> None:
        """Raises RuntimeError, with what it said, should it end before."""
        waiting = asyncio.ensure_future(self.wire.until_up(patience))
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=0.2)
            assert self._process is not None
            if self._process.poll() is not None:
                waiting.cancel()
                raise RuntimeError(f"the bot ended:\n{(self.folder / 'said.txt').read_text()[-4000:]}")
        await waiting

    async def settled(self) -> None:
        """Waits until it has nothing to do any more."""
        quiet = 0.0
        while quiet < QUIET:
            before = self.cpu()
            await asyncio.sleep(0.5)
            quiet = quiet + 0.5 if self.cpu() - before < 0.01 else 0.0

    async def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, CLOSING)

    def kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


class Stage:
    """Where bots meet their crowds: one wire, and each bot has a Discord of its own on it."""

    def __init__(self, session: aiohttp.ClientSession, address: str, folder: Path, recorded: str) -> None:
        self._session, self._address, self._folder = session, address, folder
        self._bots: list[Bot] = []
        self._recorded = recorded

    async def new(self, servers: int) -> Bot:
        """A bot that is not started, and servers that have added it."""
        wire = await Wire.new(self._session, self._address)
        folder = self._folder / wire.name
        folder.mkdir()
        bot = Bot(wire, folder, await wire.do("furnish", servers=servers))
        self._bots.append(bot)
        return bot

    async def ours(self, servers: int = 1) -> Bot:
        """The product."""
        return await self.start_ours(await self.new(servers))

    async def start_ours(self, bot: Bot) -> Bot:
        """As `make run` starts it."""
        bot.launch("-m", "bot", "--env-file", "none.env")
        await bot.until_up()
        return bot

    async def floor(self, servers: int = 1) -> Bot:
        return await self.start_floor(await self.new(servers))

    async def start_floor(self, bot: Bot) -> Bot:
        bot.launch("-m", "tests.benchmarks.floor", RECORDED=await self.recorded())
        await bot.until_up()
        return bot

    async def recorded(self) -> str:
        """The bodies that the floor is to send: what the product answers, each fact once."""
        if not self._recorded:
            bot = await self.ours()
            self._recorded = orjson.dumps(await record(bot.wire)).decode()
            await self.end(bot)
        return self._recorded

    async def end(self, *bots: Bot) -> None:
        """Stops bots. Raises RuntimeError when one of them asked for something that Discord would refuse."""
        for bot in bots:
            await bot.stop()
            if faults := await bot.wire.faults():
                raise RuntimeError(f"Discord would have refused: {faults[:5]}")
            self._bots.remove(bot)

    def kill_all(self) -> None:
        for bot in self._bots:
            bot.kill()


async def record(wire: Wire) -> list[Object]:
    """The form, the thanks for what it sends, and the card of each fact."""
    guild = await wire.guild()
    member = await wire.member(guild)
    form = await wire.slash(member, guild.general, "pledge make", theme="home")
    thanks = await wire.submit(member, form, words=PROMISE)
    cards, seen = [_sent(form.modal), _sent(thanks.card.message)], set[str]()
    while (shown := (await wire.slash(member, guild.general, "fact")).card).text not in seen:
        seen.add(shown.text)
        cards.append(_sent(shown.message))
    return cards


def _sent(body: Object | None) -> Object:
    assert body is not None
    return {name: without_numbers(body[name]) for name in ("title", "custom_id", "components") if name in body}


def without_numbers(part: Any) -> Any:
    """Components as they were sent: Discord numbers them when they come."""
    if isinstance(part, list):
        return [without_numbers(each) for each in part]
    if isinstance(part, dict):
        return {name: without_numbers(value) for name, value in part.items() if name != "id"}
    return part


@contextlib.asynccontextmanager
async def stage(recorded: str = "") -> AsyncIterator[Stage]:
    """A wire of its own, and a folder. `recorded`: what an earlier stage recorded, if there was one."""
    with tempfile.TemporaryDirectory(prefix="uplift-bench-") as folder, _wire() as address:
        async with connected(address) as session:
            made = Stage(session, address, Path(folder), recorded)
            try:
                yield made
            finally:
                made.kill_all()


@contextlib.contextmanager
def _wire() -> Iterator[str]:
    """A wire in a process of its own: its address."""
    command = [sys.executable, "-m", "tests.benchmarks.busy_wire"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()  # to take ten thousand servers apart would keep it for half a minute
