"""The campaign's numbers are those of its pledges, and point at nobody."""

import asyncio
import random
import shutil
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage.campaign_export import FEWEST, OTHER, UNKNOWN, Row, folded, numbers_of_campaign, week_of
from bot.storage.errors import Unusable
from bot.storage.pledges import MakePledge
from tests.storage.old_database import FOLDER, tell_story
from tests.storage.world import DM, HERE, NOON, THERE, open_database, pledging, stored, url_of

CELLS = st.builds(
    Row,
    st.just("country and week"),
    st.sampled_from(["BR", "FJ", "KE", "TV", UNKNOWN]),
    st.sampled_from(["2026-W47", "2026-W48"]),
    st.none(),
    st.integers(1, 6),
    st.integers(6, 9),
)


@given(st.lists(CELLS, unique_by=lambda row: (row.country, row.week)))
def test_nobody_stands_alone_and_nobody_is_left_out(cells: list[Row]) -> None:
    rows = list(folded(cells))
    for row in rows:
        assert row.country == OTHER or row.supporters >= FEWEST
    for week in {cell.week for cell in cells}:
        of_week = [row for row in rows if row.week == week]
        before = [cell for cell in cells if cell.week == week]
        for count in ("supporters", "pledges"):
            assert sum(getattr(row, count) for row in of_week) == sum(getattr(cell, count) for cell in before)
        [*others] = [row for row in of_week if row.country == OTHER]
        assert len(others) <= 1
        for other in others:
            assert other.supporters >= FEWEST or of_week == [other], "what is left over would be known by subtraction"


@given(st.lists(CELLS, unique_by=lambda row: (row.country, row.week)))
def test_countries_that_are_large_enough_stay_unless_the_small_ones_need_company(cells: list[Row]) -> None:
    named = {(row.country, row.week) for row in folded(cells)}
    for week in {cell.week for cell in cells}:
        small = [cell for cell in cells if cell.week == week and cell.supporters < FEWEST]
        if not 0 < sum(cell.supporters for cell in small) < FEWEST:
            assert {(c.country, week) for c in cells if c.week == week and c not in small} <= named


@pytest.mark.parametrize(
    ("day", "week"),
    [
        ("2026-11-23", "2026-W48"),
        ("2026-11-29", "2026-W48"),
        ("2026-11-30", "2026-W49"),
        ("2027-01-01", "2026-W53"),
        ("2024-12-30", "2025-W01"),
        ("2023-01-01", "2022-W52"),
    ],
)
def test_weeks_are_those_of_iso_8601(day: str, week: str) -> None:
    assert week_of(date.fromisoformat(day)) == week


async def populate(path: Path) -> None:
    """Members of some countries, two of them small, and of none; in servers and in none; over two turns of the year."""
    dice = random.Random(48)
    deeds = [a_pledge(id, dice.randrange(1, 120), dice) for id in range(1, 400)]
    async with open_database(path) as db:
        await asyncio.gather(*map(db.write, deeds))


def a_pledge(id: int, member_id: int, dice: random.Random) -> MakePledge:
    home = {1: "FJ", 2: "FJ", 3: "IS"}.get(member_id, (None, "KE", "TV", "FR", "BR")[member_id % 5])
    hours = dice.randrange(60) * 6 + dice.choice((0, 8760))
    return pledging(
        id,
        member_id=member_id,
        guild_id=dice.choice((HERE, THERE, DM)),
        theme=dice.choice(("learn", "home")),
        country=home,
        at=datetime(2025, 12, 29, tzinfo=UTC) + timedelta(hours=hours),
    )


async def test_the_numbers_are_those_of_a_count_by_hand(path: Path) -> None:
    await populate(path)
    async with open_database(path) as db:
        pledges = list((await stored(db)).values())
    rows = await numbers_of_campaign(url_of(path))

    people: dict[tuple[object, ...], set[int]] = defaultdict(set)
    counted: Counter[tuple[object, ...]] = Counter()
    for one in pledges:
        country, week = one.country or UNKNOWN, week_of(one.made_at.date())
        for key in (
            ("campaign", None, None, None),
            ("country", country, None, None),
            ("week", None, week, None),
            ("theme", None, None, one.theme),
            ("country and week", country, week, None),
        ):
            people[key].add(one.member_id)
            counted[key] += 1
    for row in rows:
        if row.country != OTHER:
            key = (row.by, row.country, row.week, row.theme)
            assert (row.supporters, row.pledges) == (len(people[key]), counted[key]), row
    for by in ("country", "country and week"):
        of_kind = [row for row in rows if row.by == by]
        assert sum(row.pledges for row in of_kind) == len(pledges)
        assert any(row.country == OTHER for row in of_kind)
        assert len([row for row in of_kind if row.country != OTHER]) > 3
    assert {row.week for row in rows if row.by == "week"} >= {"2026-W01", "2026-W02", "2027-W01"}
    assert len([row for row in rows if row.by == "theme"]) == 2


async def test_they_stand_in_order_whole_campaign_first(path: Path) -> None:
    await populate(path)
    rows = await numbers_of_campaign(url_of(path))
    kinds = [row.by for row in rows]
    assert list(dict.fromkeys(kinds)) == ["campaign", "country", "week", "theme", "country and week"]
    assert kinds == sorted(kinds, key=list(dict.fromkeys(kinds)).index)
    weeks = [row.week or "" for row in rows if row.by == "country and week"]
    assert weeks == sorted(weeks)
    countries = [row.country for row in rows if row.by == "country"]
    assert countries == ["BR", "FR", "KE", "TV", UNKNOWN, OTHER]


async def test_of_an_empty_campaign_there_is_a_row_that_says_so(path: Path) -> None:
    assert await numbers_of_campaign(url_of(path)) == [Row("campaign", None, None, None, 0, 0)]


async def test_they_are_of_one_moment_while_pledges_are_made(path: Path) -> None:
    await tell_story(path)
    async with open_database(path) as db:
        is_over = False

        async def write() -> None:
            id = 1000
            while not is_over:
                id += 1
                await db.write(pledging(id, member_id=id, at=NOON))

        writing = asyncio.create_task(write())
        for _ in range(5):
            rows = await numbers_of_campaign(url_of(path))
            for by in ("country", "week", "theme", "country and week"):
                assert sum(row.pledges for row in rows if row.by == by) == rows[0].pledges
        is_over = True
        await writing
        assert rows[0].pledges > 6


async def test_how_far_it_is_is_told(path: Path) -> None:
    said: list[float | None] = []
    await numbers_of_campaign(url_of(path), lambda step, share: said.append(share))
    assert said == [0, 0.2, 0.4, 0.6, 0.8]


async def test_what_can_not_be_exported_is_told(tmp_path: Path) -> None:
    path = tmp_path / "uplift.db"
    with pytest.raises(Unusable, match="does not exist yet"):
        await numbers_of_campaign(url_of(path))
    shutil.copy(FOLDER / "uplift-0001.db", path)
    rows = await numbers_of_campaign(url_of(path))
    assert rows[0].pledges == 6, "of an earlier version, all that is asked for is there"
    path.write_bytes(b"no database at all " * 1000)
    with pytest.raises(Unusable, match="can't be read"):
        await numbers_of_campaign(url_of(path))
