"""Runs the bot on Discord: logs in, tells in words why that failed, and closes cleanly when told to stop."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
import discord
import structlog

from bot.campaign.load import ContentError
from bot.client import Uplift, make_bot
from bot.clock import Clock
from bot.exits import CannotGoOn, Exit
from bot.logs import configure_logs
from bot.quick_answers import use_quick_answers
from bot.restarts import Allowance, Restarts, StartsFile
from bot.settings import Settings, warnings_about
from bot.storage.errors import Unusable
from bot.storage.migrate import file_of

log = structlog.get_logger("bot.start")

LOGIN_LIMIT = 60.0
"""Seconds for the login; discord.py alone would wait five minutes for each of five tries."""

ASK_AGAIN = timedelta(minutes=1)
"""How soon Discord is asked again, at the earliest, when it allows too few sessions."""

CLOSING_LIMIT = 4.0
"""Seconds for closing down: whoever stops the process is promised five."""

MADE_BETWEEN_SEARCHES = 10_000
"""Objects that come to be before Python searches the newest for garbage. At its own 700 a start with ten thousand
servers takes half as long again, and an answer a twentieth; what lies about meanwhile is a megabyte or two."""

NOT_DISCORD = "it does not answer as Discord does"

HOW_TO_LOG_IN = """\
DISCORD_TOKEN is missing: without it Uplift can't log in to Discord.
  1. Open https://discord.com/developers/applications, create an application, and choose 'Bot'.
  2. Press 'Reset Token' and copy what it shows.
  3. Copy .env.example to .env, and put the token behind DISCORD_TOKEN=
README.md tells the way step by step. To try Uplift without a token: make demo"""


def start(settings: Settings, env_file: Path, clock: Clock | None = None) -> None:
    """Runs the bot until SIGINT or SIGTERM, in the machine's own time unless a `clock` is given.

    Raises CannotGoOn, with its words, for every reason not to go on.
    """
    if settings.discord_token is None:
        raise CannotGoOn(Exit.SETTINGS, HOW_TO_LOG_IN)
    gc.set_threshold(MADE_BETWEEN_SEARCHES)
    require_time_zones()
    token = settings.discord_token.get_secret_value()
    configure_logs(settings.log_level, settings.log_format, secret=token)
    for warning in warnings_about(env_file):
        log.warning(warning)
    try:
        with asyncio.Runner(loop_factory=_fast_loop()) as runner:
            runner.run(_run(settings, token, clock or Clock()))
    except (CannotGoOn, ContentError) as end:
        if settings.log_format == "json":
            _log_last_words(end)
        raise


def _log_last_words(end: CannotGoOn | ContentError) -> NoReturn:
    """Ends the process as `main` does, but tells why in the logs' own form: a program reads them."""
    if isinstance(end, CannotGoOn):
        log.critical(str(end), exit_code=end.code)
        raise SystemExit(end.code)
    for fault in end.faults:
        log.critical("the campaign's content has a fault", fault=str(fault), exit_code=Exit.CONTENT)
    raise SystemExit(Exit.CONTENT)


def require_time_zones() -> None:
    """Raises CannotGoOn where no time zones are known: dates would be wrong, or fail one day."""
    try:
        ZoneInfo("Africa/Nairobi")
    except ZoneInfoNotFoundError:
        raise CannotGoOn(
            Exit.MACHINE,
            "This machine knows no time zones. Install them with: python -m pip install tzdata\n"
            "(or your system's tzdata package), or let `make run` set up all that is needed.",
        ) from None


def _fast_loop() -> "type[asyncio.AbstractEventLoop] | None":
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.Loop


async def _run(settings: Settings, token: str, clock: Clock) -> None:
    use_quick_answers()
    try:
        bot = make_bot(settings, clock)
    except Unusable as trouble:
        raise CannotGoOn(Exit.DATABASE, str(trouble)) from trouble
    bot.add_listener(_freeze, "on_ready")
    restarts = Restarts(StartsFile(file_of(settings.database_url)), clock)
    running = asyncio.ensure_future(_log_in_and_stay(bot, token, restarts))
    try:
        await _until_asked_to_stop(running)
    except asyncio.CancelledError:
        log.info("asked to stop")
    finally:
        await _close(bot, running)


