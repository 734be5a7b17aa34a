"""What can be done with pledges. Each operation is stored with others of its kind, through one ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.guilds import remember_guilds
from bot.storage.ledger import COUNTRY, SUPPORTERS, Counts, Key, Ledger, Pledge, as_moderators_would
from bot.storage.tables import WHOLE_CAMPAIGN
from bot.storage.verdicts import Verdicts, verdicts_on

MOST_IN_FORCE = 10
"""Pledges of one member in one server; likewise of those made in direct messages."""


class TooMany(Exception):
    """The member has as many pledges in force there as one can have."""


class SaysTheSame(Exception):
    """The member has another pledge in force there that says the same."""


class NotTheirs(Exception):
    """There is no such pledge of this member: it was withdrawn, or was never theirs."""


@dataclass(frozen=True, slots=True)
class Made:
    """A pledge in force, and what it made of its scope: its server, or the whole campaign for one of no server."""

    pledge: Pledge
    is_new: bool
    """False when the same was in force already: pressed twice, or on two devices."""
    own: int
    """How many the member has in force in the scope now."""
    supporters: int
    """People with a pledge in force in the scope, the member included."""
    is_first_here: bool
    """The member's first one in the scope: `supporters` is their number."""
    is_first_from_country: bool


class _OfAMember(Protocol):
    @property
    def member_id(self) -> int: ...
    @property
    def at(self) -> datetime: ...


class _OfAPledge(_OfAMember, Protocol):
    @property
    def pledge_id(self) -> int: ...
    @property
    def is_public(self) -> bool: ...


Op = TypeVar("Op", bound=_OfAMember)
Shower = TypeVar("Shower", bound=_OfAPledge)
R = TypeVar("R")


async def _one_by_one(tx: AsyncConnection, batch: Sequence[Op], change: Callable[[Op, Ledger], R]) -> list[R]:
    """Makes each change on one ledger, in order, and writes what came of all of them together."""
    ledger = await Ledger.open(tx, {operation.member_id for operation in batch})
    results = [change(operation, ledger) for operation in batch]
    await ledger.flush(batch[0].at)
    return results


async def _ask_and_change(
    tx: AsyncConnection,
    batch: Sequence[Shower],
    change: Callable[[Shower, Ledger, Verdicts], R],
) -> list[R]:
    """Likewise, with what moderators have said about those who show something in their server."""
    ledger = await Ledger.open(tx, {operation.member_id for operation in batch})
    shown = [ledger.pledge(one.member_id, one.pledge_id) for one in batch if one.is_public]
    verdicts = await verdicts_on(tx, {(one.guild_id, one.member_id) for one in shown if one})
    results = [change(operation, ledger, verdicts) for operation in batch]
    await ledger.flush(batch[0].at)
    return results


def _home(chosen: str | None, known: str | None) -> str | None:
    """A member's country after a choice: a code, '' for none any more, or None for what is known already."""
    return known if chosen is None else chosen or None


@dataclass(frozen=True, slots=True)
class MakePledge:
    """A new pledge. `id` is the interaction's: a second delivery is harmless. `country` as `_home` has it."""

    id: int
    member_id: int
    guild_id: int
    theme: str
    action: str | None
    words: str | None
    country: str | None
    is_public: bool
    at: datetime
    is_reviewed: bool = False
    """Whether moderators of the server look at public pledges before all see them.

    At those of a member whose pledge they hid last they look in any case: else withdrawing it would undo that.
    """

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MakePledge"]) -> Sequence[Made | Exception]:
        hears = await remember_guilds(tx, {one.guild_id: one.at for one in batch if one.guild_id != WHOLE_CAMPAIGN})
        ledger = await Ledger.open(tx, {operation.member_id for operation in batch})
        tallies = await ledger.tallies(_asked_of(ledger, batch))
        verdicts = await verdicts_on(tx, {(one.guild_id, one.member_id) for one in batch})
        results = [operation._make(ledger, tallies, verdicts) for operation in batch]
        await ledger.flush(batch[0].at, hears)
        return results

    def _make(self, ledger: Ledger, tallies: Counts, verdicts: Verdicts) -> Made | Exception:
        member, place = ledger.member(self.member_id), self.guild_id
        if refused := verdicts.refusal((place, member.id)):
            return refused
        before = member.standing()
        home = _home(self.country, member.country)
        wanted = Pledge(self.id, member.id, place, self.theme, self.action, self.words, home, self.is_public, self.at)
        there = member.within(place)
        same = member.pledges.get(self.id) or next((one for one in there if one.says_the_same(wanted)), None)
        if same is None and len(there) >= MOST_IN_FORCE:
            return TooMany()
        ledger.move(member.id, home)
        if same is None:
            reviewed = self.is_reviewed or (place, member.id) in verdicts.hidden
            wanted = as_moderators_would(wanted, None, self.at, reviewed=reviewed)
        made = member.pledges[same.id] if same else ledger.put(wanted)
        after = member.standing()
        joined, left = after - before, before - after
        for key in joined:
            tallies[key] += 1
        for key in left:
            tallies[key] -= 1
        from_home: Key = (place, COUNTRY, home or "")
        return Made(
            pledge=made,
            is_new=same is None,
            own=len(member.pledges if place == WHOLE_CAMPAIGN else member.within(place)),
            supporters=tallies[place, SUPPORTERS, ""],
            is_first_here=(place, SUPPORTERS, "") in joined,
            is_first_from_country=from_home in joined and tallies[from_home] == 1,
        )


