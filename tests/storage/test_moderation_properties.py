"""Whatever members and moderators do, in whatever order: the counts are right, and no server reaches into another.

The second is tried with 100,000 operations by `python -m tests.storage.test_moderation_properties`.
"""

import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Table, select

from bot.storage.audit import log_page
from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.migrate import migrate
from bot.storage.moderating import Wanted, open_reports, overdue_queues, pledge_page, queue_of
from bot.storage.moderation import BlockMember, DecidePledge, HideAllOf, UnblockMember
from bot.storage.pledges import ChooseCountry, EditPledge, MakePledge, MarkTold, ShowPledge, WithdrawPledge
from bot.storage.reports import ReportPledge
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING, audit, guild, metadata, report, tally
from tests.storage.world import (
    CHOICES,
    HERE,
    INSTANTS,
    MEMBERS,
    NOON,
    PLACES,
    THERE,
    Fresh,
    faults,
    of_own,
    open_database,
    stored,
    url_of,
)

quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])

MODERATORS = st.integers(71, 72)
SERVERS = st.sampled_from([HERE, THERE])
PLEDGES = st.builds(lambda member, number: member * 100 + number, MEMBERS, st.integers(1, 9))
REASONS = st.sampled_from(["it hurts", "it advertises"])
BY_MEMBERS = (
    of_own(MakePledge, PLACES, *CHOICES, st.booleans()),
    of_own(EditPledge, *CHOICES, st.booleans()),
    of_own(ShowPledge, st.booleans(), INSTANTS, st.booleans()),
    of_own(WithdrawPledge, INSTANTS),
    of_own(MarkTold, INSTANTS),
    st.builds(
        lambda place, pledge_id, member_id, at: ReportPledge(
            pledge_id * 100 + member_id, place, pledge_id, member_id, "", at
        ),
        *(SERVERS, PLEDGES, st.integers(1, 9), INSTANTS),
    ),
    st.builds(ChooseCountry, MEMBERS, st.sampled_from([None, "KE"]), INSTANTS),
)
BY_MODERATORS = (
    st.builds(DecidePledge, SERVERS, MODERATORS, PLEDGES, st.none() | REASONS, INSTANTS, st.booleans()),
    st.builds(HideAllOf, SERVERS, MODERATORS, MEMBERS, REASONS, INSTANTS),
    st.builds(BlockMember, SERVERS, MODERATORS, MEMBERS, REASONS, INSTANTS),
    st.builds(UnblockMember, SERVERS, MODERATORS, MEMBERS, INSTANTS),
)
RUNS = st.one_of(
    st.lists(BY_MEMBERS[0], min_size=4, max_size=20),
    *(st.lists(one, min_size=2, max_size=12) for one in BY_MODERATORS),
    st.lists(st.one_of(*BY_MEMBERS, *BY_MODERATORS), min_size=8, max_size=64),
)


async def do(db: Database, deeds: Sequence[Any]) -> None:
    async with asyncio.timeout(60):
        await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


async def out_of_place(db: Database) -> list[str]:
    """Pledges whose state, reason, place in the queue and open reports don't fit together."""
    everything = await stored(db)
    async with db.read() as connection:
        reported = {
            pledge_id
            for place in (HERE, THERE)
            for pledge_id in await open_reports(connection, place, list(everything))
        }
    rules = {
        "hidden without a reason, or a reason without being hidden": lambda p: (p.state == HIDDEN) != bool(p.reason),
        "hidden, and in the queue": lambda p: p.state == HIDDEN and p.queued_at is not None,
        "waits, and not in the queue": lambda p: p.state in (WAITING, REPORTED) and p.is_public and not p.queued_at,
        "private, and in the queue": lambda p: not p.is_public and p.queued_at is not None,
        "in the queue for nothing": lambda p: p.state == OPEN and p.queued_at is not None and p.id not in reported,
        "decided, and a report still open": lambda p: (
            p.id in reported and p.is_public and p.queued_at is None and p.state == OPEN
        ),
        "hidden with a report still open": lambda p: p.id in reported and p.state == HIDDEN,
    }
    return [f"{one.id} is {name}" for one in everything.values() for name, breaks in rules.items() if breaks(one)]


