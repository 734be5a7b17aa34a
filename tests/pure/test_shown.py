"""What was shown where: nothing comes again before all else that fits, and the memory has bounds."""

from hypothesis import given
from hypothesis import strategies as st

from bot.services.once import Once
from bot.services.shown import Shown

ITEMS = [f"item-{number}" for number in range(8)]
PLACES = st.integers(1, 3)
SOME = st.lists(st.sampled_from(ITEMS), min_size=1, unique=True)


def picks(shown: Shown, place: int, candidates: list[str], times: int) -> list[str]:
    return [shown.pick(place, candidates, ranked=False) for _ in range(times)]


@given(st.lists(st.tuples(PLACES, SOME, st.booleans()), max_size=40))
def test_what_was_never_shown_in_a_place_comes_first_then_what_was_shown_longest_ago(
    wishes: list[tuple[int, list[str], bool]],
) -> None:
    shown = Shown()
    history: dict[int, list[str]] = {}
    for place, candidates, ranked in wishes:
        before = history.setdefault(place, [])
        fresh = [item for item in candidates if item not in before]

        item = shown.pick(place, candidates, ranked=ranked)

        assert item in candidates
        if fresh and ranked:
            assert item == fresh[0]
        elif fresh:
            assert item in fresh
        else:
            last_seen = {candidate: before[::-1].index(candidate) for candidate in candidates}
            assert last_seen[item] == max(last_seen.values())
        before.append(item)


def test_all_are_shown_before_one_comes_again_and_then_in_the_same_order() -> None:
    seen = picks(Shown(), 1, ITEMS, 3 * len(ITEMS))

    first_round = seen[: len(ITEMS)]
    assert sorted(first_round) == ITEMS
    assert seen == first_round * 3


def test_the_order_is_not_always_the_same() -> None:
    assert len({tuple(picks(Shown(), 1, ITEMS, len(ITEMS))) for _ in range(20)}) > 1


def test_ranked_candidates_come_in_their_order() -> None:
    shown = Shown()

    assert [shown.pick(1, ITEMS, ranked=True) for _ in ITEMS] == ITEMS


def test_what_one_search_showed_another_does_not_repeat() -> None:
    shown = Shown()
    shown.pick(1, ["item-1"], ranked=True)

    assert shown.pick(1, ["item-1", "item-2"], ranked=True) == "item-2"


def test_places_know_nothing_of_each_other() -> None:
    shown = Shown()
    shown.pick(1, ["item-1"], ranked=True)

    assert shown.pick(2, ["item-1", "item-2"], ranked=True) == "item-1"


def test_what_came_into_a_place_otherwise_counts_as_shown() -> None:
    shown = Shown()
    shown.pick(1, ["item-0"], ranked=True)
    shown.mark(1, "item-1")

    assert shown.pick(1, ["item-1", "item-2"], ranked=True) == "item-2"


def test_marking_in_a_place_that_nothing_was_drawn_in_is_no_trouble() -> None:
    shown = Shown()
    shown.mark(1, "item-1")

    assert shown.pick(1, ["item-1", "item-2"], ranked=True) == "item-1", "such a place is not remembered"


def test_the_place_used_longest_ago_is_forgotten_first() -> None:
    shown = Shown(most_places=2)
    for place in (1, 2, 1, 3):  # 1 was used after 2, so that 2 makes room for 3
        shown.pick(place, ["item-1"], ranked=True)

    assert shown.pick(1, ["item-1", "item-2"], ranked=True) == "item-2", "1 is remembered"
    assert shown.pick(3, ["item-1", "item-2"], ranked=True) == "item-2", "3 is remembered"
    assert shown.pick(2, ["item-1", "item-2"], ranked=True) == "item-1", "2 starts anew"


@given(st.lists(st.integers(), max_size=60), st.integers(1, 5))
def test_no_more_places_are_kept_than_allowed(places: list[int], most: int) -> None:
    shown = Shown(most_places=most)

    for place in places:
        shown.pick(place, ITEMS, ranked=False)

    assert shown._places.keys() == set(list(dict.fromkeys(reversed(places)))[:most])


@given(st.lists(st.sampled_from(ITEMS), max_size=60))
def test_a_place_keeps_each_item_once(items: list[str]) -> None:
    shown = Shown()

    for item in items:
        shown.pick(1, [item], ranked=True)

    assert sum(map(len, shown._places.values())) == len(set(items))


# Once


@given(st.lists(st.integers(0, 20), max_size=60))
def test_a_key_is_first_once(keys: list[int]) -> None:
    once = Once()

    assert [key for key in keys if once.first(key)] == list(dict.fromkeys(keys))


def test_only_the_latest_keys_are_remembered() -> None:
    once = Once(most_keys=3)

    assert all(once.first(key) for key in range(4))
    assert [once.first(key) for key in (3, 2, 1)] == [False, False, False]
    assert once.first(0), "0 is forgotten: its button is long gone"
