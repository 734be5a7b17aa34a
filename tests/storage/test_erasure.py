"""Who has their data erased is gone from every table and every count, and again after a restore."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.erasure import EraseMember, apply_tombstones
from bot.storage.leaving import MarkLeft
from bot.storage.shown import MarkShown
from bot.storage.tables import block, member, metadata, report, role_holder, tombstone
from tests.storage.people import (
    FRIEND,
    FRIEND_S,
    LATER,
    LONG_AGO,
    WHO,
    everything,
    files_with,
    forget,
    furnish,
    of,
    report_of,
)
from tests.storage.rows import Put
from tests.storage.world import (
    DEEDS,
    DM,
    HERE,
    INSTANTS,
    MEMBERS,
    NOON,
    THERE,
    Fresh,
    SecondOpinion,
    agree,
    faults,
    open_database,
    pledging,
    stored,
)

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


async def test_an_erasure_tells_what_is_gone_and_leaves_the_counts_right(db: Database) -> None:
    await furnish(db)

    erased = await db.write(EraseMember(WHO, LATER))

    assert erased.counts == {
        "about_you": 1,
        "pledges": 3,
        "reports_you_sent": 2,
        "blocks": 2,
        "supporter_roles": 2,
        "shown_in_direct_messages": 1,
        "decisions_about_you": 2,
        "decisions_you_made": 2,
    }
    assert sorted(erased.pledges) == [(DM, 1003), (HERE, 1001), (THERE, 1002)]
    assert sorted(erased.blocked_in) == [HERE, THERE]
    assert sorted(erased.roles) == [(HERE, HERE + 9), (THERE, THERE + 9)]
    assert of(await everything(db), WHO) == {"tombstone": [(WHO, LATER)]}
    assert set(await stored(db)) == {2001, 2002}
    assert await faults(db) == []


async def test_what_is_said_about_their_pledges_goes_with_them_and_what_others_have_stays(db: Database) -> None:
    await furnish(db)
    before = of(await everything(db), FRIEND)

    await db.write(EraseMember(WHO, LATER))

    after = await everything(db)
    assert after["report"] == [], "one was theirs, the other about their pledge"
    for name in ("member", "pledge", "block", "shown"):
        assert of(after, FRIEND)[name] == before[name]
    assert sorted((deed[3], deed[6], deed[7]) for deed in after["audit"] if deed[6]) == [(None, FRIEND, "spam")] * 2
    assert [deed[7] for deed in after["audit"] if not deed[6]] == ["", ""], (
        "of what was said about them nothing is left"
    )


async def test_twice_at_once_is_done_once(db: Database) -> None:
    await furnish(db)

    first, second = await asyncio.gather(*(db.write(EraseMember(WHO, LATER)) for _ in range(2)))

    assert first.is_any
    assert not second.is_any
    assert (second.pledges, second.blocked_in, second.roles) == ((), (), ())
    assert await faults(db) == []


async def test_who_comes_back_begins_anew_and_is_remembered_as_erased_last_when_that_was(db: Database) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, NOON))
    made = await db.write(pledging(9, WHO, at=LATER))
    assert (made.own, made.pledge.country) == (1, None)

    await db.write(EraseMember(WHO, LATER))
    await db.write(pledging(10, WHO))
    await db.write(EraseMember(WHO, NOON))  # as a restore would say it

    assert of(await everything(db), WHO) == {"tombstone": [(WHO, LATER)]}


async def test_an_erasure_that_is_not_stored_has_not_begun(db: Database) -> None:
    await furnish(db)
    before = await everything(db)

    @dataclass(frozen=True)
    class Fails:
        @classmethod
        async def apply(cls, tx: AsyncConnection, batch: Any) -> Any:
            await EraseMember.apply(tx, [EraseMember(WHO, LATER)])
            raise LookupError

    with pytest.raises(LookupError):
        await db.write(Fails())

    assert await everything(db) == before
    assert await faults(db) == []


# After a restore.


async def test_after_a_restore_who_was_erased_is_erased_again_and_nobody_else(path: Path) -> None:
    async with open_database(path) as db:
        await furnish(db)
        await db.write(Put(tombstone, {"member_id": WHO, "at": LATER}))
        await db.write(Put(tombstone, {"member_id": 77, "at": LATER}))

        assert await apply_tombstones(db) == 1

        assert of(await everything(db), WHO) == {"tombstone": [(WHO, LATER)]}
        assert set(await stored(db)) == {2001, 2002}
        assert await faults(db) == []
        assert files_with(path.parent) == []
        assert await apply_tombstones(db) == 0


async def test_who_came_back_after_an_erasure_is_not_erased_by_a_restore(db: Database) -> None:
    await furnish(db)
    await db.write(EraseMember(WHO, NOON + timedelta(seconds=1)))
    await db.write(pledging(9, WHO, at=LATER))
    await db.write(MarkShown(WHO, "quote", "a-quote", LATER))

    assert await apply_tombstones(db) == 0

    assert set(await stored(db)) == {9, 2001, 2002}


@pytest.mark.parametrize("table", ["member", "shown", "report", "block", "role_holder", "audit"])
async def test_one_row_of_any_kind_is_enough_to_erase_again(db: Database, table: str) -> None:
    await furnish(db)
    kept = {"member": {"member", "pledge"}}.get(table, {table})
    await db.write(EraseMember(WHO, NOON - timedelta(days=1)))
    [row] = [deed.row for deed in one_row_each() if deed.table.name == table]
    await db.write(Put(metadata.tables[table], row))
    assert of(await everything(db), WHO).keys() == {"tombstone", table}, kept
    await db.write(Raise(tombstone, LATER))

    assert await apply_tombstones(db) == 1

    assert of(await everything(db), WHO).keys() == {"tombstone"}


def one_row_each() -> Iterator[Put]:
    yield Put(member, {"id": WHO, "country": "KE", "added_at": NOON})
    yield Put(metadata.tables["shown"], {"place": WHO, "kind": "fact", "item": "a-fact", "at": NOON})
    yield Put(report, report_of(1, HERE, FRIEND_S[HERE], WHO, "no"))
    yield Put(block, {"guild_id": HERE, "member_id": WHO, "reason": "rude", "at": NOON})
    yield Put(role_holder, {"guild_id": HERE, "member_id": WHO, "role_id": HERE + 9, "at": NOON})
    yield Put(
        metadata.tables["audit"],
        {"guild_id": HERE, "at": NOON, "action": "hide", "moderator_id": WHO, "details": "x"},
    )


@dataclass(frozen=True)
class Raise:
    """Makes all erasures later ones."""

    table: Any
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Any) -> list[None]:
        for one in batch:
            await tx.execute(update(one.table).values(at=one.at))
        return [None for _ in batch]


# Whatever is done in whatever order.


@dataclass(frozen=True)
class Forget:
    """A server removes the bot, and is forgotten in steps; the bot is there again afterwards."""

    guild_id: int
    most: int


ERASES_AND_FORGETS = st.one_of(
    st.builds(EraseMember, MEMBERS, INSTANTS), st.builds(Forget, st.sampled_from([HERE, THERE]), st.integers(1, 3))
)


@dataclass
class ThirdOpinion(SecondOpinion):
    """Knows erasures and forgotten servers, too."""

    shown: set[int] = field(default_factory=set[int])

    def on(self, deed: Any) -> object:
        if isinstance(deed, EraseMember):
            self._go(deed.member_id)
            self.shown.discard(deed.member_id)
            return None
        if isinstance(deed, Forget):
            inside = [one for one in self.pledges.values() if one.guild_id == deed.guild_id]
            for one in inside:
                del self.pledges[one.id]
            for one in inside:
                if not self.of(one.member_id) and one.member_id not in self.shown:
                    self._go(one.member_id)
            return None
        if isinstance(deed, MarkShown):
            self.shown.add(deed.place)
        return super().on(deed)

    def _go(self, member_id: int) -> None:
        self.countries.pop(member_id, None)
        for one in self.of(member_id):
            del self.pledges[one.id]


async def do(db: Database, deed: Any) -> Any:
    if isinstance(deed, Forget):
        await db.write(MarkLeft((deed.guild_id,), LONG_AGO))
        return await forget(db, deed.guild_id, deed.most)
    try:
        return await db.write(deed)
    except Exception as error:
        return error


@quick
@given(st.lists(DEEDS | ERASES_AND_FORGETS, min_size=5, max_size=60))
def test_the_counts_equal_a_recount_whatever_is_made_changed_withdrawn_erased_and_forgotten(
    fresh: Fresh, deeds: list[Any]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            opinion = ThirdOpinion()
            for deed in deeds:
                result, expected = await do(db, deed), opinion.on(deed)
                if not isinstance(deed, EraseMember | Forget):
                    assert agree(result, expected), f"{deed}\ngave {result!r}\nnot  {expected!r}"
            assert await stored(db) == opinion.pledges
            assert await faults(db) == []
            rows = await everything(db)
            homes = {row[0]: row[1] for row in rows["member"]}
            assert {id: home for id, home in homes.items() if home} == {
                id: home for id, home in opinion.countries.items() if home
            }

    asyncio.run(story())


@quick
@given(
    st.lists(
        st.lists(DEEDS | st.builds(EraseMember, MEMBERS, INSTANTS), min_size=2, max_size=30), min_size=1, max_size=4
    )
)
def test_erased_at_the_same_time_as_all_else_the_counts_are_right(fresh: Fresh, groups: list[list[Any]]) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            opinion = ThirdOpinion()
            for deeds in groups:
                await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)
                for deed in deeds:
                    opinion.on(deed)
                assert await stored(db) == opinion.pledges
                assert await faults(db) == []

    asyncio.run(story())


@quick
@given(st.lists(DEEDS, max_size=40), st.integers(1, 3))
def test_forgetting_one_server_leaves_the_other_as_it_was(fresh: Fresh, deeds: list[Any], most: int) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)
            before = await everything(db)
            await do(db, Forget(HERE, most))
            after = await everything(db)
            for name in ("pledge", "tally", "guild"):
                own = [row for row in before[name] if THERE in row]
                assert [row for row in after[name] if THERE in row] == own
            assert [row for name in ("pledge", "tally", "guild") for row in after[name] if HERE in row] == []
            assert await faults(db) == []

    asyncio.run(story())
