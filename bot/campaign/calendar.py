"""The days on which milestones and observances come round, year after year. Pure: no zone, no clock."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import groupby

from bot.campaign.models import Milestone, Observance, Weight

_WEIGHTS: dict[Weight, int] = {"headline": 0, "major": 1, "minor": 2}

SAME_DATE_NEARLY_EVERYWHERE = time(10, tzinfo=UTC)
"""An hour at which it is the same date from UTC-10 to UTC+13: a day shown as an instant keeps its date there."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One milestone or observance in one year."""

    milestone: Milestone | Observance
    on: date
    """The local date on which it is remembered; the first day of a period."""

    @property
    def years(self) -> int:
        """Years since it first was; 0 in an observance's first year."""
        return self.on.year - self.milestone.first_year


@dataclass(frozen=True, slots=True)
class CampaignDay:
    """A local day with everything that falls on it, the weightiest first."""

    on: date
    occurrences: tuple[Occurrence, ...]

    @property
    def lead(self) -> Occurrence:
        return self.occurrences[0]

    @property
    def others(self) -> tuple[Occurrence, ...]:
        return self.occurrences[1:]

    @property
    def is_solemn(self) -> bool:
        """A day with one solemn item is solemn as a whole."""
        return any(occurrence.milestone.tone == "solemn" for occurrence in self.occurrences)

    @property
    def at(self) -> datetime:
        """An instant that shows as this date to nearly every reader, wherever they are."""
        return datetime.combine(self.on, SAME_DATE_NEARLY_EVERYWHERE)


def coming_days(
    milestones: Iterable[Milestone | Observance], start: date, *, minor: bool = False
) -> Iterator[CampaignDay]:
    """The days from `start` on, that day included, without end; nothing at all if there is nothing to remember.

    Without `minor`, only what is posted by default: headline and major dates. With equal weights the older leads.
    """
    chosen = [milestone for milestone in milestones if minor or milestone.weight != "minor"]
    yearly = [_from(milestone, start) for milestone in chosen]
    in_order = heapq.merge(*yearly, key=lambda occurrence: occurrence.on)
    for on, same_day in groupby(in_order, key=lambda occurrence: occurrence.on):
        yield CampaignDay(on, tuple(sorted(same_day, key=_weightiest_first)))


def _from(milestone: Milestone | Observance, start: date) -> Iterator[Occurrence]:
    first = milestone.first_year + (1 if isinstance(milestone, Milestone) else 0)
    for year in range(max(first, start.year), date.max.year):
        on = milestone.yearly.within(year)
        if on >= start:
            yield Occurrence(milestone, on)


def _weightiest_first(occurrence: Occurrence) -> tuple[int, int, str]:
    milestone = occurrence.milestone
    return _WEIGHTS[milestone.weight], milestone.first_year, milestone.id
