"""Reports: each member's once, three of them hide, and whatever comes in one batch is as if it came one by one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.storage.audit import Deed, log_page
from bot.storage.database import Database
from bot.storage.moderation import DecidePledge
from bot.storage.pledges import EditPledge, ShowPledge, WithdrawPledge
from bot.storage.reading import wall_page
from bot.storage.reports import (
    NotOnTheWall,
    OwnPledge,
    Reported,
    ReportPledge,
    reportable,
    wall_between,
)
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING, report
from tests.storage.world import HERE, NOON, THERE, Fresh, faults, open_database, pledging, stored

MODERATOR = 77
LATER = NOON + timedelta(hours=1)
PRIVATE, ELSEWHERE = 4, 5
"""Pledges besides 1, 2 and 3, which stand on the wall here, each of the member with its number."""

quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


async def furnish(db: Database) -> None:
    for id in (1, 2, 3):
        await db.write(pledging(id, member_id=id))
    await db.write(pledging(PRIVATE, member_id=4, is_public=False))
    await db.write(pledging(ELSEWHERE, member_id=5, guild_id=THERE))


def reporting(
    pledge_id: int = 1, member_id: int = 10, guild_id: int = HERE, id: int = 0, words: str = "", at: datetime = NOON
) -> Any:
    """A report; its id is another for each member and pledge unless one is given."""
    return ReportPledge(id or member_id * 1000 + pledge_id, guild_id, pledge_id, member_id, words, at)


def editing(pledge_id: int = 1, words: str = "I will do better than that") -> EditPledge:
    return EditPledge(pledge_id, pledge_id, "home", None, words, None, True, LATER)


def deciding(pledge_id: int = 1, reason: str | None = None) -> DecidePledge:
    return DecidePledge(HERE, MODERATOR, pledge_id, reason, NOON)


async def do(db: Database, deeds: Sequence[Any]) -> list[Any]:
    """All at once; what was raised is among the results."""
    async with asyncio.timeout(30):
        return await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


async def open_reports(db: Database) -> dict[int, int]:
    """How many reports of each pledge wait for a moderator."""
    counted = select(report.c.pledge_id, func.count()).where(~report.c.is_closed).group_by(report.c.pledge_id)
    async with db.read() as connection:
        return {row[0]: row[1] for row in await connection.execute(counted)}


async def deeds_of(db: Database, guild_id: int = HERE) -> list[Deed]:
    async with db.read() as connection:
        return [deed for _, deed in await log_page(connection, guild_id, before=None, size=1000)]


async def on_the_wall(db: Database) -> list[int]:
    async with db.read() as connection:
        return [one.id for one in (await wall_page(connection, HERE, size=50)).pledges]


# One by one


async def test_a_report_asks_moderators_to_look_and_leaves_the_pledge_on_the_wall(db: Database) -> None:
    await furnish(db)
    result = await db.write(reporting(words="unkind"))
    assert (result.is_new, result.open_reports, result.is_hidden_now) == (True, 1, False)
    one = (await stored(db))[1]
    assert result.pledge == one
    assert (one.state, one.queued_at, one.on_wall) == (OPEN, NOON, True)
    assert await on_the_wall(db) == [3, 2, 1]
    assert await deeds_of(db) == []


async def test_three_reports_hide_it_and_the_log_says_that_nobody_did(db: Database) -> None:
    await furnish(db)
    results = [await db.write(reporting(member_id=member)) for member in (10, 11, 12)]
    assert [(one.open_reports, one.is_hidden_now) for one in results] == [(1, False), (2, False), (3, True)]
    assert (await stored(db))[1].state == REPORTED
    assert await on_the_wall(db) == [3, 2]
    [deed] = await deeds_of(db)
    assert deed == Deed(HERE, NOON, "auto_hide", None, 1, 1)
    assert await faults(db) == []
    late = await db.write(reporting(member_id=13))
    assert (late.is_new, late.open_reports, late.is_hidden_now) == (True, 4, False), "from a form that was open already"
    assert len(await deeds_of(db)) == 1


async def test_three_reports_by_one_member_hide_nothing(db: Database) -> None:
    await furnish(db)
    results = await do(db, [reporting(id=id) for id in (901, 902, 903)])
    assert [(one.is_new, one.open_reports) for one in results] == [(True, 1), (False, 1), (False, 1)]
    assert (await stored(db))[1].state == OPEN


async def test_a_report_delivered_twice_is_one(db: Database) -> None:
    await furnish(db)
    first, again = await do(db, [reporting(id=900)] * 2)
    assert (first.is_new, again.is_new) == (True, False)
    later = await db.write(reporting(id=900))
    assert (later.is_new, later.open_reports) == (False, 1)
    assert await open_reports(db) == {1: 1}


async def test_the_words_are_kept_for_moderators(db: Database) -> None:
    await furnish(db)
    await db.write(reporting(words="'; DROP TABLE report; -- 🙂"))
    async with db.read() as connection:
        row: Any = (await connection.execute(select(report))).one()
    assert row == (10_001, HERE, 1, 10, "'; DROP TABLE report; -- 🙂", NOON, False)


@pytest.mark.parametrize(
    ("what", "error"),
    [
        (reporting(1, member_id=1), OwnPledge),
        (reporting(PRIVATE), NotOnTheWall),
        (reporting(ELSEWHERE), NotOnTheWall),
        (reporting(1, guild_id=THERE), NotOnTheWall),
        (reporting(999), NotOnTheWall),
        (reporting(2**63 - 1), NotOnTheWall),
    ],
)
async def test_what_can_t_be_reported_leaves_no_trace(db: Database, what: ReportPledge, error: type) -> None:
    await furnish(db)
    before = await stored(db)
    [ended] = await do(db, [what])
    assert isinstance(ended, error)
    assert await open_reports(db) == {}
    assert await stored(db) == before
    assert await deeds_of(db) == []


async def test_it_fails_alone_also_within_a_batch(db: Database) -> None:
    await furnish(db)
    results = await do(db, [reporting(2), reporting(999), reporting(1, member_id=1), reporting(2, member_id=11)])
    assert [type(one) for one in results] == [Reported, NotOnTheWall, OwnPledge, Reported]
    assert results[3].open_reports == 2


async def test_nor_is_another_server_s_pledge_reported_in_a_batch_that_knows_it(db: Database) -> None:
    await furnish(db)
    theirs, not_ours = await do(db, [reporting(ELSEWHERE, guild_id=THERE), reporting(ELSEWHERE, member_id=11)])
    assert (theirs.is_new, type(not_ours)) == (True, NotOnTheWall)
    assert await open_reports(db) == {ELSEWHERE: 1}


async def test_a_withdrawn_pledge_takes_its_reports_with_it(db: Database) -> None:
    await furnish(db)
    results = await do(db, [reporting(), WithdrawPledge(1, 1, NOON), reporting(member_id=11)])
    assert [type(one) for one in results[::2]] == [Reported, NotOnTheWall]
    assert await open_reports(db) == {}
    assert await faults(db) == []


async def test_what_moderators_restored_is_reported_again_only_by_who_has_not_done_so(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(member_id=member) for member in (10, 11, 12)])
    await db.write(deciding())
    assert (await stored(db))[1].on_wall
    again = await do(db, [reporting(member_id=member, id=member) for member in (10, 11, 12)])
    assert [(one.is_new, one.open_reports) for one in again] == [(False, 0)] * 3
    assert (await stored(db))[1].queued_at is None
    new = await do(db, [reporting(member_id=member) for member in (13, 14)])
    assert [(one.open_reports, one.is_hidden_now) for one in new] == [(1, False), (2, False)]
    assert (await db.write(reporting(member_id=15))).is_hidden_now


async def test_what_moderators_hid_can_t_be_reported_but_who_had_done_so_is_told(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(), deciding(reason="unkind")])
    known, new = await do(db, [reporting(id=900), reporting(member_id=11)])
    assert (known.is_new, known.pledge.state) == (False, HIDDEN)
    assert isinstance(new, NotOnTheWall)


async def test_what_its_author_took_off_the_wall_can_t_be_reported(db: Database) -> None:
    await furnish(db)
    results = await do(db, [reporting(), ShowPledge(1, 1, False, NOON), reporting(member_id=11)])
    assert isinstance(results[-1], NotOnTheWall)


async def test_new_words_that_wait_for_a_moderator_are_nobody_s_to_read_or_to_report(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(member_id=member) for member in (10, 11, 12)])
    await db.write(editing())
    assert (await stored(db))[1].state == WAITING
    [late] = await do(db, [reporting(member_id=13)])
    assert isinstance(late, NotOnTheWall)
    async with db.read() as connection:
        assert await reportable(connection, HERE, 1) is None
    assert await open_reports(db) == {1: 3}


async def test_who_reported_harmless_words_can_report_the_others_that_came_after(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(words="meh"), reporting(member_id=11), deciding(), editing(words="Something awful")])
    async with db.read() as connection:
        before = (await connection.execute(select(report).where(report.c.member_id == 11))).one()

    at = LATER + timedelta(minutes=1)
    again, twice = await do(db, [reporting(id=900 + n, words="It names me.", at=at) for n in range(2)])

    assert (again.is_new, again.open_reports, again.pledge.queued_at) == (True, 1, at)
    assert (twice.is_new, twice.open_reports) == (False, 1)
    async with db.read() as connection:
        rows: list[Any] = list(await connection.execute(select(report).order_by(report.c.member_id)))
    assert rows == [(900, HERE, 1, 10, "It names me.", at, False), before]
    await db.write(deciding())
    assert not (await db.write(reporting(id=902, at=at))).is_new, "moderators have answered it"


async def test_nor_do_new_words_count_twice_what_nobody_has_answered(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(), editing()])
    again = await db.write(reporting(id=900, at=LATER + timedelta(minutes=1)))
    assert (again.is_new, again.open_reports) == (False, 1)


async def test_three_who_reported_before_hide_the_new_words(db: Database) -> None:
    await furnish(db)
    await do(db, [*(reporting(member_id=member) for member in (10, 11)), deciding(), editing()])
    at = LATER + timedelta(minutes=1)
    results = await do(db, [reporting(member_id=member, at=at) for member in (10, 11, 12)])
    assert [(one.open_reports, one.is_hidden_now) for one in results] == [(1, False), (2, False), (3, True)]


# Whatever comes together


@dataclass
class Opinion:
    """What should come of it, told one by one."""

    states: dict[int, str] = field(default_factory=lambda: dict.fromkeys((1, 2, 3), OPEN))
    queued: set[int] = field(default_factory=set[int])
    open: dict[int, set[int]] = field(default_factory=lambda: {1: set(), 2: set(), 3: set()})
    answered: dict[int, set[int]] = field(default_factory=lambda: {1: set(), 2: set(), 3: set()})
    words: dict[int, str] = field(default_factory=dict[int, str])
    """Of those that were changed: later than any report is made."""
    hidden_by_itself: int = 0

    def on(self, deed: Any) -> object:
        """The numbers of a report's result, or the class of what it raises; nothing of other deeds."""
        id = deed.pledge_id
        if isinstance(deed, ReportPledge):
            return self._report(deed) if id in self.states else NotOnTheWall
        if id in self.states and isinstance(deed, WithdrawPledge):
            del self.states[id], self.open[id], self.answered[id]
            self.queued.discard(id)
        elif id in self.states and isinstance(deed, EditPledge):
            if self.states[id] in (REPORTED, HIDDEN) and self.words.get(id) != deed.words:
                self.states[id] = WAITING
                self.queued.add(id)
            self.words[id] = deed.words or ""
        elif id in self.states and isinstance(deed, DecidePledge):
            wanted = OPEN if deed.reason is None else HIDDEN
            if id in self.queued or self.states[id] != wanted:
                self.states[id] = wanted
                self.queued.discard(id)
                self.answered[id] |= self.open[id]
                self.open[id] = set()
        return None

    def _report(self, deed: ReportPledge) -> object:
        id, who = deed.pledge_id, deed.member_id
        if who == id:
            return OwnPledge
        if who in self.open[id] or (who in self.answered[id] and id not in self.words):
            return False, len(self.open[id]), False
        if self.states[id] in (HIDDEN, WAITING):
            return NotOnTheWall
        self.answered[id].discard(who)
        self.open[id].add(who)
        self.queued.add(id)
        hides = self.states[id] == OPEN and len(self.open[id]) >= 3
        if hides:
            self.states[id] = REPORTED
            self.hidden_by_itself += 1
        return True, len(self.open[id]), hides


