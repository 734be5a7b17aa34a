"""A server's own dates, beside the campaign's: what moderators add, change and remove, each with a line in the log."""

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Action, Deed, log
from bot.storage.guilds import SETTINGS, post_since, remember_guilds, tell_outbox
from bot.storage.tables import milestone

MOST_OWN_DATES = 100
"""Dates of its own that a server can have."""


class TooManyDates(Exception):
    """The server has as many dates of its own as it can have."""


class SameDate(Exception):
    """The server has another date of this title on this day of the year."""


class NoSuchDate(Exception):
    """The server has no such date: it was removed, or belongs to another."""


@dataclass(frozen=True, slots=True)
class DateFields:
    """What moderators say about a date."""

    title: str
    month: int
    day: int
    year: int | None
    """When it first was; None where nobody knows, or it does not matter."""
    words: str
    """What is posted below the title; may be empty."""
    post_at: int | None = None
    """Minutes after local midnight; None for the server's usual time."""
    in_march: bool = False
    """Of 29 February in common years: whether it is remembered on 1 March, and not on 28 February."""

    @property
    def when(self) -> tuple[int, int, int | None]:
        """What decides on which days it is posted, and at which hour; of 29 February also `in_march`."""
        return self.month, self.day, self.post_at


@dataclass(frozen=True, slots=True)
class OwnDate:
    """A date of a server's own."""

    id: int
    guild_id: int
    title: str
    month: int
    day: int
    year: int | None
    words: str
    post_at: int | None
    in_march: bool
    added_at: datetime

    @property
    def fields(self) -> DateFields:
        return DateFields(self.title, self.month, self.day, self.year, self.words, self.post_at, self.in_march)


_COLUMNS: list[Any] = [milestone.c[name] for name in OwnDate.__slots__]
_OF_GUILD = (
    select(*_COLUMNS)
    .where(milestone.c.guild_id == bindparam("guild"))
    .order_by(milestone.c.month, milestone.c.day, milestone.c.id)
)
_OF_GUILDS = (
    select(*_COLUMNS)
    .where(milestone.c.guild_id.in_(bindparam("guilds", expanding=True)))
    .order_by(milestone.c.month, milestone.c.day, milestone.c.id)
)
_ADD = insert(milestone)
_ONE = (milestone.c.guild_id == bindparam("guild"), milestone.c.id == bindparam("which"))
_EDIT = update(milestone).where(*_ONE).values({name: bindparam(name) for name in DateFields.__slots__})
_REMOVE = delete(milestone).where(*_ONE)


async def own_dates(connection: AsyncConnection, guild_id: int) -> tuple[OwnDate, ...]:
    """All dates of a server's own, in the order of the year."""
    return tuple(OwnDate(*row) for row in await connection.execute(_OF_GUILD, {"guild": guild_id}))


async def own_dates_of(connection: AsyncConnection, guild_ids: Collection[int]) -> dict[int, list[OwnDate]]:
    """As `own_dates`, of each of these servers that has any."""
    found: dict[int, list[OwnDate]] = {}
    for row in await connection.execute(_OF_GUILDS, {"guilds": [*guild_ids]}):
        found.setdefault(row.guild_id, []).append(OwnDate(*row))
    return found


@dataclass(frozen=True, slots=True)
class AddDate:
    """A new date of a server's own. `id` is the interaction's: a second delivery is harmless.

    The result is the date, or TooManyDates, or SameDate.
    """

    id: int
    guild_id: int
    moderator_id: int
    fields: DateFields
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["AddDate"]) -> Sequence[OwnDate | Exception]:
        await remember_guilds(tx, {one.guild_id: one.at for one in batch})
        return [await one._add(tx) for one in batch]

    async def _add(self, tx: AsyncConnection) -> OwnDate | Exception:
        there = await own_dates(tx, self.guild_id)
        if again := next((one for one in there if one.id == self.id), None):
            return again
        if _has_twin(self.fields, there):
            return SameDate()
        if len(there) >= MOST_OWN_DATES:
            return TooManyDates()
        made = OwnDate(self.id, self.guild_id, **_values(self.fields), added_at=self.at)
        await tx.execute(_ADD, {name: getattr(made, name) for name in OwnDate.__slots__})
        await post_since(tx, self.guild_id, self.at)
        await _tell(tx, self.guild_id, self.moderator_id, self.at, "milestone_add", self.fields)
        return made


@dataclass(frozen=True, slots=True)
class EditDate:
    """New fields for a date. The result is it as it is then, or NoSuchDate, or SameDate.

    What is moved to a day or an hour that is over is not posted after all.
    """

    guild_id: int
    moderator_id: int
    date_id: int
    fields: DateFields
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["EditDate"]) -> Sequence[OwnDate | Exception]:
        return [await one._edit(tx) for one in batch]

    async def _edit(self, tx: AsyncConnection) -> OwnDate | Exception:
        there = {one.id: one for one in await own_dates(tx, self.guild_id)}
        old = there.pop(self.date_id, None)
        if old is None:
            return NoSuchDate()
        if _has_twin(self.fields, list(there.values())):
            return SameDate()
        new = OwnDate(old.id, old.guild_id, **_values(self.fields), added_at=old.added_at)
        if new == old:
            return old
        await tx.execute(_EDIT, {"guild": self.guild_id, "which": self.date_id} | _values(self.fields))
        if (new.fields.when, new.in_march) != (old.fields.when, old.in_march):
            await post_since(tx, self.guild_id, self.at)
        await _tell(tx, self.guild_id, self.moderator_id, self.at, "milestone_edit", self.fields)
        return new


@dataclass(frozen=True, slots=True)
class RemoveDate:
    """Removes a date; what was posted of it stays. The result is what it was, or NoSuchDate."""

    guild_id: int
    moderator_id: int
    date_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["RemoveDate"]) -> Sequence[OwnDate | Exception]:
        return [await one._remove(tx) for one in batch]

    async def _remove(self, tx: AsyncConnection) -> OwnDate | Exception:
        old = next((one for one in await own_dates(tx, self.guild_id) if one.id == self.date_id), None)
        if old is None:
            return NoSuchDate()
        await tx.execute(_REMOVE, {"guild": self.guild_id, "which": self.date_id})
        await _tell(tx, self.guild_id, self.moderator_id, self.at, "milestone_remove", old.fields)
        return old


def _values(fields: DateFields) -> dict[str, Any]:
    return {name: getattr(fields, name) for name in DateFields.__slots__}


def _has_twin(wanted: DateFields, among: Sequence[OwnDate]) -> bool:
    """Whether one of them has this day and this title, however it is written."""
    wording = _plain(wanted.title)
    return any((one.month, one.day) == (wanted.month, wanted.day) and _plain(one.title) == wording for one in among)


def _plain(title: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())


async def _tell(
    tx: AsyncConnection, guild_id: int, moderator_id: int, at: datetime, action: Action, fields: DateFields
) -> None:
    """The log's line, which holds the day as `YYYY-MM-DD` or `MM-DD`, then the title; and word to the outbox."""
    year = "" if fields.year is None else f"{fields.year:04}-"
    details = f"{year}{fields.month:02}-{fields.day:02} {fields.title}"
    await log(tx, [Deed(guild_id, at, action, moderator_id, details=details)])
    await tell_outbox(tx, {(guild_id, SETTINGS)})
