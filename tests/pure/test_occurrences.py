"""When local days begin, end and reach an hour: in every zone, whatever its clocks do."""

import os
import struct
import subprocess
import sys
from calendar import isleap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot import ROOT
from bot.announcements.occurrences import day_ends, instant_of, local_date, yearly
from tests.support.date_oracle import compared

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ZONES = sorted(available_timezones() - {"Factory", "localtime"})
NINE, HALF_PAST_TWO = 540, 150

zones = st.sampled_from(ZONES).map(ZoneInfo)
days = st.dates(date(2014, 1, 1), date(2100, 12, 31))
minutes = st.integers(0, 1439)


def shown(at: datetime | None, zone: str) -> str:
    """What the zone's own clock shows at an instant."""
    assert at is not None
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M %z")


def by_walking(on: date, minutes: int, zone: ZoneInfo) -> datetime | None:
    """What `instant_of` promises, by looking at the clock every minute of the days around."""
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    there = [at for at in (noon + n * MINUTE for n in range(-2880, 2881)) if at.astimezone(zone).date() == on]
    for exact in (True, False):
        for at in there:
            local = at.astimezone(zone)
            minute = local.hour * 60 + local.minute
            if minute == minutes if exact else minute > minutes:
                return at
    return there[-1] if there else None


@st.composite
def changing_days(draw: st.DrawFn) -> tuple[ZoneInfo, date]:
    """A zone and a day on which its clocks are put forward or back, if there is one that year."""
    zone, year = draw(zones), draw(st.integers(2014, 2100))
    noons = [datetime(year, 1, 1, 12, tzinfo=UTC) + n * DAY for n in range(365)]
    changes = [at.date() for at in noons if at.astimezone(zone).utcoffset() != (at + DAY).astimezone(zone).utcoffset()]
    on = draw(st.sampled_from(changes)) if changes else draw(days)
    return zone, on + draw(st.integers(-1, 2)) * DAY


# In every zone, on any day.


@given(zones, days, minutes)
@settings(deadline=None, max_examples=300)
def test_a_day_reaches_its_hour_within_itself(zone: ZoneInfo, on: date, minutes: int) -> None:
    at = instant_of(on, minutes, zone)

    assert at is not None, "from 2014 on no zone skips a whole day"
    assert at.tzinfo is UTC
    assert local_date(at, zone) == on
    assert at < day_ends(on, zone) <= at + timedelta(days=1, hours=3)


@given(zones, days)
@settings(deadline=None, max_examples=200)
def test_a_day_ends_as_the_next_begins(zone: ZoneInfo, on: date) -> None:
    end = day_ends(on, zone)

    assert end == instant_of(on + DAY, 0, zone)
    assert local_date(end, zone) == on + DAY
    assert local_date(end - MINUTE, zone) == on


@given(changing_days(), minutes)
@settings(deadline=None, max_examples=100)
def test_where_clocks_change_it_is_as_who_looks_every_minute_finds(
    changing: tuple[ZoneInfo, date], minutes: int
) -> None:
    zone, on = changing

    assert instant_of(on, minutes, zone) == by_walking(on, minutes, zone)


@given(changing_days(), minutes, minutes)
@settings(deadline=None, max_examples=200)
def test_a_later_hour_is_never_earlier(changing: tuple[ZoneInfo, date], one: int, other: int) -> None:
    zone, on = changing
    first, second = (instant_of(on, minutes, zone) for minutes in sorted((one, other)))

    assert first is not None
    assert second is not None
    assert first <= second


# Clocks that are put forward or back.


@pytest.mark.parametrize(
    ("zone", "on", "minutes", "expected"),
    [
        ("America/New_York", date(2026, 3, 8), HALF_PAST_TWO, "2026-03-08 03:00 -0400"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 135, "2026-10-04 02:30 +1100"),  # half an hour only
        ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-24 01:00 +0300"),
        ("America/Havana", date(2026, 3, 8), 30, "2026-03-08 01:00 -0400"),
        ("America/Santiago", date(2026, 9, 6), 0, "2026-09-06 01:00 -0300"),
        ("Asia/Beirut", date(2026, 3, 29), 15, "2026-03-29 01:00 +0300"),
        ("Atlantic/Azores", date(2026, 3, 29), 0, "2026-03-29 01:00 +0000"),
    ],
)
def test_what_the_clock_skips_moves_to_the_first_minute_after(zone: str, on: date, minutes: int, expected: str) -> None:
    assert shown(instant_of(on, minutes, ZoneInfo(zone)), zone) == expected


def test_what_is_skipped_at_the_end_of_a_day_comes_before_that_and_not_on_the_next() -> None:
    """In Nuuk clocks go from 23:00 on Saturday to midnight."""
    zone = ZoneInfo("America/Nuuk")

    assert shown(instant_of(date(2026, 3, 28), 1410, zone), zone.key) == "2026-03-28 22:59 -0200"
    assert shown(day_ends(date(2026, 3, 28), zone), zone.key) == "2026-03-29 00:00 -0100"


