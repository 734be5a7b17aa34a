"""Each public pledge stands once in its server's wall channel, as it is now, and nowhere in the outbox's rows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.storage.announcements import key_of
from bot.storage.database import Database
from bot.storage.erasure import EraseMember, apply_tombstones
from bot.storage.moderation import BlockMember, DecidePledge, HideAllOf
from bot.storage.outbox import Confirm
from bot.storage.pledges import ChooseCountry, EditPledge, MakePledge, ShowPledge, WithdrawPledge
from bot.storage.tables import CLAIMED, DROPPED, PLANNED, REFUSED, RETRY, SENT, tombstone, wall_post
from bot.storage.wall import (
    AN_HOUR,
    MOST_LISTED,
    DropWallPost,
    PostponeWallPost,
    SettleWallPost,
    shown_in,
)
from tests.storage.people import CANARY, files_with
from tests.storage.posting import CHANNEL, MODERATOR, Change, Outbox, choose
from tests.storage.rows import Put
from tests.storage.world import HERE, NOON, THERE, Fresh, faults, open_database, pledging, stored

MINUTE = timedelta(minutes=1)
WHY = "it hurts"


@pytest.fixture
async def outbox(db: Database) -> AsyncIterator[Outbox]:
    """Of a server with a wall channel."""
    await choose(db, "wall_channel_id", CHANNEL)
    yield Outbox(db)
    assert await faults(db) == []


def edit(id: int, words: str, *, public: bool = True) -> EditPledge:
    return EditPledge(id, 1, "learn", None, words, None, public, NOON)


# Once each


async def test_a_public_pledge_is_posted_at_once_and_a_private_one_never(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await db.write(pledging(1002, 2, is_public=False))
    await outbox.round(NOON)

    assert outbox.shown() == [[1001]]
    [row] = (await outbox.rows()).values()
    assert (row.kind, row.subject, row.occurrence, row.state, row.body) == ("wall", "1001", "", SENT, None)
    assert (row.expires_at, row.zone) == (None, None)
    assert row.key == key_of(HERE, "wall", "1001", "")
    assert await outbox.left() == (0, 1)


async def test_what_was_public_before_a_channel_was_chosen_is_not_posted_nor_when_it_is_edited(db: Database) -> None:
    outbox = Outbox(db)
    await db.write(pledging(1001))
    await choose(db, "wall_channel_id", CHANNEL)
    await db.write(edit(1001, "Something else"))
    await outbox.round(NOON)

    assert outbox.shown() == []
    assert await outbox.rows() == {}


async def test_what_becomes_public_anew_is_posted(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001, is_public=False))
    await outbox.round(NOON)
    assert outbox.shown() == []

    await db.write(ShowPledge(1001, 1, True, NOON))
    await outbox.round(NOON)
    assert outbox.shown() == [[1001]]


async def test_what_waits_for_moderators_is_posted_when_they_let_it_through(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001, is_reviewed=True))
    await outbox.round(NOON)
    assert outbox.shown() == []

    await db.write(DecidePledge(HERE, MODERATOR, 1001, None, NOON))
    await outbox.round(NOON)
    assert outbox.shown() == [[1001]]


async def test_a_server_without_a_wall_channel_leaves_no_news(db: Database) -> None:
    outbox = Outbox(db)
    await choose(db, "wall_channel_id", CHANNEL, guild_id=THERE)
    await outbox.take_news(NOON)
    await db.write(pledging(1001))
    await db.write(pledging(1002, 2, 0))
    assert await outbox.left() == (0, 0)


async def test_another_channel_moves_nothing(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await choose(db, "wall_channel_id", CHANNEL + 1)
    await outbox.round(NOON)

    assert outbox.shown() == [[1001]]
    [row] = (await outbox.rows()).values()
    assert (row.state, row.next_at, row.channel_id) == (SENT, None, CHANNEL)


async def test_no_more_channel_means_no_more_posts_but_what_stands_there_is_still_looked_after(
    db: Database, outbox: Outbox
) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await db.write(pledging(1002, 2))
    await choose(db, "wall_channel_id", None)
    await outbox.round(NOON)
    await db.write(pledging(1003, 3))
    await db.write(WithdrawPledge(1001, 1, NOON))
    await outbox.round(NOON)

    assert outbox.shown() == []
    assert {row.subject: (row.state, row.why) for row in (await outbox.rows()).values()} == {
        "1001": (DROPPED, "nothing_left")
    }


async def test_what_waits_is_dropped_with_its_channel_and_not_posted_with_the_next_one(
    db: Database, outbox: Outbox
) -> None:
    await db.write(pledging(1001))
    await outbox.refuse(NOON)
    await choose(db, "wall_channel_id", None)
    await outbox.round(NOON)
    await choose(db, "wall_channel_id", CHANNEL + 1)
    await outbox.round(NOON)

    [row] = (await outbox.rows()).values()
    assert (row.state, row.why, row.next_at) == (DROPPED, "no_channel", None)
    assert outbox.shown() == []


# Edited and removed with the pledge


async def test_new_words_are_shown_and_several_changes_at_once(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await db.write(edit(1001, "First"))
    await db.write(edit(1001, "Second"))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    assert (row.state, row.next_at) == (SENT, NOON)

    await outbox.round(NOON)
    assert list(outbox.channel.values()) == [((1001, "Second"),)]
    [row] = (await outbox.rows()).values()
    assert row.next_at is None
    assert await outbox.left() == (0, 1)


async def test_a_country_chosen_later_is_shown(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await db.write(ChooseCountry(1, "KE", NOON))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    assert row.next_at == NOON


@pytest.mark.parametrize(
    "deed",
    [
        WithdrawPledge(1001, 1, NOON),
        ShowPledge(1001, 1, False, NOON),
        edit(1001, "For myself", public=False),
        DecidePledge(HERE, MODERATOR, 1001, WHY, NOON),
        HideAllOf(HERE, MODERATOR, 1, WHY, NOON),
        BlockMember(HERE, MODERATOR, 1, WHY, NOON),
        EraseMember(1, NOON),
    ],
    ids=lambda deed: type(deed).__name__,
)
async def test_it_goes_when_its_pledge_is_no_longer_to_be_seen(db: Database, outbox: Outbox, deed: Any) -> None:
    await db.write(pledging(1001))
    await db.write(pledging(1002, 2))
    await outbox.round(NOON)
    await db.write(deed)
    await outbox.round(NOON)

    assert outbox.shown() == [[1002]]
    assert [(row.state, row.why) for row in (await outbox.rows()).values()] == [(DROPPED, "nothing_left"), (SENT, None)]
    assert await outbox.left() == (0, 2 if 1001 in await stored(db) else 1)


async def test_shown_again_it_is_posted_anew_and_that_as_often_as_it_takes(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    for _ in range(2):
        await db.write(DecidePledge(HERE, MODERATOR, 1001, WHY, NOON))
        await outbox.round(NOON)
        assert outbox.shown() == []
        await db.write(DecidePledge(HERE, MODERATOR, 1001, None, NOON))
        await outbox.round(NOON)
        assert outbox.shown() == [[1001]]
    assert [row.subject for row in (await outbox.rows()).values()] == ["1001", "1001:2", "1001:3"]


async def test_hidden_and_restored_before_anybody_looked_leaves_it_where_it_is(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await db.write(DecidePledge(HERE, MODERATOR, 1001, WHY, NOON))
    await db.write(DecidePledge(HERE, MODERATOR, 1001, None, NOON))
    await outbox.round(NOON)
    assert outbox.shown() == [[1001]]
    assert len(await outbox.rows()) == 1


async def test_withdrawn_before_it_was_posted_it_never_is(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.take_news(NOON)
    await db.write(WithdrawPledge(1001, 1, NOON))
    await outbox.round(NOON)

    assert outbox.channel == {}
    assert [(row.state, row.why) for row in (await outbox.rows()).values()] == [(DROPPED, "nothing_left")]
    assert await outbox.left() == (0, 0)


async def test_what_a_moderator_deleted_is_not_posted_again(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(DropWallPost(HERE, row.id, was_removed=True, at=NOON))
    await db.write(edit(1001, "Once more"))
    await db.write(DecidePledge(HERE, MODERATOR, 1001, WHY, NOON))
    await db.write(DecidePledge(HERE, MODERATOR, 1001, None, NOON))
    await outbox.round(NOON)

    [row] = (await outbox.rows()).values()
    assert (row.state, row.why, row.next_at) == (DROPPED, "removed", None)
    await db.write(WithdrawPledge(1001, 1, NOON))
    await outbox.round(NOON)
    assert await outbox.left() == (0, 0)


async def test_what_changed_while_it_was_brought_up_to_date_is_brought_up_to_date_again(
    db: Database, outbox: Outbox
) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(edit(1001, "First"))
    await outbox.take_news(NOON)
    async with db.read() as connection:
        earlier = await shown_in(connection, HERE, row.id)
    await db.write(edit(1001, "Second"))

    assert not await db.write(SettleWallPost(HERE, row.id, earlier))
    assert (await outbox.rows())[row.id].next_at == NOON


async def test_restored_while_its_message_was_being_deleted_it_gets_a_new_one(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(ShowPledge(1001, 1, False, NOON))
    await outbox.take_news(NOON)
    outbox.channel.clear()
    await db.write(ShowPledge(1001, 1, True, NOON))
    await outbox.take_news(NOON)
    await db.write(DropWallPost(HERE, row.id, was_removed=False, at=NOON))
    await outbox.round(NOON)
    assert outbox.shown() == [[1001]]


async def test_what_fails_is_tried_again_after_longer_and_longer_pauses(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(edit(1001, "New"))
    await outbox.take_news(NOON)
    pauses: list[timedelta] = []
    for _ in range(8):
        await db.write(PostponeWallPost(HERE, row.id, NOON))
        next_at = (await outbox.rows())[row.id].next_at
        assert next_at is not None
        pauses.append(next_at - NOON)
    assert pauses == [MINUTE * minutes for minutes in (1, 2, 4, 8, 16, 32, 60, 60)]

    await outbox.round(NOON + AN_HOUR)
    assert list(outbox.channel.values()) == [((1001, "New"),)]
    await db.write(edit(1001, "Newer"))
    await outbox.take_news(NOON)
    await db.write(PostponeWallPost(HERE, row.id, NOON))
    assert (await outbox.rows())[row.id].next_at == NOON + MINUTE, "and after it has worked it begins anew"


async def test_words_that_changed_on_their_way_are_put_right_afterwards(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    claimed = await outbox.claim(row, NOON)
    assert claimed is not None
    await db.write(edit(1001, "Better"))
    await db.write(Confirm(claimed, CHANNEL, 9000, NOON))
    outbox.channel[9000] = ((1001, "I promise number 1001"),)

    await outbox.round(NOON)
    assert list(outbox.channel.values()) == [((1001, "Better"),)]


async def test_a_message_that_was_on_its_way_when_its_pledge_was_withdrawn_is_deleted(
    db: Database, outbox: Outbox
) -> None:
    await db.write(pledging(1001))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    claimed = await outbox.claim(row, NOON)
    assert claimed is not None
    await db.write(WithdrawPledge(1001, 1, NOON))
    await outbox.take_news(NOON)
    assert await outbox.left() == (0, 1), "until then it is remembered where it stands"
    await db.write(Confirm(claimed, CHANNEL, 9000, NOON))
    outbox.channel[9000] = ((1001, "I promise number 1001"),)

    await outbox.round(NOON)
    assert outbox.channel == {}
    assert await outbox.left() == (0, 0)


async def test_what_changed_after_it_was_made_ready_is_not_claimed_as_it_was(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(edit(1001, "Better"))
    assert await outbox.claim(row, NOON) is None
    await outbox.round(NOON)
    assert list(outbox.channel.values()) == [((1001, "Better"),)]


# Gathered


async def test_six_an_hour_have_a_post_each_and_further_ones_one_together(db: Database, outbox: Outbox) -> None:
    for number in range(20):
        await db.write(pledging(1001 + number, number + 1))
        await outbox.round(NOON + number * MINUTE)
    assert outbox.shown() == [[1001 + number] for number in range(6)]

    due_at = NOON + 5 * MINUTE + AN_HOUR
    await outbox.round(due_at - MINUTE)
    assert len(outbox.channel) == 6
    await outbox.round(due_at)
    assert outbox.shown()[6:] == [[1007 + number for number in range(MOST_LISTED)]]
    [*_, row] = (await outbox.rows()).values()
    async with db.read() as connection:
        assert (await shown_in(connection, HERE, row.id)).count == 14


async def test_while_many_come_there_is_one_post_an_hour_and_singly_again_when_it_is_quiet(
    db: Database, outbox: Outbox
) -> None:
    posted: list[int] = []
    for number in range(300):  # one a minute
        await db.write(pledging(1001 + number, number + 1))
        await outbox.round(NOON + number * MINUTE)
        posted.append(len(outbox.channel))
    assert posted[59] == 6
    assert posted[119] - posted[59] == 1
    assert posted[179] - posted[119] == 1

    await outbox.round(NOON + timedelta(hours=9))
    before = len(outbox.channel)
    await db.write(pledging(5001, 999))
    await outbox.round(NOON + timedelta(hours=11))
    assert outbox.shown()[before:] == [[5001]]


async def test_many_at_once_are_gathered_too_and_none_is_left_out(db: Database, outbox: Outbox) -> None:
    await asyncio.gather(*(db.write(pledging(1001 + number, number + 1)) for number in range(40)))
    await outbox.round(NOON)
    assert outbox.shown() == [[1001 + number] for number in range(6)]
    await outbox.round(NOON + AN_HOUR)
    assert len(outbox.channel) == 7
    assert await outbox.left() == (0, 40)


async def test_another_server_has_its_own_six(db: Database, outbox: Outbox) -> None:
    await choose(db, "wall_channel_id", CHANNEL, guild_id=THERE)
    for number in range(6):
        await db.write(pledging(1001 + number, number + 1))
    await db.write(pledging(2001, 1, THERE))
    await outbox.round(NOON)
    assert [2001] in outbox.shown()


async def test_of_a_gathered_post_one_goes_and_comes_back_and_with_the_last_it_goes_itself(
    db: Database, outbox: Outbox
) -> None:
    for number in range(8):
        await db.write(pledging(1001 + number, number + 1))
    await outbox.round(NOON)
    await outbox.round(NOON + AN_HOUR)
    assert outbox.shown()[6:] == [[1007, 1008]]

    await db.write(DecidePledge(HERE, MODERATOR, 1007, WHY, NOON))
    await outbox.round(NOON + AN_HOUR)
    assert outbox.shown()[6:] == [[1008]]
    await db.write(DecidePledge(HERE, MODERATOR, 1007, None, NOON))
    await outbox.round(NOON + AN_HOUR)
    assert outbox.shown()[6:] == [[1007, 1008]]
    await db.write(EraseMember(7, NOON))
    await db.write(WithdrawPledge(1008, 8, NOON))
    await outbox.round(NOON + AN_HOUR)
    assert outbox.shown()[6:] == []


async def test_while_a_channel_is_locked_what_comes_joins_one_post(db: Database, outbox: Outbox) -> None:
    for number in range(30):
        await db.write(pledging(1001 + number, number + 1))
        await outbox.refuse(NOON + number * timedelta(minutes=30))
    [row] = (await outbox.rows()).values()
    assert row.state == REFUSED
    await db.write(Change(row.id, {"state": RETRY, "next_at": NOON}))
    await outbox.round(NOON + timedelta(days=1))
    assert len(outbox.channel) == 1
    [row] = (await outbox.rows()).values()
    async with db.read() as connection:
        assert (await shown_in(connection, HERE, row.id)).count == 30


async def test_what_was_made_ready_without_those_who_join_is_made_anew(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.refuse(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(Change(row.id, {"body": "made before"}))
    await db.write(pledging(1002, 2))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    assert row.body is None


@pytest.mark.parametrize("values", [{"why": "invalid"}, {"attempted_at": NOON}], ids=str)
async def test_nothing_joins_a_post_that_can_t_be_posted_or_may_have_been(
    db: Database, outbox: Outbox, values: dict[str, object]
) -> None:
    await db.write(pledging(1001))
    await outbox.take_news(NOON)
    [row] = (await outbox.rows()).values()
    await db.write(Change(row.id, {"state": REFUSED, "next_at": None, **values}))
    await db.write(pledging(1002, 2))
    await outbox.round(NOON)
    assert outbox.shown() == [[1002]]


# No byte of it


@pytest.mark.parametrize("state", [PLANNED, CLAIMED, RETRY, REFUSED, "unknown"])
@pytest.mark.parametrize(
    "deed",
    [EraseMember(1, NOON), WithdrawPledge(1001, 1, NOON), DecidePledge(HERE, MODERATOR, 1001, WHY, NOON)],
    ids=lambda deed: type(deed).__name__,
)
async def test_what_was_made_ready_is_emptied_in_the_same_moment(
    db: Database, outbox: Outbox, state: str, deed: Any
) -> None:
    await db.write(pledging(1001, words=f"{CANARY} sings"))
    await db.write(pledging(1002, 2))
    await outbox.take_news(NOON)
    first, second = (await outbox.rows()).values()
    for row in (first, second):
        await db.write(Change(row.id, {"state": state, "body": f"{CANARY} sings", "attempted_at": NOON}))
    await db.write(deed)

    first, second = (await outbox.rows()).values()
    assert first.body is None
    assert second.body is not None, "of others nothing changes"


async def test_after_an_erasure_no_byte_is_left_wherever_the_post_was(db: Database, path: Path, outbox: Outbox) -> None:
    for number in range(9):
        await db.write(pledging(1001 + number, 1, words=f"{CANARY} {number} sings" + "!" * 200))
    await outbox.take_news(NOON)
    for row in (await outbox.rows()).values():
        if row.subject == "1001":
            await outbox.post(row, NOON)
        elif row.subject == "1002":
            assert await outbox.claim(row, NOON)
        else:
            await db.write(Change(row.id, {"body": f"{CANARY} waits" + "!" * 3000}))
    assert files_with(path.parent)

    await db.write(EraseMember(1, NOON))
    assert await db.scrub()
    assert files_with(path.parent) == []
    await outbox.round(NOON)
    assert outbox.channel == {}
    assert files_with(path.parent) == []


async def test_an_erasure_that_a_restored_backup_repeats_takes_the_post_with_it(db: Database, outbox: Outbox) -> None:
    await db.write(pledging(1001))
    await outbox.round(NOON)
    await db.write(Put(tombstone, {"member_id": 1, "at": NOON + AN_HOUR}))
    assert await apply_tombstones(db) == 1
    await outbox.round(NOON)
    assert outbox.channel == {}
    assert await outbox.left() == (0, 0)


# Whatever happens

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["make", "make", "edit", "show", "withdraw", "hide", "restore", "erase", "round", "round"]),
        st.integers(1, 3),
        st.integers(1, 4),
        st.booleans(),
        st.integers(0, 40),
    ),
    min_size=5,
    max_size=60,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DEEDS)
def test_in_the_end_the_channel_shows_what_is_public_each_once_as_it_is(
    fresh: Fresh, deeds: list[tuple[str, int, int, bool, int]]
) -> None:
    async def story() -> None:
        async with open_database(fresh()) as db:
            await choose(db, "wall_channel_id", CHANNEL)
            outbox, now = Outbox(db), NOON
            for number, (what, member_id, which, is_public, minutes) in enumerate(deeds):
                now += minutes * MINUTE
                id = 1000 * member_id + which
                await deed(db, outbox, what, member_id, id, is_public, f"My word number {number}", now)
            await outbox.round(now)
            await outbox.round(now + 2 * AN_HOUR)
            public = {one.id: one.words for one in (await stored(db)).values() if one.on_wall}
            said = [entry for message in outbox.channel.values() for entry in message]
            assert sorted(said) == sorted(public.items())
            assert await outbox.left() == (0, len(await known_in_posts(db)))
            assert [row for row in (await outbox.rows()).values() if row.body or row.next_at] == []

    asyncio.run(story())


async def known_in_posts(db: Database) -> set[int]:
    async with db.read() as connection:
        return set(await connection.scalars(select(wall_post.c.pledge_id))) & set(await stored(db))


async def deed(
    db: Database, outbox: Outbox, what: str, member_id: int, id: int, is_public: bool, words: str, now: datetime
) -> None:
    tell = {
        "make": lambda: MakePledge(id, member_id, HERE, "learn", None, words, None, is_public, NOON),
        "edit": lambda: EditPledge(id, member_id, "learn", None, words, None, is_public, NOON),
        "show": lambda: ShowPledge(id, member_id, is_public, NOON),
        "withdraw": lambda: WithdrawPledge(id, member_id, NOON),
        "hide": lambda: DecidePledge(HERE, MODERATOR, id, WHY, NOON),
        "restore": lambda: DecidePledge(HERE, MODERATOR, id, None, NOON),
        "erase": lambda: EraseMember(member_id, NOON),
    }
    if what == "round":
        await outbox.round(now)
    else:
        await asyncio.gather(db.write(tell[what]()), return_exceptions=True)
