"""Who did what and when: written with the deed, in its transaction, and read by moderators of that server alone."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import audit

Action: TypeAlias = Literal[
    "hide",
    "auto_hide",
    "restore",
    "approve",
    "block",
    "unblock",
    "setup",
    "mute",
    "unmute",
    "export",
    "milestone_add",
    "milestone_edit",
    "milestone_remove",
    "post_missed",
]
"""What can be done: `auto_hide` is what reports do by themselves; `approve` lets through what waited; `post_missed`
posts an announcement after all that was not posted in its time."""

_WRITE = insert(audit)


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a server's log."""

    guild_id: int
    at: datetime
    action: Action
    moderator_id: int | None = None
    """None for what the bot did by itself, and for people who erased their data."""
    pledge_id: int | None = None
    member_id: int | None = None
    """Whom it concerns."""
    details: str = ""


_NAMES = [field.name for field in fields(Deed)]


async def log(tx: AsyncConnection, deeds: Iterable[Deed]) -> None:
    rows = [{name: getattr(deed, name) for name in _NAMES} for deed in deeds]
    if rows:
        await tx.execute(_WRITE, rows)


async def log_page(
    connection: AsyncConnection, guild_id: int, *, before: int | None, size: int
) -> list[tuple[int, Deed]]:
    """The deeds of one server with their ids, newest first: those before the id `before`, or the newest."""
    newest = select(audit.c.id, *(audit.c[name] for name in _NAMES)).where(audit.c.guild_id == guild_id)
    if before is not None:
        newest = newest.where(audit.c.id < before)
    rows: list[Any] = list(await connection.execute(newest.order_by(audit.c.id.desc()).limit(size)))
    return [(row[0], Deed(*row[1:])) for row in rows]
