"""The door for writing: whatever comes, in whatever order, the counts are right and every caller has its answer."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import ROOT
from bot.storage.database import Database
from bot.storage.errors import NotSaved
from bot.storage.pledges import ChooseCountry, TooMany, WithdrawPledge
from bot.storage.reading import numbers
from bot.storage.together import MOST_TOGETHER
from tests.storage.world import (
    DEEDS,
    DM,
    GROUPS,
    HERE,
    NOON,
    THERE,
    TODAY,
    Forgets,
    Fresh,
    Raises,
    SecondOpinion,
    Violates,
    agree,
    faults,
    open_database,
    pledging,
    stored,
    threads_ended,
    url_of,
)

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


async def do(db: Database, deeds: Sequence[Any]) -> list[Any]:
    """All at once; what was raised is among the results."""
    async with asyncio.timeout(30):  # nobody may be left without an answer
        return await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


@quick
@given(GROUPS)
def test_whatever_is_done_at_once_each_result_and_every_count_is_what_one_by_one_would_give(
    fresh: Fresh, groups: list[list[Any]]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            opinion = SecondOpinion()
            for deeds in groups:
                for deed, result in zip(deeds, await do(db, deeds), strict=True):
                    expected = opinion.on(deed)
                    assert agree(result, expected), f"{deed}\ngave {result!r}\nnot  {expected!r}"
                assert await stored(db) == opinion.pledges
                assert await faults(db) == []
            async with db.read() as connection:
                for place in (DM, HERE, THERE):
                    told = await numbers(connection, place, TODAY)
                    inside = [one for one in opinion.pledges.values() if place in (DM, one.guild_id)]
                    assert (told.supporters, told.pledges) == (len(opinion.people(place)), len(inside))
                    assert told.on_wall == sum(one.is_public for one in inside)
                    homes = {opinion.countries.get(one.member_id) for one in inside} - {None}
                    assert told.countries == {home: len(opinion.people(place, home)) for home in homes}
                    assert sum(told.days) == len(inside)

    asyncio.run(story())


@quick
@given(st.lists(DEEDS, min_size=2, max_size=40), st.data())
def test_a_cancelled_caller_breaks_nothing(fresh: Fresh, deeds: list[Any], data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.integers(0, len(deeds) - 1)), "who is cancelled")
    steps = data.draw(st.integers(1, 60), "after so many steps of the loop")

    async def story() -> None:
        async with open_database(fresh()) as db:
            callers = [asyncio.create_task(db.write(deed)) for deed in deeds]
            for _ in range(steps):
                await asyncio.sleep(0)
            for number in gone:
                callers[number].cancel()
            async with asyncio.timeout(5):
                await db.write(pledging(1000, 99))  # nobody waits for who is gone
            results = await asyncio.gather(*callers, return_exceptions=True)
            opinion = SecondOpinion()
            for number, (deed, result) in enumerate(zip(deeds, results, strict=True)):
                expected = opinion.on(deed)
                assert agree(result, expected) or (number in gone and isinstance(result, asyncio.CancelledError))
            opinion.on(pledging(1000, 99))
            assert await stored(db) == opinion.pledges
            assert await faults(db) == []

    asyncio.run(story())


async def test_fifty_presses_of_one_button_make_one_pledge(db: Database) -> None:
    results = await do(db, [pledging(1)] * 50)
    assert [result.is_new for result in results] == [True] + [False] * 49
    assert len(await stored(db)) == 1


async def test_two_devices_at_once_make_one_pledge(db: Database) -> None:
    results = await do(db, [pledging(1, words="I will listen"), pledging(2, words="i will  LISTEN")])
    assert [(result.is_new, result.pledge.id) for result in results] == [(True, 1), (False, 1)]


async def test_ten_pledges_are_the_most_and_one_withdrawn_makes_room(db: Database) -> None:
    results = await do(db, [pledging(id) for id in range(1, 12)])
    assert [result.own for result in results[:10]] == list(range(1, 11))
    assert isinstance(results[10], TooMany)
    assert (await db.write(pledging(11, guild_id=THERE))).is_new, "another server counts its own"

    _, made = await do(db, [WithdrawPledge(3, 1, NOON), pledging(12)])
    assert made.own == 10


async def test_a_withdrawal_stays_behind_its_pledge(db: Database) -> None:
    made, withdrawn, again = await do(db, [pledging(1), WithdrawPledge(1, 1, NOON), pledging(1)])
    assert made.is_first_here
    assert withdrawn == made.pledge
    assert again.is_first_here
    assert list(await stored(db)) == [1]


async def test_the_first_from_a_country_is_told_so_once(db: Database) -> None:
    results = await do(db, [pledging(id, member_id=id, country="TV") for id in (1, 2, 3)])
    assert [result.is_first_from_country for result in results] == [True, False, False]


async def test_who_moves_takes_all_pledges_along(db: Database) -> None:
    await do(db, [pledging(1, country="KE"), pledging(2, guild_id=THERE), ChooseCountry(1, "TV", NOON)])
    assert {one.country for one in (await stored(db)).values()} == {"TV"}
    async with db.read() as connection:
        assert (await numbers(connection, DM, TODAY)).countries == {"TV": 1}


@pytest.mark.parametrize(
    ("poison", "raised"), [(Raises(), LookupError), (Violates(), IntegrityError), (Forgets(), RuntimeError)]
)
async def test_a_poisoned_operation_fails_by_itself(db: Database, poison: Any, raised: type[Exception]) -> None:
    deeds = [pledging(1), pledging(2), poison, pledging(3), poison, WithdrawPledge(1, 1, NOON)]
    results = await do(db, deeds)
    assert [type(result) for result in results if isinstance(result, Exception)] == [raised, raised]
    assert set(await stored(db)) == {2, 3}
    assert await faults(db) == []


async def test_a_result_that_is_an_error_is_raised_to_its_caller_alone(db: Database) -> None:
    results = await do(db, [pledging(1), WithdrawPledge(77, 1, NOON), WithdrawPledge(1, 1, NOON)])
    assert [isinstance(result, Exception) for result in results] == [False, True, False]


@dataclass(frozen=True)
class Counted:
    """Counts the transactions that it takes to store many."""

    log: list[int]

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Counted"]) -> Sequence[None]:
        batch[0].log.append(len(batch))
        return [None for _ in batch]


async def test_what_waits_is_stored_together_but_not_without_bounds(db: Database) -> None:
    log: list[int] = []
    await do(db, [Counted(log)] * (2 * MOST_TOGETHER + 3))
    assert log == [MOST_TOGETHER, MOST_TOGETHER, 3]


async def test_no_task_lives_on_when_there_is_nothing_to_do(db: Database) -> None:
    await do(db, [pledging(1), pledging(2)])
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_every_commit_is_synced_and_readers_can_not_write(path: Path) -> None:
    asked = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")

    @dataclass(frozen=True)
    class Ask:
        @classmethod
        async def apply(cls, tx: AsyncConnection, batch: Sequence["Ask"]) -> Sequence[list[Any]]:
            return [[(await tx.exec_driver_sql(f"PRAGMA {name}")).scalar() for name in asked] for _ in batch]

    async with open_database(path) as db:
        assert await db.write(Ask()) == ["wal", 2, 1, 1, 5000]
        async with db.read() as connection:
            for name, value in (("query_only", 1), ("foreign_keys", 1), ("wal_autocheckpoint", 0)):
                assert (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar() == value


async def test_a_reader_sees_one_state_whatever_is_written_meanwhile(db: Database) -> None:
    await db.write(pledging(1))
    async with db.read() as connection:
        before = await numbers(connection, HERE, TODAY)
        await db.write(pledging(2, member_id=2))
        assert await numbers(connection, HERE, TODAY) == before
    async with db.read() as connection:
        assert (await numbers(connection, HERE, TODAY)).pledges == 2


async def test_closing_stores_what_still_waits(path: Path) -> None:
    async with open_database(path) as db:
        callers = [asyncio.create_task(db.write(pledging(id, member_id=id))) for id in range(1, 201)]
        await asyncio.sleep(0)
    assert all([(await caller).is_new for caller in callers])
    async with open_database(path) as db:
        assert len(await stored(db)) == 200


async def test_a_closed_database_refuses_instead_of_opening_again(path: Path) -> None:
    before = threading.active_count()
    async with open_database(path) as db:
        await db.write(pledging(1))
        async with db.read():
            pass
    with pytest.raises(NotSaved, match="closed"):
        await db.write(pledging(2))
    with pytest.raises(RuntimeError, match="closed"):
        async with db.read():
            pass
    await db.close()  # twice is no harm
    await threads_ended(before)
    assert sorted(file.name for file in path.parent.iterdir()) == ["uplift.db"], "the log is put away"


async def test_a_read_that_outlasts_the_closing_leaves_nothing_open(path: Path) -> None:
    before = threading.active_count()
    db = Database(url_of(path))
    async with db.read() as connection:
        await numbers(connection, HERE, TODAY)
        await db.close()
    await threads_ended(before)


async def test_when_the_loop_ends_nobody_waits_for_ever(path: Path) -> None:
    async with open_database(path) as db:
        await db.write(pledging(3))  # so that it is connected: a connection half made would be left to the collector
        caller = asyncio.create_task(db.write(pledging(1)))
        await asyncio.sleep(0)
        [writer] = asyncio.all_tasks() - {asyncio.current_task(), caller}
        await asyncio.sleep(0)
        writer.cancel()
        async with asyncio.timeout(1):
            [ended] = await asyncio.gather(caller, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError)
        assert (await db.write(pledging(2))).is_new, "the next one is served"
        assert await faults(db) == []


WRITES_FOR_EVER = """
import asyncio, sys
from bot.storage.database import Database
from tests.storage.world import pledging

