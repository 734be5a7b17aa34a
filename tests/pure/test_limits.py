"""Limits: never more than so many within any period, never fewer than that, and a bounded memory."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import Clock
from bot.services.limits import Limits, TooFast

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class Hand:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON
        self.clock = Clock(lambda: self.now)

    def go(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def limits(hand: Hand, most: int = 3, seconds: int = 60, most_keys: int = 100) -> Limits:
    return Limits(hand.clock, most, timedelta(seconds=seconds), most_keys)


def test_so_many_fit_and_then_no_more_until_the_first_is_a_period_old() -> None:
    hand = Hand()
    some = limits(hand)
    assert [some.has_room(1) for _ in range(5)] == [True, True, True, False, False]
    hand.go(59.9)
    assert not some.has_room(1)
    hand.go(0.1)
    assert [some.has_room(1) for _ in range(4)] == [True, True, True, False]


def test_it_slides_and_does_not_begin_anew_with_the_minute() -> None:
    hand = Hand()
    some = limits(hand)
    taken: list[bool] = []
    for _ in range(9):
        taken.append(some.has_room(1))
        hand.go(15)
    assert taken == [True, True, True, False, True, True, True, False, True]


def test_what_is_refused_is_not_counted() -> None:
    hand = Hand()
    some = limits(hand, most=1)
    assert some.has_room(1)
    for _ in range(50):
        hand.go(1)
        assert not some.has_room(1)
    hand.go(10)
    assert some.has_room(1)


def test_each_key_has_its_own() -> None:
    some = limits(Hand(), most=1)
    assert [some.has_room(key) for key in (1, 2, 1, 2, 3)] == [True, True, False, False, True]


def test_who_takes_more_is_told_so() -> None:
    some = limits(Hand(), most=1)
    some.take(1)
    with pytest.raises(TooFast, match="a little later"):
        some.take(1)


def test_a_clock_that_was_set_back_locks_nobody_out() -> None:
    hand = Hand()
    some = limits(hand)
    for _ in range(3):
        assert some.has_room(1)
    hand.go(-86_400)
    assert [some.has_room(1) for _ in range(4)] == [True, True, True, False]


def test_the_keys_used_longest_ago_are_forgotten_first() -> None:
    some = limits(Hand(), most=1, most_keys=3)
    for key in (1, 2, 3):
        some.has_room(key)
    some.has_room(1)  # refused, yet used
    some.has_room(4)
    assert not some.has_room(1)
    assert some.has_room(2)
    for key in range(10, 10_000):
        some.has_room(key)
        assert len(some._uses) <= 3


def test_keys_whose_uses_are_all_over_are_swept_out_when_new_ones_come() -> None:
    hand = Hand()
    some = limits(hand, most=2)
    for key in range(25):
        some.has_room(key)
    hand.go(59)
    some.has_room(0)
    hand.go(1)
    some.has_room(0)
    assert len(some._uses) == 25, "nobody new has come"
    some.has_room(100)
    assert len(some._uses) == 16, "so many at once and no more: nobody waits for it"
    some.has_room(101)
    some.has_room(102)
    assert set(some._uses) == {0, 100, 101, 102}
    assert not some.has_room(0), "whose uses count still is not forgotten"


def test_what_is_to_be_forgotten_is() -> None:
    some = limits(Hand(), most=1)
    some.has_room(1)
    some.forget(1)
    some.forget(2)
    assert list(some._uses) == []
    assert some.has_room(1)


STEPS = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 40)), max_size=60)


@given(STEPS, st.integers(1, 4), st.integers(1, 90))
def test_a_use_fits_exactly_when_fewer_than_so_many_fitted_within_the_period(
    steps: list[tuple[int, int]], most: int, seconds: int
) -> None:
    hand = Hand()
    some = limits(hand, most, seconds)
    fitted: list[tuple[int, datetime]] = []
    for key, pause in steps:
        hand.go(pause)
        since = hand.now - timedelta(seconds=seconds)
        recent = [at for of, at in fitted if of == key and at > since]
        assert some.has_room(key) == (len(recent) < most)
        if len(recent) < most:
            fitted.append((key, hand.now))