async def _until_asked_to_stop(running: "asyncio.Future[None]") -> None:
    """Returns what `running` ends with; raises CancelledError once SIGINT or SIGTERM comes.

    `running` is not trusted to end when it is cancelled: while it reconnects, discord.py takes no notice.
    """
    asked = asyncio.Event()
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the whole run instead
        for wanted in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(wanted, asked.set)
    waiting = asyncio.ensure_future(asked.wait())
    await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        waiting.cancel()
        return await running
    running.cancel()
    raise asyncio.CancelledError


async def _freeze() -> None:
    # What is loaded by now stays: searching it for garbage again and again costs pauses of a tenth of a second.
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


async def _log_in_and_stay(bot: Uplift, token: str, restarts: Restarts) -> None:
    await _in_words(_log_in(bot, token))
    await _in_words(restarts.take_turn(partial(_sessions_of, bot)))
    await _in_words(bot.connect())


async def _log_in(bot: Uplift, token: str) -> None:
    async with asyncio.timeout(LOGIN_LIMIT):
        try:
            await bot.login(token)
        except (LookupError, TypeError, ValueError) as error:
            if bot.application_id is not None:
                raise
            # Discord's first answers were being read: a network's sign-in page, say, was taken for them.
            raise _unreachable(NOT_DISCORD) from error


async def _sessions_of(bot: Uplift) -> tuple[int, Allowance]:
    """How many sessions the bot is about to begin, one a shard, and how many Discord allows."""
    async with asyncio.timeout(LOGIN_LIMIT):
        recommended, _, limit = await bot.http.get_bot_gateway()
    renewed_in = max(timedelta(milliseconds=limit["reset_after"]), ASK_AGAIN)
    renewed_at = bot.services.clock.now() + renewed_in
    return bot.shard_count or recommended, Allowance(limit["total"], limit["remaining"], renewed_at)


async def _in_words(step: Awaitable[None]) -> None:
    """Turns what discord.py raises into words and an exit code."""
    try:
        await step
    except discord.LoginFailure:
        raise _not_accepted() from None
    except discord.ConnectionClosed as closed:
        if closed.code == 4004:  # authentication failed: the token was reset since the login
            raise _not_accepted() from None
        raise CannotGoOn(
            Exit.REFUSED, f"Discord ended the connection and will not have it back (code {closed.code})."
        ) from None
    except discord.PrivilegedIntentsRequired as refusal:
        raise CannotGoOn(Exit.REFUSED, f"Discord ended the connection and will not have it back: {refusal}") from None
    except (aiohttp.ClientError, OSError, TimeoutError, discord.GatewayNotFound, discord.HTTPException) as failure:
        raise _unreachable(_short(failure)) from failure


def _not_accepted() -> CannotGoOn:
    return CannotGoOn(
        Exit.TOKEN,
        "Discord does not accept DISCORD_TOKEN. Copy the token again, whole, from the 'Bot' page of your application"
        " at https://discord.com/developers/applications; resetting it there makes the old one invalid.",
    )


def _unreachable(why: str) -> CannotGoOn:
    return CannotGoOn(
        Exit.UNREACHABLE,
        f"Discord can't be reached ({why}). Check this machine's connection and, where it is set,"
        " DISCORD_API_URL; https://discordstatus.com tells whether Discord itself is in trouble.",
    )


def _short(failure: Exception) -> str:
    if isinstance(failure, discord.HTTPException):
        return f"it answered {failure.status}"
    if isinstance(failure, aiohttp.ClientResponseError):  # not even HTTP
        return NOT_DISCORD
    return str(failure) or "it did not answer in time"


async def _close(bot: Uplift, running: "asyncio.Future[None]") -> None:
    try:
        async with asyncio.timeout(CLOSING_LIMIT):
            await bot.close()
            await asyncio.wait({running})
    except TimeoutError:
        log.warning("closing took too long; left it unfinished")
        _leave(running)
    log.info("stopped")


def _leave(running: "asyncio.Future[None]") -> NoReturn:
    """Ends the process as it is: a thread that waits for the database would hold it for as long as that takes."""
    failure = running.exception() if running.done() and not running.cancelled() else None
    if failure is not None:
        log.critical(str(failure))
    log.info("stopped")
    logging.shutdown()
    os._exit(failure.code if isinstance(failure, CannotGoOn) else int(failure is not None))