async def write(db, member):
    for number in range(1, 10**6):
        id = number * 100 + member
        await db.write(pledging(id, member_id=id, country="KE"))
        print(id, flush=True)

async def main():
    db = Database(sys.argv[1])
    await asyncio.gather(*(write(db, member) for member in range(int(sys.argv[2]))))

asyncio.run(main())
"""


@pytest.mark.parametrize(("callers", "lines"), [(1, 40), (16, 150), (64, 1), (64, 700)])
async def test_what_was_acknowledged_outlives_a_killed_process(path: Path, callers: int, lines: int) -> None:
    command = [sys.executable, "-c", WRITES_FOR_EVER, url_of(path), str(callers)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:  # noqa: ASYNC220
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
    acknowledged = {int(line) for line in said if line.endswith("\n")}
    assert len(acknowledged) >= lines
    async with open_database(path) as db:
        assert acknowledged <= set(await stored(db))
        assert await faults(db) == []


def test_the_process_ends_though_somebody_forgot_to_close(path: Path) -> None:
    forgets = (
        "import asyncio, sys\n"
        "from bot.storage.database import Database\n"
        "from tests.storage.world import pledging\n"
        "async def main():\n"
        "    await Database(sys.argv[1]).write(pledging(1))\n"
        "asyncio.run(main())\n"
    )
    ended = subprocess.run([sys.executable, "-c", forgets, url_of(path)], cwd=ROOT, timeout=20, check=False)
    assert ended.returncode == 0
    assert os.path.getsize(path)  # noqa: PTH202
