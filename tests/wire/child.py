"""The bot as a process of its own: `Child` starts it, waits for it, stops it or kills it, and reads what it said.

Run as a program it is `python -m bot` in all but time and trouble: the test steers its clock, it logs in again at once
and not after five seconds, it may take a silent gateway for dead sooner than after a minute, and SQLite may be told to
fail.
"""

import asyncio
import contextlib
import functools
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import ROOT
from tests.wire.client import Wire
from tests.wire.steered import SteeredTime

CLOSING = 5.0
"""Seconds: what whoever stops the bot is promised."""

PATIENCE = 30.0

SHORT_NAP = 0.2
"""Seconds after which the bot looks at its clock again: the test may have set it."""


@dataclass(frozen=True)
class End:
    """How the process ended, all that it said, and how long it took from the signal on."""

    code: int
    said: str
    took: float


class Child:
    """One bot in a folder of its own; started again there, it finds its database."""

    program = __name__

    def __init__(self, wire: Wire, folder: Path, **variables: object) -> None:
        """`variables` are the settings that differ from the usual ones."""
        self.wire, self.folder = wire, folder
        self.time = SteeredTime(folder / "clock")
        self.database = folder / "uplift.db"
        self.canaries: list[str] = []
        """What must stand in nothing that it says."""
        self.expects_trouble = False
        """Set by a test in which the bot is to log an error with its traceback."""
        self._variables = variables
        self._examined = 0
        self._log = folder / "said.txt"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was not started"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def said(self) -> str:
        """All that it said so far, of every start."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    async def start(self, *words: str, ready: bool = True, impatient: float = 0.0) -> "Child":
        """Starts it, and waits until every shard listens. `impatient`: seconds until it gives a silent gateway up."""
        assert not self.is_running, "it runs already"
        env = {"PYTHONPATH": str(ROOT), "HOME": str(self.folder), "LANG": "C.UTF-8", "LOG_LEVEL": "DEBUG"}
        env |= {"DATABASE_URL": f"sqlite+aiosqlite:///{self.database}", "DISCORD_TOKEN": self.wire.token}
        env |= {"DISCORD_API_URL": self.wire.api_url}
        env |= {"CHILD_FOLDER": str(self.folder), "CHILD_IMPATIENCE": str(impatient)}
        env |= {name: str(value) for name, value in self._variables.items()}
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self.program, "--env-file", str(self.folder / "bot.env"), *words),
                cwd=self.folder,
                env=env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        if ready:
            await self.unless_it_ends(self.wire.until_up(patience=PATIENCE))
        return self

    async def unless_it_ends(self, awaited: Any) -> Any:
        """Waits for something; fails at once, with what it said, should the bot end before."""
        assert self._process is not None
        waiting, ended = asyncio.ensure_future(awaited), asyncio.ensure_future(self._process.wait())
        await asyncio.wait({waiting, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not waiting.done():
            waiting.cancel()
            raise AssertionError(f"the bot ended with {ended.result()}:\n{self.said}")
        ended.cancel()
        return await waiting

    async def says(self, words: str, patience: float = PATIENCE) -> None:
        """Waits for words on its output. For what has no event on the wire."""
        assert self._process is not None
        async with asyncio.timeout(patience):
            while words not in self.said:
                assert self.is_running, f"it ended and had not said {words!r}:\n{self.said}"
                await asyncio.sleep(0.01)

    async def stop(self, by: signal.Signals = signal.SIGTERM) -> End:
        """Asks it to stop. Raises TimeoutError when it takes longer than the bot promises."""
        assert self._process is not None
        self._process.send_signal(by)
        return await self.end(within=CLOSING)

    async def kill(self) -> End:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        return await self.end()

    async def end(self, within: float = PATIENCE) -> End:
        """How it ended, by itself or by a killer's hand."""
        assert self._process is not None
        began = time.monotonic()
        async with asyncio.timeout(within):
            code = await self._process.wait()
        self.examine()
        return End(code, self.said, time.monotonic() - began)

    async def leave(self) -> None:
        """Whatever the test left of it goes."""
        if self.is_running:
            assert self._process is not None
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self.examine()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What a second reader finds in the database."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=5)) as reader:
            return reader.execute(question, values).fetchall()

    async def finds(self, question: str, *values: object, within: float = PATIENCE) -> None:
        """Waits until a second reader is answered with yes."""
        async with asyncio.timeout(within):
            while not self.rows(question, *values)[0][0]:
                assert self.is_running, f"it ended by itself:\n{self.said}"
                await asyncio.sleep(0.02)

    @contextlib.contextmanager
    def trouble(self, pragma: str, cure: str) -> Iterator[None]:
        """A setting of SQLite that makes writing fail, and the one that ends it."""
        file = self.folder / "trouble"
        file.write_text(pragma)
        try:
            yield
        finally:
            file.write_text(cure)

    async def killed_when(self, question: str, *values: object) -> None:
        """Kills it as soon as a second reader finds a row. The killer stands outside: the bot knows nothing of it."""
        pid = self.pid

        def watch() -> bool:
            with contextlib.closing(sqlite3.connect(self.database, timeout=5)) as reader:
                while self.is_running:
                    if reader.execute(question, values).fetchone() is not None:
                        os.kill(pid, signal.SIGKILL)
                        return True
                    time.sleep(0.0002)  # in a thread of its own
            return False

        assert await asyncio.to_thread(watch), f"it ended by itself:\n{self.said}"

    def examine(self) -> None:
        """What must be true of whatever it said since it was last examined."""
        said = self.said[self._examined :]
        self._examined += len(said)
        assert self.wire.token not in said, "whatever happens, the token is not told"
        assert "interaction-token" not in said, "nor are the tokens of interactions"
        assert [canary for canary in self.canaries if canary in said] == [], "nor what people wrote"
        assert self.expects_trouble or "Traceback" not in said, "it met something that it did not foresee"


