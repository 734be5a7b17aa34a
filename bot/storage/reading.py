"""What is read of pledges: a member's own, a server's wall, and the numbers. Each costs the same at any size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.ledger import COUNTRY, DAY, ON_WALL, PLEDGE_COLUMNS, PLEDGES, SUPPORTERS, Pledge
from bot.storage.tables import HIDDEN, member, pledge, tally

DAYS = 30

Way = Literal["newest", "older", "newer", "oldest"]


@dataclass(frozen=True, slots=True)
class WallPage:
    """Some pledges of a wall, newest first."""

    pledges: tuple[Pledge, ...]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """What has come together in a server, or in the whole campaign."""

    supporters: int
    pledges: int
    on_wall: int
    countries: dict[str, int]
    """Supporters by country or territory (ISO 3166-1 alpha-2), of those who told theirs."""
    days: tuple[int, ...]
    """Pledges in force made on each of the last 30 days, today's (UTC) last."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a member before they make a pledge."""

    country: str | None = None
    has_news: bool = False
    """Whether moderators have hidden a pledge of theirs in the server, and they were not told."""


_KNOWN = (
    select(member.c.id, member.c.country, pledge.c.guild_id)
    .outerjoin_from(
        member, pledge, (pledge.c.member_id == member.c.id) & (pledge.c.state == HIDDEN) & pledge.c.told_at.is_(None)
    )
    .where(member.c.id.in_(bindparam("members", expanding=True)))
)


async def known_of(connection: AsyncConnection, asked: Sequence[tuple[int, int]]) -> list[Known]:
    """For each member in a server: their country, and whether there is something to tell them about pledges there."""
    countries: dict[int, str | None] = {}
    news: set[tuple[int, int]] = set()
    row: Any  # a member and the server of a pledge that is news, or a member and nothing
    for row in await connection.execute(_KNOWN, {"members": list({member_id for member_id, _ in asked})}):
        countries[row[0]] = row[1]
        news.add((row[0], row[2]))
    return [Known(countries.get(member_id), (member_id, guild_id) in news) for member_id, guild_id in asked]


async def own_pledges(connection: AsyncConnection, member_id: int, guild_id: int | None) -> list[Pledge]:
    """A member's pledges, newest first: those in `guild_id`, or with None all of them."""
    own = select(*PLEDGE_COLUMNS).where(pledge.c.member_id == member_id).order_by(pledge.c.id.desc())
    if guild_id is not None:
        own = own.where(pledge.c.guild_id == guild_id)
    return [Pledge(*row) for row in await connection.execute(own)]


async def wall_page(
    connection: AsyncConnection,
    guild_id: int,
    *,
    theme: str | None = None,
    country: str | None = None,
    way: Way = "newest",
    start: int = 0,
    size: int,
) -> WallPage:
    """Public pledges of one server. `older` and `newer` go on from the pledge with the id `start`.

    Found by an index whichever page it is; counting pages would cost more the more pledges there are.
    """
    conditions: list[ColumnElement[bool]] = [pledge.c.guild_id == guild_id, pledge.c.on_wall]
    if theme:
        conditions.append(pledge.c.theme == theme)
    if country:
        conditions.append(pledge.c.country == country)
    backwards = way in ("newer", "oldest")
    one_more = (
        select(*PLEDGE_COLUMNS).where(*conditions).order_by(pledge.c.id.asc() if backwards else pledge.c.id.desc())
    )
    one_more = one_more.limit(size + 1)
    left_behind = False
    if way in ("older", "newer"):
        onward, behind = pledge.c.id < start, pledge.c.id >= start
        if backwards:
            onward, behind = pledge.c.id > start, pledge.c.id <= start
        one_more = one_more.where(onward)
        # Not a matter of course: what stood there may have been withdrawn since.
        some = select(pledge.c.id).where(*conditions, behind).limit(1)
        left_behind = await connection.scalar(some) is not None
    found = [Pledge(*row) for row in await connection.execute(one_more)]
    beyond, page = len(found) > size, found[:size]
    if backwards:
        return WallPage(tuple(reversed(page)), has_newer=beyond, has_older=left_behind)
    return WallPage(tuple(page), has_newer=left_behind, has_older=beyond)


async def numbers(connection: AsyncConnection, scope: int, today: date) -> Numbers:
    """The counts of a server, or of WHOLE_CAMPAIGN, from the tallies."""
    days = [(today - timedelta(days=back)).isoformat() for back in reversed(range(DAYS))]
    single = await _tallies(connection, scope, (SUPPORTERS, PLEDGES, ON_WALL), ("",))
    by_day = await _tallies(connection, scope, (DAY,), days)
    rows = await connection.execute(
        select(tally.c.key, tally.c.count).where(tally.c.scope == scope, tally.c.kind == COUNTRY, tally.c.count > 0)
    )
    return Numbers(
        supporters=single.get((SUPPORTERS, ""), 0),
        pledges=single.get((PLEDGES, ""), 0),
        on_wall=single.get((ON_WALL, ""), 0),
        countries={row[0]: row[1] for row in rows},
        days=tuple(by_day.get((DAY, day), 0) for day in days),
    )


async def made_between(connection: AsyncConnection, scope: int, start: date, end: date) -> int:
    """Pledges in force that were made from one day (UTC) until before another, from the tallies."""
    of_days = select(func.coalesce(func.sum(tally.c.count), 0)).where(
        tally.c.scope == scope, tally.c.kind == DAY, tally.c.key >= str(start), tally.c.key < str(end)
    )
    return int(await connection.scalar(of_days) or 0)


async def _tallies(
    connection: AsyncConnection, scope: int, kinds: Sequence[str], keys: Sequence[str]
) -> dict[tuple[str, str], int]:
    chosen = select(tally.c.kind, tally.c.key, tally.c.count).where(
        tally.c.scope == scope, tally.c.kind.in_(kinds), tally.c.key.in_(keys)
    )
    return {(kind, key): count for kind, key, count in await connection.execute(chosen)}
