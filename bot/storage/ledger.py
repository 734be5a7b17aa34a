"""Pledges and what is counted of them: the one place that changes either, so that no path can forget the other.

What a member's pledges count for is a pure function of the member's country and pledges (`counts_of`). Whatever changes
them is done on a `Ledger`, which adds the difference between after and before to the tallies, in the same transaction.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Self, TypeAlias

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import news
from bot.storage.guilds import Hears
from bot.storage.tables import HIDDEN, OPEN, REPORTED, WAITING, WHOLE_CAMPAIGN, member, pledge, tally

Key: TypeAlias = tuple[int, str, str]
"""What is counted: scope (a server's id, or WHOLE_CAMPAIGN), kind, and which of that kind."""

Counts: TypeAlias = dict[Key, int]

SUPPORTERS, PLEDGES, COUNTRY, THEME, DAY, ON_WALL = "supporters", "pledges", "country", "theme", "day", "wall"


@dataclass(frozen=True, slots=True)
class Pledge:
    """One member's promise, in force."""

    id: int
    member_id: int
    guild_id: int
    theme: str
    action: str | None
    """The id of a ready-made action of the campaign; None for own words."""
    words: str | None
    country: str | None
    is_public: bool
    made_at: datetime
    edited_at: datetime | None = None
    state: str = OPEN
    """What moderators say to it (bot.storage.tables)."""
    reason: str | None = None
    """Why it is hidden, for its author."""
    told_at: datetime | None = None
    """When its author was told that it is hidden."""
    queued_at: datetime | None = None
    """Since when it waits for a moderator's look."""

    @property
    def on_wall(self) -> bool:
        return self.is_public and self.state == OPEN

    def looks_like(self, other: "Pledge") -> bool:
        """Whether it reads the same on a wall."""
        return (self.on_wall, self.theme, self.action, self.words, self.country) == (
            *(other.on_wall, other.theme, other.action, other.words, other.country),
        )

    def says_the_same(self, other: "Pledge") -> bool:
        mine, theirs = (" ".join((p.words or "").casefold().split()) for p in (self, other))
        return self.guild_id == other.guild_id and self.action == other.action and mine == theirs


def as_moderators_would(new: Pledge, old: Pledge | None, at: datetime, *, reviewed: bool) -> Pledge:
    """`new` in the state that follows from what its author changed; `reviewed`: moderators look before all see it.

    What was hidden is looked at again once its words have changed, and stays hidden till then. Nothing is gained by
    taking a pledge off the wall and putting it back: what moderators had still to look at, they look at then.
    """
    state = old.state if old else OPEN
    has_changed = old is None or (old.action, old.words, old.theme) != (new.action, new.words, new.theme)
    is_due = reviewed and new.is_public and (has_changed or not (old and old.is_public))
    if state in (HIDDEN, REPORTED) and has_changed:
        state, new = WAITING, replace(new, reason=None, told_at=None)
    elif state == OPEN and (is_due or (new.queued_at and not new.is_public)):
        state = WAITING
    queued_at = new.queued_at if new.is_public else None
    if new.is_public and state in (WAITING, REPORTED):
        queued_at = queued_at or at
    return new if (state, queued_at) == (new.state, new.queued_at) else replace(new, state=state, queued_at=queued_at)


PLEDGE_COLUMNS = tuple(pledge.c[name] for name in Pledge.__slots__)
"""What is selected of a pledge, so that `Pledge(*row)` is it."""


@dataclass(slots=True)
class Member:
    """What a person chose about themselves, and their pledges in force, in every server."""

    id: int
    is_known: bool = False
    country: str | None = None
    pledges: dict[int, Pledge] = field(default_factory=dict[int, Pledge])
    is_gone: bool = False

    def within(self, guild_id: int) -> list[Pledge]:
        return [pledge for pledge in self.pledges.values() if pledge.guild_id == guild_id]

    def standing(self) -> set[Key]:
        return standing_of(self.country, self.pledges.values())


def standing_of(country: str | None, pledges: Collection[Pledge]) -> set[Key]:
    """Where one member counts as a person: once, however many pledges they have there."""
    if not pledges:
        return set()
    scopes = {WHOLE_CAMPAIGN, *(one.guild_id for one in pledges)}
    standing: set[Key] = {(scope, SUPPORTERS, "") for scope in scopes}
    return standing | {(scope, COUNTRY, country) for scope in scopes} if country else standing


def counts_of(country: str | None, pledges: Collection[Pledge]) -> Counts:
    """What one member counts for. A pledge counts in its server and in the whole campaign; a person once in each."""
    counts: Counts = defaultdict(int, dict.fromkeys(standing_of(country, pledges), 1))
    for one in pledges:
        day = one.made_at.astimezone(UTC).date().isoformat()
        for scope in {one.guild_id, WHOLE_CAMPAIGN}:
            counts[scope, PLEDGES, ""] += 1
            counts[scope, THEME, one.theme] += 1
            counts[scope, DAY, day] += 1
            counts[scope, ON_WALL, ""] += one.on_wall
    return counts


_READ = (
    select(member.c.id, member.c.country, *PLEDGE_COLUMNS)
    .outerjoin_from(member, pledge)
    .where(member.c.id.in_(bindparam("members", expanding=True)))
)
_TALLIES = select(tally.c.scope, tally.c.kind, tally.c.key, tally.c.count).where(
    # More than is asked for, perhaps, but found by the index: SQLite would look for whole keys in every row.
    tally.c.scope.in_(bindparam("scopes", expanding=True)),
    tally.c.kind.in_(bindparam("kinds", expanding=True)),
    tally.c.key.in_(bindparam("keys", expanding=True)),
)
_ADD_MEMBER = insert(member)
_MOVE_MEMBER = update(member).where(member.c.id == bindparam("which")).values(country=bindparam("country"))
_ADD_PLEDGE = insert(pledge)
_CHANGE_PLEDGE = update(pledge).where(pledge.c.id == bindparam("which"))
_DROP_PLEDGE = delete(pledge).where(pledge.c.id == bindparam("which"))
_DROP_MEMBER = delete(member).where(member.c.id == bindparam("which"))
_DROP_TALLIES = delete(tally).where(tally.c.scope == bindparam("which"))
_new_tally = upsert(tally)
_COUNT = _new_tally.on_conflict_do_update(
    index_elements=[tally.c.scope, tally.c.kind, tally.c.key],
    set_={"count": tally.c.count + _new_tally.excluded.count},
)


@dataclass(slots=True)
class _Told:
    """What the outbox has to hear of."""

    counted: set[int] = field(default_factory=set[int])
    shown: list[news.Which] = field(default_factory=list[news.Which])
    changed: list[news.Which] = field(default_factory=list[news.Which])

    def add(self, new: Sequence[Pledge]) -> None:
        self.counted.update(one.guild_id for one in new)
        self.shown.extend((one.guild_id, one.id) for one in new if one.on_wall)

    def change(self, old: Pledge, new: Pledge | None) -> None:
        if new is None or not new.looks_like(old):
            self.counted.add(old.guild_id)
            self.changed.append((old.guild_id, old.id))
            if new and new.on_wall and not old.on_wall:
                self.shown.append((old.guild_id, old.id))


class Ledger:
    """The pledges of some members as one transaction sees and changes them; `flush` writes what changed."""

    def __init__(self, tx: AsyncConnection, members: dict[int, Member]) -> None:
        self._tx = tx
        self._members = members
        self._before = {one.id: (one.country, dict(one.pledges)) for one in members.values()}

    @classmethod
    async def open(cls, tx: AsyncConnection, member_ids: Iterable[int]) -> Self:
        """Reads the members and all their pledges; members that are not known yet are there without any."""
        members = {member_id: Member(member_id) for member_id in member_ids}
        row: Any  # a member and one of its pledges, or a member and as many times nothing
        for row in await tx.execute(_READ, {"members": list(members)}):
            one = members[row[0]]
            one.is_known, one.country = True, row[1]
            if row[2] is not None:
                one.pledges[row[2]] = Pledge(*row[2:])
        return cls(tx, members)

    def member(self, member_id: int) -> Member:
        return self._members[member_id]

    def pledge(self, member_id: int, pledge_id: int) -> Pledge | None:
        """The member's own pledge; None when it is somebody else's, or there is none."""
        return self._members[member_id].pledges.get(pledge_id)

    def put(self, changed: Pledge) -> Pledge:
        """Adds or replaces a pledge; it takes the country of its member."""
        owner = self._members[changed.member_id]
        if changed.country != owner.country:
            changed = replace(changed, country=owner.country)
        owner.pledges[changed.id] = changed
        return changed

    def remove(self, member_id: int, pledge_id: int) -> None:
        del self._members[member_id].pledges[pledge_id]

    def move(self, member_id: int, country: str | None) -> None:
        """The member now belongs to `country`, with all their pledges."""
        owner = self._members[member_id]
        if owner.country != country:
            owner.country = country
            owner.pledges = {key: replace(one, country=country) for key, one in owner.pledges.items()}

    def forget(self, member_id: int) -> None:
        """The member goes, with all their pledges and the country that they chose."""
        gone = self._members[member_id]
        gone.pledges, gone.country, gone.is_gone = {}, None, True

    async def tallies(self, asked: set[Key]) -> Counts:
        """The tallies at these keys before anything of this ledger was written."""
        scopes, kinds, keys = ({key[part] for key in asked} for part in range(3))
        rows = await self._tx.execute(_TALLIES, {"scopes": list(scopes), "kinds": list(kinds), "keys": list(keys)})
        found: Counts = defaultdict(int)
        for scope, kind, key, count in rows:
            found[scope, kind, key] = count
        return found

    async def flush(self, at: datetime, hears: Hears | None = None) -> None:
        """Writes members, pledges and the tallies that follow from them, and leaves word for the outbox.

        `hears`: what servers hear of, as far as that was asked already in this transaction.
        """
        await self._write_members(at)
        await self._write_pledges(hears)
        await self._drop_members()
        difference: Counts = defaultdict(int)
        for one in self._members.values():
            country, pledges = self._before[one.id]
            for key, count in counts_of(one.country, one.pledges.values()).items():
                difference[key] += count
            for key, count in counts_of(country, pledges.values()).items():
                difference[key] -= count
        await self._count([(key, change) for key, change in difference.items() if change])

    async def _write_members(self, at: datetime) -> None:
        everyone = self._members.values()
        fresh = [one for one in everyone if not one.is_known and (one.country or one.pledges)]
        if fresh:
            await self._tx.execute(_ADD_MEMBER, [{"id": m.id, "country": m.country, "added_at": at} for m in fresh])
        staying = [one for one in everyone if one.is_known and not one.is_gone]
        moved = [one for one in staying if one.country != self._before[one.id][0]]
        if moved:
            await self._tx.execute(_MOVE_MEMBER, [{"which": one.id, "country": one.country} for one in moved])

    async def _write_pledges(self, hears: Hears | None) -> None:
        added: list[Pledge] = []
        changed: list[dict[str, Any]] = []
        gone: list[dict[str, Any]] = []
        told = _Told()
        for one in self._members.values():
            before = self._before[one.id][1]
            for key in before.keys() - one.pledges.keys():
                gone.append({"which": key})
                told.change(before[key], None)
            for key, current in one.pledges.items():
                if key not in before:
                    added.append(current)
                elif current != before[key]:
                    changed.append(_row(current) | {"which": key})
                    told.change(before[key], current)
        if gone:
            await self._tx.execute(_DROP_PLEDGE, gone)
        if added:
            told.add(added)
            await self._tx.execute(_ADD_PLEDGE, [_row(one) for one in added])
        if changed:
            await self._tx.execute(_CHANGE_PLEDGE, changed)
        told.counted.discard(WHOLE_CAMPAIGN)  # no channel is the whole campaign's
        await news.tell(self._tx, told.counted, told.shown, told.changed, hears or {})

    async def _drop_members(self) -> None:
        gone = [{"which": one.id} for one in self._members.values() if one.is_gone and one.is_known]
        if gone:
            await self._tx.execute(_DROP_MEMBER, gone)

    async def _count(self, changes: list[tuple[Key, int]]) -> None:
        if changes:
            rows = [{"scope": s, "kind": kind, "key": key, "count": change} for (s, kind, key), change in changes]
            await self._tx.execute(_COUNT, rows)


async def drop_tallies(tx: AsyncConnection, guild_id: int) -> None:
    """Removes the counts of a server that has no pledges any more."""
    await tx.execute(_DROP_TALLIES, {"which": guild_id})


_fields = attrgetter(*Pledge.__slots__)


def _row(one: Pledge) -> dict[str, Any]:
    return dict(zip(Pledge.__slots__, _fields(one), strict=True), on_wall=one.on_wall)
