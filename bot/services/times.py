"""Times of day as people type them, and as they are written back: to the minute, of 24 hours."""

import re
import unicodedata

from bot.i18n import msg
from bot.services.errors import DomainError
from bot.text import clean, escape

LONGEST_TIME = 20
"""Characters of what is read as a time of day."""

_TIME = re.compile(
    r"(?P<hour>\d{1,2})(?:\s*[:.,h]\s*(?P<minute>\d{2})?|(?P<close>\d{2}))?"
    r"\s*(?:uhr|o'clock)?\s*(?:(?P<half>[ap])\.?m\.?)?",
    re.ASCII,
)


class NoSuchTime(DomainError):
    """What somebody typed is no time of day."""

    def __init__(self, typed: str) -> None:
        super().__init__(
            msg(
                "“{typed}” is no time of day that I know. Write it like `09:00`, `9.30`, `21h` or `9 pm`.",
                typed=escape(clean(typed, LONGEST_TIME)),
            )
        )


def minutes_of(typed: str) -> int:
    """Minutes after midnight: of `9`, `9:00`, `9.30`, `0930`, `21h`, `9 pm`. Raises NoSuchTime."""
    text = clean(unicodedata.normalize("NFKC", typed[: 4 * LONGEST_TIME]), LONGEST_TIME + 1).casefold()
    found = _TIME.fullmatch("".join(_plain(char) for char in text))
    if len(text) > LONGEST_TIME or found is None:
        raise NoSuchTime(typed)
    hour, minute = int(found["hour"]), int(found["minute"] or found["close"] or 0)
    if found["half"] and not 1 <= hour <= 12:
        raise NoSuchTime(typed)
    if found["half"]:
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    if hour > 23 or minute > 59:
        raise NoSuchTime(typed)
    return hour * 60 + minute


def _plain(char: str) -> str:
    """A figure of any script as one of ours."""
    return str(unicodedata.digit(char)) if char.isdecimal() else char


def clock_time(minutes: int) -> str:
    """`09:00`: what a clock of 24 hours shows so many minutes after midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