@quick
@given(st.lists(RUNS, min_size=2, max_size=6))
def test_the_counts_are_a_recount_after_whatever_members_and_moderators_do_at_once(
    fresh: Fresh, runs: list[list[Any]]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            for run in runs:
                await do(db, run)
                assert await faults(db) == []
                assert await out_of_place(db) == []

    asyncio.run(story())


def decided(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """All but when a server was first seen: of several moments in one batch, any will do."""
    return {name: found for name, found in rows.items() if name != guild.name}


@quick
@given(st.lists(RUNS, min_size=1, max_size=3))
def test_done_at_once_or_one_by_one_comes_to_the_same(fresh: Fresh, runs: list[list[Any]]) -> None:
    async def story() -> None:
        async with open_database(fresh()) as at_once, open_database(fresh()) as one_by_one:
            for run in runs:
                await do(at_once, run)
                for deed in run:
                    await do(one_by_one, [deed])
            assert await stored(at_once) == await stored(one_by_one)
            for place in (HERE, THERE):
                assert decided(await rows_of(at_once, place)) == decided(await rows_of(one_by_one, place))

    asyncio.run(story())


@quick
@given(st.lists(RUNS, min_size=1, max_size=3), st.lists(st.one_of(*BY_MODERATORS), min_size=1, max_size=40))
def test_what_moderators_of_one_server_do_changes_no_row_of_another(
    fresh: Fresh, runs: list[list[Any]], by_moderators: list[Any]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            for run in runs:
                await do(db, run)
            before = await rows_of(db, THERE)
            await do(db, [deed for deed in by_moderators if deed.guild_id == HERE])
            assert await rows_of(db, THERE) == before

    asyncio.run(story())


HIDINGS: list[list[Any]] = [
    [DecidePledge(HERE, 71, 199, "it hurts", NOON)],
    [HideAllOf(HERE, 71, 1, "it hurts", NOON)],
    [ReportPledge(900 + who, HERE, 199, who, "", NOON) for who in (7, 8, 9)],
    [BlockMember(HERE, 71, 1, "it hurts", NOON)],
    [BlockMember(HERE, 71, 1, "it hurts", NOON), UnblockMember(HERE, 71, 1, NOON)],
]
BY_AUTHORS = st.lists(st.lists(st.one_of(*BY_MEMBERS[:4]), min_size=4, max_size=40), min_size=1, max_size=4)


@quick
@given(st.sampled_from(HIDINGS), BY_AUTHORS)
def test_what_was_hidden_is_followed_by_nothing_on_the_wall_until_moderators_say_so(
    fresh: Fresh, hiding: list[Any], runs: list[list[Any]]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await do(db, [MakePledge(199, 1, HERE, "home", None, "I will sell it", None, True, NOON), *hiding])
            for run in runs:
                await do(db, run)
                theirs = [one for one in (await stored(db)).values() if (one.member_id, one.guild_id) == (1, HERE)]
                assert [one for one in theirs if one.on_wall] == []

    asyncio.run(story())


# Two servers, for long

MEMBERS_OF_BOTH = range(1, 31)
MOST_COMPARED = 200
"""Of the lines of a log, the newest: it only grows."""


def place_column(table: Table) -> Column[Any] | None:
    """Where it says which server a row belongs to."""
    if table is guild:
        return guild.c.id
    return table.c.get("scope") if table is tally else table.c.get("guild_id")


async def rows_of(db: Database, place: int) -> dict[str, list[Any]]:
    """All that is stored of a server, in every table there is."""
    found: dict[str, list[Any]] = {}
    async with db.read() as connection:
        for table in metadata.sorted_tables:
            column = place_column(table)
            if column is None:
                continue
            keys = [key for key in table.primary_key.columns if not (table is audit and key.name == "id")]
            rows = select(*(one for one in table.c if not (table is audit and one.name == "id"))).where(column == place)
            if table is audit:
                rows = rows.order_by(audit.c.id.desc()).limit(MOST_COMPARED)
            elif table is tally:
                rows = rows.where(tally.c["count"] != 0).order_by(*keys)
            else:
                rows = rows.order_by(*keys)
            found[table.name] = [tuple(row) for row in await connection.execute(rows)]
    return found


def deed_in(place: int, chance: random.Random) -> Any:
    """Something that a member or a moderator does in a server; moderators and reporters name pledges of either."""
    member_id, moderator_id = chance.choice(MEMBERS_OF_BOTH), chance.choice((71, 72))
    own = member_id * 100 + chance.randrange(10) * 2 + (place == THERE)
    any_pledge = chance.choice(MEMBERS_OF_BOTH) * 100 + chance.randrange(20)
    words, shown, reviewed = f"I will do {chance.randrange(30)}", chance.random() < 0.8, chance.random() < 0.3
    reason = chance.choice((None, "it hurts"))
    return chance.choice(
        (
            MakePledge(own, member_id, place, "learn", None, words, None, shown, NOON, reviewed),
            MakePledge(own, member_id, place, "home", "listen", None, None, shown, NOON, reviewed),
            EditPledge(own, member_id, "home", None, words, None, shown, NOON, reviewed),
            ShowPledge(own, member_id, shown, NOON, reviewed),
            WithdrawPledge(own, member_id, NOON),
            ReportPledge(chance.randrange(2**40), place, any_pledge, member_id, words, NOON),
            ReportPledge(chance.randrange(2**40), place, any_pledge, member_id, words, NOON),
            DecidePledge(place, moderator_id, any_pledge, reason, NOON, chance.random() < 0.5),
            DecidePledge(place, moderator_id, any_pledge, reason, NOON),
            HideAllOf(place, moderator_id, member_id, "all of it", NOON),
            BlockMember(place, moderator_id, member_id, "blocked", NOON),
            UnblockMember(place, moderator_id, member_id, NOON),
        )
    )


async def foreign_reads(db: Database, place: int) -> list[Pledge]:
    """Pledges of elsewhere, or private ones, among all that moderators of a server can read."""
    found: list[Pledge] = []
    async with db.read() as connection:
        for show in ("all", "waiting", "hidden"):
            wanted = [Wanted(show), Wanted(show, member_id=5), Wanted(show, words="do 1")]
            for one in wanted:
                found += (await pledge_page(connection, place, one, size=2000)).pledges
        waiting = [one for one in found if one.queued_at is not None]
        assert (await queue_of(connection, place)).size == len({one.id for one in waiting})
        assert {
            queue.guild_id for queue in await overdue_queues(connection, queued_before=NOON, reminded_before=NOON)
        } <= {
            HERE,
            THERE,
        }
        log = await log_page(connection, place, before=None, size=50)
        assert {deed.guild_id for _, deed in log} <= {place}
        theirs = select(report.c.pledge_id).where(report.c.guild_id == place)
        reported = set(await connection.scalars(theirs))
    return [one for one in found if one.guild_id != place or not one.is_public] + [
        one for one in (await stored(db)).values() if one.id in reported and one.guild_id != place
    ]


async def two_servers(db: Database, seed: int, operations: int, at_once: int = 64) -> int:
    """Both servers in turn, and each time a look at the other; returns how many operations were done."""
    chance = random.Random(seed)
    done = 0
    while done < operations:
        place, other = chance.choice(((HERE, THERE), (THERE, HERE)))
        before = await rows_of(db, other)
        deeds = [deed_in(place, chance) for _ in range(at_once)]
        await do(db, deeds)
        assert await rows_of(db, other) == before, f"after {done} operations, seed {seed}"
        done += at_once
        if done % 20 == 0 or done >= operations:
            for server in (HERE, THERE):
                assert await foreign_reads(db, server) == []
    assert await faults(db) == []
    return done


async def test_two_servers_that_are_busy_at_the_same_time_show_no_foreign_row(db: Database) -> None:
    assert await two_servers(db, seed=9, operations=2000) >= 2000


async def _main(operations: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "uplift.db"
        migrate(url_of(path))
        async with open_database(path) as db:
            done = await two_servers(db, seed=random.randrange(2**32), operations=operations)
            left = len(await stored(db))
            sys.stdout.write(f"{done} operations by two servers, no foreign row; {left} pledges are in force\n")


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
