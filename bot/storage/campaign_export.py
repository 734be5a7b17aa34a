"""The whole campaign in numbers that may be published: by country, week and theme; no names, no texts, nobody alone.

A country in which fewer than three people pledged stands under 'other', in the list of countries and in each week's: a
small number and a week would point at somebody. All other numbers are sums over countries.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any, Literal

from sqlalchemy import func, null, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.database import Database
from bot.storage.disk import Tell, silent
from bot.storage.errors import Unusable
from bot.storage.ledger import PLEDGES, SUPPORTERS
from bot.storage.migrate import file_of
from bot.storage.tables import WHOLE_CAMPAIGN, member, pledge, tally

FEWEST = 3
"""People of one country who are shown as such."""

OTHER = "other"
"""Stands for the countries of which fewer than that pledged."""

UNKNOWN = "unknown"
"""Stands for people who told no country."""

By = Literal["campaign", "country", "week", "theme", "country and week"]


@dataclass(frozen=True, slots=True)
class Row:
    """How many people there are, and pledges of theirs in force. What a row is not about is None."""

    by: By
    country: str | None
    """ISO 3166-1 alpha-2, OTHER or UNKNOWN."""
    week: str | None
    """ISO 8601, such as 2026-W48: when the pledges were made, in UTC."""
    theme: str | None
    supporters: int
    """People, each once in a row; of a week, those whose pledges of that week are in force."""
    pledges: int


async def numbers_of_campaign(url: str, tell: Tell = silent) -> list[Row]:
    """All rows, of one moment, whoever writes meanwhile. As many as there are countries times weeks, not pledges.

    Raises Unusable where there is no database of today's schema.
    """
    path = file_of(url)
    if not path.is_file():
        raise Unusable(f"{path} does not exist yet: there is nothing to export.")
    db = Database(url)
    try:
        async with db.read() as connection:
            return await _rows(connection, tell)
    except DBAPIError as error:
        raise Unusable(
            f"{path} can't be read: {error.orig}. If it is of an earlier version: python -m bot migrate."
        ) from error
    finally:
        await db.close()


async def _rows(connection: AsyncConnection, tell: Tell) -> list[Row]:
    tell("Counting all", 0)
    rows = [await _campaign(connection)]
    country = func.coalesce(member.c.country, UNKNOWN)
    # The Monday of the week: SQLite goes on to Sunday, where it is not one, and six days back.
    monday = func.date(func.substr(pledge.c.made_at, 1, 10), "weekday 0", "-6 days")
    none = null()
    statements: tuple[tuple[By, Any], ...] = (
        ("country", _counted(country, none, none)),
        ("week", _counted(none, monday, none)),
        ("theme", _counted(none, none, pledge.c.theme)),
        ("country and week", _counted(country, monday, none)),
    )
    for number, (by, statement) in enumerate(statements, 1):
        tell(f"Counting by {by}", number / (len(statements) + 1))
        counted: list[Any] = list(await connection.execute(statement))
        found = [_row(by, *one) for one in counted]
        rows += folded(found) if "country" in by else sorted(found, key=_order)
    return rows


def folded(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows with their small countries put together, week by week where they have weeks; in order.

    Where all small ones are fewer than three people even together, the next larger one is put with them.
    """
    for _, same_week in groupby(sorted(rows, key=lambda row: row.week or ""), attrgetter("week")):
        named = sorted(same_week, key=lambda row: (row.supporters, row.country))
        small: list[Row] = []
        while named and (named[0].supporters < FEWEST or 0 < sum(row.supporters for row in small) < FEWEST):
            small.append(named.pop(0))
        yield from sorted(named, key=_order)
        if small:
            supporters, pledges = sum(row.supporters for row in small), sum(row.pledges for row in small)
            yield Row(small[0].by, OTHER, small[0].week, None, supporters, pledges)


async def _campaign(connection: AsyncConnection) -> Row:
    kept = select(tally.c.kind, tally.c.count).where(
        tally.c.scope == WHOLE_CAMPAIGN, tally.c.kind.in_((SUPPORTERS, PLEDGES)), tally.c.key == ""
    )
    counts = {str(row[0]): int(row[1]) for row in await connection.execute(kept)}
    return Row("campaign", None, None, None, counts.get(SUPPORTERS, 0), counts.get(PLEDGES, 0))


def _counted(country: Any, monday: Any, theme: Any) -> Any:
    people, pledges = func.count(pledge.c.member_id.distinct()), func.count(pledge.c.id)
    return select(country, monday, theme, people, pledges).join_from(pledge, member).group_by(country, monday, theme)


def _row(by: By, country: str | None, monday: str | None, theme: str | None, supporters: int, pledges: int) -> Row:
    week = week_of(date.fromisoformat(monday)) if monday else None
    return Row(by, country, week, theme, supporters, pledges)


def week_of(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _order(row: Row) -> tuple[str, bool, str, str]:
    """By week, then by country, people of none last, then by theme."""
    return row.week or "", row.country == UNKNOWN, row.country or "", row.theme or ""