def _troubled(file: Path) -> None:
    """Sets what stands in a file, a pragma of SQLite, on each connection before it is used."""
    from sqlalchemy import Pool, event

    def trouble(connection: Any, *_: object) -> None:
        if file.exists():
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {file.read_text()}")
            cursor.close()

    event.listen(Pool, "checkout", trouble)


def _hasty(seconds: float) -> None:
    """discord.py waits five seconds before it logs in again, and a minute before it takes a silent gateway for dead."""
    import discord
    from discord.state import ConnectionState

    async def at_once(self: discord.Client, shard_id: int | None, *, initial: bool = False) -> None:
        pass

    discord.Client.before_identify_hook = at_once
    if not seconds:
        return

    begin: Callable[..., None] = ConnectionState.__init__

    @functools.wraps(begin)
    def hurried(self: Any, *args: Any, **options: Any) -> None:
        begin(self, *args, **options | {"heartbeat_timeout": seconds})

    ConnectionState.__init__ = hurried


def main() -> None:
    if missing := os.environ.pop("CHILD_WITHOUT", ""):
        sys.modules[missing] = None  # pyright: ignore[reportArgumentType]  (so Python says: it is not installed)
    import bot.__main__
    import bot.announcements.courier
    import bot.start
    from bot.clock import Clock

    _hasty(float(os.environ.pop("CHILD_IMPATIENCE")))
    bot.announcements.courier.REQUEST_LIMIT = float(os.environ.pop("CHILD_REQUEST_LIMIT", 20))
    folder = Path(os.environ.pop("CHILD_FOLDER"))
    _troubled(folder / "trouble")
    steered = SteeredTime(folder / "clock")
    # The command line, the exit codes, the signals: all is the bot's own, and takes the clock that stands here.
    bot.start.start = functools.partial(bot.start.start, clock=Clock(steered.now, longest_nap=SHORT_NAP))
    bot.__main__.main()


if __name__ == "__main__":
    main()