def told(result: object) -> object:
    if isinstance(result, Reported):
        return result.is_new, result.open_reports, result.is_hidden_now
    return type(result) if isinstance(result, NotOnTheWall | OwnPledge) else None


IDS = st.sampled_from([1, 1, 1, 2, 3])
REPORTS = st.builds(reporting, IDS, st.integers(1, 9))
DEEDS = st.one_of(
    *[REPORTS] * 6,
    st.builds(deciding, IDS, st.sampled_from([None, "unkind"])),
    st.builds(editing, IDS, st.sampled_from(["I will do better", "I will do worse"])),
    st.builds(lambda id: WithdrawPledge(id, id, NOON), st.sampled_from([2, 3])),
)


@quick
@given(st.lists(st.lists(DEEDS, min_size=1, max_size=64), min_size=1, max_size=4))
def test_in_any_order_and_any_batches_the_open_reports_are_counted_right(fresh: Fresh, groups: list[list[Any]]) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await furnish(db)
            opinion = Opinion()
            for deeds in groups:
                for deed, result in zip(deeds, await do(db, deeds), strict=True):
                    expected = opinion.on(deed)
                    if isinstance(deed, ReportPledge):
                        assert told(result) == expected, deed
                assert await open_reports(db) == {id: len(who) for id, who in opinion.open.items() if who}
                now = await stored(db)
                assert {id: now[id].state for id in opinion.states} == opinion.states
                assert {one.id for one in now.values() if one.queued_at} == opinion.queued
                assert await faults(db) == []
            by_itself = [one for one in await deeds_of(db) if one.moderator_id is None]
            assert len(by_itself) == opinion.hidden_by_itself

    asyncio.run(story())


