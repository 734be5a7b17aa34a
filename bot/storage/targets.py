"""What a server has reached: each thing noted once for ever, and told in a post of its announcements channel.

What was reached while nothing was announced there is noted and not told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.announcements import Plan, put_plans
from bot.storage.guilds import SETTINGS
from bot.storage.ledger import SUPPORTERS
from bot.storage.news import COUNTED
from bot.storage.tables import PLANNED, REFUSED, RETRY, announcement, guild, news, tally, target
from bot.storage.wall import INVALID, drop_unsent

AN_HOUR = timedelta(hours=1)
SINCE = "since"
"""Noted beside what was reached: since when it is told."""
REGIONS = "regions"

_IS_ON = select(and_(guild.c.announcement_channel_id.is_not(None), guild.c.posts_targets)).where(
    guild.c.id == bindparam("guild")
)
_NOTED = select(target.c.name).where(target.c.guild_id == bindparam("guild"))
_TOLD = _NOTED.where(target.c.announcement_id == bindparam("post"))
_NOTE = upsert(target).on_conflict_do_nothing()
_TELL_NO_MORE = delete(target).where(target.c.guild_id == bindparam("guild"), target.c.name == SINCE)
_SUPPORTERS = select(tally.c.count).where(
    tally.c.scope == bindparam("guild"), tally.c.kind == SUPPORTERS, tally.c.key == ""
)
# From each country to the next along the index of what is on the wall: a step for each country, not for each pledge.
_COUNTRIES = text(
    """
    WITH RECURSIVE country (iso2) AS (
        SELECT min(country) FROM pledge WHERE guild_id = :guild AND on_wall = 1
        UNION ALL
        SELECT (SELECT min(country) FROM pledge WHERE guild_id = :guild AND on_wall = 1 AND country > iso2)
        FROM country WHERE iso2 IS NOT NULL
    )
    SELECT iso2 FROM country WHERE iso2 IS NOT NULL
    """
)
_OF_GUILD = (announcement.c.guild_id == bindparam("guild"), announcement.c.kind == "target")
_OPEN = (
    select(announcement.c.id)
    .where(
        *_OF_GUILD,
        announcement.c.state.in_((PLANNED, RETRY, REFUSED)),
        announcement.c.attempted_at.is_(None),
        func.coalesce(announcement.c.why, "") != INVALID,
    )
    .order_by(announcement.c.due_at.desc())
    .limit(1)
)
_REMAKE = update(announcement).where(*_OF_GUILD, announcement.c.id == bindparam("which")).values(body=None)
_LAST = select(func.max(announcement.c.due_at)).where(*_OF_GUILD)
_BY_KEY = select(announcement.c.id).where(*_OF_GUILD, announcement.c.key == bindparam("key"))
_FORGET_NEWS = delete(news).where(news.c.guild_id == bindparam("guild"), news.c.pledge_id == COUNTED)


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a server can reach."""

    goals: tuple[int, ...]
    """Numbers of supporters, rising."""
    regions: Mapping[str, frozenset[str]]
    """The ISO codes of the countries that are counted, by region."""

    def reached(self, supporters: int, countries: Collection[str]) -> tuple[str, ...]:
        """The names of all that is reached: `goal:100`, `regions`, `country:KE`; goals highest first."""
        goals = (f"goal:{goal}" for goal in reversed(self.goals) if goal <= supporters)
        counted: list[frozenset[str]] = [area.intersection(countries) for area in self.regions.values()]
        regions = [REGIONS] if counted and all(counted) else []
        return (*goals, *regions, *(f"country:{iso2}" for iso2 in sorted(set[str]().union(*counted))))


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """Goals first, the highest of them first, then the regions, then countries by their codes."""
    goals = {name: int(name.partition(":")[2]) for name in names if name.startswith("goal:")}
    others = sorted(set(names) - goals.keys(), key=lambda name: (name != REGIONS, name))
    return (*sorted(goals, key=lambda name: -goals[name]), *others)


async def told_in(connection: AsyncConnection, guild_id: int, announcement_id: int) -> tuple[str, ...]:
    """The names of what a post of this server tells, in the order in which it is told."""
    return ordered(list(await connection.scalars(_TOLD, {"guild": guild_id, "post": announcement_id})))


@dataclass(frozen=True, slots=True)
class TakeTargets:
    """Notes what a server has reached since it was last looked, and plans the post that tells it."""

    guild_id: int
    ids: tuple[int, ...]
    """What is news: COUNTED, or SETTINGS, which is left for others to hear."""
    ladder: Ladder
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["TakeTargets"]) -> Sequence[None]:
        for one in batch:
            await one._take(tx)
        return [None for _ in batch]

    async def _take(self, tx: AsyncConnection) -> None:
        which = {"guild": self.guild_id}
        if not await tx.scalar(_IS_ON, which):
            await tx.execute(_TELL_NO_MORE, which)
            if SETTINGS in self.ids:
                await drop_unsent(tx, self.guild_id, "target")
        else:
            noted = set(await tx.scalars(_NOTED, which))
            new = [name for name in await self._reached(tx) if name not in noted]
            told = _worth_telling(new) if SINCE in noted else []
            await self._note(tx, [name for name in new if name not in told], None)
            if SINCE not in noted:
                await self._note(tx, [SINCE], None)
            if told:
                await self._note(tx, told, await self._post(tx, told[0]))
        await tx.execute(_FORGET_NEWS, which)

    async def _reached(self, tx: AsyncConnection) -> tuple[str, ...]:
        which = {"guild": self.guild_id}
        supporters = await tx.scalar(_SUPPORTERS, which) or 0
        return self.ladder.reached(supporters, list(await tx.scalars(_COUNTRIES, which)))

    async def _note(self, tx: AsyncConnection, names: Sequence[str], post: int | None) -> None:
        rows: list[dict[str, Any]] = [
            {"guild_id": self.guild_id, "name": name, "at": self.at, "announcement_id": post} for name in names
        ]
        if rows:
            await tx.execute(_NOTE, rows)

    async def _post(self, tx: AsyncConnection, first: str) -> int | None:
        """The post that tells it: the one that waits, or a new one, an hour after the last at the earliest."""
        which = {"guild": self.guild_id}
        waiting = await tx.scalar(_OPEN, which)
        if waiting is not None:
            await tx.execute(_REMAKE, {"which": waiting, "guild": self.guild_id})
            return waiting
        last_at = await tx.scalar(_LAST, which)
        due_at = self.at if last_at is None else max(self.at, last_at + AN_HOUR)
        plan = Plan(self.guild_id, "target", first, "", due_at)
        await put_plans(tx, [plan])
        return await tx.scalar(_BY_KEY, which | {"key": plan.key})


def _worth_telling(new: Sequence[str]) -> list[str]:
    """Of goals that are reached at once the highest alone."""
    goals = [name for name in new if name.startswith("goal:")]
    return [name for name in new if name not in goals[1:]]
