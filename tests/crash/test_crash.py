"""Killed at any moment the bot keeps what it thanked for, once; and whoever looks for the opposite would find it."""

import secrets
from pathlib import Path

import pytest

from tests.crash.announcements import Announcements
from tests.crash.found import Found, Result, compared
from tests.crash.pledges import Pledges
from tests.crash.runner import crash

KILLS = 10


async def test_killed_at_each_step_and_at_random_it_loses_no_pledge_and_doubles_none(tmp_path: Path) -> None:
    result = await crash(Pledges, KILLS, secrets.randbelow(1_000_000), tmp_path, lambda *_: None)

    assert result.is_right, "\n".join(result.complaints())
    assert str(result) == "pledges: caught 2 of 2, lost 0, doubled 0"
    numbers = result.found.numbers
    assert numbers["kills"] == len(Pledges.steps) + KILLS
    assert numbers["unanswered, yet stored"] > 0, "where the danger is, nobody was killed"
    assert numbers["pledges"] > numbers["unanswered"] > numbers["unanswered, yet stored"]


async def test_killed_at_each_step_and_at_random_it_loses_no_announcement_and_doubles_none(tmp_path: Path) -> None:
    result = await crash(Announcements, KILLS, secrets.randbelow(1_000_000), tmp_path, lambda *_: None)

    assert result.is_right, "\n".join(result.complaints())
    assert str(result) == "announcements: caught 2 of 2, lost 0, doubled 0"
    numbers = result.found.numbers
    assert numbers["kills"] == len(Announcements.steps) + KILLS
    assert numbers["posts"] > numbers["in doubt"] > numbers["in doubt, yet posted"] > 0


def test_what_was_acknowledged_and_is_not_there_is_lost_and_what_is_there_twice_is_doubled() -> None:
    told = {
        "kept": True,
        "lost": True,
        "twice": True,
        "unheard": False,
        "unheard, kept": False,
        "unheard, twice": False,
    }
    kept = {"kept": 1, "twice": 2, "new, kept": 1, "new, twice": 3}

    found = compared(told, kept)

    assert found.lost == {"lost"}
    assert found.doubled == {"twice", "new, twice"}


def test_the_same_loss_seen_twice_is_one() -> None:
    found = Found()
    for _ in range(2):
        found.add(Found(lost={"a"}, doubled={"b", "c"}))

    assert (len(found.lost), len(found.doubled)) == (1, 2)


BOTH = {"one way": True, "another": True}


@pytest.mark.parametrize(
    ("caught", "found", "line"),
    [
        ({"one way": True, "another": False}, Found(), "pledges: caught 1 of 2, lost 0, doubled 0"),
        (BOTH, Found(lost={"a", "b"}), "pledges: caught 2 of 2, lost 2, doubled 0"),
        (BOTH, Found(doubled={"a"}), "pledges: caught 2 of 2, lost 0, doubled 1"),
        (BOTH, Found(faults=["a tally"]), "pledges: caught 2 of 2, lost 0, doubled 0, other faults 1"),
    ],
)
def test_anything_else_is_a_failure_that_tells_its_seed(caught: dict[str, bool], found: Found, line: str) -> None:
    result = Result("pledges", 4711, caught, found)

    assert str(result) == line
    assert not result.is_right
    assert "seed 4711" in next(result.complaints())
