"""The dates as an iCalendar file: another's parser finds the days in it that the server remembers, year after year."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from ical.calendar import Calendar as Parsed
from ical.calendar_stream import IcsCalendarStream
from ical.event import Event

from bot import DATA
from bot.campaign.calendar import Calendar
from bot.campaign.load import load_campaign
from bot.campaign.models import Milestone
from bot.i18n import Languages
from bot.services.calendar_file import calendar_file, slug_of
from bot.services.days import Item, ServerDays
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate
from bot.text import clean

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
SHIPPED = Calendar(load_campaign(DATA / "heforshe").milestones)
ENGLISH = Languages().words("en-US")
MUTED = "milestone", "human-rights-day"


def own(month: int, day: int, year: int | None = None, *, id: int = 1, in_march: bool = False) -> OwnDate:
    return OwnDate(id, 7, f"Ours, number {id}", month, day, year, "We met.", None, in_march, NOW)


def server(*dates: OwnDate, calendar: Calendar = SHIPPED) -> ServerDays:
    return ServerDays(calendar, GuildRecord(7, zone="Africa/Nairobi", muted=frozenset({MUTED})), dates)


def written(days: ServerDays, *, now: datetime = NOW, every: bool = False) -> str:
    content, _count = calendar_file(days, "HeForShe", now, ENGLISH, every=every)
    return content.decode()


def read(text: str) -> Parsed:
    return IcsCalendarStream.calendar_from_ics(text)


def shown(item: Item) -> str:
    year = item.date.year if isinstance(item, Milestone) else item.year if isinstance(item, OwnDate) else None
    return item.title if year is None else f"{item.title} ({year})"


def coming(events: Sequence[Event], until: date) -> list[tuple[date, str]]:
    calendar = Parsed(events=list(events))
    found = calendar.timeline.overlapping(date(2026, 1, 1), until)
    return sorted((event.dtstart, event.summary or "") for event in found)


@pytest.mark.parametrize("every", [False, True])
def test_another_parser_finds_the_days_that_the_server_remembers_for_ten_years(every: bool) -> None:
    days = server(own(2, 29), own(2, 29, 2016, id=2, in_march=True), own(12, 31, id=3))
    until = date(2036, 1, 1)

    events = read(written(days, every=every)).events

    expected = [
        (day.on, shown(entry.item))
        for day in takewhile(lambda day: day.on < until, days.coming(date(2026, 1, 1), every=every, apart=True))
        for entry in day.entries
    ]
    assert coming(events, until) == sorted(expected)
    assert ("Human Rights Day" in [event.summary for event in events]) == every, "it is muted"
    assert len(events) == len(days.items(every=every))


def test_the_leap_day_falls_in_the_file_as_it_does_in_the_posts() -> None:
    until = date(2029, 1, 1)
    in_february, in_march = (
        [on.strftime("%d %b %Y") for on, _ in coming(read(written(server(one, calendar=Calendar([])))).events, until)]
        for one in (own(2, 29), own(2, 29, in_march=True))
    )

    assert in_february == ["28 Feb 2026", "28 Feb 2027", "29 Feb 2028"]
    assert in_march == ["01 Mar 2026", "01 Mar 2027", "29 Feb 2028"]


def test_events_last_all_day_take_nobodys_time_and_tell_their_source() -> None:
    events = {event.summary: event for event in read(written(server())).events}

    launch = events["HeForShe is launched (2014)"]
    assert (launch.dtstart, launch.dtend) == (date(2026, 9, 20), date(2026, 9, 21))
    assert launch.transparency == "TRANSPARENT"
    assert launch.dtstamp == NOW
    assert launch.description is not None
    assert "It was on September 20, 2014." in launch.description
    assert "Source: " in launch.description
    assert launch.url is not None


def test_a_period_lasts_until_its_last_day() -> None:
    events = {event.summary: event for event in read(written(server())).events}

    period = next(event for name, event in events.items() if name and "16 Days" in name)
    assert (period.dtstart, period.dtend) == (date(2026, 11, 25), date(2026, 12, 11))


def test_a_date_that_has_not_come_round_yet_begins_when_it_does() -> None:
    [event] = read(written(server(own(5, 4, 2026), calendar=Calendar([])))).events

    assert event.dtstart == date(2027, 5, 4)


def test_a_later_file_has_the_same_ids_so_that_no_calendar_shows_a_date_twice() -> None:
    days = server(own(5, 4), own(6, 4, id=2))
    earlier, later = (
        [event.uid for event in read(written(days, now=now, every=True)).events]
        for now in (NOW, NOW + timedelta(days=400))
    )

    assert earlier == later
    assert len(set(earlier)) == len(earlier)


def test_it_names_its_maker_and_itself_and_keeps_to_the_letter_of_the_standard() -> None:
    text = written(server(own(5, 4)), every=True)

    assert "PRODID:-//Uplift//HeForShe//EN\r\n" in text
    assert "X-WR-CALNAME:HeForShe\r\n" in text
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")


@given(st.text(max_size=120), st.text(max_size=500))
@settings(deadline=None, max_examples=60)
@example("BEGIN:VEVENT", "a\r\nATTACH:http://example.org/\r\nb")
@example("a;b,c\\n:d", "END:VCALENDAR " * 20)
@example("✊🏽" * 40, "م" * 400)
def test_whatever_moderators_wrote_comes_back_as_it_was_and_adds_nothing(title: str, words: str) -> None:
    title, words = clean(title, 100) or "x", clean(words, 400)
    days = server(replace(own(5, 4), title=title, words=words), calendar=Calendar([]))

    [event] = read(written(days)).events

    assert event.summary == title
    assert (event.description or "") == words
    assert event.attach == []


def test_a_files_name_is_made_of_plain_letters() -> None:
    assert slug_of("HeForShe") == "heforshe"
    assert slug_of("Água é vida! 2030") == "agua-e-vida-2030"
    assert slug_of("水") == "dates"
