"""The days on which milestones and observances come round, year after year. Pure: no zone, no clock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from itertools import groupby
from typing import Generic, TypeAlias, TypeVar

from bot.campaign.models import Milestone, Observance, Remembered, Weight

RANKS: dict[Weight, int] = {"headline": 0, "major": 1, "minor": 2}
"""The order in which dates of the same day lead it."""

SAME_DATE_NEARLY_EVERYWHERE = time(10, tzinfo=UTC)
"""An hour at which it is the same date from UTC-10 to UTC+13: a day shown as an instant keeps its date there."""

_YEARS_KEPT = 256

T_co = TypeVar("T_co", covariant=True)
CampaignDate: TypeAlias = Milestone | Observance


@dataclass(frozen=True)
class Occurrence(Generic[T_co]):
    """Something that is remembered, in one year."""

    item: T_co
    on: date
    """The local date on which it is remembered; the first day of a period."""
    years: int | None
    """Years since it first was; 0 when it is for the first time, None where nobody knows."""


@dataclass(frozen=True)  # with slots too, a named kind of it, such as CampaignDay, could not be called
class Day(Generic[T_co]):
    """A local day with everything that falls on it, the weightiest first."""

    on: date
    entries: tuple[Occurrence[T_co], ...]

    @property
    def lead(self) -> Occurrence[T_co]:
        return self.entries[0]

    @property
    def others(self) -> tuple[Occurrence[T_co], ...]:
        return self.entries[1:]

    @property
    def is_solemn(self) -> bool:
        """A day with one solemn item is solemn as a whole."""
        items = (entry.item for entry in self.entries)
        return any(isinstance(item, Remembered) and item.tone == "solemn" for item in items)

    @property
    def at(self) -> datetime:
        """An instant that shows as this date to nearly every reader, wherever they are."""
        return datetime.combine(self.on, SAME_DATE_NEARLY_EVERYWHERE)


CampaignDay: TypeAlias = Day[CampaignDate]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which dates of the campaign count: by their weight, and by what they are. The defaults are what is posted."""

    major: bool = True
    """Headline and major dates."""
    minor: bool = False
    campaign: bool = True
    history: bool = True
    observances: bool = True

    def takes(self, item: CampaignDate) -> bool:
        by_weight = self.minor if item.weight == "minor" else self.major
        if isinstance(item, Observance):
            return by_weight and self.observances
        return by_weight and (self.campaign if item.scope == "campaign" else self.history)


EVERY = Choice(minor=True)


class Calendar:
    """A campaign's dates, year by year. What is worked out for one choice serves all servers that made it."""

    def __init__(self, items: Iterable[CampaignDate]) -> None:
        self.items = tuple(items)
        self.year = lru_cache(maxsize=_YEARS_KEPT)(self._year)
        self.has_any = lru_cache(maxsize=_YEARS_KEPT)(self._has_any)

    def coming(self, start: date, choice: Choice) -> Iterator[CampaignDay]:
        """The days from `start` on, that day included, without end; none at all if there is nothing to remember."""
        if not self.has_any(choice):
            return
        for year in range(start.year, date.max.year):
            for day in self.year(year, choice):
                if day.on >= start:
                    yield day

    def _year(self, year: int, choice: Choice) -> tuple[CampaignDay, ...]:
        """The days of a year on which something is remembered, in order. With equal weights the older leads."""
        found = [entry for item in self.items if choice.takes(item) and (entry := campaign_within(year, item))]
        in_order = sorted(found, key=lambda entry: (entry.on, _weightiest_first(entry)))
        return tuple(Day(on, tuple(same_day)) for on, same_day in groupby(in_order, key=lambda entry: entry.on))

    def _has_any(self, choice: Choice) -> bool:
        return any(map(choice.takes, self.items))


def coming_days(items: Iterable[CampaignDate], start: date, *, minor: bool = False) -> Iterator[CampaignDay]:
    """The campaign's days from `start` on: what is posted by default, or with `minor` all there are."""
    return Calendar(items).coming(start, Choice(minor=minor))


def campaign_within(year: int, item: CampaignDate) -> Occurrence[CampaignDate] | None:
    """None before it first came round: a milestone has its first anniversary a year after it happened."""
    years = year - item.first_year
    if years < 0 or (years == 0 and isinstance(item, Milestone)):
        return None
    return Occurrence(item, item.yearly.within(year), years)


def _weightiest_first(entry: Occurrence[CampaignDate]) -> tuple[int, int, str]:
    return RANKS[entry.item.weight], entry.item.first_year, entry.item.id
