"""What moderators decide about pledges and members of their server.

Each decision answers the reports there are about a pledge, takes it out of the queue, and stands in the log, all in
one transaction. Nothing here reaches beyond the server it names: another's pledge is as good as none.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeAlias

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.audit import Deed, log
from bot.storage.guilds import remember_guilds
from bot.storage.ledger import Ledger, Pledge
from bot.storage.moderating import last_decision, open_reports
from bot.storage.tables import HIDDEN, OPEN, WAITING, block, guild, pledge, report
from bot.storage.verdicts import verdicts_on

Key: TypeAlias = tuple[int, int]
"""A server and a pledge in it."""

_OWNERS = select(pledge.c.guild_id, pledge.c.id, pledge.c.member_id).where(
    pledge.c.guild_id.in_(bindparam("guilds", expanding=True)), pledge.c.id.in_(bindparam("pledges", expanding=True))
)
_CLOSE = (
    update(report)
    .where(report.c.guild_id == bindparam("where"), report.c.pledge_id == bindparam("which"), ~report.c.is_closed)
    .values(is_closed=True)
)
_BLOCKED = select(block.c.guild_id, block.c.member_id).where(
    block.c.guild_id.in_(bindparam("guilds", expanding=True)),
    block.c.member_id.in_(bindparam("members", expanding=True)),
)
_BLOCK = insert(block)
_UNBLOCK = delete(block).where(block.c.guild_id == bindparam("where"), block.c.member_id == bindparam("whom"))
_REMIND = update(guild).where(guild.c.id == bindparam("where")).values(reminded_at=bindparam("when"))


class NoSuchPledge(Exception):
    """Moderators of this server can read no pledge with this id: it is gone, private, or another server's."""


class AlreadyDecided(Exception):
    """It waits for nobody: another moderator was first."""

    def __init__(self, deed: Deed | None = None) -> None:
        super().__init__("decided already")
        self.deed = deed
        """What was decided; None when no moderator is known to have done so."""


class ChangedSince(Exception):
    """Its author has changed it since the moderator read it, or it was decided and came into the queue again."""


class TheirOwn(Exception):
    """The pledge is the moderator's own, and others object to it, or to what its author pledged before."""


def version_of(one: Pledge) -> str:
    """22 characters that differ when the pledge says something else, was sent anew, or came into the queue again.

    Its author can't look for other words with the same ones, not even with the same first ones: when it was edited and
    queued, to the microsecond, is a part of it, which nobody outside knows and the author can't choose.
    """
    made_of = (one.id, one.edited_at, one.queued_at, one.theme, one.action or "", one.words or "")
    digest = blake2b("\0".join(map(str, made_of)).encode(), digest_size=16).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class DecidePledge:
    """A moderator hides a pledge, for a `reason` that its author reads, or with None shows it (again)."""

    guild_id: int
    moderator_id: int
    pledge_id: int
    reason: str | None
    at: datetime
    only_queued: bool = False
    """Whether it is meant only for a pledge that still waits for a moderator's look."""
    read: str = ""
    """The beginning of the `version_of` what the moderator read; empty when it does not matter."""

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["DecidePledge"]) -> Sequence[Pledge | Exception]:
        owners = await _owners(tx, batch)
        ledger = await Ledger.open(tx, set(owners.values()))
        deeds: list[Deed] = []
        disputed = await _disputed(tx, batch, owners)
        results = [one._decide(ledger, owners, disputed, deeds) for one in batch]
        await _conclude(tx, ledger, deeds, batch[0].at)
        for one, result in zip(batch, results, strict=True):
            if isinstance(result, AlreadyDecided):  # only now, since it may have been in this batch
                owner = owners[one.guild_id, one.pledge_id]
                result.deed = await last_decision(tx, one.guild_id, one.pledge_id, owner)
        return results

    def _decide(
        self, ledger: Ledger, owners: dict[Key, int], disputed: set[Key], deeds: list[Deed]
    ) -> Pledge | Exception:
        key = self.guild_id, self.pledge_id
        owner = owners.get(key)
        old = None if owner is None else ledger.pledge(owner, self.pledge_id)
        if old is None or not old.is_public:
            return NoSuchPledge()
        wanted = OPEN if self.reason is None else HIDDEN
        if old.queued_at is None and (self.only_queued or old.state == wanted):
            return AlreadyDecided()
        if wanted == OPEN and owner == self.moderator_id and (old.state != WAITING or key in disputed):
            return TheirOwn()
        if not version_of(old).startswith(self.read):
            return ChangedSince()
        if self.reason is not None:
            deeds.append(_hid(old, self.moderator_id, self.reason, self.at))
        else:
            action = "restore" if old.queued_at is None else "approve"
            deeds.append(Deed(self.guild_id, self.at, action, self.moderator_id, old.id, old.member_id))
        return ledger.put(_decided(old, self.reason))


@dataclass(frozen=True, slots=True)
class HideAllOf:
    """A moderator hides all that a member has made public in the server. The result is what was hidden by it."""

    guild_id: int
    moderator_id: int
    member_id: int
    reason: str
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["HideAllOf"]) -> Sequence[list[Pledge]]:
        ledger = await Ledger.open(tx, {one.member_id for one in batch})
        deeds: list[Deed] = []
        results = [_hide_all(ledger, one, deeds) for one in batch]
        await _conclude(tx, ledger, deeds, batch[0].at)
        return results


@dataclass(frozen=True, slots=True)
class Blocked:
    """What came of a block."""

    is_new: bool
    """False when the member was blocked there before."""
    hidden: list[Pledge]
    """The pledges that it hid."""


