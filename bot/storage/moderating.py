"""What moderators read of their own server: its public pledges, what waits for them, reports, blocks and decisions.

A private pledge is never among it. Each page costs the same at any size, unless words are looked for; how much waits
is counted along an index of just that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed
from bot.storage.ledger import PLEDGE_COLUMNS, Pledge
from bot.storage.tables import HIDDEN, REPORTED, WAITING, audit, block, guild, pledge, report

Show = Literal["all", "waiting", "hidden"]
"""Every public pledge, newest first; what waits for a moderator, longest first; what moderators have hidden."""

Way = Literal["first", "next", "previous", "at"]
"""The first page; what follows a pledge, or stands before it; or the page that begins with it."""

Condition: TypeAlias = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pledges of a server are asked for."""

    show: Show = "all"
    member_id: int | None = None
    words: str = ""
    """To be found in own words, whatever their case; empty for any."""
    actions: tuple[str, ...] = ()
    """The ready-made actions that count as found, too."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the pledges that were asked for, in order."""

    pledges: tuple[Pledge, ...]
    has_previous: bool
    has_next: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for moderators in one server."""

    guild_id: int
    size: int
    oldest_at: datetime | None
    """Since when the first of them waits; None when nothing does."""


@dataclass(frozen=True, slots=True)
class OpenReports:
    """The reports of one pledge that no moderator has answered yet."""

    count: int = 0
    words: tuple[str, ...] = ()
    """What was written with them, newest first; not all wrote something."""


@dataclass(frozen=True, slots=True)
class Block:
    """Why a member is blocked in a server, and since when."""

    reason: str
    at: datetime
    moderator_id: int | None


async def readable_pledge(connection: AsyncConnection, guild_id: int, pledge_id: int) -> Pledge | None:
    """A public pledge of this server; None for whatever else has that id."""
    one = select(*PLEDGE_COLUMNS).where(pledge.c.guild_id == guild_id, pledge.c.id == pledge_id, pledge.c.is_public)
    row: Any = (await connection.execute(one)).first()
    return Pledge(*row) if row else None


async def pledge_page(
    connection: AsyncConnection, guild_id: int, wanted: Wanted, *, way: Way = "first", start: int = 0, size: int
) -> Page:
    """Public pledges of one server. `start` is the pledge from which `next`, `previous` and `at` go on.

    When `start` waits no more, there is no place in the queue to go on from: the first page comes then.
    """
    since = await _waiting_since(connection, guild_id, start) if wanted.show == "waiting" and way != "first" else None
    if wanted.show == "waiting" and since is None:
        way = "first"
    onward, behind = _cuts(_edges(start) if since is None else _edges_of_queue(since, start))[way]
    backwards = way == "previous"
    found: list[Pledge] = []
    left_behind = False
    for conditions in _branches(guild_id, wanted):
        some = select(*PLEDGE_COLUMNS).where(*conditions, *onward).order_by(*_order(wanted.show, backwards))
        found += [Pledge(*row) for row in await connection.execute(some.limit(size + 1))]
        if behind and not left_behind:
            one = select(pledge.c.id).where(*conditions, *behind).limit(1)
            left_behind = await connection.scalar(one) is not None
    key, is_descending = (_AGE, False) if wanted.show == "waiting" else (_ID, True)
    found.sort(key=key, reverse=is_descending != backwards)
    beyond, page = len(found) > size, found[:size]
    if backwards:
        return Page(tuple(reversed(page)), has_previous=beyond, has_next=left_behind)
    return Page(tuple(page), has_previous=left_behind, has_next=beyond)


_ID, _AGE = attrgetter("id"), attrgetter("queued_at", "id")


@dataclass(frozen=True, slots=True)
class _Edges:
    """Where a list can be cut at one of its pledges."""

    before: Condition
    until: Condition
    """What stands before it, and itself."""
    since: Condition
    """Itself, and what follows."""
    after: Condition


def _edges(start: int) -> _Edges:
    id = pledge.c.id
    return _Edges(id > start, id >= start, id <= start, id < start)


def _edges_of_queue(at: datetime, start: int) -> _Edges:
    when, id = pledge.c.queued_at, pledge.c.id

    def earlier(same: Condition) -> Condition:
        return and_(when <= at, or_(when < at, same))

    def later(same: Condition) -> Condition:
        return and_(when >= at, or_(when > at, same))

    return _Edges(earlier(id < start), earlier(id <= start), later(id >= start), later(id > start))


def _cuts(edges: _Edges) -> dict[Way, tuple[list[Condition], list[Condition]]]:
    """For each way what the page is made of, and what is left behind it."""
    return {
        "first": ([], []),
        "next": ([edges.after], [edges.until]),
        "at": ([edges.since], [edges.before]),
        "previous": ([edges.before], [edges.since]),
    }


def _order(show: Show, backwards: bool) -> list[ColumnElement[Any]]:
    if show == "waiting":
        columns: list[ColumnElement[Any]] = [pledge.c.queued_at, pledge.c.id]
        return [column.desc() for column in columns] if backwards else columns
    return [pledge.c.id if backwards else pledge.c.id.desc()]


def _branches(guild_id: int, wanted: Wanted) -> list[list[Condition]]:
    """The conditions, once for each part that is found in order by an index of its own."""
    common: list[Condition] = [pledge.c.guild_id == guild_id, pledge.c.is_public, *_hits(wanted)]
    if wanted.member_id is not None:  # at most ten pledges, found by their member
        common.append(pledge.c.member_id == wanted.member_id)
    if wanted.show == "waiting":
        return [[*common, pledge.c.queued_at.is_not(None)]]
    if wanted.member_id is not None:
        return [[*common, pledge.c.state == HIDDEN] if wanted.show == "hidden" else common]
    # For each state by itself, else the index is not taken, which holds none of the many that are private.
    waiting, reported, hidden = (
        [*common, ~pledge.c.on_wall, pledge.c.state == state] for state in (WAITING, REPORTED, HIDDEN)
    )
    return [hidden] if wanted.show == "hidden" else [[*common, pledge.c.on_wall], waiting, reported, hidden]


def _hits(wanted: Wanted) -> list[Condition]:
    if not wanted.words:
        return []
    # SQLite knows upper and lower case of ASCII only; of other letters the usual ways to write a word are tried.
    typed = wanted.words
    written = {typed, typed.lower(), typed.upper(), typed.capitalize(), typed.title()}
    hits: list[Condition] = [pledge.c.words.icontains(form, autoescape=True) for form in sorted(written)]
    if wanted.actions:
        hits.append(pledge.c.action.in_(wanted.actions))
    return [or_(*hits)]


async def _waiting_since(connection: AsyncConnection, guild_id: int, pledge_id: int) -> datetime | None:
    found = select(pledge.c.queued_at).where(pledge.c.guild_id == guild_id, pledge.c.id == pledge_id)
    return await connection.scalar(found)


async def queue_of(connection: AsyncConnection, guild_id: int) -> Queue:
    waiting = select(func.count(), func.min(pledge.c.queued_at)).where(
        pledge.c.guild_id == guild_id, pledge.c.queued_at.is_not(None), pledge.c.is_public
    )
    size, oldest_at = (await connection.execute(waiting)).one()
    return Queue(guild_id, size, oldest_at)


async def overdue_queues(
    connection: AsyncConnection, *, queued_before: datetime, reminded_before: datetime
) -> list[Queue]:
    """The servers, among all, whose moderators left something waiting since before `queued_before`.

    Those with no review channel to be reminded in, and those reminded since `reminded_before`, are left out.
    """
    size, oldest_at = func.count(), func.min(pledge.c.queued_at)
    overdue = (
        select(pledge.c.guild_id, size, oldest_at)
        .join_from(pledge, guild, guild.c.id == pledge.c.guild_id)
        .where(
            pledge.c.queued_at.is_not(None),
            pledge.c.is_public,
            guild.c.review_channel_id.is_not(None),
            or_(guild.c.reminded_at.is_(None), guild.c.reminded_at <= reminded_before),
        )
        .group_by(pledge.c.guild_id)
        .having(oldest_at < queued_before)
    )
    return [Queue(*row) for row in await connection.execute(overdue)]


async def open_reports(connection: AsyncConnection, guild_id: int, pledge_ids: Sequence[int]) -> dict[int, OpenReports]:
    """The open reports of those pledges that have any."""
    newest_first = (
        select(report.c.pledge_id, report.c.words)
        .where(report.c.guild_id == guild_id, report.c.pledge_id.in_(pledge_ids), ~report.c.is_closed)
        .order_by(report.c.id.desc())
    )
    found: dict[int, OpenReports] = {}
    for pledge_id, words in await connection.execute(newest_first):
        before = found.get(pledge_id, OpenReports())
        found[pledge_id] = OpenReports(before.count + 1, (*before.words, words) if words else before.words)
    return found


async def block_of(connection: AsyncConnection, guild_id: int, member_id: int) -> Block | None:
    """The block of a member in this server; None when there is none."""
    found = select(block.c.reason, block.c.at).where(block.c.guild_id == guild_id, block.c.member_id == member_id)
    row: Any = (await connection.execute(found)).first()
    if row is None:
        return None
    deed = await _last_deed(connection, guild_id, member_id, audit.c.action == "block")
    return Block(row[0], row[1], deed.moderator_id if deed else None)


async def last_decision(connection: AsyncConnection, guild_id: int, pledge_id: int, member_id: int) -> Deed | None:
    """What a moderator last decided about this pledge of this member; None when no known moderator has."""
    return await _last_deed(
        *(connection, guild_id, member_id),
        audit.c.pledge_id == pledge_id,
        audit.c.moderator_id.is_not(None),
        audit.c.action.in_(("hide", "restore", "approve")),
    )


async def _last_deed(connection: AsyncConnection, guild_id: int, member_id: int, *conditions: Condition) -> Deed | None:
    """The newest line of this server's log about a member."""
    columns = [audit.c[field.name] for field in fields(Deed)]
    newest = select(*columns).where(audit.c.guild_id == guild_id, audit.c.member_id == member_id, *conditions)
    row: Any = (await connection.execute(newest.order_by(audit.c.id.desc()).limit(1))).first()
    return Deed(*row) if row else None
