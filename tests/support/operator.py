"""Whoever runs the bot: starts it as a process of its own, reads what it says, and stops it."""

import asyncio
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from bot import ROOT
from tests.support.loopback import TOKEN

PATIENCE = 20.0
CLOSING = 5.0
"""Seconds: what whoever stops the bot is promised."""


@dataclass(frozen=True)
class End:
    """How a process ended, and all that it said."""

    code: int
    out: str
    err: str

    @property
    def logged(self) -> list[dict[str, object]]:
        """The lines on standard error, each of which must be JSON."""
        return [json.loads(line) for line in self.err.splitlines()]


class Running:
    """A process, and what it said on standard error so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._err = b""

    async def says(self, words: str) -> None:
        """Waits for a line with these words."""
        assert self.process.stderr is not None
        line = b""
        async with asyncio.timeout(PATIENCE):
            while words not in line.decode():
                line = await self.process.stderr.readline()
                self._err += line
                assert line, f"it ended and had not said {words!r}:\n{self._err.decode()}"

    async def stop(self, by: signal.Signals) -> End:
        self.process.send_signal(by)
        return await self.end(within=CLOSING)

    async def end(self, within: float = PATIENCE) -> End:
        async with asyncio.timeout(within):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        end = End(self.process.returncode, out.decode(), (self._err + err).decode())
        assert TOKEN not in end.out + end.err, "whatever happens, the token is not told"
        assert "\x1b" not in end.out + end.err, "colours are for terminals"
        return end


class Operator:
    """Whoever runs the bot: from a folder of their own, with no settings but those that a test names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env_file = folder / "bot.env"
        self._started: list[Running] = []

    async def starts(self, *words: str, program: str = "", **variables: object) -> Running:
        """`program` is Python to be run in place of `-m bot`."""
        env = {"PYTHONPATH": str(ROOT), "HOME": str(self.folder), "LANG": "C.UTF-8"}
        env["DATABASE_URL"] = f"sqlite+aiosqlite:///{self.folder / 'uplift.db'}"  # the project's own stays as it is
        env |= {name: str(value) for name, value in variables.items()}
        what = ["-c", program] if program else ["-m", "bot"]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *what, "--env-file", str(self.env_file), *words),
            cwd=self.folder,
            env=env,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        running = Running(process)
        self._started.append(running)
        return running

    async def runs(self, *words: str, program: str = "", **variables: object) -> End:
        return await (await self.starts(*words, program=program, **variables)).end()

    async def leaves(self) -> None:
        for running in self._started:
            if running.process.returncode is None:
                running.process.kill()
                await running.process.communicate()
