"""Members, servers and what happens there; operations that go wrong; and a second opinion on what comes of it all."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from contextlib import asynccontextmanager as context
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import strategies as st
from sqlalchemy import URL, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import recount
from bot.storage.database import Database
from bot.storage.ledger import PLEDGE_COLUMNS, Pledge
from bot.storage.pledges import (
    ChooseCountry,
    EditPledge,
    Made,
    MakePledge,
    NotTheirs,
    SaysTheSame,
    ShowPledge,
    TooMany,
    WithdrawPledge,
)
from bot.storage.shown import MarkShown
from bot.storage.tables import OPEN, guild, member, pledge

Fresh: TypeAlias = Callable[[], Path]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DM = 0
HERE, THERE = 11, 22
MARKED = 666
"""The server that broken operations write down before they fail."""


def url_of(path: Path) -> str:
    return URL.create("sqlite+aiosqlite", database=str(path)).render_as_string()


def open_database(path: Path) -> AbstractAsyncContextManager[Database]:
    @context
    async def opened() -> Any:
        db = Database(url_of(path))
        try:
            yield db
        finally:
            await db.close()

    return opened()


def pledging(id: int, member_id: int = 1, guild_id: int = HERE, **changes: Any) -> MakePledge:
    """A pledge in own words that nobody else uses."""
    chosen: dict[str, Any] = {
        "theme": "learn",
        "action": None,
        "words": f"I promise number {id}",
        "country": None,
        "is_public": True,
        "at": NOON,
    }
    return MakePledge(id, member_id, guild_id, **(chosen | changes))


async def faults(db: Database) -> list[str]:
    """What does not fit together in the database."""
    async with db.read() as connection:
        found = [str(difference) for difference in await recount.differences(connection)]
        strayed = select(pledge.c.id).join(member).where(pledge.c.country.is_distinct_from(member.c.country))
        found += [f"pledge {id} has not its member's country" for id in await connection.scalars(strayed)]
        torn = select(pledge.c.id).where(pledge.c.on_wall != (pledge.c.is_public & (pledge.c.state == OPEN)))
        found += [f"pledge {id} is on the wall or not, against its state" for id in await connection.scalars(torn)]
        marked = select(func.count()).select_from(guild).where(guild.c.id == MARKED)
        if await connection.scalar(marked):
            found.append("something of an operation that failed is stored")
        for statement in ("PRAGMA integrity_check", "PRAGMA foreign_key_check"):
            rows = (await connection.exec_driver_sql(statement)).all()
            found += [str(row) for row in rows if tuple(row) != ("ok",)]
    return found


async def threads_ended(before: int) -> None:
    """Waits until no more threads are alive than `before`: one that was told to end takes a moment."""
    async with asyncio.timeout(5):
        while threading.active_count() > before:  # noqa: ASYNC110  (threads set no events)
            await asyncio.sleep(0.01)


async def stored(db: Database) -> dict[int, Pledge]:
    """All pledges, by id."""
    async with db.read() as connection:
        return {row[0]: Pledge(*row) for row in await connection.execute(select(*PLEDGE_COLUMNS))}


# Operations that go wrong, each after it wrote something


@dataclass(frozen=True, slots=True)
class Raises:
    """Fails in its code."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Raises"]) -> Sequence[None]:
        await tx.execute(insert(guild), [{"id": MARKED, "added_at": NOON}])
        raise LookupError("poisoned")


@dataclass(frozen=True, slots=True)
class Violates:
    """Breaks a constraint of the schema."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Violates"]) -> Sequence[None]:
        row = {"id": MARKED, "added_at": NOON}
        await tx.execute(insert(guild), [row, row])
        return [None for _ in batch]


@dataclass(frozen=True, slots=True)
class Forgets:
    """Has no result for anybody."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["Forgets"]) -> Sequence[None]:
        await tx.execute(insert(guild), [{"id": MARKED, "added_at": NOON}])
        return []


# What people do

MEMBERS = st.integers(1, 3)
PLACES = st.sampled_from([DM, HERE, THERE])
THEMES = st.sampled_from(["learn", "home"])
ACTIONS = st.sampled_from([None, "listen", "share"])
WORDS = st.sampled_from([None, "I will listen", "i  WILL\nlisten", *(f"I will do {number}" for number in range(14))])
COUNTRIES = st.sampled_from([None, "KE", "TV"])
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-11))])
INSTANTS = st.builds(lambda hours, zone: (NOON - timedelta(hours=hours)).astimezone(zone), st.integers(0, 70), ZONES)
CHOICES = (THEMES, ACTIONS, WORDS, COUNTRIES, st.booleans(), INSTANTS)


def of_own(kind: type, *rest: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Something about a pledge by the member whose it is: ids don't clash, and most that is tried can be done."""
    owned = st.tuples(MEMBERS, st.integers(1, 9))
    return st.builds(lambda whose, *fields: kind(whose[0] * 100 + whose[1], whose[0], *fields), owned, *rest)


MAKES = of_own(MakePledge, PLACES, *CHOICES)
DEEDS: st.SearchStrategy[Any] = st.one_of(
    MAKES,
    MAKES,
    of_own(EditPledge, *CHOICES),
    of_own(ShowPledge, st.booleans(), INSTANTS),
    of_own(WithdrawPledge, INSTANTS),
    st.builds(ChooseCountry, MEMBERS, COUNTRIES, INSTANTS),
    st.builds(MarkShown, MEMBERS, st.just("fact"), st.sampled_from(["a", "b"]), INSTANTS),
)
RUNS = st.one_of(
    *(st.lists(one, min_size=4, max_size=20) for one in (MAKES, of_own(EditPledge, *CHOICES))),
    st.lists(DEEDS, min_size=8, max_size=64),
)
"""What is stored together. One failure would part it, and each would be stored alone: such groups come beside it."""

ANY_IDS = st.integers(100, 320)
MISHAPS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([Raises(), Violates(), Forgets()]),
    st.builds(MakePledge, ANY_IDS, MEMBERS, PLACES, *CHOICES),
    st.builds(EditPledge, ANY_IDS, MEMBERS, *CHOICES),
    st.builds(ShowPledge, ANY_IDS, MEMBERS, st.booleans(), INSTANTS),
    st.builds(WithdrawPledge, ANY_IDS, MEMBERS, INSTANTS),
)
"""What goes wrong, and what is tried on the pledges of others."""

