"""What members report: one report per member and pledge, and what three of them do by themselves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.ledger import PLEDGE_COLUMNS, Ledger, Pledge
from bot.storage.tables import OPEN, REPORTED, pledge, report

ENOUGH_TO_HIDE = 3
"""Open reports, each by another member, at which a pledge is hidden until a moderator looks."""

THREE_REPORTS = "three reports"
"""Stands in the log as the reason of what was hidden by itself."""


class NotOnTheWall(Exception):
    """There is no such pledge on the wall of this server: withdrawn, hidden, private, or another server's."""


class OwnPledge(Exception):
    """Nobody reports a pledge of their own."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report made of a pledge."""

    pledge: Pledge
    is_new: bool
    """False when this member has reported this pledge before, whatever became of it."""
    open_reports: int
    """Reports that no moderator has looked at yet, this one included."""
    is_hidden_now: bool
    """Whether this very report has hidden it."""


@dataclass(slots=True)
class _Known:
    """The reports of one pledge."""

    reporters: set[int] = field(default_factory=set[int])
    open: int = 0


_OWNERS = select(pledge.c.id, pledge.c.member_id).where(
    pledge.c.id.in_(bindparam("pledges", expanding=True)), pledge.c.guild_id.in_(bindparam("guilds", expanding=True))
)
_REPORTS = select(report.c.pledge_id, report.c.member_id, report.c.is_closed).where(
    report.c.pledge_id.in_(bindparam("pledges", expanding=True)),
    report.c.guild_id.in_(bindparam("guilds", expanding=True)),
)
_ADD = insert(report)


@dataclass(frozen=True, slots=True)
class ReportPledge:
    """A member wants moderators to look at a pledge. `id` is the interaction's: a second delivery is harmless."""

    id: int
    guild_id: int
    pledge_id: int
    member_id: int
    words: str
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ReportPledge"]) -> Sequence[Reported | Exception]:
        asked = {"pledges": list({one.pledge_id for one in batch}), "guilds": list({one.guild_id for one in batch})}
        owners: dict[int, int] = {row[0]: row[1] for row in await tx.execute(_OWNERS, asked)}
        known: dict[int, _Known] = defaultdict(_Known)
        for pledge_id, member_id, is_closed in await tx.execute(_REPORTS, asked):
            known[pledge_id].reporters.add(member_id)
            known[pledge_id].open += not is_closed
        ledger = await Ledger.open(tx, set(owners.values()))
        results = [one._report(ledger, owners.get(one.pledge_id), known[one.pledge_id]) for one in batch]
        await ledger.flush(batch[0].at)
        told = list(zip(batch, results, strict=True))
        rows = [one._row() for one, result in told if isinstance(result, Reported) and result.is_new]
        if rows:
            await tx.execute(_ADD, rows)
        hidden = (one._deed(result) for one, result in told if isinstance(result, Reported) and result.is_hidden_now)
        await log(tx, hidden)
        return results

    def _report(self, ledger: Ledger, owner: int | None, known: _Known) -> Reported | Exception:
        found = None if owner is None else ledger.pledge(owner, self.pledge_id)
        if found is None or found.guild_id != self.guild_id:
            return NotOnTheWall()
        if found.member_id == self.member_id:
            return OwnPledge()
        if self.member_id in known.reporters:
            return Reported(found, is_new=False, open_reports=known.open, is_hidden_now=False)
        if not _can_be_reported(found):
            return NotOnTheWall()
        known.reporters.add(self.member_id)
        known.open += 1
        hides = found.state == OPEN and known.open >= ENOUGH_TO_HIDE
        changed = replace(found, queued_at=found.queued_at or self.at, state=REPORTED if hides else found.state)
        return Reported(ledger.put(changed), is_new=True, open_reports=known.open, is_hidden_now=hides)

    def _row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ReportPledge.__slots__}

    def _deed(self, result: Reported) -> Deed:
        author = result.pledge.member_id
        return Deed(self.guild_id, self.at, "hide", pledge_id=self.pledge_id, member_id=author, details=THREE_REPORTS)


def _can_be_reported(found: Pledge) -> bool:
    """On the wall; or it was when the member opened the form, and waits for a moderator since."""
    return found.on_wall or (found.is_public and found.queued_at is not None)


async def wall_between(
    connection: AsyncConnection,
    guild_id: int,
    *,
    newest: int,
    oldest: int,
    theme: str | None = None,
    country: str | None = None,
    size: int,
) -> list[Pledge]:
    """What stands on one server's wall from one pledge to another, both included, newest first; at most `size`."""
    between = select(*PLEDGE_COLUMNS).where(
        pledge.c.guild_id == guild_id, pledge.c.on_wall, pledge.c.id <= newest, pledge.c.id >= oldest
    )
    if theme:
        between = between.where(pledge.c.theme == theme)
    if country:
        between = between.where(pledge.c.country == country)
    return [Pledge(*row) for row in await connection.execute(between.order_by(pledge.c.id.desc()).limit(size))]


async def reportable(connection: AsyncConnection, guild_id: int, pledge_id: int) -> Pledge | None:
    """A pledge that can be reported in a server; None when there is no such one."""
    one = select(*PLEDGE_COLUMNS).where(pledge.c.guild_id == guild_id, pledge.c.id == pledge_id)
    row: Any = (await connection.execute(one)).first()
    found = Pledge(*row) if row else None
    return found if found and _can_be_reported(found) else None
