"""The sentences of posts: whose turn it is, and that they keep to the rules of solemn days."""

import re
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import announcement_repertoire as repertoire
from bot.cards.announcement_repertoire import BEGINNINGS, turn_of, years_ago_today
from bot.i18n import Languages, Message
from tests.support.pseudo import odd_languages

WORDS = Languages().words("en-US")
SOLEMN = (
    *repertoire.SOLEMN_THOUGHTS,
    *repertoire.SOLEMN_INVITATIONS,
    *repertoire.SOLEMN_TO_KNOW,
    *BEGINNINGS["milestone"]["solemn"],
    *BEGINNINGS["observance"]["solemn"],
    *BEGINNINGS["own"]["solemn"],
)


def every_sentence() -> list[Message]:
    found = [sentence for moods in BEGINNINGS.values() for sentences in moods.values() for sentence in sentences]
    for value in vars(repertoire).values():
        if isinstance(value, tuple) and value and isinstance(value[0], Message):
            found += value
    return list({sentence.text: sentence for sentence in found}.values())


@given(st.integers(2, 13), st.text(max_size=20), st.dates(), st.integers(1900, 2200))
def test_no_two_years_that_follow_have_the_same_turn_and_all_get_theirs(
    count: int, seed: str, first: date, year: int
) -> None:
    turns = [turn_of(range(count), seed, first, year + later) for later in range(2 * count)]

    assert all(this != following for this, following in pairwise(turns))
    assert set(turns[:count]) == set(range(count))
    assert turns[:count] == turns[count:]


@given(st.text(max_size=20), st.integers(2026, 2125))
def test_two_days_of_the_same_week_have_different_turns(seed: str, year: int) -> None:
    days = [date(2000, 9, day) for day in range(18, 25)]

    assert len({turn_of(range(7), seed, day, year) for day in days}) == 7


def test_another_server_hears_them_in_another_order() -> None:
    orders = {
        tuple(turn_of(range(7), f"{guild} part", date(2014, 9, 20), 2026 + n) for n in range(7)) for guild in range(40)
    }

    assert len(orders) > 20


def test_beginnings_questions_and_invitations_come_together_again_after_centuries_only() -> None:
    for moods in BEGINNINGS.values():
        assert {len(sentences) for sentences in moods.values()} == {7}
    assert len(repertoire.QUESTIONS) == len(repertoire.SOLEMN_THOUGHTS) == 11
    assert len(repertoire.INVITATIONS) == len(repertoire.SOLEMN_INVITATIONS) == 5


def test_no_sentence_shouts_and_each_is_whole() -> None:
    for sentence in every_sentence():
        assert "!" not in sentence.text
        assert sentence.text == sentence.text.strip()
        assert sentence.text[0] in "“{" or sentence.text[0].isupper()


@pytest.mark.parametrize("sentence", SOLEMN, ids=lambda sentence: sentence.text[:30])
def test_on_a_solemn_day_nothing_is_celebrated_and_nobody_asked_for_their_story(sentence: Message) -> None:
    assert not re.search(r"celebrat|congratulat|cheer|happy|good news|goal|tell us|share your", sentence.text, re.I)


def test_no_sentence_stands_twice_among_those_that_take_turns() -> None:
    for sort, moods in BEGINNINGS.items():
        said = [sentence.text for sentences in moods.values() for sentence in sentences]
        assert len(set(said)) == (7 if sort == "own" else 21), "an own date has no tone"


@pytest.mark.parametrize(
    ("years", "said"),
    [
        (1, "One year ago today"),
        (2, "Two years ago today"),
        (12, "Twelve years ago today"),
        (19, "Nineteen years ago today"),
        (21, "21 years ago today"),
        (25, "A quarter of a century ago today"),
        (50, "Half a century ago today"),
        (100, "A hundred years ago today"),
        (177, "177 years ago today"),
        (1234, "1,234 years ago today"),
    ],
)
def test_years_are_spelled_where_one_would_say_them_so(years: int, said: str) -> None:
    assert years_ago_today(WORDS, years) == said


def test_each_spelled_number_is_the_number_that_it_stands_for() -> None:
    spelled = [
        *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
        *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
    ]
    for years, word in enumerate(spelled, start=1):
        assert years_ago_today(WORDS, years).casefold().split()[0] == word


def test_every_sentence_stands_in_the_catalogue() -> None:
    words = odd_languages().words("en-US")
    for sentence in every_sentence():
        shown = words.gettext(sentence.text, **dict.fromkeys(re.findall(r"\{(\w+)\}", sentence.text), ""))
        assert not re.search(r"[A-Za-z]{2,}", shown), sentence.text
    assert not re.search(r"[A-Za-z]", "".join(years_ago_today(words, years) for years in range(1, 220)))