def _asked_of(ledger: Ledger, batch: Sequence[MakePledge]) -> set[Key]:
    """The tallies that results are made from: every country that a member may belong to on the way is among them."""
    homes: dict[int, set[str]] = {one.member_id: {ledger.member(one.member_id).country or ""} for one in batch}
    for one in batch:
        homes[one.member_id].add(one.country or "")
    asked: set[Key] = {(one.guild_id, SUPPORTERS, "") for one in batch}
    return asked | {(one.guild_id, COUNTRY, home) for one in batch for home in homes[one.member_id] if home}


@dataclass(frozen=True, slots=True)
class EditPledge:
    """New words, theme or place on the wall for one's own pledge. `country` as `_home` has it."""

    pledge_id: int
    member_id: int
    theme: str
    action: str | None
    words: str | None
    country: str | None
    is_public: bool
    at: datetime
    is_reviewed: bool = False

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["EditPledge"]) -> Sequence[Pledge | Exception]:
        return await _ask_and_change(tx, batch, EditPledge._edit)

    def _edit(self, ledger: Ledger, verdicts: Verdicts) -> Pledge | Exception:
        old = ledger.pledge(self.member_id, self.pledge_id)
        if old is None:
            return NotTheirs()
        where = old.guild_id, self.member_id
        if self.is_public and (refused := verdicts.refusal(where)):
            return refused
        new = replace(
            old,
            theme=self.theme,
            action=self.action,
            words=self.words,
            is_public=self.is_public,
            edited_at=self.at,
        )
        others = (one for one in ledger.member(self.member_id).pledges.values() if one.id != old.id)
        if any(one.says_the_same(new) for one in others):
            return SaysTheSame()
        ledger.move(self.member_id, _home(self.country, old.country))
        reviewed = self.is_reviewed or where in verdicts.hidden
        return ledger.put(as_moderators_would(new, old, self.at, reviewed=reviewed))


@dataclass(frozen=True, slots=True)
class ShowPledge:
    """Puts one's own pledge on the wall, or takes it off."""

    pledge_id: int
    member_id: int
    is_public: bool
    at: datetime
    is_reviewed: bool = False

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ShowPledge"]) -> Sequence[Pledge | Exception]:
        return await _ask_and_change(tx, batch, ShowPledge._show)

    def _show(self, ledger: Ledger, verdicts: Verdicts) -> Pledge | Exception:
        old = ledger.pledge(self.member_id, self.pledge_id)
        if old is None:
            return NotTheirs()
        where = old.guild_id, self.member_id
        if self.is_public and (refused := verdicts.refusal(where)):
            return refused
        new = replace(old, is_public=self.is_public)
        reviewed = self.is_reviewed or where in verdicts.hidden
        return ledger.put(as_moderators_would(new, old, self.at, reviewed=reviewed))


@dataclass(frozen=True, slots=True)
class MarkTold:
    """The author was told that moderators have hidden this pledge."""

    pledge_id: int
    member_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["MarkTold"]) -> Sequence[None]:
        return await _one_by_one(tx, batch, MarkTold._mark)

    def _mark(self, ledger: Ledger) -> None:
        if old := ledger.pledge(self.member_id, self.pledge_id):
            ledger.put(replace(old, told_at=self.at))


@dataclass(frozen=True, slots=True)
class WithdrawPledge:
    """Takes one's own pledge back; nothing of it is kept."""

    pledge_id: int
    member_id: int
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["WithdrawPledge"]) -> Sequence[Pledge | Exception]:
        return await _one_by_one(tx, batch, WithdrawPledge._withdraw)

    def _withdraw(self, ledger: Ledger) -> Pledge | Exception:
        old = ledger.pledge(self.member_id, self.pledge_id)
        if old is None:
            return NotTheirs()
        ledger.remove(self.member_id, self.pledge_id)
        return old


@dataclass(frozen=True, slots=True)
class ChooseCountry:
    """The country a member belongs to, with all their pledges."""

    member_id: int
    country: str | None
    at: datetime

    @classmethod
    async def apply(cls, tx: AsyncConnection, batch: Sequence["ChooseCountry"]) -> Sequence[None]:
        return await _one_by_one(tx, batch, ChooseCountry._choose)

    def _choose(self, ledger: Ledger) -> None:
        ledger.move(self.member_id, self.country)
