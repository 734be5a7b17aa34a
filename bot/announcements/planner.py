"""What comes next by date in a server: the next post of each kind, and what was due since the last one.

One of each kind is planned ahead, not years of them. Whatever changes meanwhile, a zone's rules or a server's choice,
is followed by planning anew.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from bot.announcements.occurrences import day_ends, instant_of, local_date, yearly
from bot.services import Services
from bot.services.days import ServerDays
from bot.storage.announcements import Announcement, Kind, Plan, Replan, of_days
from bot.storage.database import Database
from bot.storage.milestones import OwnDate
from bot.storage.tables import PLANNED

LOOK_BACK = timedelta(days=60)
"""How far back what was missed is noted, for moderators to see."""

DAILY = "daily"
"""What the daily fact or quote is about: there is one a day, whatever it is."""

Settled: TypeAlias = AbstractSet[tuple[str, str, str]]
"""Kind, subject and local day of what is being posted, was posted, or could not be."""

Known: TypeAlias = Mapping[int, Sequence[Announcement]]
"""Announcements by server."""


def plans_for(days: ServerDays, now: datetime, settled: Settled) -> tuple[Plan, ...]:
    """What is to be planned in a server by date; nothing while it has no time zone, or no channel for it.

    Of what has its day once a year, also what was due since and is not settled: it is posted late on its day, and
    noted as missed after that. A daily fact or quote that was missed is not.
    """
    if not days.has_zone:
        return ()
    record, today = days.record, local_date(now, days.zone)
    since = record.posts_since or now
    start = local_date(max(since, now - LOOK_BACK), days.zone)

    def planned(kind: Kind, subject: str, on_days: Iterable[date], minutes: int) -> Iterator[Plan]:
        """Those of the days that are due and not settled, and the first one after them."""
        for on in on_days:
            due_at = instant_of(on, minutes, days.zone)
            if due_at is None or due_at < since or (kind, subject, on.isoformat()) in settled:
                continue
            ends = day_ends(on, days.zone)
            yield Plan(record.id, kind, subject, on.isoformat(), due_at, ends, record.zone, minutes)
            if due_at > now:
                return

    plans: list[Plan] = []
    if record.announcement_channel_id is not None:
        plans += planned("anniversary", "", (day.on for day in days.coming(start)), days.post_at)
        own = [plan for one in days.own if days.is_apart(one) for plan in _of_own(one, start, planned)]
        plans += _due_and_next(own, now)
    if record.daily_channel_id is not None and record.daily_kind is not None:
        plans += planned(DAILY, DAILY, _every(record.daily_every, today), days.post_at)
    return tuple(plans)


def _of_own(
    one: OwnDate, start: date, planned: Callable[[Kind, str, Iterable[date], int], Iterator[Plan]]
) -> Iterator[Plan]:
    assert one.post_at is not None  # noqa: S101 (it is apart)
    first = start.year if one.year is None else max(start.year, one.year + 1)
    each_year = (yearly(one.month, one.day, year, in_march=one.in_march) for year in range(first, date.max.year))
    return planned("own", str(one.id), (on for on in each_year if on >= start), one.post_at)


def _due_and_next(plans: list[Plan], now: datetime) -> list[Plan]:
    plans.sort(key=lambda plan: plan.due_at)
    due = [plan for plan in plans if plan.due_at <= now]
    return plans[: len(due) + 1]


def _every(which: str, today: date) -> Iterator[date]:
    """The local days with a daily post, from today on; weekly ones are on Mondays."""
    for ahead in range(16):
        on = today + timedelta(days=ahead)
        if which != "weekly" or on.weekday() == 0:
            yield on


class Planner:
    """Keeps the plans of servers up to date."""

    def __init__(self, services: Services, db: Database) -> None:
        self._services = services
        self._db = db

    async def read(self, guild_ids: Collection[int]) -> Known:
        """What was planned and posted in these servers; and what they chose is read, too, all at once."""
        await self._services.days.read_ahead(guild_ids)
        oldest = (self._services.clock.now() - LOOK_BACK - timedelta(days=2)).date()
        async with self._db.read() as connection:
            return await of_days(connection, guild_ids, oldest.isoformat())

    async def plan(self, guild_id: int, known: Known) -> None:
        """Plans anew what comes by date in a server, of those that were read. Writes only where that changes anything.

        What is posted meanwhile stays as it is: it is planned no more.
        """
        days = await self._services.days.of(guild_id)
        now = self._services.clock.now()
        rows = known.get(guild_id, ())
        settled = {(row.kind, row.subject, row.occurrence) for row in rows if row.state != PLANNED}
        ahead = [row for row in rows if row.state == PLANNED]
        open_ = [row for row in ahead if row.due_at > now or (row.expires_at is not None and row.expires_at > now)]
        fixed = {row.key for row in ahead} - {row.key for row in open_}
        plans = [plan for plan in _with_late(days, now, settled, open_) if plan.key not in fixed]
        there = {(row.key, row.due_at, row.expires_at, row.zone, row.post_at) for row in open_}
        wanted = {(plan.key, plan.due_at, plan.expires_at, plan.zone, plan.post_at) for plan in plans}
        if there != wanted:
            await self._db.write(Replan(guild_id, tuple(plans), now))


def _with_late(days: ServerDays, now: datetime, settled: Settled, planned: Iterable[Announcement]) -> tuple[Plan, ...]:
    """`plans_for`, and of what is due already and was planned what is still wanted.

    It follows what is chosen now: the choice may have been made before it was due, and the bot have been away since.
    But what was turned on meanwhile takes nothing away, though only what comes after that is planned anew.
    """
    plans = plans_for(days, now, settled)
    due = {row.key: row.due_at for row in planned if row.due_at <= now}
    if not due:
        return plans
    since = min(days.record.posts_since or now, *due.values())
    before = plans_for(replace(days, record=replace(days.record, posts_since=since)), now, settled)
    known = {plan.key for plan in plans}
    return (*plans, *(plan for plan in before if plan.key in due and plan.key not in known))
