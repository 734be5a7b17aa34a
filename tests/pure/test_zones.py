"""Time zones as people name them: found by city, country, name or offset; whatever else is typed is answered kindly."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from babel import Locale
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.services.errors import NothingFound
from bot.services.zones import described, known_zone, offset_of, suggest, zone, zone_named

JULY, JANUARY = datetime(2026, 7, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 12, tzinfo=UTC)
NAMES = sorted(available_timezones() - {"Factory", "localtime", "EST", "MST"})


def names(typed: str, now: datetime = JULY) -> list[str]:
    return [name for _shown, name in suggest(typed, now)]


def _meant(typed: str) -> str | None:
    try:
        return zone_named(typed, JULY)
    except NothingFound:
        return None


def why_not(typed: str) -> str:
    with pytest.raises(NothingFound) as refusal:
        zone_named(typed, JULY)
    return refusal.value.message.text.format(**refusal.value.message.values)


# A zone that is meant.


def test_every_zone_is_found_by_its_own_name_in_whatever_letters() -> None:
    for name in NAMES:
        assert zone_named(name, JULY) == name
        assert zone_named(name.lower(), JULY) == name
        assert zone_named(f" {name.upper().replace('_', ' ')} ", JULY) == name
        assert zone(name).key == name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Nairobi", "Africa/Nairobi"),
        ("nairobi", "Africa/Nairobi"),
        ("new york", "America/New_York"),
        ("NewYork", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Calcutta", "Asia/Kolkata"),
        ("Kiev", "Europe/Kyiv"),
        ("Kenya", "Africa/Nairobi"),
        ("KE", "Africa/Nairobi"),
        ("India", "Asia/Kolkata"),
        ("Japan", "Japan"),
        ("UK", "Europe/London"),
        ("utc", "UTC"),
    ],
)
def test_a_city_or_a_country_with_one_zone_means_it(typed: str, name: str) -> None:
    assert zone_named(typed, JULY) == name


def test_a_city_is_found_in_the_readers_language_too() -> None:
    assert zone_named("Токіо", JULY, Locale.parse("uk")) == "Asia/Tokyo"
    assert zone_named("Kenia", JULY, Locale.parse("es")) == "Africa/Nairobi"
    assert suggest("kairo", JULY, Locale.parse("de"))[0] == ("Kairo, Ägypten · 15:00 (UTC+03:00)", "Africa/Cairo")


# What is suggested.


def test_each_suggestion_shows_the_local_time_and_how_far_it_is_from_utc() -> None:
    [(in_july, _)], [(in_january, _)] = suggest("berlin", JULY), suggest("berlin", JANUARY)

    assert in_july == "Berlin, Germany · 2:00\u202fPM (UTC+02:00)"
    assert in_january == "Berlin, Germany · 1:00\u202fPM (UTC+01:00)"
    assert described("Asia/Kathmandu", JULY) == "Kathmandu, Nepal · 5:45\u202fPM (UTC+05:45)"


def test_before_anything_is_typed_well_known_places_are_offered() -> None:
    assert len(names("")) == len(names("  ")) == 25
    assert names("")[0] == "Africa/Nairobi"


@pytest.mark.parametrize(
    ("typed", "first", "among"),
    [
        ("nai", "Africa/Nairobi", "Africa/Nairobi"),
        ("germ", "Europe/Berlin", "Europe/Busingen"),
        ("us", "America/New_York", "America/Los_Angeles"),
        ("argentina", "America/Argentina/Buenos_Aires", "America/Argentina/Ushuaia"),
        ("naroibi", "Africa/Nairobi", "Africa/Nairobi"),
        ("pst", "America/Los_Angeles", "America/Los_Angeles"),
        ("est", "Europe/Tallinn", "America/New_York"),
    ],
)
def test_half_words_and_slips_find_places(typed: str, first: str, among: str) -> None:
    assert names(typed)[0] == first
    assert among in names(typed)


@pytest.mark.parametrize("typed", ["+3", "UTC+3", "utc +03:00", "GMT+0300", "+03"])
def test_an_offset_finds_the_places_that_have_it_now_and_last_the_offset_itself(typed: str) -> None:
    found = names(typed)

    assert found[0] == "Africa/Nairobi"
    assert found[-1] == "Etc/GMT-3", "POSIX counts the other way round"
    assert all(JULY.astimezone(ZoneInfo(name)).utcoffset() == timedelta(hours=3) for name in found)
    assert "Europe/Kyiv" in found, "in summer"
    assert "Europe/Kyiv" not in names(typed, JANUARY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("UTC+05:30", "Asia/Kolkata"),
        ("GMT-4", "America/New_York"),
        ("−4", "America/New_York"),
        ("+5:45", "Asia/Kathmandu"),
        ("+14", "Pacific/Kiritimati"),
        ("-3:30", "America/St_Johns"),  # not in July
    ],
)
def test_offsets_west_and_east_and_of_half_hours(typed: str, name: str) -> None:
    assert name in names(typed)


def test_an_offset_alone_is_no_zone_since_most_clocks_there_change() -> None:
    assert why_not("+2") == (
        r"I can't tell which time zone “\+2” is. Did you mean `Africa/Johannesburg` · `Europe/Paris` · `Europe/Berlin`?"
    )


def test_what_is_no_zone_is_answered_with_what_to_do() -> None:
    assert why_not("<@1> @everyone") == (
        "I know no time zone “\\<@1> @\u200beveryone”. Name the largest city near you, in its English spelling."
    )
    assert why_not("EST").startswith("I can't tell which time zone “EST” is. Did you mean ")
    assert why_not(" ") == "Name the largest city near you: it tells me the time zone."
    assert "/etc/passwd" in why_not("../../../etc/passwd")


@given(st.text(max_size=200) | st.from_regex(r"(utc|gmt)?[+-]\d{1,3}(:?\d\d)?", fullmatch=True))
@settings(deadline=None, max_examples=200)
@example("../../../etc/passwd")
@example("/etc/localtime")
@example("Europe/Berlin\x00")
@example("+99:99")
@example("a" * 4000)
@example("\ud800")
def test_whatever_is_typed_finds_zones_or_is_refused_in_words(typed: str) -> None:
    found = suggest(typed, JULY)

    assert len(found) <= 25
    assert all(0 < len(shown) <= 100 and known_zone(name) for shown, name in found)
    assert all(re.search(r"\d \(UTC[+-]\d\d:\d\d\)$|[AP]M \(UTC[+-]\d\d:\d\d\)$", shown) for shown, _ in found)
    assert known_zone(_meant(typed)) or why_not(typed)


@pytest.mark.parametrize("name", [None, "", "africa/nairobi", "../UTC", "/etc/localtime", "Mars/Base", "Factory"])
def test_only_a_zones_own_name_is_one(name: str | None) -> None:
    assert known_zone(name) is None
    if name is not None:
        with pytest.raises(LookupError):
            zone(name)


def test_an_offset_is_written_with_its_sign() -> None:
    assert offset_of(JULY, ZoneInfo("America/St_Johns")) == "UTC-02:30"
    assert offset_of(JULY, ZoneInfo("UTC")) == "UTC+00:00"
