"""Counts all pledges anew, by SQL of its own, and compares: the proof that the tallies are right."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.ledger import COUNTRY, DAY, ON_WALL, PLEDGES, SUPPORTERS, THEME, Key
from bot.storage.tables import OPEN, WHOLE_CAMPAIGN, member, pledge, tally


@dataclass(frozen=True, slots=True)
class Difference:
    """A tally that is not what the pledges say."""

    key: Key
    tallied: int
    counted: int

    def __str__(self) -> str:
        scope, kind, key = self.key
        where = "the whole campaign" if scope == WHOLE_CAMPAIGN else f"server {scope}"
        return f"{where}, {kind} {key}".rstrip() + f": tallied {self.tallied}, counted {self.counted}"


async def differences(connection: AsyncConnection) -> list[Difference]:
    """Every tally that differs from a recount. Reads all pledges: the cost grows with them."""
    tallied = await _counts(connection, select(tally))
    counted = await _counts(connection, _recount())
    return [
        Difference(key, tallied.get(key, 0), counted.get(key, 0))
        for key in sorted(tallied.keys() | counted.keys())
        if tallied.get(key) != counted.get(key)
    ]


async def _counts(connection: AsyncConnection, counts: "Select[Any]") -> dict[Key, int]:
    rows: list[Any] = list(await connection.execute(counts))
    return {(row[0], row[1], row[2]): row[3] for row in rows if row[3]}


def _recount() -> "Select[Any]":
    whole = literal(WHOLE_CAMPAIGN)
    in_server = pledge.c.guild_id != WHOLE_CAMPAIGN
    parts: list[Any] = []
    for scope, condition in ((pledge.c.guild_id, in_server), (whole, literal(True))):
        people = func.count(pledge.c.member_id.distinct())
        day = func.substr(pledge.c.made_at, 1, 10)
        nothing, home = literal(""), member.c.country
        for kind, key, count in (
            (PLEDGES, nothing, func.count(pledge.c.id)),
            (SUPPORTERS, nothing, people),
            (ON_WALL, nothing, func.sum(case((and_(pledge.c.is_public, pledge.c.state == OPEN), 1), else_=0))),
            (THEME, pledge.c.theme, func.count(pledge.c.id)),
            (DAY, day, func.count(pledge.c.id)),
            (COUNTRY, home, people),
        ):
            counted = select(scope, literal(kind), key, count).join_from(pledge, member).where(condition)
            if kind == COUNTRY:
                counted = counted.where(home.is_not(None))
            parts.append(counted.group_by(scope, key))
    everything = union_all(*parts).subquery()
    return select(*everything.c)