@dataclass(frozen=True, slots=True)
class BlockMember:
    """A member can make no pledges and no reports in the server any more; what is public there is hidden."""

    guild_id: int
    moderator_id: int
    member_id: int
    reason: str
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["BlockMember"]) -> Sequence[Blocked]:
        await remember_guilds(tx, {one.guild_id: one.at for one in batch})
        blocked = await _blocked(tx, batch)
        ledger = await Ledger.open(tx, {one.member_id for one in batch})
        deeds: list[Deed] = []
        rows: list[dict[str, Any]] = []
        results: list[Blocked] = []
        for one in batch:
            is_new = (one.guild_id, one.member_id) not in blocked
            if is_new:
                blocked.add((one.guild_id, one.member_id))
                rows.append({name: getattr(one, name) for name in ("guild_id", "member_id", "reason", "at")})
                deeds.append(
                    Deed(one.guild_id, one.at, "block", one.moderator_id, member_id=one.member_id, details=one.reason)
                )
            results.append(Blocked(is_new, _hide_all(ledger, one, deeds)))
        if rows:
            await tx.execute(_BLOCK, rows)
        await _conclude(tx, ledger, deeds, batch[0].at)
        return results


@dataclass(frozen=True, slots=True)
class UnblockMember:
    """The member can take part again; what was hidden stays so. The result tells whether they were blocked."""

    guild_id: int
    moderator_id: int
    member_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["UnblockMember"]) -> Sequence[bool]:
        blocked = await _blocked(tx, batch)
        deeds: list[Deed] = []
        results: list[bool] = []
        for one in batch:
            was_blocked = (one.guild_id, one.member_id) in blocked
            results.append(was_blocked)
            if was_blocked:
                blocked.discard((one.guild_id, one.member_id))
                await tx.execute(_UNBLOCK, {"where": one.guild_id, "whom": one.member_id})
                deeds.append(Deed(one.guild_id, one.at, "unblock", one.moderator_id, member_id=one.member_id))
        await log(tx, deeds)
        return results


@dataclass(frozen=True, slots=True)
class MarkReminded:
    """The server's moderators are reminded of what waits for them."""

    guild_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkReminded"]) -> Sequence[None]:
        await remember_guilds(tx, {one.guild_id: one.at for one in batch})
        await tx.execute(_REMIND, [{"where": one.guild_id, "when": one.at} for one in batch])
        return [None for _ in batch]


async def _owners(tx: AsyncConnection, batch: Iterable[DecidePledge]) -> dict[Key, int]:
    """Whose the pledges are, by server and pledge: those of other servers are not among them."""
    asked = {"guilds": list({one.guild_id for one in batch}), "pledges": list({one.pledge_id for one in batch})}
    rows: Any = await tx.execute(_OWNERS, asked)
    return {(guild_id, pledge_id): member_id for guild_id, pledge_id, member_id in rows}


async def _disputed(tx: AsyncConnection, batch: Iterable[DecidePledge], owners: dict[Key, int]) -> set[Key]:
    """Which of those that moderators want to show, and are their own, others object to, as far as states don't tell.

    By reports, or by what was last decided about the pledge, or about whichever one of its author's.
    """
    asked = [(one.guild_id, one.pledge_id, one.moderator_id) for one in batch if one.reason is None]
    own = [(place, which, whose) for place, which, whose in asked if owners.get((place, which)) == whose]
    hidden = (await verdicts_on(tx, {(place, whose) for place, _, whose in own})).hidden
    disputed: set[Key] = set()
    for place, which, whose in own:
        last = await last_decision(tx, place, which, whose)
        if (place, whose) in hidden or (last and last.action == "hide") or await open_reports(tx, place, [which]):
            disputed.add((place, which))
    return disputed


async def _blocked(tx: AsyncConnection, batch: Iterable[BlockMember | UnblockMember]) -> set[tuple[int, int]]:
    """Who of those in the batch is blocked: server and member."""
    asked = {"guilds": list({one.guild_id for one in batch}), "members": list({one.member_id for one in batch})}
    rows: Any = await tx.execute(_BLOCKED, asked)
    return {(guild_id, member_id) for guild_id, member_id in rows}


def _decided(old: Pledge, reason: str | None) -> Pledge:
    return replace(old, state=OPEN if reason is None else HIDDEN, reason=reason, told_at=None, queued_at=None)


def _hid(old: Pledge, moderator_id: int, reason: str, at: datetime) -> Deed:
    return Deed(old.guild_id, at, "hide", moderator_id, old.id, old.member_id, reason)


def _hide_all(ledger: Ledger, one: HideAllOf | BlockMember, deeds: list[Deed]) -> list[Pledge]:
    """Hides what the member has made public in the server and is not hidden yet; adds a deed for each pledge."""
    shown = [old for old in ledger.member(one.member_id).within(one.guild_id) if old.is_public and old.state != HIDDEN]
    deeds.extend(_hid(old, one.moderator_id, one.reason, one.at) for old in shown)
    return [ledger.put(_decided(old, one.reason)) for old in shown]


async def _conclude(tx: AsyncConnection, ledger: Ledger, deeds: list[Deed], at: datetime) -> None:
    """Writes what was decided, answers the reports about it, and logs it."""
    await ledger.flush(at)
    answered = [{"where": deed.guild_id, "which": deed.pledge_id} for deed in deeds if deed.pledge_id is not None]
    if answered:
        await tx.execute(_CLOSE, answered)
    await log(tx, deeds)