GROUPS = st.builds(
    lambda first, rest: [first, *rest],
    st.lists(MAKES, min_size=10, max_size=40),
    st.lists(RUNS | st.lists(DEEDS | MISHAPS, min_size=1, max_size=64), min_size=1, max_size=4),
)
"""Groups of operations, each of which is under way at once; the first makes pledges for the others to be about."""


@dataclass
class SecondOpinion:
    """What should come of it, told one by one with plain dicts and by counting everything anew each time."""

    countries: dict[int, str | None] = field(default_factory=dict[int, str | None])
    pledges: dict[int, Pledge] = field(default_factory=dict[int, Pledge])

    def on(self, deed: Any) -> object:
        """What `deed` should give: a result, or the class of what is raised."""
        tell: dict[type, Callable[[Any], object]] = {
            MakePledge: self._make,
            EditPledge: self._edit,
            ShowPledge: self._show,
            WithdrawPledge: self._withdraw,
            ChooseCountry: lambda deed: self._move(deed.member_id, deed.country),
            MarkShown: lambda deed: None,
            Raises: lambda deed: LookupError,
            Violates: lambda deed: Exception,
            Forgets: lambda deed: RuntimeError,
        }
        return tell[type(deed)](deed)

    def people(self, place: int, country: str | None = None) -> set[int]:
        """Supporters in a server, or of the whole campaign: all of them, or those of one country."""
        return {
            one.member_id
            for one in self.pledges.values()
            if place in (DM, one.guild_id) and (country is None or self.countries.get(one.member_id) == country)
        }

    def of(self, member_id: int) -> list[Pledge]:
        return [one for one in self.pledges.values() if one.member_id == member_id]

    def _move(self, member_id: int, country: str | None) -> None:
        self.countries[member_id] = country
        for one in self.of(member_id):
            self._put(one)

    def _put(self, one: Pledge) -> Pledge:
        fields = {name: getattr(one, name) for name in Pledge.__slots__}
        self.pledges[one.id] = Pledge(**(fields | {"country": self.countries.get(one.member_id)}))
        return self.pledges[one.id]

    def _make(self, deed: MakePledge) -> Made | type[Exception]:
        me, place = deed.member_id, deed.guild_id
        mine = [one for one in self.of(me) if one.guild_id == place]
        says = (deed.action, _plain(deed.words))
        same = [one for one in self.of(me) if one.id == deed.id]
        same += [one for one in mine if (one.action, _plain(one.words)) == says]
        if not same and len(mine) >= 10:
            return TooMany
        if not same and deed.id in self.pledges:
            return Exception  # the id is somebody else's, which the schema refuses
        was_counted, was_from = me in self.people(place), self.countries.get(me)
        if deed.country:
            self._move(me, deed.country)
        is_from = self.countries.get(me)
        made = (
            self.pledges[same[0].id]
            if same
            else self._put(
                Pledge(
                    *(deed.id, me, place, deed.theme, deed.action, deed.words, is_from, deed.is_public),
                    made_at=deed.at,
                )
            )
        )
        is_new_of_country = me in self.people(place) and not (was_counted and was_from == is_from)
        return Made(
            pledge=made,
            is_new=not same,
            own=sum(place in (DM, one.guild_id) for one in self.of(me)),
            supporters=len(self.people(place)),
            is_first_here=me in self.people(place) and not was_counted,
            is_first_from_country=bool(is_from) and is_new_of_country and self.people(place, is_from) == {me},
        )

    def _edit(self, deed: EditPledge) -> Pledge | type[Exception]:
        old = self._own(deed)
        if old is None:
            return NotTheirs
        says = (deed.action, _plain(deed.words))
        for one in self.of(deed.member_id):
            if one.id != old.id and one.guild_id == old.guild_id and (one.action, _plain(one.words)) == says:
                return SaysTheSame
        if deed.country:
            self._move(deed.member_id, deed.country)
        return self._put(
            Pledge(
                *(old.id, old.member_id, old.guild_id, deed.theme, deed.action, deed.words, None, deed.is_public),
                made_at=old.made_at,
                edited_at=deed.at,
            )
        )

    def _show(self, deed: ShowPledge) -> Pledge | type[Exception]:
        old = self._own(deed)
        if old is None:
            return NotTheirs
        fields = {name: getattr(old, name) for name in Pledge.__slots__}
        return self._put(Pledge(**(fields | {"is_public": deed.is_public})))

    def _withdraw(self, deed: WithdrawPledge) -> Pledge | type[Exception]:
        old = self._own(deed)
        return NotTheirs if old is None else self.pledges.pop(old.id)

    def _own(self, deed: Any) -> Pledge | None:
        one = self.pledges.get(deed.pledge_id)
        return one if one and one.member_id == deed.member_id else None


def _plain(words: str | None) -> str:
    return " ".join((words or "").casefold().split())


def agree(result: object, expected: object) -> bool:
    """Whether a result, or what was raised, is what it should be."""
    if isinstance(expected, type):
        return isinstance(result, expected)
    return result == expected
