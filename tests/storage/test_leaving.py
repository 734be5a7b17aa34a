"""A server that removed the bot is forgotten in steps, and leaves the others as they were."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.erasure import EraseMember, ForgetGuild
from bot.storage.leaving import MarkLeft, MarkThere, servers_gone, servers_here
from bot.storage.tables import block, muted
from tests.storage.people import CANARY, FRIEND, LATER, LONG_AGO, WHO, everything, files_with, forget, furnish
from tests.storage.rows import Put
from tests.storage.world import (
    DM,
    HERE,
    NOON,
    THERE,
    faults,
    pledging,
    stored,
)


async def test_a_forgotten_server_is_gone_and_the_other_has_all_it_had(db: Database, path: Path) -> None:
    await furnish(db)
    await db.write(pledging(30, FRIEND + 5, HERE, words=f"{CANARY}, only here", country="FJ"))
    before = await everything(db)
    await db.write(MarkLeft((HERE,), LONG_AGO))

    assert (await forget(db, HERE))[-1] == "done"

    after = await everything(db)
    assert [row for rows in after.values() for row in rows if HERE in row] == []
    for name, rows in before.items():
        if name not in ("tally", "member"):
            assert [row for row in rows if HERE not in row] == after[name], name
    assert {row[0] for row in after["member"]} == {WHO, FRIEND}, "who was only there is forgotten"
    assert await faults(db) == []
    await db.write(EraseMember(WHO, LATER))
    assert await db.scrub()
    assert files_with(path.parent) == []


async def test_it_goes_in_steps_in_which_others_can_write(db: Database) -> None:
    for number in range(1, 31):
        await db.write(pledging(number, number, HERE))
        await db.write(Put(block, {"guild_id": HERE, "member_id": number, "reason": "", "at": NOON}))
        await db.write(Put(block, {"guild_id": THERE, "member_id": number, "reason": "", "at": NOON}))
    await db.write(MarkLeft((HERE,), LONG_AGO))

    said = await forget(db, HERE, most=7)

    assert said == ["more"] * 10 + ["done"], "five steps for the pledges of thirty people, and five for the blocks"
    rows = await everything(db)
    assert (len(rows["block"]), rows["guild"], rows["tally"]) == (
        30,
        [],
        [row for row in rows["tally"] if row[0] == DM],
    )
    assert len(rows["member"]) == 30, "they are blocked in the other one"
    assert await faults(db) == []


@pytest.mark.parametrize("returns_after", [0, 3])
async def test_a_server_that_is_there_again_keeps_what_is_left(db: Database, returns_after: int) -> None:
    for number in range(1, 31):
        await db.write(pledging(number, number, HERE))
    await db.write(MarkLeft((HERE,), LONG_AGO))
    for _ in range(returns_after):
        await db.write(ForgetGuild(HERE, 5, NOON))
    await db.write(MarkThere((HERE,)))

    assert await forget(db, HERE, most=5) == ["there"]

    assert len(await stored(db)) == 30 - 5 * returns_after
    assert await faults(db) == []


async def test_a_server_is_not_forgotten_before_its_time(db: Database) -> None:
    await furnish(db)
    await db.write(MarkLeft((HERE,), NOON))
    before = await everything(db)

    assert await forget(db, HERE, left_before=NOON - timedelta(seconds=1)) == ["there"]
    assert await forget(db, 999) == ["there"]

    assert await everything(db) == before


async def test_since_when_a_server_is_gone_is_the_first_time_that_it_was_found_so(db: Database) -> None:
    await db.write(pledging(1))
    await db.write(pledging(2, guild_id=THERE))
    await db.write(Put(muted, {"guild_id": 33, "kind": "fact", "item": "a-fact", "at": NOON}))
    async with db.read() as connection:
        assert await servers_here(connection) == {HERE, THERE, 33}, "also one that never pledged"

    await db.write(MarkLeft((HERE, 33), NOON))
    await db.write(MarkLeft((HERE, 33), LATER))

    async with db.read() as connection:
        assert await servers_here(connection) == {THERE}
        assert await servers_gone(connection) == {HERE, 33}
        assert await servers_gone(connection, NOON) == {HERE, 33}
        assert await servers_gone(connection, NOON - timedelta(seconds=1)) == set()
    await db.write(MarkThere((HERE,)))
    await db.write(MarkLeft((HERE,), LATER))
    async with db.read() as connection:
        assert await servers_gone(connection, NOON) == {33}
        assert await servers_gone(connection, LATER) == {HERE, 33}
