"""Logs for people (console) or programs (json), with discord.py's among them. Ids stand in them, never texts."""

import logging
import sys
from typing import Literal

import discord
import structlog


def configure_logs(level: str, style: Literal["console", "json"], secret: str = "") -> None:
    """Sends all logs to standard error. `secret` is struck out wherever it might appear.

    Libraries are never logged below INFO: discord.py's DEBUG writes tokens, members' texts and interaction URLs, and
    a database driver's DEBUG the values of each statement.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if style == "json"
        else [
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        ]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet(shared, last, secret))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.getLogger("bot").setLevel(level)
    root.setLevel(max(logging.INFO, logging.getLogger("bot").level))
    logging.captureWarnings(capture=True)
    # Nothing here speaks: discord.py need not warn that what voice needs is not installed.
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class _Discreet(structlog.stdlib.ProcessorFormatter):
    """Strikes a secret out of the finished line, the traceback included."""

    def __init__(
        self, shared: list[structlog.typing.Processor], last: list[structlog.typing.Processor], secret: str
    ) -> None:
        super().__init__(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last], foreign_pre_chain=shared
        )
        self._secret = secret

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return line.replace(self._secret, "[secret]") if self._secret else line
