"""Dates as sources give them, and the days of a year on which something is remembered. Pure: no zone, no clock."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Self

from bot.announcements.occurrences import yearly

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_YEARLY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)
_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which perhaps only the year, or the year and month, are known."""

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. Raises ValueError for anything else."""
        match = _PARTIAL.fullmatch(text)
        if match is None:
            raise ValueError(f"is not a date ({text!r}): write YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None  # noqa: S101 (the pattern demands it)
        _check(year, 1 if month is None else month, 1 if day is None else day, text)
        return cls(year, month, day)

    def last_day(self) -> date:
        """The last day that it may mean: as a deadline, '2020' is the end of that year."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """A day of every year."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `MM-DD`, 29 February included. Raises ValueError for anything else."""
        match = _YEARLY.fullmatch(text)
        if match is None:
            raise ValueError(f"is not a day of the year ({text!r}): write MM-DD")
        month, day = (int(part) for part in match.groups())
        _check(_LEAP_YEAR, month, day, text)
        return cls(month, day)

    def within(self, year: int) -> date:
        """The day in `year`; 29 February falls on 28 February in common years."""
        return yearly(self.month, self.day, year)


def parse_day(text: str) -> date:
    """Reads `YYYY-MM-DD`. Raises ValueError for anything else."""
    parsed = PartialDate.parse(text)
    if parsed.month is None or parsed.day is None:
        raise ValueError(f"is not a whole date ({text!r}): write YYYY-MM-DD")
    return date(parsed.year, parsed.month, parsed.day)


def _check(year: int, month: int, day: int, text: str) -> None:
    try:
        date(year, month, day)
    except ValueError:
        raise ValueError(f"is a day that does not exist ({text!r})") from None
