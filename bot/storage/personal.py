"""What is kept of a person in each table: how it is exported, and how it goes when they have it erased.

Whatever `bot.storage.tables` marks as PERSON stands here once; a test holds that, and that no column is left out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from sqlalchemy import Column, Table, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import audit, block, member, pledge, report, role_holder, shown, tombstone


class Goes(Enum):
    """What an erasure does with a row."""

    WITH_COUNTS = auto()
    """The ledger removes it, so that the counts stay right."""
    WHOLE = auto()
    """It is the person's own, and is removed."""
    WITHOUT_THEM = auto()
    """It is a server's: it stays, with the person taken out of it."""
    NEVER = auto()
    """It is what has to be known in order to erase again after a restore."""


@dataclass(frozen=True)
class Kept:
    """One way in which a table knows a person."""

    name: str
    """What it is called in the export, and by those who show it."""
    person: "Column[Any]"
    """Holds the person's id."""
    since: "Column[Any]"
    """When the row came to be."""
    goes: Goes
    exported: "Mapping[str, Column[Any]]"
    """Every column by its name in plain words; those that name people are left out: they may be somebody else."""
    emptied: Mapping[str, str] = field(default_factory=dict[str, str])
    """What else is overwritten where the person is taken out."""

    @property
    def table(self) -> Table:
        return self.person.table  # pyright: ignore[reportReturnType]  (of a column of ours it always is one)


_LOGGED = {
    "number": audit.c.id,
    "server_id": audit.c.guild_id,
    "at": audit.c.at,
    "action": audit.c.action,
    "pledge_id": audit.c.pledge_id,
    "details": audit.c.details,
}

PERSONAL = (
    Kept(
        "about_you",
        member.c.id,
        member.c.added_at,
        Goes.WITH_COUNTS,
        {"country": member.c.country, "known_since": member.c.added_at},
    ),
    Kept(
        "pledges",
        pledge.c.member_id,
        pledge.c.made_at,
        Goes.WITH_COUNTS,
        {
            "id": pledge.c.id,
            "server_id": pledge.c.guild_id,
            "theme": pledge.c.theme,
            "ready_made_action": pledge.c.action,
            "own_words": pledge.c.words,
            "country": pledge.c.country,
            "you_made_it_public": pledge.c.is_public,
            "made_at": pledge.c.made_at,
            "changed_at": pledge.c.edited_at,
            "state": pledge.c.state,
            "reason_of_moderators": pledge.c.reason,
            "you_were_told_at": pledge.c.told_at,
            "waits_for_moderators_since": pledge.c.queued_at,
            "stands_on_the_wall": pledge.c.on_wall,
        },
    ),
    Kept(
        "reports_you_sent",
        report.c.member_id,
        report.c.at,
        Goes.WHOLE,
        {
            "id": report.c.id,
            "server_id": report.c.guild_id,
            "pledge_id": report.c.pledge_id,
            "words": report.c.words,
            "at": report.c.at,
            "moderators_have_looked": report.c.is_closed,
        },
    ),
    Kept(
        "blocks",
        block.c.member_id,
        block.c.at,
        Goes.WHOLE,
        {"server_id": block.c.guild_id, "reason": block.c.reason, "at": block.c.at},
    ),
    Kept(
        "supporter_roles",
        role_holder.c.member_id,
        role_holder.c.at,
        Goes.WHOLE,
        {"server_id": role_holder.c.guild_id, "role_id": role_holder.c.role_id, "at": role_holder.c.at},
    ),
    Kept(
        "shown_in_direct_messages",
        shown.c.place,
        shown.c.at,
        Goes.WHOLE,
        {"kind": shown.c.kind, "item": shown.c.item, "at": shown.c.at},
    ),
    Kept("decisions_about_you", audit.c.member_id, audit.c.at, Goes.WITHOUT_THEM, _LOGGED, {"details": ""}),
    Kept("decisions_you_made", audit.c.moderator_id, audit.c.at, Goes.WITHOUT_THEM, _LOGGED),
    Kept("erasure", tombstone.c.member_id, tombstone.c.at, Goes.NEVER, {"at": tombstone.c.at}),
)

_ROWS = {
    kept.name: select(*(column.label(name) for name, column in kept.exported.items()))
    .where(kept.person == bindparam("who"))
    .order_by(kept.since, *kept.table.primary_key)
    for kept in PERSONAL
}
_COUNTS = {
    kept.name: select(func.count()).select_from(kept.table).where(kept.person == bindparam("who")) for kept in PERSONAL
}


async def rows_of(
    connection: AsyncConnection, member_id: int, names: Iterable[str] = tuple(_ROWS)
) -> dict[str, list[dict[str, Any]]]:
    """All that is kept of a person, or what goes by these names of PERSONAL; oldest first."""
    return {
        name: [dict(row) for row in (await connection.execute(_ROWS[name], {"who": member_id})).mappings()]
        for name in names
    }


async def counts_of(connection: AsyncConnection, member_id: int) -> dict[str, int]:
    """How many rows are kept of a person, by the names of PERSONAL."""
    return {name: await connection.scalar(count, {"who": member_id}) or 0 for name, count in _COUNTS.items()}
