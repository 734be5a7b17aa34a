"""What moderators have said about members of their servers: asked where something of a member's is to be stored.

A service asks beforehand, too, and answers sooner; but only here nothing can be decided between asking and storing.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import BindParameter, ColumnElement, bindparam, case, func, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import WHOLE_CAMPAIGN, audit, block

Where: TypeAlias = tuple[int, int]
"""A server and a member."""

_HIDINGS, _RELEASES = ("hide", "auto_hide"), ("restore", "approve")


class NotWelcome(Exception):
    """Moderators of the server have blocked the member."""

    def __init__(self, reason: str) -> None:
        super().__init__("blocked")
        self.reason = reason
        """As the moderators gave it."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What holds at the moment."""

    blocked: dict[Where, str] = field(default_factory=dict[Where, str])
    """Who is blocked, and why."""
    hidden: set[Where] = field(default_factory=set[Where])
    """Those of whom the last thing that was decided was to hide a pledge, whatever became of that pledge."""

    def refusal(self, whom: Where) -> NotWelcome | None:
        """What a member is refused with who is blocked there."""
        reason = self.blocked.get(whom)
        return None if reason is None else NotWelcome(reason)


def _last(*actions: str) -> ColumnElement[int]:
    return func.max(case((audit.c.action.in_(actions), audit.c.id)))


# Nothing is asked of the server's columns themselves, so that rows are found by their member: an index that begins with
# the server would lead through its whole log.
_SERVERS: BindParameter[Any] = bindparam("guilds", expanding=True)
_MEMBERS: BindParameter[Any] = bindparam("members", expanding=True)
_VERDICTS = union_all(
    select(block.c.guild_id, block.c.member_id, block.c.reason).where(
        (block.c.guild_id + 0).in_(_SERVERS), block.c.member_id.in_(_MEMBERS)
    ),
    select(audit.c.guild_id, audit.c.member_id, null())
    .where(
        (audit.c.guild_id + 0).in_(_SERVERS),
        audit.c.member_id.in_(_MEMBERS),
        audit.c.action.in_(_HIDINGS + _RELEASES),
    )
    .group_by(audit.c.guild_id, audit.c.member_id)
    .having(_last(*_HIDINGS) > func.coalesce(_last(*_RELEASES), 0)),
)


async def verdicts_on(tx: AsyncConnection, members: Collection[Where]) -> Verdicts:
    """What was said about these members, at least; no server has a say where a pledge is of the whole campaign."""
    found = Verdicts()
    asked = [(guild_id, member_id) for guild_id, member_id in members if guild_id != WHOLE_CAMPAIGN]
    if asked:
        guilds, people = {guild_id for guild_id, _ in asked}, {member_id for _, member_id in asked}
        for guild_id, member_id, reason in await tx.execute(_VERDICTS, {"guilds": [*guilds], "members": [*people]}):
            if reason is None:
                found.hidden.add((guild_id, member_id))
            else:
                found.blocked[guild_id, member_id] = reason
    return found
