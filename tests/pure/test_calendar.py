"""Dates as they are written, and the days that come round: in order, none twice, none too early."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import DATA
from bot.campaign.calendar import CampaignDay, coming_days
from bot.campaign.dates import PartialDate, YearlyDate, parse_day
from bot.campaign.load import load_campaign
from bot.campaign.models import Milestone, Observance

SHIPPED = load_campaign(DATA / "heforshe").milestones
WEIGHTS = ("headline", "major", "minor")

COMMON = {"title": "A day", "description": "It is remembered.", "source_title": "An invented source", "tone": "plain"}


def milestone(on: str, **fields: Any) -> Milestone:
    values = {"id": f"m-{on}", "kind": "milestone", "scope": "history", "weight": "major", "date": on}
    return Milestone.model_validate(COMMON | values | fields)


def observance(on: str, since: int, **fields: Any) -> Observance:
    values = {"id": f"o-{on}", "kind": "observance", "weight": "major", "date": on, "first_observed": since}
    return Observance.model_validate(COMMON | values | fields)


@st.composite
def remembered(draw: st.DrawFn) -> Milestone | Observance:
    on = draw(st.dates(date(1850, 1, 1), date(2040, 12, 31)) | st.sampled_from([date(2016, 2, 29), date(2024, 2, 28)]))
    fields = {
        "id": f"d-{draw(st.integers(0, 10**6))}",
        "weight": draw(st.sampled_from(WEIGHTS)),
        "tone": draw(st.sampled_from(["festive", "plain", "solemn"])),
    }
    if draw(st.booleans()):
        return milestone(on.isoformat(), **fields)
    return observance(on.strftime("%m-%d"), on.year, **fields)


def those_of(day: CampaignDay) -> list[Milestone | Observance]:
    return [occurrence.item for occurrence in day.entries]


# Dates as they are written.


@given(st.dates())
def test_a_whole_date_reads_as_it_is_written(on: date) -> None:
    text = on.isoformat()

    assert PartialDate.parse(text) == PartialDate(on.year, on.month, on.day)
    assert PartialDate.parse(text[:7]) == PartialDate(on.year, on.month)
    assert PartialDate.parse(text[:4]) == PartialDate(on.year)
    assert parse_day(text) == on


@given(st.dates(date(2024, 1, 1), date(2024, 12, 31)))
def test_a_day_of_the_year_reads_as_it_is_written(on: date) -> None:
    assert YearlyDate.parse(on.strftime("%m-%d")) == YearlyDate(on.month, on.day)
    assert YearlyDate(on.month, on.day).within(2028) == on.replace(year=2028)


@given(st.text(max_size=12) | st.from_regex(r"\d{0,5}-?\d{0,3}-?\d{0,3}", fullmatch=True))
def test_whatever_is_no_date_is_refused_in_words(text: str) -> None:
    for parse, shortest, longest in ((PartialDate.parse, 4, 10), (YearlyDate.parse, 5, 5), (parse_day, 10, 10)):
        if shortest <= len(text) <= longest and set(text) <= set("0123456789-"):
            continue  # it may be a date
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        *("2014-13", "0000", "2015-02-29", "2014-9-20", "20-09-2014", "2014-09-20\n", "٢٠١٤", " 2014", ""),
        *("2014-00", "2014-05-00"),
    ],
)
def test_days_that_do_not_exist_and_other_spellings_are_no_dates(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a date|does not exist"):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["02-30", "04-31", "13-01", "00-10", "01-00", "2-29", "2024-02-29", "--", "٠٢-٠٣"])
def test_no_year_has_such_a_day(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a day of the year|does not exist"):
        YearlyDate.parse(text)


@pytest.mark.parametrize("text", ["2014", "2014-09"])
def test_a_date_that_is_not_whole_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match="write YYYY-MM-DD"):
        parse_day(text)


# The days that come.


@given(st.lists(remembered(), max_size=8), st.dates(date(1840, 1, 1), date(2045, 12, 31)))
@settings(deadline=None)
def test_days_come_in_order_from_the_start_on_and_hold_all_that_is_due(
    items: list[Milestone | Observance], start: date
) -> None:
    end = start.replace(year=start.year + 3, day=min(start.day, 28))
    days = list(takewhile(lambda day: day.on < end, islice(coming_days(items, start, minor=True), 100)))

    assert all(one.on < next_.on for one, next_ in pairwise(days)), "in order, no day twice"
    assert all(start <= day.on for day in days)
    shown = [(occurrence.on, occurrence.item.id) for day in days for occurrence in day.entries]
    assert sorted(shown) == sorted(
        (item.yearly.within(year), item.id)
        for item in items
        for year in range(start.year, end.year + 1)
        if start <= item.yearly.within(year) < end
        if year >= item.first_year + (1 if isinstance(item, Milestone) else 0)
    )


@given(st.lists(remembered(), min_size=1, max_size=12))
@settings(deadline=None)
def test_the_weightiest_leads_and_with_equal_weights_the_older(items: list[Milestone | Observance]) -> None:
    for day in islice(coming_days(items, date(2041, 1, 1), minor=True), 20):
        ranks = [(WEIGHTS.index(item.weight), item.first_year) for item in those_of(day)]
        assert ranks == sorted(ranks)
        assert (day.lead, *day.others) == day.entries
        assert day.is_solemn == any(item.tone == "solemn" for item in those_of(day))


def test_the_start_itself_is_among_the_days() -> None:
    items = [milestone("2001-05-04")]

    assert next(coming_days(items, date(2030, 5, 4))).on == date(2030, 5, 4)
    assert next(coming_days(items, date(2030, 5, 5))).on == date(2031, 5, 4)


def test_a_milestone_is_no_anniversary_in_its_own_year() -> None:
    first = next(coming_days([milestone("2001-05-04")], date(2001, 1, 1)))

    assert (first.on, first.lead.years) == (date(2002, 5, 4), 1)


def test_an_observance_is_kept_from_its_first_year_on_and_not_before() -> None:
    first = next(coming_days([observance("05-04", since=2001)], date(1990, 1, 1)))

    assert (first.on, first.lead.years) == (date(2001, 5, 4), 0)


def test_a_leap_day_is_remembered_on_the_28th_in_common_years() -> None:
    days = islice(coming_days([milestone("2016-02-29")], date(2016, 1, 1)), 5)

    assert [(day.on, day.lead.years) for day in days] == [
        (date(2017, 2, 28), 1),
        (date(2018, 2, 28), 2),
        (date(2019, 2, 28), 3),
        (date(2020, 2, 29), 4),
        (date(2021, 2, 28), 5),
    ]


def test_the_28th_and_the_29th_share_a_day_in_common_years_only() -> None:
    days = list(islice(coming_days([milestone("2000-02-29"), milestone("2001-02-28")], date(2023, 1, 1)), 3))

    assert [(day.on, len(day.entries)) for day in days] == [
        (date(2023, 2, 28), 2),
        (date(2024, 2, 28), 1),
        (date(2024, 2, 29), 1),
    ]


def test_one_solemn_item_makes_the_day_solemn() -> None:
    festive = milestone("2001-05-04", tone="festive", weight="headline")
    solemn = observance("05-04", since=2001, tone="solemn")

    [alone] = islice(coming_days([festive], date(2030, 1, 1)), 1)
    [both] = islice(coming_days([solemn, festive], date(2030, 1, 1)), 1)

    assert not alone.is_solemn
    assert both.is_solemn
    assert both.lead.item == festive, "it need not lead"


def test_minor_dates_come_only_when_asked_for() -> None:
    items = [milestone("2001-05-04", weight="minor"), milestone("2001-06-04")]

    assert next(coming_days(items, date(2030, 1, 1))).on == date(2030, 6, 4)
    assert next(coming_days(items, date(2030, 1, 1), minor=True)).on == date(2030, 5, 4)


def test_days_come_without_end_and_only_as_far_as_one_looks() -> None:
    [far] = islice(coming_days(SHIPPED, date(2026, 1, 1)), 10_000, 10_001)

    assert far.on.year > 2400


def test_where_nothing_is_remembered_no_day_comes() -> None:
    assert list(coming_days([], date(2026, 1, 1))) == []
    assert list(coming_days([milestone("2001-05-04", weight="minor")], date(2026, 1, 1))) == []


# What is shipped.


@pytest.mark.parametrize("year", range(2027, 2037))
def test_a_year_has_as_many_days_with_a_post_as_the_content_promises(year: int) -> None:
    days = list(takewhile(lambda day: day.on.year == year, coming_days(SHIPPED, date(year, 1, 1))))

    assert 23 <= len(days) <= 24
    for day in days:
        assert [item.weight for item in those_of(day)].count("headline") <= 1, f"{day.on} has one headline at most"


def test_the_day_of_the_launch_leads_its_day() -> None:
    day = next(day for day in coming_days(SHIPPED, date(2026, 9, 20)))

    assert day.on == date(2026, 9, 20)
    assert day.lead.years == 12
    assert day.lead.item.weight == "headline"


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_a_day_shown_as_an_instant_keeps_its_date_nearly_everywhere(on: date) -> None:
    day = CampaignDay(on, ())

    assert day.at.tzinfo is UTC
    for zone in ("Pacific/Honolulu", "America/Los_Angeles", "Africa/Nairobi", "Asia/Tokyo", "Pacific/Auckland"):
        assert day.at.astimezone(ZoneInfo(zone)).date() == on
    assert day.at - datetime(on.year, on.month, on.day, tzinfo=UTC) < timedelta(days=1)
