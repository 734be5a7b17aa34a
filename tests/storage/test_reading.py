"""What is read: walls by the page, numbers, a member's own; each found by an index."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.pledges import MOST_IN_FORCE, ChooseCountry, EditPledge, ShowPledge, WithdrawPledge
from bot.storage.reading import DAYS, Known, WallPage, known_of, numbers, own_pledges, wall_page
from bot.storage.shown import MarkShown, shown_in
from tests.storage.world import DM, HERE, NOON, THERE, TODAY, Fresh, open_database, pledging, stored

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

POSTED = st.tuples(
    st.sampled_from([HERE, HERE, THERE, DM]), st.booleans(), st.sampled_from(["learn", "home"]), st.sampled_from("AB")
)
FILTERS = st.tuples(st.sampled_from([None, "learn", "no such"]), st.sampled_from([None, "KA", "ZZ"]))


async def furnish(db: Database, posted: list[tuple[int, bool, str, str]]) -> None:
    """Pledges with the ids 10, 20, 30 ..., so that there is room between them."""
    deeds = [
        pledging(id * 10, id, place, is_public=is_public, theme=theme, country=f"K{letter}")
        for id, (place, is_public, theme, letter) in enumerate(posted, 1)
    ]
    await asyncio.gather(*(db.write(deed) for deed in deeds))


async def wall(db: Database, theme: str | None, country: str | None) -> list[int]:
    """The ids that belong on the wall, newest first, found by looking at every pledge."""
    return sorted(
        (
            one.id
            for one in (await stored(db)).values()
            if one.guild_id == HERE and one.is_public and theme in (None, one.theme) and country in (None, one.country)
        ),
        reverse=True,
    )


def ids(page: WallPage) -> list[int]:
    return [one.id for one in page.pledges]


@quick
@given(st.lists(POSTED, max_size=25), FILTERS, st.integers(1, 4))
def test_walking_a_wall_meets_every_pledge_once_and_in_order_both_ways(
    fresh: Fresh, posted: list[tuple[int, bool, str, str]], filters: tuple[str | None, str | None], size: int
) -> None:
    theme, country = filters

    async def story() -> None:
        async with open_database(fresh()) as db:
            await furnish(db, posted)
            expected = await wall(db, theme, country)
            async with db.read() as connection:
                chosen: dict[str, Any] = {"theme": theme, "country": country, "size": size}
                page = await wall_page(connection, HERE, **chosen)
                assert not page.has_newer
                walk = [page]
                while walk[-1].has_older:
                    assert len(walk[-1].pledges) == size
                    start = walk[-1].pledges[-1].id
                    walk.append(await wall_page(connection, HERE, way="older", start=start, **chosen))
                    assert walk[-1].has_newer
                assert [id for page in walk for id in ids(page)] == expected

                for newer, older in zip(reversed(walk[:-1]), reversed(walk), strict=False):
                    back = await wall_page(connection, HERE, way="newer", start=older.pledges[0].id, **chosen)
                    assert back == newer

                oldest = await wall_page(connection, HERE, way="oldest", **chosen)
                assert ids(oldest) == expected[-size:]
                assert (oldest.has_newer, oldest.has_older) == (len(expected) > size, False)

    asyncio.run(story())


@quick
@given(st.lists(POSTED, max_size=12), FILTERS, st.integers(1, 3), st.sets(st.integers(1, 12)))
def test_a_page_knows_whether_there_is_more_though_pledges_were_withdrawn_meanwhile(
    fresh: Fresh,
    posted: list[tuple[int, bool, str, str]],
    filters: tuple[str | None, str | None],
    size: int,
    withdrawn: set[int],
) -> None:
    theme, country = filters

    async def story() -> None:
        async with open_database(fresh()) as db:
            await furnish(db, posted)
            gone = [WithdrawPledge(number * 10, number, NOON) for number in withdrawn]
            await asyncio.gather(*(db.write(deed) for deed in gone), return_exceptions=True)
            left = await wall(db, theme, country)
            async with db.read() as connection:
                chosen: dict[str, Any] = {"theme": theme, "country": country, "size": size}
                for start in range(0, 140, 5):  # pledges in force, withdrawn ones, and what never was one
                    older = await wall_page(connection, HERE, way="older", start=start, **chosen)
                    behind, onward = [id for id in left if id >= start], [id for id in left if id < start]
                    assert ids(older) == onward[:size]
                    assert (older.has_newer, older.has_older) == (bool(behind), len(onward) > size)

                    newer = await wall_page(connection, HERE, way="newer", start=start, **chosen)
                    behind, onward = [id for id in left if id <= start], [id for id in left if id > start]
                    assert ids(newer) == onward[-size:]
                    assert (newer.has_newer, newer.has_older) == (len(onward) > size, bool(behind))

    asyncio.run(story())


async def test_the_last_thirty_days_are_told_day_by_day_today_last(db: Database) -> None:
    made = [(1, 0), (2, 0), (3, 1), (4, DAYS - 1), (5, DAYS), (6, 400)]
    for id, days in made:
        await db.write(pledging(id, at=NOON - timedelta(days=days)))
    async with db.read() as connection:
        told = await numbers(connection, HERE, TODAY)
    assert len(told.days) == DAYS
    assert told.days[0] == 1
    assert told.days[-2:] == (1, 2)
    assert sum(told.days) == 4
    assert told.pledges == len(made)


async def test_a_pledge_belongs_to_its_day_in_utc(db: Database) -> None:
    early_tomorrow = (NOON + timedelta(hours=11)).astimezone(timezone(timedelta(hours=14)))
    assert early_tomorrow.date() > TODAY
    await db.write(pledging(1, at=early_tomorrow))
    async with db.read() as connection:
        assert (await numbers(connection, HERE, TODAY)).days[-1] == 1
    await db.write(WithdrawPledge(1, 1, NOON))
    async with db.read() as connection:
        assert sum((await numbers(connection, HERE, TODAY)).days) == 0


async def test_own_pledges_come_newest_first_those_of_one_server_or_all(db: Database) -> None:
    for id, place in ((1, HERE), (2, THERE), (3, DM), (4, HERE)):
        await db.write(pledging(id, guild_id=place, is_public=False))
    await db.write(pledging(5, member_id=2))
    async with db.read() as connection:
        assert [one.id for one in await own_pledges(connection, 1, None)] == [4, 3, 2, 1]
        assert [one.id for one in await own_pledges(connection, 1, HERE)] == [4, 1]
        assert [one.id for one in await own_pledges(connection, 1, DM)] == [3]


async def test_what_is_read_is_what_was_stored(db: Database) -> None:
    words = "Ich höre zu. 我会倾听。\n\u202eمرحبا\u202c 👩🏽‍🤝‍👨🏿 '; DROP TABLE pledge; --\x00 %s {0}"
    made = await db.write(pledging(2**62, 2**61, 2**60, words=words, country="TV", theme="x" * 24))
    async with db.read() as connection:
        [read] = await own_pledges(connection, 2**61, 2**60)
        assert read == made.pledge
        assert read == Pledge(2**62, 2**61, 2**60, "x" * 24, None, words, "TV", True, NOON)
        assert await known_of(connection, [(2**61, HERE), (1, HERE)]) == [Known("TV"), Known()]


async def test_an_instant_without_its_zone_is_refused(db: Database) -> None:
    with pytest.raises(Exception, match="zone"):
        await db.write(pledging(1, at=NOON.replace(tzinfo=None)))
    assert await stored(db) == {}


async def test_what_was_shown_longest_ago_comes_first(db: Database) -> None:
    marks = [("a", 0), ("b", 1), ("c", 2), ("a", 3)]
    deeds = [MarkShown(7, "fact", item, NOON + timedelta(seconds=second)) for item, second in marks]
    await asyncio.gather(*map(db.write, deeds), db.write(MarkShown(8, "fact", "z", NOON)))
    await db.write(MarkShown(7, "quote", "q", NOON))
    async with db.read() as connection:
        assert await shown_in(connection, 7, "fact") == ["b", "c", "a"]
        assert await shown_in(connection, 9, "fact") == []


@contextmanager
def overheard() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent to a database meanwhile."""
    statements: list[tuple[str, Any]] = []

    def hear(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def read_everything(connection: AsyncConnection) -> None:
    for theme in (None, "learn"):
        for country in (None, "KE"):
            for way in ("newest", "older", "newer", "oldest"):
                await wall_page(connection, HERE, theme=theme, country=country, way=way, start=5, size=5)
    await own_pledges(connection, 1, None)
    await own_pledges(connection, 1, HERE)
    await known_of(connection, [(1, HERE), (2, HERE)])
    await numbers(connection, HERE, TODAY)
    await shown_in(connection, 1, "fact")


async def plans_of(db: Database, statements: list[tuple[str, Any]]) -> list[tuple[str, list[str]]]:
    """How SQLite would go about each statement, in steps."""
    plans: list[tuple[str, list[str]]] = []
    async with db.read() as connection:
        for statement, parameters in statements:
            one = parameters[0] if isinstance(parameters, list) else parameters
            plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", one)).all()
            plans.append((statement, [str(step[-1]) for step in plan]))
    return plans


async def test_every_statement_that_reads_finds_its_rows_by_an_index_made_for_it(db: Database) -> None:
    with overheard() as statements:
        async with db.read() as connection:
            await read_everything(connection)
    selects = [one for one in statements if one[0].startswith("SELECT")]
    assert len(selects) > 30
    for statement, steps in await plans_of(db, selects):
        assert all(step.startswith(("SEARCH", "SCALAR SUBQUERY")) or "ORDER BY" in step for step in steps), (
            statement,
            steps,
        )
        if "on_wall = 1" in statement:  # a wall: by its own index, and already in order
            assert len(steps) == 1, (statement, steps)
            assert "ix_pledge_wall" in steps[0] or "ix_pledge_guild" in steps[0], (statement, steps)


async def test_every_statement_that_writes_finds_its_rows_by_an_index(db: Database) -> None:
    deeds: list[Any] = [
        pledging(1, country="KE"),
        pledging(2, country="TV"),
        EditPledge(1, 1, "home", None, "something else", "FR", True, NOON),
        ShowPledge(1, 1, False, NOON),
        ChooseCountry(1, "KE", NOON),
        WithdrawPledge(1, 1, NOON),
        MarkShown(1, "fact", "a", NOON),
    ]
    with overheard() as statements:
        for deed in deeds:
            await db.write(deed)
        await asyncio.gather(*(db.write(pledging(id, member_id=id)) for id in range(10, 40)))
    plans = await plans_of(db, [one for one in statements if not one[0].startswith(("BEGIN", "PRAGMA"))])
    assert len({statement for statement, _ in plans}) >= 9
    for statement, steps in plans:
        assert not any(step.startswith("SCAN") for step in steps), (statement, steps)
        if "UNION" in statement:  # what moderators said: found by its member, not by way of the server's whole log
            assert {step.split()[4] for step in steps if step.startswith("SEARCH")} == {
                *("ix_block_member", "ix_audit_member"),
            }


async def test_reading_costs_as_many_statements_with_many_pledges_as_with_none(path: Path) -> None:
    async with open_database(path) as db:
        with overheard() as few:
            async with db.read() as connection:
                await read_everything(connection)
        await furnish(db, [(HERE, True, "learn", "E")] * 3 * MOST_IN_FORCE)
        with overheard() as many:
            async with db.read() as connection:
                await read_everything(connection)
    assert len(few) == len(many)
