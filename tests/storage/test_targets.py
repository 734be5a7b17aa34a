"""What a server reaches is told once for ever: what it reached before it was told, never."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.storage.database import Database
from bot.storage.moderation import DecidePledge
from bot.storage.pledges import ChooseCountry, MakePledge, ShowPledge, WithdrawPledge
from bot.storage.tables import CLAIMED, DROPPED, PLANNED, REFUSED, target
from bot.storage.targets import SINCE, Ladder, ordered, told_in
from tests.storage.posting import CHANNEL, MODERATOR, Change, Outbox, choose
from tests.storage.world import DM, HERE, NOON, THERE, Fresh, open_database, pledging, stored

AN_HOUR = timedelta(hours=1)
LADDER = Ladder((3, 5, 10), {"Africa": frozenset({"KE", "NG"}), "Oceania": frozenset({"TV"})})


@pytest.fixture
async def outbox(db: Database) -> Outbox:
    """Of a server that tells what it has reached."""
    await choose(db, "announcement_channel_id", CHANNEL)
    outbox = Outbox(db, LADDER)
    await outbox.take_news(NOON)
    return outbox


async def told(db: Database, outbox: Outbox, guild_id: int = HERE) -> list[tuple[str, ...]]:
    """What each post tells, in the order in which they were planned."""
    async with db.read() as connection:
        rows = [row for row in (await outbox.rows()).values() if row.kind == "target" and row.guild_id == guild_id]
        return [await told_in(connection, guild_id, row.id) for row in rows]


async def noted(db: Database, guild_id: int = HERE) -> set[str]:
    """What counts as reached, told or not."""
    async with db.read() as connection:
        return set(await connection.scalars(select(target.c.name).where(target.c.guild_id == guild_id))) - {SINCE}


async def come(db: Database, *people: int, guild_id: int = HERE, country: str | None = None) -> None:
    for person in people:
        await db.write(pledging(guild_id * 1000 + person, person, guild_id, country=country))


def test_of_what_is_reached_only_countries_that_are_counted_are_told() -> None:
    assert LADDER.reached(2, ["XK", "HK"]) == ()
    assert LADDER.reached(5, ["KE", "XK"]) == ("goal:5", "goal:3", "country:KE")
    assert Ladder((), {}).reached(9, ["KE"]) == (), "without regions there are none to reach"
    assert LADDER.reached(0, ["TV", "NG"]) == ("regions", "country:NG", "country:TV")


def test_goals_come_first_the_highest_of_them_and_countries_last() -> None:
    assert ordered(["country:TV", "goal:5", "regions", "country:KE", "goal:10"]) == (
        *("goal:10", "goal:5", "regions", "country:KE", "country:TV"),
    )


async def test_a_goal_is_told_when_enough_people_stand_there_public_or_not(db: Database, outbox: Outbox) -> None:
    await come(db, 1, 2)
    await outbox.take_news(NOON)
    assert await told(db, outbox) == []

    await db.write(pledging(99, 3, is_public=False))
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("goal:3",)]
    [row] = (await outbox.rows()).values()
    assert (row.kind, row.subject, row.occurrence, row.state, row.due_at) == ("target", "goal:3", "", PLANNED, NOON)
    assert (row.expires_at, row.zone) == (None, None)


async def test_it_is_told_once_for_ever_also_when_people_left_in_between(db: Database, outbox: Outbox) -> None:
    await come(db, 1, 2, 3)
    await outbox.round(NOON)
    await db.write(WithdrawPledge(HERE * 1000 + 3, 3, NOON))
    await outbox.round(NOON)
    await come(db, 4, 3)
    await outbox.round(NOON + 2 * AN_HOUR)
    assert await told(db, outbox) == [("goal:3",)]


async def test_of_goals_reached_at_once_the_highest_is_told_and_the_others_count_as_reached(
    db: Database, outbox: Outbox
) -> None:
    await come(db, 1, 2, 3, 4, 5)
    await outbox.round(NOON)
    assert await told(db, outbox) == [("goal:5",)]
    assert await noted(db) == {"goal:3", "goal:5"}


async def test_a_country_is_told_with_its_first_pledge_that_all_can_see(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(101, 1, is_public=False, country="KE"))
    await db.write(pledging(102, 2, is_reviewed=True, country="NG"))
    await outbox.take_news(NOON)
    assert await told(db, outbox) == []

    await db.write(ShowPledge(101, 1, True, NOON))
    await db.write(DecidePledge(HERE, MODERATOR, 102, None, NOON))
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("country:KE", "country:NG")]


async def test_also_when_its_author_tells_where_they_are_from_later(db: Database, outbox: Outbox) -> None:
    await come(db, 1)
    await db.write(ChooseCountry(1, "TV", NOON))
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("country:TV",)]


async def test_also_when_they_tell_it_with_a_pledge_in_another_server(db: Database, outbox: Outbox) -> None:
    await come(db, 1)
    await come(db, 1, guild_id=THERE, country="TV")
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("country:TV",)]


async def test_every_region_is_told_with_the_last_of_them(db: Database, outbox: Outbox) -> None:
    await come(db, 1, country="KE")
    await outbox.round(NOON)
    await come(db, 2, country="TV")
    await outbox.round(NOON + 2 * AN_HOUR)
    assert await told(db, outbox) == [("country:KE",), ("regions", "country:TV")]


async def test_what_is_reached_elsewhere_counts_nothing_here(db: Database, outbox: Outbox) -> None:
    await come(db, 1, 2, 3, guild_id=THERE, country="KE")
    await come(db, 4, 5, guild_id=DM, country="TV")
    await outbox.take_news(NOON)
    assert await noted(db) == set()
    assert await outbox.left() == (0, 0)


async def test_what_was_reached_before_it_is_told_is_not_told(db: Database) -> None:
    outbox = Outbox(db, LADDER)
    await come(db, 1, 2, 3, country="KE")
    await choose(db, "announcement_channel_id", CHANNEL)
    await outbox.take_news(NOON)
    assert await noted(db) == {"goal:3", "country:KE"}
    assert await told(db, outbox) == []

    await come(db, 4, 5)
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("goal:5",)]


@pytest.mark.parametrize("setting", ["announcement_channel_id", "posts_targets"])
async def test_nor_what_is_reached_while_it_is_not_told(db: Database, outbox: Outbox, setting: str) -> None:
    is_channel = setting == "announcement_channel_id"
    await choose(db, setting, None if is_channel else False)  # type: ignore[arg-type]
    await outbox.take_news(NOON)
    await come(db, 1, 2, 3, country="KE")
    await outbox.take_news(NOON)
    assert await noted(db) == set(), "nobody looks"

    await choose(db, setting, CHANNEL if is_channel else True)  # type: ignore[arg-type]
    await outbox.take_news(NOON)
    assert await told(db, outbox) == []
    await come(db, 4, country="TV")
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("regions", "country:TV")]


async def test_another_choice_of_the_server_s_hides_nothing(db: Database, outbox: Outbox) -> None:
    await come(db, 1, 2, 3)
    await choose(db, "allows_links", True)
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("goal:3",)]


async def test_what_waits_to_be_told_is_dropped_when_it_is_told_no_more(db: Database, outbox: Outbox) -> None:
    await come(db, 1, 2, 3)
    await outbox.take_news(NOON)
    await choose(db, "posts_targets", False)
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    assert (row.state, row.why, row.next_at) == (DROPPED, "no_channel", None)


async def test_there_is_one_post_an_hour_and_what_comes_meanwhile_is_told_in_the_next(
    db: Database, outbox: Outbox
) -> None:
    await come(db, 1, country="KE")
    await outbox.round(NOON)
    await come(db, 2, country="NG")
    await outbox.round(NOON + AN_HOUR / 4)
    await come(db, 3)
    await outbox.round(NOON + AN_HOUR / 2)
    assert await told(db, outbox) == [("country:KE",), ("goal:3", "country:NG")]
    first, second = (await outbox.rows()).values()
    assert (first.due_at, second.due_at) == (NOON, NOON + AN_HOUR)
    assert second.state == PLANNED

    await outbox.round(NOON + AN_HOUR)
    await come(db, 4, 5)
    await outbox.round(NOON + 3 * AN_HOUR)
    assert await told(db, outbox) == [("country:KE",), ("goal:3", "country:NG"), ("goal:5",)]


async def test_what_joins_a_post_that_could_not_be_posted_is_told_with_it(db: Database, outbox: Outbox) -> None:
    await come(db, 1, country="KE")
    await outbox.refuse(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(Change(row.id, {"body": "made before"}))
    await come(db, 2, country="NG")
    await outbox.take_news(NOON + 5 * AN_HOUR)

    [row] = (await outbox.rows()).values()
    assert (row.state, row.body) == (REFUSED, None)
    assert await told(db, outbox) == [("country:KE", "country:NG")]


@pytest.mark.parametrize("values", [{"state": CLAIMED}, {"state": REFUSED, "why": "invalid"}], ids=str)
async def test_nothing_joins_a_post_that_is_under_way_or_can_t_be_posted(
    db: Database, outbox: Outbox, values: dict[str, object]
) -> None:
    await come(db, 1, country="KE")
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(Change(row.id, values))
    await come(db, 2, country="NG")
    await outbox.take_news(NOON)
    assert await told(db, outbox) == [("country:KE",), ("country:NG",)]


STEPS = st.lists(
    st.tuples(st.sampled_from(["make", "make", "show", "hide", "withdraw", "news"]), st.integers(1, 12), st.booleans()),
    max_size=40,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_happens_nothing_is_told_twice_and_what_was_to_be_seen_at_the_news_is_noted(
    fresh: Fresh, steps: list[tuple[str, int, bool]]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await choose(db, "announcement_channel_id", CHANNEL)
            outbox, now = Outbox(db, LADDER), NOON
            await outbox.round(now)
            for what, person, flag in [*steps, ("news", 1, True)]:
                now += AN_HOUR / 4
                id, home = 1000 + person, ("KE", "NG", "TV", "XK")[person % 4]
                if what == "news":
                    await outbox.round(now)
                    assert await reached(db) <= await noted(db)
                    continue
                made = MakePledge(id, person, HERE, "learn", None, f"I promise {id}", home, flag, NOON)
                deed = {
                    "make": made,
                    "show": ShowPledge(id, person, flag, NOON),
                    "hide": DecidePledge(HERE, MODERATOR, id, "it hurts" if flag else None, NOON),
                    "withdraw": WithdrawPledge(id, person, NOON),
                }[what]
                await asyncio.gather(db.write(deed), return_exceptions=True)
            posts = await told(db, outbox)
            names = [name for post in posts for name in post]
            assert len(names) == len(set(names))
            assert all(posts), "no post tells nothing"

    asyncio.run(story())


async def reached(db: Database) -> set[str]:
    """What holds now, counted pledge by pledge."""
    pledges = (await stored(db)).values()
    people = len({one.member_id for one in pledges})
    countries = {one.country for one in pledges if one.on_wall}
    found = {f"goal:{goal}" for goal in LADDER.goals if goal <= people}
    found |= {f"country:{iso2}" for iso2 in countries & {"KE", "NG", "TV"}}
    return found | ({"regions"} if "TV" in countries and countries & {"KE", "NG"} else set())
