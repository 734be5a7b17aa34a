"""The demo as a program: takes its port, says where to look, and ends in good order."""

import asyncio
import contextlib
import errno
import itertools
import signal
import socket
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import structlog
import typer

from bot.exits import CannotGoOn, Exit

if TYPE_CHECKING:
    from bot.client import Uplift
    from bot.clock import Clock

log = structlog.get_logger("bot.demo")

HOST: Final = "127.0.0.1"

_DEMO_ONLY: Final = ("simcord", "aiohttp", "PIL")
_MISSING: Final = "The demo's own packages are not as it needs them: {}.\n`make demo` installs them."


def run(port: int) -> int:
    """Run the demo until Ctrl-C or SIGTERM; returns the process's exit code.

    Raises CannotGoOn when a package that only the demo needs is missing, or has changed.
    """
    try:
        listener = _listen(port)
    except OSError as error:
        typer.echo(_port_trouble(port, error), err=True)
        return 1
    with listener, contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(_live(listener, port))
        except ImportError as error:
            if (error.name or "").partition(".")[0] not in _DEMO_ONLY:
                raise
            raise CannotGoOn(Exit.MACHINE, _MISSING.format(error)) from None
    typer.echo("The demo has ended. Nothing of it is kept.")
    return 0


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)  # at once: two demos that have only bound the port would not notice each other
    except OSError:
        listener.close()
        raise
    return listener


def _port_trouble(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken, perhaps by a demo that is still running.\n"
            f"End that one, or choose another port: make demo DEMO_PORT={port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"This machine does not give out port {port}. Choose one above 1023: make demo DEMO_PORT=8766"
    return f"Port {port} can't be used: {error.strerror}. Choose another one: make demo DEMO_PORT=8766"


async def _live(listener: socket.socket, port: int) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C is a KeyboardInterrupt there
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    typer.echo("Uplift's demo is starting: the real bot, in a Discord of its own …")
    serving = asyncio.create_task(_serve(listener, port))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not serving.done():
        serving.cancel()
    try:
        await serving
    except asyncio.CancelledError:
        pass
    except Exception as error:
        if not stop.is_set():
            raise
        # Cut off while it began, perhaps: what could not be put away properly ends with the process.
        log.info("the demo ended untidily", error=repr(error))


async def _serve(listener: socket.socket, port: int) -> None:
    """Until it is cancelled."""
    # Imported here because it takes a second or two, in which the visitor should see that something happens.
    from aiohttp import web

    from bot.client import make_bot
    from bot.demo.server import DemoServer
    from bot.logs import configure_logs
    from bot.settings import Settings

    configure_logs("WARNING", "console")
    # A bot that was stopped while it began may still be putting its files away.
    folder = TemporaryDirectory(prefix="uplift-demo-", ignore_cleanup_errors=True)
    files = (f"{folder.name}/{number}.db" for number in itertools.count())

    def new_bot(clock: "Clock") -> "Uplift":
        """With an empty memory each time, and nothing of .env or the environment."""
        url = f"sqlite+aiosqlite:///{next(files)}"
        return make_bot(Settings.model_construct(shard_count=1, database_url=url), clock)

    server = DemoServer(new_bot, port)
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.5)
    try:
        await server.begin(datetime.now(UTC))
        await runner.setup()
        await web.SockSite(runner, listener).start()
        typer.echo(f"Open http://{HOST}:{port}/   (Ctrl-C ends the demo)")
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        await server.end()
        folder.cleanup()
