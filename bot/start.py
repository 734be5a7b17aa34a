"""Runs the bot on Discord: logs in, tells in words why that failed, and closes cleanly when told to stop."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Awaitable
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
from bot.settings import Settings, warnings_about
from bot.storage.errors import Unusable

log = structlog.get_logger("bot.start")

LOGIN_LIMIT = 60.0
"""Seconds for the login; discord.py alone would wait five minutes for each of five tries."""

CLOSING_LIMIT = 4.0
"""Seconds for closing down: whoever stops the process is promised five."""

NOT_DISCORD = "it does not answer as Discord does"

HOW_TO_LOG_IN = """\
DISCORD_TOKEN is missing: without it Uplift can't log in to Discord.
  1. Open https://discord.com/developers/applications, create an application, and choose 'Bot'.
  2. Press 'Reset Token' and copy what it shows.
  3. Copy .env.example to .env, and put the token behind DISCORD_TOKEN=
README.md tells the way step by step. To try Uplift without a token: make demo"""


def start(settings: Settings, env_file: Path) -> None:
    """Runs the bot until SIGINT or SIGTERM. Raises CannotGoOn, with its words, for every reason not to go on."""
    if settings.discord_token is None:
        raise CannotGoOn(Exit.SETTINGS, HOW_TO_LOG_IN)
    require_time_zones()
    token = settings.discord_token.get_secret_value()
    configure_logs(settings.log_level, settings.log_format, secret=token)
    for warning in warnings_about(env_file):
        log.warning(warning)
    try:
        with asyncio.Runner(loop_factory=_fast_loop()) as runner:
            runner.run(_run(settings, token))
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


async def _run(settings: Settings, token: str) -> None:
    try:
        bot = make_bot(settings, Clock())
    except Unusable as trouble:
        raise CannotGoOn(Exit.DATABASE, str(trouble)) from trouble
    bot.add_listener(_freeze, "on_ready")
    running = asyncio.ensure_future(_log_in_and_stay(bot, token))
    with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the whole run instead
        for wanted in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(wanted, running.cancel)
    try:
        await running
    except asyncio.CancelledError:
        log.info("asked to stop")
    finally:
        await _close(bot)


async def _freeze() -> None:
    # What is loaded by now stays: searching it for garbage again and again costs pauses of a tenth of a second.
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


async def _log_in_and_stay(bot: Uplift, token: str) -> None:
    await _in_words(_log_in(bot, token))
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


async def _close(bot: Uplift) -> None:
    try:
        async with asyncio.timeout(CLOSING_LIMIT):
            await bot.close()
    except TimeoutError:
        log.warning("closing took too long; left it unfinished")
    log.info("stopped")
