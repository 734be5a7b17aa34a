"""Logs for people (console) or programs (json), with discord.py's among them. Ids stand in them, never texts."""

import logging
from typing import Literal

import structlog


def configure_logs(level: str, style: Literal["console", "json"], secret: str = "") -> None:
    """Sends all logs to standard error. `secret` is struck out wherever it might appear.

    discord.py is never logged below INFO: its DEBUG writes tokens, members' texts and interaction URLs.
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
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet(shared, last, secret))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    logging.getLogger("discord").setLevel(max(logging.INFO, root.level))
    logging.getLogger("asyncio").setLevel(max(logging.INFO, root.level))
    logging.captureWarnings(capture=True)


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
