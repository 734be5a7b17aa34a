"""One server never sees another's: not its pledges, not its counts, whatever is done there."""

import asyncio
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.storage.database import Database
from bot.storage.pledges import ChooseCountry, EditPledge, MakePledge, NotTheirs, ShowPledge, WithdrawPledge
from bot.storage.reading import Numbers, WallPage, Way, numbers, own_pledges, wall_page
from tests.storage.world import (
    DEEDS,
    DM,
    HERE,
    NOON,
    THERE,
    TODAY,
    Fresh,
    faults,
    open_database,
    pledging,
    stored,
)

WAYS: tuple[Way, ...] = ("newest", "older", "newer", "oldest")
FIRST_OF_HERE = 1000
"""Pledges made here have ids from here on; those made elsewhere have lower ones."""

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


async def view(db: Database, place: int) -> tuple[list[WallPage], Numbers, list[Any]]:
    """All that is ever shown in a server."""
    async with db.read() as connection:
        pages = [
            await wall_page(connection, place, theme=theme, country=country, way=way, start=start, size=3)
            for way in WAYS
            for start in (5, FIRST_OF_HERE + 5)
            for theme, country in ((None, None), ("learn", None), (None, "KE"))
        ]
        own = [await own_pledges(connection, member_id, place) for member_id in range(6)]
        return pages, await numbers(connection, place, TODAY), own


def elsewhere(deed: Any) -> Any:
    return replace(deed, guild_id=THERE if deed.guild_id == HERE else deed.guild_id) if has_place(deed) else deed


def has_place(deed: Any) -> bool:
    return isinstance(deed, MakePledge)


def moved_here(deed: Any) -> Any:
    """The same, but done here, by people who may be in both."""
    ids = {"id": deed.id + FIRST_OF_HERE, "guild_id": HERE} if has_place(deed) else {}
    if hasattr(deed, "pledge_id"):
        ids = {"pledge_id": deed.pledge_id + FIRST_OF_HERE}
    return replace(deed, **ids)


def staying_put(deed: Any) -> bool:
    return not getattr(deed, "country", None) and not isinstance(deed, ChooseCountry)


@quick
@given(st.lists(DEEDS, max_size=40), st.lists(DEEDS.filter(staying_put), min_size=1, max_size=40))
def test_whatever_is_done_in_one_server_changes_nothing_in_another(
    fresh: Fresh, first: list[Any], then: list[Any]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await asyncio.gather(*(db.write(elsewhere(deed)) for deed in first), return_exceptions=True)
            before = await view(db, THERE)
            await asyncio.gather(*(db.write(moved_here(deed)) for deed in then), return_exceptions=True)
            assert await view(db, THERE) == before
            assert await faults(db) == []

    asyncio.run(story())


@quick
@given(st.lists(DEEDS, min_size=1, max_size=64))
def test_nothing_that_is_read_for_a_server_is_another_s(fresh: Fresh, deeds: list[Any]) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)
            everything = (await stored(db)).values()
            for place in (DM, HERE, THERE):
                inside = {one.id for one in everything if one.guild_id == place}
                pages, told, own = await view(db, place)
                assert {one.id for page in pages for one in page.pledges} <= inside
                assert {one.id for pledges in own for one in pledges} == inside
                assert all(one.is_public for page in pages for one in page.pledges)
                assert place == DM or told.pledges == len(inside)

    asyncio.run(story())


async def test_a_pledge_is_only_ever_changed_by_who_made_it(db: Database) -> None:
    made = (await db.write(pledging(1, member_id=1))).pledge
    attempts: list[Any] = [
        EditPledge(1, 2, "home", None, "not my promise", "KE", False, NOON),
        ShowPledge(1, 2, False, NOON),
        WithdrawPledge(1, 2, NOON),
    ]
    ended = await asyncio.gather(*(db.write(attempt) for attempt in attempts), return_exceptions=True)
    assert [type(error) for error in ended] == [NotTheirs] * 3
    assert await stored(db) == {1: made}


async def test_a_new_pledge_under_somebody_else_s_id_replaces_nothing(db: Database) -> None:
    made = (await db.write(pledging(1, member_id=1))).pledge
    [ended] = await asyncio.gather(db.write(pledging(1, member_id=2, words="mine now")), return_exceptions=True)
    assert isinstance(ended, Exception)
    assert await stored(db) == {1: made}


async def test_a_direct_message_counts_for_the_campaign_and_for_no_server(db: Database) -> None:
    await db.write(pledging(1, guild_id=DM, country="KE"))
    async with db.read() as connection:
        assert (await numbers(connection, DM, TODAY)).countries == {"KE": 1}
        assert (await numbers(connection, HERE, TODAY)).pledges == 0
    made = await db.write(pledging(2, guild_id=HERE))
    assert (made.supporters, made.own, made.is_first_here) == (1, 1, True)


async def test_who_pledged_in_a_server_is_no_new_supporter_of_the_campaign(db: Database) -> None:
    await db.write(pledging(1, guild_id=HERE, country="KE"))
    again = await db.write(pledging(2, guild_id=DM))
    assert (again.supporters, again.own, again.is_first_here, again.is_first_from_country) == (1, 2, False, False)
