"""Which interactions come too late, whatever the machine's clock says."""

import time

import pytest

from bot.services.lateness import LATEST, LONGEST_RUN, Lateness

SENT = 1_700_000_000.0


class Watch:
    """The machine's steady clock, which a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = 5_000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.at)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


@pytest.mark.parametrize("wrong", [-7200.0, -3.0, 0.0, 3.0, 7200.0])
def test_only_what_was_longer_under_way_than_the_others_is_late(watch: Watch, wrong: float) -> None:
    lateness = Lateness()

    late = {way: lateness.is_late(SENT + wrong - way) for way in (0.1, 0.3, 2.5, 2.7, 5.0, 0.2)}

    assert late == {0.1: False, 0.3: False, 2.5: False, 2.7: True, 5.0: True, 0.2: False}


def test_the_first_is_never_late(watch: Watch) -> None:
    assert not Lateness().is_late(SENT - 5)


def test_a_day_later_the_late_are_still_told_from_the_others_though_clocks_part(watch: Watch) -> None:
    lateness, parted = Lateness(), 0.0
    for _ in range(24 * 60):
        watch.at += 60
        parted += 60 * 0.0002  # two clocks without care, at their worst
        assert not lateness.is_late(SENT + watch.at - parted)

    assert lateness.is_late(SENT + watch.at - parted - 2 * LATEST)


@pytest.mark.parametrize("jump", [-900.0, 900.0])
def test_after_a_clock_has_jumped_it_answers_again_within_seconds(watch: Watch, jump: float) -> None:
    lateness = Lateness()
    assert not lateness.is_late(SENT)

    late: list[bool] = []
    for second in range(30):
        watch.at += 1
        late.append(lateness.is_late(SENT + second + jump))

    assert sum(late) <= LONGEST_RUN + 1
    assert not any(late[-15:])
    assert lateness.is_late(SENT + 30 + jump - 2 * LATEST)
