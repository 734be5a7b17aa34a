"""Times of day, as people type them all over the world."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.times import NoSuchTime, clock_time, minutes_of


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("9", "09:00"),
        ("9:00", "09:00"),
        ("09:00", "09:00"),
        ("9.30", "09:30"),
        ("0930", "09:30"),
        ("930", "09:30"),
        ("21h", "21:00"),
        ("21h15", "21:15"),
        ("21 h", "21:00"),
        ("9 am", "09:00"),
        ("9pm", "21:00"),
        ("9:05 p.m.", "21:05"),
        ("12 am", "00:00"),
        ("12 PM", "12:00"),
        ("0", "00:00"),
        ("23:59", "23:59"),
        (" 7:45 ", "07:45"),
        ("18 Uhr", "18:00"),
        ("７：３０", "07:30"),
        ("٠٩:٣٠", "09:30"),
    ],
)
def test_a_time_is_understood_as_people_write_it(typed: str, shown: str) -> None:
    assert clock_time(minutes_of(typed)) == shown


@pytest.mark.parametrize(
    "typed",
    ["", " ", "25:61", "24:00", "9:60", "13 pm", "0 am", "-1", "9:5", "9:000", "noonish", "⏰", "9" * 6000, "9:00:00"],
)
def test_what_is_no_time_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NoSuchTime) as refused:
        minutes_of(typed)
    assert len(str(refused.value.message.values["typed"])) < 50


@given(st.integers(0, 1439))
def test_every_minute_comes_back(minutes: int) -> None:
    assert minutes_of(clock_time(minutes)) == minutes


@given(st.text(max_size=40))
def test_any_text_is_a_minute_of_a_day_or_refused(typed: str) -> None:
    try:
        assert 0 <= minutes_of(typed) < 1440
    except NoSuchTime:
        return
