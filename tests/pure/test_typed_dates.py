"""Days as people type them: whatever means one day is read in every language of Discord's, and nothing else is."""

import calendar
import re
from datetime import date

import discord
import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.i18n import Languages
from bot.services.typed_dates import NotADay, TypedDay, typed_day

WORDS = Languages().words("en-US")
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


def read(typed: str, locale: str = "en-GB") -> TypedDay:
    return typed_day(typed, WORDS, locale)


def refusal(typed: str, locale: str = "en-GB") -> str:
    with pytest.raises(NotADay) as refused:
        read(typed, locale)
    return WORDS.say(refused.value.message)


@pytest.mark.parametrize("locale", [locale.value for locale in discord.Locale])
def test_what_a_language_writes_it_reads_back(locale: str) -> None:
    babel = Locale.parse(locale, sep="-")
    for month in range(1, 13):
        for day in (3, 12, 20):
            on = date(2014, month, day)
            assert read(format_date(on, "long", locale=babel), locale) == TypedDay(month, day, 2014)
            assert read(format_skeleton("MMMMd", on, locale=babel), locale) == TypedDay(month, day)
            alone = str(babel.months["stand-alone"]["wide"][month])
            assert read(f"{day} {alone} 2014", locale) == TypedDay(month, day, 2014)


@given(DAYS)
def test_iso_dates_are_read_everywhere(on: date) -> None:
    assert read(on.isoformat()) == TypedDay(on.month, on.day, on.year)
    assert read(f"{on:%m-%d}") == read(f"--{on:%m-%d}") == TypedDay(on.month, on.day)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("20 September 2014", TypedDay(9, 20, 2014)),
        ("  the 20th of  SEPTEMBER,2014 ", TypedDay(9, 20, 2014)),
        ("September 20", TypedDay(9, 20)),
        ("Sept. 20", TypedDay(9, 20)),
        ("1st May", TypedDay(5, 1)),
        ("20.9.", TypedDay(9, 20)),
        ("20. 9. 2014", TypedDay(9, 20, 2014)),
        ("3.4.", TypedDay(4, 3)),
        ("25/12", TypedDay(12, 25)),
        ("12/25/2014", TypedDay(12, 25, 2014)),
        ("4/4", TypedDay(4, 4)),
        ("2014/9/20", TypedDay(9, 20, 2014)),
        ("2014-9-2", TypedDay(9, 2, 2014)),
        ("20-09-2014", TypedDay(9, 20, 2014)),
        ("29 Feb", TypedDay(2, 29)),
        ("29 February 2016", TypedDay(2, 29, 2016)),
        ("２０１４-０９-２０", TypedDay(9, 20, 2014)),
        ("٢٠١٤-٠٩-٢٠", TypedDay(9, 20, 2014)),
    ],
)
def test_it_is_read_in_many_ways(typed: str, meant: TypedDay) -> None:
    assert read(typed) == meant


@pytest.mark.parametrize(
    ("typed", "locale", "meant"),
    [
        ("20. März", "de", TypedDay(3, 20)),
        ("20 fevrier 2014", "fr", TypedDay(2, 20, 2014)),
        ("1er mai", "fr", TypedDay(5, 1)),
        ("20 de septiembre de 2014", "es-ES", TypedDay(9, 20, 2014)),
        ("9月20日", "ja", TypedDay(9, 20)),
        ("2014년 9월 20일", "ko", TypedDay(9, 20, 2014)),
        ("20 tháng 9, 2014", "vi", TypedDay(9, 20, 2014)),
        ("20 сентября 2014 г.", "ru", TypedDay(9, 20, 2014)),
        ("20 सितंबर", "hi", TypedDay(9, 20)),
        ("20 September", "ja", TypedDay(9, 20)),
        ("2014. 9. 20.", "hu", TypedDay(9, 20, 2014)),
    ],
)
def test_it_is_read_in_the_reader_s_language_and_in_english(typed: str, locale: str, meant: TypedDay) -> None:
    assert read(typed, locale) == meant


@pytest.mark.parametrize(
    ("typed", "locale"),
    [("03/04", "en-GB"), ("03/04/2014", "de"), ("3-4-2014", "nl"), ("3.4.", "en-US"), ("3.4.2014", "hu")],
)
def test_what_could_be_two_days_is_asked_for_with_both_of_them(typed: str, locale: str) -> None:
    assert "can mean April 3 or March 4. Please write the month as a word." in refusal(typed, locale)


@pytest.mark.parametrize(
    "typed",
    ["31 June", "30 February", "29 February 2023", "0000-01-01", "13-01", "00-10", "32.1.", "31/31", "20-09", "99/1"],
)
def test_a_day_that_there_is_not_is_refused(typed: str) -> None:
    assert refusal(typed).startswith("There is no such day: ")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "20", "September", "September 2014", "20 Sep 14", "20 September 2014 10:00", "3-4", "May May 3"),
        *("1 May 2 June", "2014-09-20T10:00", "12014-09-20", "<t:1411171200:D>", "20 Septemberfest", "-5 May 2014 x"),
    ],
)
def test_what_is_no_date_is_refused_with_examples(typed: str) -> None:
    assert refusal(typed).endswith("Write it like September 20, 2014, September 20 or 2014-09-20.")


@settings(max_examples=300)
@given(st.text(max_size=200) | st.from_regex(re.compile(r"[0-9a-z. /,-]{0,30}")), st.sampled_from(list(discord.Locale)))
@example("²⁹ ⅞", discord.Locale.hindi)
@example("@everyone", discord.Locale.american_english)
def test_whatever_is_typed_is_a_day_that_exists_or_refused_in_words(typed: str, locale: discord.Locale) -> None:
    try:
        day = read(typed, locale.value)
    except NotADay as refused:
        said = WORDS.say(refused.message)
        assert len(said) < 400
        assert "@everyone" not in said
        return
    year = 2024 if day.year is None else day.year
    assert 1 <= day.day <= calendar.monthrange(year, day.month)[1]
