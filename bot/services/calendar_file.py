"""A server's dates as an iCalendar file (RFC 5545), for people's own calendars: all-day events that come every year."""

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.announcements.occurrences import LEAP_DAY
from bot.campaign.models import Milestone, Observance
from bot.campaign.words import words_of
from bot.i18n import Words
from bot.services.days import Item, ServerDays
from bot.storage.milestones import OwnDate

if TYPE_CHECKING:
    from icalendar import Event

_ONE_DAY = timedelta(days=1)


def slug_of(campaign: str) -> str:
    """A campaign's name in the letters and hyphens of a file's name."""
    return "-".join(word for word in words_of(campaign) if re.fullmatch("[a-z0-9]+", word)) or "dates"


def calendar_file(days: ServerDays, campaign: str, now: datetime, words: Words, *, every: bool) -> tuple[bytes, int]:
    """The file, and how many dates stand in it: those that are posted in the server, or with `every` all of them.

    A date keeps its UID for ever, so that a calendar which has it already does not show it twice. Loads its library
    when it is first called, and takes some milliseconds: not for the event loop.
    """
    from icalendar import Calendar

    file, items = Calendar(), days.items(every=every)
    _fill(file, {"prodid": f"-//Uplift//{campaign}//EN", "version": "2.0", "calscale": "GREGORIAN"})
    # NAME is what X-WR-CALNAME became, and fewer programs know it.
    _fill(file, {"method": "PUBLISH", "name": campaign, "x-wr-calname": campaign})
    for item in items:
        file.add_component(_event(item, _days_of(days, item, now), f"{slug_of(campaign)}.uplift", now, words))
    return file.to_ical(), len(items)


def _event(item: Item, on: tuple[date, date], domain: str, now: datetime, words: Words) -> "Event":
    from icalendar import Event

    event, (first, last) = Event(), on
    _fill(event, {"uid": f"{_uid(item)}@{domain}", "dtstamp": now})
    _fill(event, {"dtstart": first, "dtend": last + _ONE_DAY})  # it ends before that day begins
    _fill(event, {"rrule": _rule(item), "summary": _title(item), "description": _description(item, words)})
    if not isinstance(item, OwnDate) and item.source_url:
        _fill(event, {"url": item.source_url})
    _fill(event, {"transp": "TRANSPARENT"})  # nobody is busy because of it
    return event


def _fill(component: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        component.add(name, value)


def _uid(item: Item) -> str:
    return f"own-{item.id}" if isinstance(item, OwnDate) else f"{item.kind}-{item.id}"


def _days_of(days: ServerDays, item: Item, now: datetime) -> tuple[date, date]:
    """Its first and last day this year, or when it first comes round: calendars need not go back to 1848."""
    year = days.today(now).year
    while (entry := days.within(year, item)) is None:
        year += 1
    end = item.end_date if isinstance(item, Observance) else None
    if end is None:
        return entry.on, entry.on
    last = end.within(year)
    return entry.on, last if last >= entry.on else end.within(year + 1)


def _rule(item: Item) -> dict[str, Any]:
    month, day = _day_of_year(item)
    if (month, day) != LEAP_DAY:
        return {"freq": "yearly"}
    if isinstance(item, OwnDate) and item.in_march:
        return {"freq": "yearly", "byyearday": 60}  # 29 February in leap years, 1 March in others
    return {"freq": "yearly", "bymonth": 2, "bymonthday": -1}


def _day_of_year(item: Item) -> tuple[int, int]:
    if isinstance(item, OwnDate):
        return item.month, item.day
    return item.yearly.month, item.yearly.day


def _title(item: Item) -> str:
    """With its year where it happened once, since it stands on the same day of every other."""
    if isinstance(item, Observance):
        return item.title
    year = item.date.year if isinstance(item, Milestone) else item.year
    return item.title if year is None else f"{item.title} ({year})"


def _description(item: Item, words: Words) -> str:
    _ = words.gettext
    if isinstance(item, OwnDate):
        first = item.year and _("Since {date}", date=words.date(item.year, item.month, item.day))
        return "\n".join(part for part in (item.words, first) if part)
    lines = [item.description]
    if isinstance(item, Milestone):
        lines.append(_("It was on {date}.", date=words.date(item.date.year, item.date.month, item.date.day)))
        if item.date_note:
            lines.append(_("About the date: {note}", note=item.date_note))
    else:
        lines.append(_("Observed every year since {year}", year=str(item.first_observed)))
    sources = [item.source_title, *(url for url in (item.source_url, item.also_url) if url)]
    lines.append(_("Source: {source}", source=", ".join(sources)))
    return "\n".join(lines)
