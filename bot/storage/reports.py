"""What members report: one report per member and pledge, and what three of them do by themselves."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.ledger import PLEDGE_COLUMNS, Ledger, Pledge
from bot.storage.tables import OPEN, REPORTED, pledge, report
from bot.storage.verdicts import verdicts_on

ENOUGH_TO_HIDE = 3
"""Open reports, each by another member, at which a pledge is hidden until a moderator looks."""


class NotOnTheWall(Exception):
    """There is no such pledge on the wall of this server: withdrawn, hidden, private, or another server's."""


class OwnPledge(Exception):
    """Nobody reports a pledge of their own."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a report made of a pledge."""

    pledge: Pledge
    is_new: bool
    """False when this member has reported this pledge before, whatever became of it, and it says the same still."""
    open_reports: int
    """Reports that no moderator has looked at yet, this one included."""
    is_hidden_now: bool
    """Whether this very report has hidden it."""


@dataclass(slots=True)
class _Known:
    """The reports of one pledge."""

    closed: dict[int, datetime] = field(default_factory=dict[int, datetime])
    """Who sent those that moderators have looked at, and when."""
    open: set[int] = field(default_factory=set[int])
    """Who sent the others."""


_OWNERS = select(pledge.c.id, pledge.c.member_id).where(
    pledge.c.id.in_(bindparam("pledges", expanding=True)), pledge.c.guild_id.in_(bindparam("guilds", expanding=True))
)
_REPORTS = select(report.c.pledge_id, report.c.member_id, report.c.at, report.c.is_closed).where(
    report.c.pledge_id.in_(bindparam("pledges", expanding=True)),
    report.c.guild_id.in_(bindparam("guilds", expanding=True)),
)
_ADD = insert(report)
_REOPEN = (
    update(report)
    .where(
        report.c.guild_id == bindparam("where"),
        report.c.pledge_id == bindparam("which"),
        report.c.member_id == bindparam("whose"),
    )
    .values(id=bindparam("id"), words=bindparam("words"), at=bindparam("at"), is_closed=False)
)


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
        before: set[tuple[int, int]] = set()
        for pledge_id, member_id, at, is_closed in await tx.execute(_REPORTS, asked):
            before.add((pledge_id, member_id))
            if is_closed:
                known[pledge_id].closed[member_id] = at
            else:
                known[pledge_id].open.add(member_id)
        verdicts = await verdicts_on(tx, {(one.guild_id, one.member_id) for one in batch})
        ledger = await Ledger.open(tx, set(owners.values()))
        results = [
            verdicts.refusal((one.guild_id, one.member_id))
            or one._report(ledger, owners.get(one.pledge_id), known[one.pledge_id])
            for one in batch
        ]
        await ledger.flush(batch[0].at)
        told = list(zip(batch, results, strict=True))
        fresh = [one for one, result in told if isinstance(result, Reported) and result.is_new]
        if added := [one._row() for one in fresh if (one.pledge_id, one.member_id) not in before]:
            await tx.execute(_ADD, added)
        if again := [one._again() for one in fresh if (one.pledge_id, one.member_id) in before]:
            await tx.execute(_REOPEN, again)
        hidden = (one._deed(result) for one, result in told if isinstance(result, Reported) and result.is_hidden_now)
        await log(tx, hidden)
        return results

    def _report(self, ledger: Ledger, owner: int | None, known: _Known) -> Reported | Exception:
        found = None if owner is None else ledger.pledge(owner, self.pledge_id)
        if found is None or found.guild_id != self.guild_id:
            return NotOnTheWall()
        if found.member_id == self.member_id:
            return OwnPledge()
        answered = known.closed.get(self.member_id)
        says_something_else = answered is not None and found.edited_at is not None and found.edited_at > answered
        if self.member_id in known.open or (answered is not None and not says_something_else):
            return Reported(found, is_new=False, open_reports=len(known.open), is_hidden_now=False)
        if not _can_be_reported(found):
            return NotOnTheWall()
        known.closed.pop(self.member_id, None)
        known.open.add(self.member_id)
        hides = found.state == OPEN and len(known.open) >= ENOUGH_TO_HIDE
        changed = replace(found, queued_at=found.queued_at or self.at, state=REPORTED if hides else found.state)
        return Reported(ledger.put(changed), is_new=True, open_reports=len(known.open), is_hidden_now=hides)

    def _row(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ReportPledge.__slots__}

    def _again(self) -> dict[str, Any]:
        """A report of what the pledge says now takes the place of the one that moderators have answered."""
        which = {"where": self.guild_id, "which": self.pledge_id, "whose": self.member_id}
        return which | {"id": self.id, "words": self.words, "at": self.at}

    def _deed(self, result: Reported) -> Deed:
        author = result.pledge.member_id
        return Deed(self.guild_id, self.at, "auto_hide", pledge_id=self.pledge_id, member_id=author)


def _can_be_reported(found: Pledge) -> bool:
    """On the wall; or it was when the member opened the form, and other reports have hidden it since.

    What waits for a review nobody has read but its author, or its words are new.
    """
    return found.on_wall or (found.is_public and found.state == REPORTED)


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