# What is read


async def test_what_stands_between_two_pledges_of_the_wall(db: Database) -> None:
    await furnish(db)
    for id, theme, country in ((11, "home", "KE"), (12, "learn", "TV"), (13, "home", "TV")):
        await db.write(pledging(id, member_id=id, theme=theme, country=country))
    await db.write(pledging(14, member_id=14, is_public=False))
    await db.write(pledging(15, member_id=15, guild_id=THERE))

    async def between(newest: int, oldest: int, size: int = 10, **filters: str) -> list[int]:
        async with db.read() as connection:
            found = await wall_between(connection, HERE, newest=newest, oldest=oldest, size=size, **filters)
            return [one.id for one in found]

    assert await between(15, 3) == [13, 12, 11, 3]
    assert await between(12, 11) == [12, 11]
    assert await between(13, 1, size=2) == [13, 12]
    assert await between(15, 1, theme="home") == [13, 11]
    assert await between(15, 1, country="TV") == [13, 12]
    assert await between(1, 15) == []
    await do(db, [reporting(12, member_id=member) for member in (20, 21, 22)])
    assert await between(13, 11) == [13, 11], "hidden by itself"


async def test_what_can_be_reported_is_told_beforehand_as_the_report_would_be_taken(db: Database) -> None:
    await furnish(db)
    await do(db, [reporting(2, member_id=member) for member in (10, 11, 12)])
    await db.write(deciding(3, reason="unkind"))
    async with db.read() as connection:
        found = {id: await reportable(connection, HERE, id) for id in (1, 2, 3, PRIVATE, ELSEWHERE, 999)}
    assert [id for id, one in found.items() if one is not None] == [1, 2]
    assert found[1] == (await stored(db))[1]