@pytest.mark.parametrize(
    ("zone", "on", "minutes", "expected"),
    [
        ("America/New_York", date(2026, 11, 1), 90, "2026-11-01 01:30 -0400"),
        ("Australia/Lord_Howe", date(2026, 4, 5), 105, "2026-04-05 01:45 +1100"),
        ("America/Santiago", date(2026, 4, 4), 1410, "2026-04-04 23:30 -0300"),
    ],
)
def test_what_the_clock_shows_twice_is_taken_the_first_time(zone: str, on: date, minutes: int, expected: str) -> None:
    assert shown(instant_of(on, minutes, ZoneInfo(zone)), zone) == expected


@pytest.mark.parametrize(
    ("zone", "missing"), [("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))]
)
def test_a_day_that_a_zone_skips_has_no_hour_and_the_day_before_ends_as_the_day_after_begins(
    zone: str, missing: date
) -> None:
    there = ZoneInfo(zone)

    assert [instant_of(missing, minutes, there) for minutes in (0, NINE, 1439)] == [None] * 3
    begins = instant_of(missing + DAY, 0, there)
    assert day_ends(missing - DAY, there) == day_ends(missing, there) == begins
    assert shown(begins, zone).startswith(f"{missing + DAY} 00:00")


def test_a_day_is_over_after_as_many_hours_as_it_has() -> None:
    zone = ZoneInfo("Europe/Berlin")
    hours = {
        on: (day_ends(on, zone) - (instant_of(on, 0, zone) or day_ends(on, zone))) / timedelta(hours=1)
        for on in (date(2026, 3, 29), date(2026, 6, 1), date(2026, 10, 25))
    }

    assert list(hours.values()) == [23, 24, 25]


# Days of the year.


@given(days)
def test_a_day_that_its_year_has_is_itself(on: date) -> None:
    assert yearly(on.month, on.day, on.year) == yearly(on.month, on.day, on.year, in_march=True) == on


@given(st.integers(2014, 2100))
@example(2100)
def test_the_leap_day_falls_on_the_28th_or_in_march_as_was_chosen(year: int) -> None:
    fallen = yearly(2, 29, year), yearly(2, 29, year, in_march=True)

    assert fallen == ((date(year, 2, 29),) * 2 if isleap(year) else (date(year, 2, 28), date(year, 3, 1)))


@pytest.mark.parametrize(("month", "day"), [(2, 30), (4, 31), (13, 1), (0, 1), (1, 0)])
def test_a_day_that_no_year_has_is_refused(month: int, day: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        yearly(month, day, 2024, in_march=True)


# Rules that change: what is stored is the local intent, so the instant follows.

TOLD = """
from datetime import date
from zoneinfo import ZoneInfo
from bot.announcements.occurrences import day_ends, instant_of
zone = ZoneInfo("Africa/Nairobi")
print(instant_of(date(2030, 9, 20), 540, zone), day_ends(date(2030, 9, 20), zone), sep="|")
"""


def _zone_file(folder: Path, rule: str) -> Path:
    """A tzdata folder of one zone, whose rule is written as in POSIX (RFC 9636, without any transitions)."""
    head = struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    block = struct.pack(">lBB4s", 0, 0, 0, b"LMT\0")
    (folder / "Africa").mkdir(parents=True)
    (folder / "Africa/Nairobi").write_bytes((head + block) * 2 + f"\n{rule}\n".encode())
    return folder


def test_when_a_zone_changes_its_rules_the_same_local_hour_is_another_instant(tmp_path: Path) -> None:
    before = _zone_file(tmp_path / "2026a", "<+03>-3")
    after = _zone_file(tmp_path / "2029b", "<+04>-4")

    told = [
        subprocess.run(
            [sys.executable, "-c", TOLD],
            cwd=ROOT,
            env=os.environ | {"PYTHONTZPATH": str(folder), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for folder in (before, after)
    ]

    assert told == [
        "2030-09-20 06:00:00+00:00|2030-09-20 21:00:00+00:00",
        "2030-09-20 05:00:00+00:00|2030-09-20 20:00:00+00:00",
    ]


# Another's reckoning.


def test_dateutil_finds_the_same_instants_for_500_servers_in_all_zones() -> None:
    """Each zone with a server at least; `python -m tests.support.date_oracle` compares each server in every zone."""
    pairs = [(seed, ZONES[seed % len(ZONES)]) for seed in range(max(500, len(ZONES)))]

    agreed = sum(compared(seed, zone, 2024 + seed % 6) for seed, zone in pairs)

    assert agreed > 10_000
