"""In simulated worlds full of trouble every post comes once, on its day; and a wrong way to post would be found out."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.sim.many import is_found_out, played, workers
from tests.sim.run import databases, play
from tests.sim.wrong import WAYS

WORLDS = 40
FIRST = 1
"""`make sim` plays others."""


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with workers() as made:
        yield made


def test_every_post_comes_once_on_its_local_day_and_the_tallies_are_right(pool: ProcessPoolExecutor) -> None:
    outcomes = list(played(pool, FIRST, WORLDS))

    assert [str(outcome) for outcome in outcomes if outcome.faults] == []
    assert sum(outcome.posts for outcome in outcomes) > WORLDS, "so little was posted that nothing is shown"


@pytest.mark.parametrize("way", WAYS)
def test_a_wrong_way_is_found_out(pool: ProcessPoolExecutor, way: str) -> None:
    assert is_found_out(pool, way, FIRST)


def test_a_seed_comes_to_the_same_again() -> None:
    with databases() as files:
        first, again = play(4711, files), play(4711, files)
    assert (first.said, first.posts) == (again.said, again.posts)
