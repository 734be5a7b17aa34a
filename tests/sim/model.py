"""What should have been posted, reckoned anew: by walking along each zone's clock, and by what was chosen when.

Nothing of the product is asked: a server, its choices and its rights, at which time, and what the bot's clock showed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

STEP = 15
"""Minutes: no zone of our time has changed its clock at another moment than these."""

PATIENCE = timedelta(minutes=80)
"""How long nothing must have gone wrong until everything that is due stands in its channel."""


@dataclass(frozen=True)
class Remembered:
    """Something that comes round every year."""

    month: int
    day: int
    first_year: int
    switches: tuple[str, ...]
    """Which of the server's choices must all be on for it."""
    is_observance: bool = False

    def falls_on(self, on: date) -> bool:
        day = 28 if (self.month, self.day) == (2, 29) and not _is_leap(on.year) else self.day
        if (on.month, on.day) != (self.month, day):
            return False
        return on.year >= self.first_year if self.is_observance else on.year > self.first_year


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


@lru_cache(maxsize=4096)
def day_in(zone: str, on: date, minutes: int) -> tuple[datetime, datetime] | None:
    """When a local day reaches an hour, and when it ends; None for a day that the zone does not have."""
    there, first = ZoneInfo(zone), datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(hours=16)
    walk = [first + timedelta(minutes=STEP * n) for n in range(54 * 60 // STEP)]
    day = [(at, local) for at in walk if (local := at.astimezone(there)).date() == on]
    if not day:
        return None
    end = day[-1][0] + timedelta(minutes=STEP)
    for at, local in day:
        left = minutes - (local.hour * 60 + local.minute)
        if left < STEP:  # it is reached before the next step, or was skipped
            return at + timedelta(minutes=max(left, 0)), end
    return end - timedelta(minutes=1), end


@dataclass(frozen=True)
class Chosen:
    """What a server has chosen, as it stands in its database."""

    zone: str | None
    post_at: int
    announcement_channel_id: int | None
    daily_channel_id: int | None
    daily_kind: str | None
    on: frozenset[str]
    """The switches that are on."""
    own: tuple[tuple[int, int, int, int | None], ...] = ()
    """Dates of its own: their id, month, day, and minute of the day if it is not the usual one."""


@dataclass(frozen=True)
class Stretch:
    """A while during which nothing changed in a server, nor around it."""

    start: datetime
    end: datetime
    ahead: timedelta
    """How far the bot's clock was ahead."""
    chosen: Chosen
    since: datetime
    """What the bot's clock showed as something was last turned on."""
    is_calm: bool
    """Whether the bot ran all the time, and everything it asked for was done."""


Key = tuple[str, str, str]
"""Kind, subject and local day, as the outbox has them."""


@dataclass
class Due:
    """One thing that was due at some time."""

    ends: set[datetime] = field(default_factory=set)
    """When it is over by the bot's clock, by each of the choices under which it was due."""
    owed_by: list[datetime] = field(default_factory=list)
    """Until when it had to stand in its channel."""
    over_at: datetime | None = None
    """When the bot may first have held it for over, or have had no channel for it."""
    since: datetime | None = None
    """What was turned on last when it was last due: what is turned on later is not followed by what was missed."""


class Model:
    """One server."""

    def __init__(self, remembered: tuple[Remembered, ...], first: date, days: int) -> None:
        self._remembered = remembered
        self._days = [first + timedelta(days=n) for n in range(days)]
        self._known: dict[Chosen, tuple[tuple[Key, datetime, datetime], ...]] = {}
        self.stretches: list[Stretch] = []

    def instants(self, chosen: Chosen) -> tuple[tuple[Key, datetime, datetime], ...]:
        """All that there is to be posted by these choices: what, when, and when it is over."""
        if chosen not in self._known:
            self._known[chosen] = tuple(self._instants(chosen))
        return self._known[chosen]

    def _instants(self, chosen: Chosen) -> Iterator[tuple[Key, datetime, datetime]]:
        if chosen.zone is None:
            return
        for on in self._days:
            if chosen.announcement_channel_id is not None:
                own = [one for one in chosen.own if (one[1], one[2]) == (on.month, on.day)]
                together = any(one[3] in (None, chosen.post_at) for one in own)
                if together or any(
                    each.falls_on(on) and chosen.on.issuperset(each.switches) for each in self._remembered
                ):
                    yield from self._at(chosen, ("anniversary", "", on.isoformat()), on, chosen.post_at)
                for one in own:
                    if one[3] not in (None, chosen.post_at):
                        yield from self._at(chosen, ("own", str(one[0]), on.isoformat()), on, one[3])
            if chosen.daily_channel_id is not None and chosen.daily_kind is not None:
                yield from self._at(chosen, ("daily", "daily", on.isoformat()), on, chosen.post_at)

    def _at(self, chosen: Chosen, key: Key, on: date, minutes: int | None) -> Iterator[tuple[Key, datetime, datetime]]:
        found = day_in(chosen.zone or "", on, minutes or 0)
        if found is not None:
            yield key, *found

    def may_be_asked_for(self, key: Key, asked_at: datetime, at: datetime) -> bool:
        """Whether it had been due by the bot's clock, by whatever was chosen then, and not over when it was asked for.

        What was due once is not called back: neither by another hour, nor by a clock that is set back.
        """
        planned: set[datetime] = set()
        for stretch in self.stretches:
            if stretch.start > at:
                break
            for one, due_at, ends in self.instants(stretch.chosen):
                if one != key:
                    continue
                if stretch.since <= due_at:
                    planned.add(due_at)  # what is turned on again meanwhile does not call it back, either
                if due_at in planned and due_at <= min(stretch.end, at) + stretch.ahead and asked_at < ends:
                    return True
        return False

    def is_wanted_still(self, key: Key, due: Due) -> bool:
        """Whether what is chosen at last asks for it, so that it must be known what became of it."""
        last = self.stretches[-1]
        return due.since == last.since and any(one == key for one, _, _ in self.instants(last.chosen))

    def due(self) -> dict[Key, Due]:
        """All that was due, and what follows from that."""
        found: dict[Key, Due] = {}
        for stretch in self._together():
            for key, one in found.items():
                self._mind(key, one, stretch)
            for key, due_at, ends in self.instants(stretch.chosen):
                if due_at >= stretch.since and due_at - stretch.ahead < stretch.end:
                    self._add(found.setdefault(key, Due()), key, stretch, due_at, ends)
        return {key: one for key, one in found.items() if one.since is not None}

    def _add(self, due: Due, key: Key, stretch: Stretch, due_at: datetime, ends: datetime) -> None:
        due.ends.add(ends)
        self._mind(key, due, stretch)
        begins = max(stretch.start, due_at - stretch.ahead)
        stops = min(stretch.end, ends - stretch.ahead)
        if begins < stops:
            due.since = stretch.since
            if stretch.is_calm and stops - begins > PATIENCE and (due.over_at is None or due.over_at > begins):
                due.owed_by.append(begins + PATIENCE)

    def _mind(self, key: Key, due: Due, stretch: Stretch) -> None:
        """Notes from when on it is right that it is not posted any more."""
        over = max(min(due.ends) - stretch.ahead, stretch.start)
        chosen = stretch.chosen
        if (chosen.daily_channel_id if key[0] == "daily" else chosen.announcement_channel_id) is None:
            over = stretch.start
        if over < stretch.end and (due.over_at is None or over < due.over_at):
            due.over_at = over

    def _together(self) -> Iterator[Stretch]:
        """The stretches, those in one of which nothing has changed since the one before."""
        joined: Stretch | None = None
        for one in self.stretches:
            if joined is not None and one.is_calm and joined == _moved(one, joined):
                joined = replace(joined, end=one.end)
                continue
            if joined is not None:
                yield joined
            joined = one
        if joined is not None:
            yield joined


def _moved(one: Stretch, like: Stretch) -> Stretch:
    """The same, in another's time."""
    return replace(one, start=like.start, end=like.end)
