"""What a server remembers: the campaign's dates as its moderators chose, its own beside them, each day once."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import DATA
from bot.announcements.occurrences import instant_of, yearly
from bot.campaign.calendar import Calendar
from bot.campaign.load import load_campaign
from bot.campaign.models import Milestone, Observance
from bot.services.days import Item, ServerDay, ServerDays
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate

SHIPPED = Calendar(load_campaign(DATA / "heforshe").milestones)
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
NEW_YEAR = date(2026, 1, 1)
SWITCHES = ("posts_major", "posts_minor", "posts_campaign", "posts_history", "posts_observances")
COMMON = {"title": "A day", "description": "It is remembered.", "source_title": "An invented source", "tone": "plain"}


def milestone(on: str, **fields: Any) -> Milestone:
    values = {"id": f"m-{on}", "kind": "milestone", "scope": "history", "weight": "major", "date": on}
    return Milestone.model_validate(COMMON | values | fields)


def own(month: int, day: int, year: int | None = None, *, id: int = 1, **fields: Any) -> OwnDate:
    values: dict[str, Any] = {"title": "Ours", "words": "", "post_at": None, "in_march": False, "added_at": NOW}
    return OwnDate(id=id, guild_id=7, month=month, day=day, year=year, **(values | fields))


def server(*dates: OwnDate, calendar: Calendar = SHIPPED, **chosen: Any) -> ServerDays:
    return ServerDays(calendar, GuildRecord(7, **chosen), dates)


def told(days: ServerDays, count: int, start: date = NEW_YEAR, **how: bool) -> list[tuple[date, list[str]]]:
    return [
        (day.on, [getattr(entry.item, "id", entry.item.title) for entry in day.entries])
        for day in islice(days.coming(start, **how), count)
    ]


@st.composite
def servers(draw: st.DrawFn) -> ServerDays:
    items = draw(st.lists(st.sampled_from(SHIPPED.items), max_size=6))
    dates = [
        own(on.month, on.day, draw(st.none() | st.integers(2000, 2030)), id=number, in_march=draw(st.booleans()))
        for number, on in enumerate(draw(st.lists(st.dates(date(2024, 1, 1), date(2024, 12, 31)), max_size=5)))
    ]
    record = GuildRecord(
        7,
        zone=draw(st.sampled_from([None, "Africa/Nairobi", "America/New_York"])),
        post_at=draw(st.integers(0, 1439)),
        muted=frozenset(("milestone", item.id) for item in items),
        **{name: draw(st.booleans()) for name in SWITCHES},
    )
    dates = [replace(one, post_at=draw(st.none() | st.just(record.post_at) | st.integers(0, 1439))) for one in dates]
    return ServerDays(SHIPPED, record, tuple(dates))


# What is posted.


@given(servers(), st.dates(date(2020, 1, 1), date(2040, 12, 31)), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=80)
def test_days_come_in_order_with_all_that_was_chosen_and_nothing_else(
    days: ServerDays, start: date, every: bool, apart: bool
) -> None:
    end = start + timedelta(days=500)
    coming = list(takewhile(lambda day: day.on < end, days.coming(start, every=every, apart=apart)))

    assert all(one.on < following.on for one, following in pairwise(coming))
    found = [(day.on, entry.item.title, entry.years) for day in coming for entry in day.entries]
    assert sorted(found, key=str) == sorted(_expected(days, start, end, every=every, apart=apart), key=str)
    assert all(entry.on == day.on for day in coming for entry in day.entries)


def _expected(
    days: ServerDays, start: date, end: date, *, every: bool, apart: bool
) -> "list[tuple[date, str, int | None]]":
    found: list[tuple[date, str, int | None]] = []
    for item in [*SHIPPED.items, *days.own]:
        first = item.year if isinstance(item, OwnDate) else item.first_year
        for year in range(start.year, end.year + 1):
            on = _falls(item, year)
            begun = first is None or year > first or (year == first and isinstance(item, Observance))
            if begun and start <= on < end and _is_wanted(days.record, item, every=every, apart=apart):
                found.append((on, item.title, None if first is None else year - first))
    return found


def _falls(item: Item, year: int) -> date:
    if isinstance(item, OwnDate):
        return yearly(item.month, item.day, year, in_march=item.in_march)
    return item.yearly.within(year)


def _is_wanted(record: GuildRecord, item: Item, *, every: bool, apart: bool) -> bool:
    if isinstance(item, OwnDate):
        return apart or item.post_at in (None, record.post_at)
    if every:
        return True
    if ("milestone", item.id) in record.muted:
        return False
    if isinstance(item, Observance):
        of_scope = record.posts_observances
    else:
        of_scope = record.posts_campaign if item.scope == "campaign" else record.posts_history
    return of_scope and (record.posts_minor if item.weight == "minor" else record.posts_major)


def test_own_dates_weigh_as_major_ones_and_lead_among_equals() -> None:
    items = [
        milestone("1990-05-04", id="headline", weight="headline"),
        milestone("1980-05-04", id="major"),
        milestone("1970-05-04", id="minor", weight="minor"),
    ]
    days = server(own(5, 4, 2020, id=2), own(5, 4, id=1), calendar=Calendar(items), posts_minor=True)
    [day] = islice(days.coming(NEW_YEAR), 1)

    assert [entry.item.id for entry in day.entries] == ["headline", 2, 1, "major", "minor"]
    assert [entry.years for entry in day.entries] == [36, 6, None, 46, 56]


def test_a_date_with_an_hour_of_its_own_is_not_in_the_days_post_but_in_lists() -> None:
    empty = Calendar([])
    other = server(own(5, 4, post_at=600), calendar=empty)

    assert told(other, 1) == []
    assert other.on(date(2026, 5, 4)) is None
    assert told(other, 1, apart=True) == [(date(2026, 5, 4), [1])]
    same = server(own(5, 4, post_at=600), calendar=empty, post_at=600)
    assert told(same, 1) == [(date(2026, 5, 4), [1])]


def test_a_muted_date_is_not_posted_and_a_day_without_another_falls_away() -> None:
    calendar = Calendar([milestone("1990-05-04"), milestone("1990-06-04"), milestone("1991-06-04")])
    days = server(calendar=calendar, muted=frozenset({("milestone", "m-1990-05-04"), ("milestone", "m-1990-06-04")}))

    assert told(days, 2) == [(date(2026, 6, 4), ["m-1991-06-04"]), (date(2027, 6, 4), ["m-1991-06-04"])]
    assert told(days, 1, every=True) == [(date(2026, 5, 4), ["m-1990-05-04"])]
    assert days.is_muted(calendar.items[0])
    quiet = server(calendar=calendar, muted=frozenset(("milestone", item.id) for item in calendar.items))
    assert told(quiet, 1) == [], "and it does not look for ever"


def test_a_muted_fact_of_the_same_name_mutes_no_date() -> None:
    days = server(
        calendar=Calendar([milestone("1990-05-04")]), muted=frozenset({("fact", "m-1990-05-04"), ("milestone", "x")})
    )

    assert told(days, 1) == [(date(2026, 5, 4), ["m-1990-05-04"])]


def test_the_year_in_which_it_was_is_no_anniversary_of_a_date_of_ones_own() -> None:
    [first] = islice(server(own(5, 4, 2026), calendar=Calendar([])).coming(NEW_YEAR), 1)

    assert (first.on, first.lead.years) == (date(2027, 5, 4), 1)


def test_a_day_is_told_by_its_date() -> None:
    days = server()

    there = days.on(date(2026, 9, 20))
    assert there is not None
    assert there.lead.item.title == "HeForShe is launched"
    assert days.on(date(2026, 9, 21)) is None


def test_a_day_can_be_made_by_hand_for_a_test_or_a_preview() -> None:
    [day] = islice(server(own(5, 4), calendar=Calendar([])).coming(NEW_YEAR), 1)

    assert ServerDay(day.on, day.entries) == day
    assert not day.is_solemn


# How many, and when.


def test_a_year_has_as_many_posts_as_each_choice_says() -> None:
    days = server()

    assert days.posts_a_year(NEW_YEAR) == 23
    assert days.posts_a_year(NEW_YEAR, posts_minor=True) > 50
    assert days.posts_a_year(NEW_YEAR, posts_campaign=False, posts_history=False, posts_observances=False) == 0
    only_history = days.posts_a_year(NEW_YEAR, posts_campaign=False, posts_observances=False)
    assert 0 < only_history < 23


def test_a_date_with_an_hour_of_its_own_is_a_post_more() -> None:
    on_a_day_with_another = server(own(9, 20, post_at=600))
    on_that_hour, alone = server(own(9, 20)), server(own(9, 21))

    assert [days.posts_a_year(NEW_YEAR) for days in (on_a_day_with_another, on_that_hour, alone)] == [24, 23, 24]


@given(servers(), st.integers(0, 6 * 366 * 24 * 60))
@settings(deadline=None, max_examples=80)
def test_the_next_post_is_the_first_that_is_not_over(days: ServerDays, minutes: int) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    found = days.next_at(now)

    before = now.date() - timedelta(days=2)
    posts = ((day, instant_of(day.on, days.post_at, days.zone)) for day in days.coming(before))
    assert found == next(((day, at) for day, at in posts if at is not None and at >= now), None)


def test_a_post_that_is_due_this_very_moment_is_the_next() -> None:
    nine = datetime(2026, 9, 20, 6, tzinfo=UTC)
    found = [server(zone="Africa/Nairobi").next_at(now) for now in (nine, nine + timedelta(seconds=1))]

    assert [one is not None and one[1] == nine for one in found] == [True, False]


def test_where_nothing_is_remembered_there_is_no_next_post() -> None:
    assert server(calendar=Calendar([])).next_at(NOW) is None


def test_a_day_that_the_zone_does_not_have_gets_no_post_and_the_next_one_is_a_year_later() -> None:
    days = server(own(12, 30), calendar=Calendar([]), zone="Pacific/Apia")
    found = days.next_at(datetime(2011, 12, 1, tzinfo=UTC))

    assert found is not None
    assert found[0].on == date(2012, 12, 30)


# Whose time.


def test_days_are_counted_by_the_servers_clock() -> None:
    evening = datetime(2026, 9, 19, 22, tzinfo=UTC)

    assert server(zone="Africa/Nairobi").today(evening) == date(2026, 9, 20)
    assert server(zone="America/New_York").today(evening) == date(2026, 9, 19)


@pytest.mark.parametrize("name", [None, "Mars/Base", "../UTC"])
def test_without_a_zone_that_is_known_they_are_counted_in_utc(name: str | None) -> None:
    days = server(zone=name)

    assert not days.has_zone
    assert days.zone == ZoneInfo("UTC")
    assert days.today(datetime(2026, 9, 19, 22, tzinfo=UTC)) == date(2026, 9, 19)


def test_a_day_is_shown_by_the_instant_of_its_post_and_without_a_zone_by_one_that_keeps_its_date() -> None:
    day = next(server().coming(date(2026, 9, 20)))

    assert server(zone="Africa/Nairobi", post_at=600).shown_at(day) == datetime(2026, 9, 20, 7, tzinfo=UTC)
    assert server(post_at=600).shown_at(day) == day.at == datetime(2026, 9, 20, 10, tzinfo=UTC)


# What it costs.


def test_servers_that_chose_the_same_share_their_days() -> None:
    one, other = server(zone="Africa/Nairobi"), ServerDays(SHIPPED, GuildRecord(8, zone="Asia/Tokyo", post_at=30))

    assert next(one.coming(NEW_YEAR)) is next(other.coming(NEW_YEAR))
