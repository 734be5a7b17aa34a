"""What moderators said about a member holds for what that member stores next, also in the very next batch."""

import asyncio
from typing import Any

import pytest

from bot.storage.database import Database
from bot.storage.ledger import Pledge
from bot.storage.moderation import BlockMember, DecidePledge, HideAllOf, UnblockMember
from bot.storage.pledges import EditPledge, Made, ShowPledge, WithdrawPledge
from bot.storage.reports import ReportPledge
from bot.storage.tables import OPEN, WAITING
from bot.storage.verdicts import NotWelcome
from tests.storage.world import DM, HERE, NOON, THERE, faults, pledging, stored

GRACE, WHY = 77, "It advertises something."
BLOCK = BlockMember(HERE, GRACE, 1, WHY, NOON)


def deciding(reason: str | None, pledge_id: int = 1) -> DecidePledge:
    return DecidePledge(HERE, GRACE, pledge_id, reason, NOON)


def editing(is_public: bool = True, words: str = "Come to my shop") -> EditPledge:
    return EditPledge(1, 1, "home", None, words, None, is_public, NOON)


def showing(is_public: bool = True) -> ShowPledge:
    return ShowPledge(1, 1, is_public, NOON)


async def do(db: Database, *deeds: Any) -> list[Any]:
    """All at once; what was raised is among the results."""
    async with asyncio.timeout(30):
        return await asyncio.gather(*(db.write(deed) for deed in deeds), return_exceptions=True)


async def made(db: Database, **changes: Any) -> Pledge:
    """The same pledge again, as it stands once it is made."""
    result: Made = await db.write(pledging(2, **({"words": "I promise number 1"} | changes)))
    return result.pledge


HIDINGS = {
    "hide": [deciding(WHY)],
    "hide all": [HideAllOf(HERE, GRACE, 1, WHY, NOON)],
    "three reports": [ReportPledge(900 + who, HERE, 1, who, "", NOON) for who in (10, 11, 12)],
    "block": [BLOCK, UnblockMember(HERE, GRACE, 1, NOON)],
}


@pytest.mark.parametrize("way", HIDINGS)
async def test_what_was_hidden_waits_for_moderators_when_it_is_withdrawn_and_made_again(db: Database, way: str) -> None:
    await do(db, pledging(1), *HIDINGS[way], WithdrawPledge(1, 1, NOON))

    again = await made(db)

    assert (again.state, again.queued_at, again.on_wall) == (WAITING, NOON, False)
    assert await faults(db) == []


@pytest.mark.parametrize("deed", [editing(), showing()])
async def test_nor_does_a_pledge_that_was_private_bring_it_back(db: Database, deed: Any) -> None:
    await do(db, pledging(1, is_public=False), pledging(3), deciding(WHY, 3), WithdrawPledge(3, 1, NOON))

    shown = await db.write(deed)

    assert (shown.state, shown.on_wall) == (WAITING, False)


async def test_what_stands_on_the_wall_is_read_before_its_words_become_others(db: Database) -> None:
    await do(db, pledging(1), pledging(3), deciding(WHY, 3))
    assert (await stored(db))[1].on_wall
    assert not (await db.write(editing())).on_wall


@pytest.mark.parametrize("reason", [None, WHY])
async def test_the_last_word_of_the_moderators_is_what_counts(db: Database, reason: str | None) -> None:
    await do(db, pledging(1), deciding(WHY), deciding(None), *([deciding(WHY)] if reason else []))
    await do(db, WithdrawPledge(1, 1, NOON))
    assert (await made(db)).state == (WAITING if reason else OPEN)


async def test_it_holds_in_that_server_for_that_member_and_for_what_is_public(db: Database) -> None:
    await do(db, pledging(1), deciding(WHY), WithdrawPledge(1, 1, NOON))

    elsewhere, other, private, everywhere = await do(
        db,
        pledging(2, guild_id=THERE),
        pledging(3, member_id=2),
        pledging(4, is_public=False),
        pledging(5, guild_id=DM, is_public=False),
    )

    assert elsewhere.pledge.on_wall
    assert other.pledge.on_wall
    assert (private.pledge.state, everywhere.pledge.state) == (OPEN, OPEN)


@pytest.mark.parametrize("deed", [pledging(2), pledging(2, is_public=False), editing(), showing()])
async def test_what_was_on_its_way_when_its_author_was_blocked_is_refused(db: Database, deed: Any) -> None:
    await do(db, pledging(1, is_public=False))
    before = await stored(db)

    _, refused = await do(db, BLOCK, deed)

    assert isinstance(refused, NotWelcome)
    assert refused.reason == WHY
    assert await stored(db) == before
    await do(db, UnblockMember(HERE, GRACE, 1, NOON))
    assert not isinstance((await do(db, deed))[0], Exception)


async def test_a_report_that_was_on_its_way_is_refused_as_well(db: Database) -> None:
    await do(db, pledging(3, member_id=3), pledging(4, member_id=4, guild_id=THERE))
    _, refused, other, elsewhere = await do(
        db,
        BLOCK,
        ReportPledge(901, HERE, 3, 1, "", NOON),
        ReportPledge(902, HERE, 3, 2, "", NOON),
        ReportPledge(903, THERE, 4, 1, "", NOON),
    )
    assert isinstance(refused, NotWelcome)
    assert (other.open_reports, elsewhere.open_reports) == (1, 1)


async def test_who_is_blocked_can_take_back_and_take_off_and_pledge_elsewhere(db: Database) -> None:
    await do(db, pledging(1), pledging(2), BLOCK)
    results = await do(
        db,
        editing(is_public=False),
        showing(is_public=False),
        WithdrawPledge(2, 1, NOON),
        pledging(5, guild_id=DM, is_public=False),
        pledging(6, guild_id=THERE),
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    assert [id for id, one in (await stored(db)).items() if one.on_wall] == [6]
