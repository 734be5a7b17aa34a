"""What moderators decide: within their own server, once, with a trace, and with everything else still right."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.storage.audit import Deed, log_page
from bot.storage.database import Database
from bot.storage.guilds import record_of
from bot.storage.ledger import Pledge
from bot.storage.moderating import (
    OpenReports,
    Queue,
    Wanted,
    block_of,
    open_reports,
    pledge_page,
    queue_of,
    readable_pledge,
)
from bot.storage.moderation import (
    AlreadyDecided,
    Blocked,
    BlockMember,
    ChangedSince,
    DecidePledge,
    HideAllOf,
    NoSuchPledge,
    TheirOwn,
    UnblockMember,
    version_of,
)
from bot.storage.pledges import EditPledge, MarkTold, WithdrawPledge
from bot.storage.reports import ReportPledge
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING
from tests.storage.world import DM, HERE, NOON, THERE, faults, pledging, stored

GRACE, MO = 71, 72
LATER = NOON + timedelta(minutes=5)
READ = 7
"""Characters of a version that fit into every button."""
WHY = "It tells something private."


def deciding(pledge_id: int = 1, reason: str | None = WHY, by: int = GRACE, **choices: Any) -> DecidePledge:
    return DecidePledge(choices.pop("guild_id", HERE), by, pledge_id, reason, LATER, **choices)


def reporting(pledge_id: int = 1, member_id: int = 10, words: str = "", guild_id: int = HERE) -> ReportPledge:
    return ReportPledge(member_id * 1000 + pledge_id, guild_id, pledge_id, member_id, words, NOON)


async def do(db: Database, *deeds: Any) -> list[Any]:
    """All at once, so that they are stored in one batch; what was raised is among the results."""
    return await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


async def deeds_of(db: Database, guild_id: int = HERE) -> list[Deed]:
    """The log of a server, oldest first."""
    async with db.read() as connection:
        return [deed for _, deed in reversed(await log_page(connection, guild_id, before=None, size=100))]


async def reports_of(db: Database, pledge_id: int = 1, guild_id: int = HERE) -> OpenReports | None:
    async with db.read() as connection:
        return (await open_reports(connection, guild_id, [pledge_id])).get(pledge_id)


async def waiting(db: Database, guild_id: int = HERE) -> Queue:
    async with db.read() as connection:
        return await queue_of(connection, guild_id)


async def listed(db: Database, wanted: Wanted, **place: Any) -> list[int]:
    async with db.read() as connection:
        page = await pledge_page(connection, HERE, wanted, **{"size": 5} | place)
    return [one.id for one in page.pledges]


# Hide and show


async def test_what_is_hidden_leaves_the_wall_with_its_reason_and_still_counts(db: Database) -> None:
    made = (await db.write(pledging(1, country="KE"))).pledge

    hidden = await db.write(deciding())

    assert hidden == replace(made, state=HIDDEN, reason=WHY)
    assert await stored(db) == {1: hidden}
    assert await deeds_of(db) == [Deed(HERE, LATER, "hide", GRACE, 1, 1, WHY)]
    assert await faults(db) == []


async def test_what_is_shown_again_is_as_it_was_before(db: Database) -> None:
    made = (await db.write(pledging(1))).pledge
    await db.write(deciding())
    await db.write(MarkTold(1, 1, LATER))

    assert await db.write(deciding(reason=None)) == made
    assert [deed.action for deed in await deeds_of(db)] == ["hide", "restore"]
    assert await faults(db) == []


async def test_who_is_hidden_a_second_time_is_told_a_second_time(db: Database) -> None:
    await db.write(pledging(1))
    await do(db, deciding(), MarkTold(1, 1, LATER))
    await db.write(deciding(reason=None))

    assert (await db.write(deciding(reason="again"))).told_at is None


@pytest.mark.parametrize(("reason", "state", "action"), [(None, OPEN, "approve"), (WHY, HIDDEN, "hide")])
async def test_a_decision_takes_it_out_of_the_queue_and_answers_its_reports(
    db: Database, reason: str | None, state: str, action: str
) -> None:
    await db.write(pledging(1))
    for member_id in (11, 12, 13):
        await db.write(reporting(member_id=member_id, words=f"said by {member_id}"))
    assert (await stored(db))[1].state == REPORTED
    assert await reports_of(db) == OpenReports(3, ("said by 13", "said by 12", "said by 11"))

    decided = await db.write(deciding(reason=reason, only_queued=True))

    assert (decided.state, decided.queued_at) == (state, None)
    assert await reports_of(db) is None
    assert await waiting(db) == Queue(HERE, 0, None)
    assert (await deeds_of(db))[-1] == Deed(HERE, LATER, action, GRACE, 1, 1, reason or "")
    assert await faults(db) == []


async def test_a_reviewed_pledge_is_let_through(db: Database) -> None:
    await db.write(pledging(1, is_reviewed=True))
    assert await waiting(db) == Queue(HERE, 1, NOON)

    shown = await db.write(deciding(reason=None, only_queued=True))

    assert shown.on_wall
    assert await faults(db) == []


async def test_what_its_author_changed_since_is_not_let_through_unread(db: Database) -> None:
    made = (await db.write(pledging(1, is_reviewed=True))).pledge
    await db.write(EditPledge(1, 1, "learn", None, "something nasty instead", None, True, LATER))
    seen, now = version_of(made), version_of((await stored(db))[1])

    [refused] = await do(db, deciding(reason=None, only_queued=True, read=seen))

    assert isinstance(refused, ChangedSince)
    assert (await stored(db))[1].state == WAITING
    assert await deeds_of(db) == []
    assert (await db.write(deciding(reason=None, only_queued=True, read=now))).on_wall


def test_a_version_tells_what_is_said_and_when_it_was_sent_and_queued() -> None:
    one = Pledge(1, 1, HERE, "learn", None, "I listen", None, True, NOON)
    said = ({"words": "I speak"}, {"theme": "home"}, {"words": None, "action": "listen"}, {"id": 2})
    moments = [{which: at} for which in ("edited_at", "queued_at") for at in (NOON, NOON + timedelta(microseconds=1))]
    others = [replace(one, **changes) for changes in (*said, *moments)]  # type: ignore[arg-type]
    assert len({version_of(other)[:READ] for other in (one, *others)}) == 1 + len(others)
    same = replace(one, country="KE", state=HIDDEN, reason="x", told_at=NOON, is_public=False)
    assert version_of(one) == version_of(same)


def test_words_that_were_found_to_pass_for_others_no_longer_do_once_they_are_sent() -> None:
    def begins(words: str, **moments: Any) -> str:
        return version_of(Pledge(1, 1, HERE, "learn", None, words, None, True, NOON, queued_at=NOON, **moments))[:2]

    read = "I will listen and learn."
    found = [words for number in range(20_000) if begins(words := f"Somebody lies: {number}.") == begins(read)]
    assert len(found) > 1, "of 12 bits they are found in no time"

    passing = [words for words in found if begins(words, edited_at=LATER) == begins(read)]
    assert passing != found


# One's own


async def test_nobody_lets_a_pledge_of_their_own_stand_that_others_object_to(db: Database) -> None:
    own = {"member_id": GRACE}
    await do(db, *(pledging(id, **own) for id in range(1, 6)), pledging(6, is_reviewed=True, **own))
    await do(db, reporting(1), *(reporting(2, member_id) for member_id in (11, 12, 13)))
    await do(db, deciding(3, by=MO), deciding(4, by=MO))
    await db.write(EditPledge(4, GRACE, "learn", None, "I listen instead", None, True, LATER))
    await do(db, WithdrawPledge(5, GRACE, LATER), pledging(7, is_reviewed=True, **own))
    assert [(await stored(db))[id].state for id in (1, 2, 3, 4, 7)] == [OPEN, REPORTED, HIDDEN, WAITING, WAITING]

    everything = (1, 2, 3, 4, 6, 7)
    for refused in await do(db, *(deciding(pledge_id, reason=None) for pledge_id in everything)):
        assert isinstance(refused, TheirOwn)
    assert (await db.write(deciding(1, reason=None, by=MO))).on_wall
    [refused] = await do(db, deciding(4, reason=None))
    assert isinstance(refused, TheirOwn), "that another one may stand says nothing of it"
    assert all(one.on_wall for one in await do(db, *(deciding(id, reason=None, by=MO) for id in everything[1:])))
    assert await faults(db) == []


async def test_what_waits_only_because_everything_does_its_author_may_let_through_being_a_moderator(
    db: Database,
) -> None:
    await do(db, pledging(1, GRACE, is_reviewed=True), pledging(2, 5), deciding(2))

    assert (await db.write(deciding(1, reason=None))).on_wall


async def test_one_report_of_what_waits_for_review_is_enough_of_an_objection(db: Database) -> None:
    await do(db, pledging(1, GRACE), reporting(1))
    await db.write(EditPledge(1, GRACE, "learn", None, "I listen instead", None, True, LATER, is_reviewed=True))
    assert (await stored(db))[1].state == WAITING

    [refused] = await do(db, deciding(reason=None))

    assert isinstance(refused, TheirOwn)


async def test_ones_own_can_be_hidden(db: Database) -> None:
    await do(db, pledging(1, GRACE), reporting(1))

    assert (await db.write(deciding())).state == HIDDEN


# Two moderators


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("first", "second"), [(WHY, None), (None, WHY), (WHY, "another reason"), (None, None)])
async def test_of_two_moderators_on_the_same_the_second_learns_who_was_first_and_when(
    db: Database, first: str | None, second: str | None, at_once: bool
) -> None:
    await do(db, pledging(1), reporting())
    by_grace = deciding(reason=first, by=GRACE, only_queued=True)
    by_mo = deciding(reason=second, by=MO, only_queued=True)

    if at_once:
        done, late = await do(db, by_grace, by_mo)
    else:
        [done] = await do(db, by_grace)
        [late] = await do(db, by_mo)

    assert isinstance(done, Pledge)
    assert isinstance(late, AlreadyDecided)
    assert late.deed == Deed(HERE, LATER, "hide" if first else "approve", GRACE, 1, 1, first or "")
    assert await stored(db) == {1: done}
    assert await deeds_of(db) == [late.deed]


async def test_hiding_what_is_hidden_and_showing_what_is_shown_changes_nothing(db: Database) -> None:
    await db.write(pledging(1))
    [never] = await do(db, deciding(reason=None))
    assert isinstance(never, AlreadyDecided)
    assert never.deed is None, "nobody has decided anything about it"

    hidden = await db.write(deciding())
    [late] = await do(db, deciding(reason="another", by=MO))

    assert isinstance(late, AlreadyDecided)
    assert late.deed is not None
    assert late.deed.moderator_id == GRACE
    assert await stored(db) == {1: hidden}


# Within the server, and what moderators may read


async def test_another_servers_pledge_is_not_found_and_not_changed(db: Database) -> None:
    there = (await db.write(pledging(1, guild_id=THERE))).pledge
    await db.write(reporting(guild_id=THERE))
    before = await stored(db)

    results = await do(db, deciding(), deciding(reason=None), deciding(2))

    assert [type(result) for result in results] == [NoSuchPledge] * 3
    assert await db.write(HideAllOf(HERE, GRACE, there.member_id, WHY, LATER)) == []
    assert await stored(db) == before
    assert (await reports_of(db, guild_id=THERE)) == OpenReports(1)
    assert await deeds_of(db) == []
    assert await deeds_of(db, THERE) == []


async def test_in_one_batch_each_server_decides_about_its_own(db: Database) -> None:
    await do(db, pledging(1, member_id=1), pledging(2, member_id=1, guild_id=THERE))

    results = await do(db, deciding(1), deciding(1, guild_id=THERE), deciding(2), deciding(2, guild_id=THERE))

    assert [type(result) for result in results] == [Pledge, NoSuchPledge, NoSuchPledge, Pledge]
    assert [len(await deeds_of(db, place)) for place in (HERE, THERE)] == [1, 1]
    assert await faults(db) == []


@pytest.mark.parametrize("place", [HERE, DM])
async def test_a_private_pledge_is_nobodys_to_read_or_decide(db: Database, place: int) -> None:
    made = (await db.write(pledging(1, guild_id=place, is_public=False))).pledge

    [refused] = await do(db, deciding())

    assert isinstance(refused, NoSuchPledge)
    assert await db.write(HideAllOf(HERE, GRACE, 1, WHY, LATER)) == []
    assert await stored(db) == {1: made}
    async with db.read() as connection:
        assert await readable_pledge(connection, HERE, 1) is None
    assert await listed(db, Wanted()) == await listed(db, Wanted(member_id=1)) == []


async def test_a_withdrawn_pledge_is_not_found(db: Database) -> None:
    await do(db, pledging(1), reporting(), WithdrawPledge(1, 1, NOON))

    [refused] = await do(db, deciding())

    assert isinstance(refused, NoSuchPledge)


# All of a member


async def test_all_that_a_member_made_public_here_is_hidden(db: Database) -> None:
    await do(
        db,
        *(pledging(id) for id in (1, 2)),
        pledging(3, is_public=False),
        pledging(4, guild_id=THERE),
        pledging(5, member_id=2),
        pledging(6, is_reviewed=True),
    )
    await do(db, reporting(2), deciding(1, "hidden before"))

    hidden = await db.write(HideAllOf(HERE, GRACE, 1, WHY, LATER))

    assert [one.id for one in hidden] == [2, 6]
    now = await stored(db)
    assert {id: (one.state, one.reason) for id, one in now.items() if one.state != OPEN} == {
        1: (HIDDEN, "hidden before"),
        2: (HIDDEN, WHY),
        6: (HIDDEN, WHY),
    }
    assert await reports_of(db, 2) is None
    assert await waiting(db) == Queue(HERE, 0, None)
    assert [deed.pledge_id for deed in (await deeds_of(db))[1:]] == [2, 6]
    assert await faults(db) == []
    assert await db.write(HideAllOf(HERE, GRACE, 1, WHY, LATER)) == []


async def test_a_block_hides_what_is_public_and_stands_in_the_servers_record(db: Database) -> None:
    await do(db, pledging(1), pledging(2, is_public=False), pledging(3, guild_id=THERE))

    done = await db.write(BlockMember(HERE, GRACE, 1, WHY, LATER))

    assert done == Blocked(True, [(await stored(db))[1]])
    async with db.read() as connection:
        assert (await record_of(connection, HERE)).blocked == {1: WHY}
        assert (await record_of(connection, THERE)).blocked == {}
        block = await block_of(connection, HERE, 1)
        assert await block_of(connection, THERE, 1) is None
    assert block is not None
    assert (block.reason, block.at, block.moderator_id) == (WHY, LATER, GRACE)
    assert [(deed.action, deed.pledge_id, deed.member_id) for deed in await deeds_of(db)] == [
        ("block", None, 1),
        ("hide", 1, 1),
    ]
    assert await faults(db) == []


async def test_somebody_who_never_pledged_can_be_blocked_and_unblocked(db: Database) -> None:
    first, second = await do(db, BlockMember(HERE, GRACE, 9, WHY, LATER), BlockMember(HERE, MO, 9, "too", LATER))
    assert (first, second) == (Blocked(True, []), Blocked(False, []))

    freed = await do(db, UnblockMember(HERE, MO, 9, LATER), UnblockMember(HERE, GRACE, 9, LATER))

    assert freed == [True, False]
    async with db.read() as connection:
        assert (await record_of(connection, HERE)).blocked == {}
    assert [(deed.action, deed.moderator_id) for deed in await deeds_of(db)] == [("block", GRACE), ("unblock", MO)]


async def test_who_is_unblocked_stays_hidden_until_shown_again(db: Database) -> None:
    await do(db, pledging(1), BlockMember(HERE, GRACE, 1, WHY, LATER), UnblockMember(HERE, GRACE, 1, LATER))

    assert (await stored(db))[1].state == HIDDEN
    assert (await db.write(deciding(reason=None))).on_wall


async def test_a_block_in_one_server_is_none_in_another(db: Database) -> None:
    await do(db, BlockMember(HERE, GRACE, 1, WHY, LATER), BlockMember(THERE, MO, 1, "there too", LATER))

    assert await db.write(UnblockMember(HERE, GRACE, 1, LATER))

    async with db.read() as connection:
        assert (await record_of(connection, THERE)).blocked == {1: "there too"}
        assert (await block_of(connection, THERE, 1)) is not None
