"""The demo's date: where its buttons lead, and how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.campaign.calendar import coming_days
from bot.campaign.models import Milestone, Observance
from bot.demo.simulation import ZONE

ARRIVAL: Final = time(13, tzinfo=ZONE)
"""When one arrives on another day: late enough that what was due that morning has been posted, here and in UTC."""

FIRST_DAY: Final = date(2015, 1, 2)
"""Discord counts its ids from the beginning of 2015; no world can be older."""

FARTHEST: Final = timedelta(days=800)


class NoSuchDay(Exception):
    """A day to which the demo can't go; the message says why, for the visitor."""


@dataclass(frozen=True)
class Journey:
    """Where to go and what to say there. `afresh`: it lies in the past, so the demo must begin again."""

    to: datetime
    notice: str
    afresh: bool = False


def tomorrow(now: datetime) -> Journey:
    there = now + timedelta(days=1)
    return Journey(there, f"A day later: {_in_words(there)}.")


def next_anniversary(now: datetime, dates: Iterable[Milestone | Observance]) -> Journey:
    """The next day that the campaign remembers, after today."""
    today = now.astimezone(ZONE).date()
    day = next(coming_days(dates, today + timedelta(days=1)), None)
    if day is None:
        raise NoSuchDay("This campaign has no dates to remember.")
    there = datetime.combine(day.on, ARRIVAL)
    return Journey(there, f"{_in_words(there)}: {day.lead.item.title}.")


def to_day(now: datetime, typed: str) -> Journey:
    """The day that was chosen in the date field, as `YYYY-MM-DD`."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise NoSuchDay("That is not a date.") from None
    there, today = datetime.combine(day, ARRIVAL), now.astimezone(ZONE).date()
    if day == today:
        raise NoSuchDay("It is that day already.")
    if day < FIRST_DAY:
        raise NoSuchDay("There was hardly any Discord then. Choose a day from 2015 on.")
    if day > today + FARTHEST:
        raise NoSuchDay("That is more than two years ahead. Go there in two steps.")
    if day < today:
        notice = f"Time runs forward only, so the demo began afresh: {_in_words(there)}."
        return Journey(there, notice, afresh=True)
    return Journey(there, f"{_in_words(there)}.")


def _in_words(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local:%A}, {local.day} {local:%B %Y}"
