"""The days that a server remembers: the campaign's dates that its moderators want posted, and its own beside them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from bot.announcements.occurrences import instant_of, local_date, yearly
from bot.campaign.calendar import EVERY, RANKS, Calendar, CampaignDate, Choice, Day, Occurrence, campaign_within
from bot.campaign.models import Remembered
from bot.services.guilds import Guilds
from bot.services.own_dates import OwnDates
from bot.services.zones import known_zone, zone
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate

Item: TypeAlias = CampaignDate | OwnDate
Entry: TypeAlias = Occurrence[Item]
ServerDay: TypeAlias = Day[Item]
"""A local day of a server: `on`, and as `entries` what falls on it, the weightiest first."""

YEAR: Final = timedelta(days=365)

_choice = lru_cache(maxsize=64)(Choice)  # the same few again and again, for every server


@dataclass(frozen=True, slots=True)
class ServerDays:
    """What one server remembers, as its moderators chose; made anew for each question, since it costs nothing."""

    calendar: Calendar
    record: GuildRecord
    own: tuple[OwnDate, ...] = ()
    """The server's own dates, whatever is chosen of the campaign's."""

    @property
    def zone(self) -> ZoneInfo:
        """By whose clock days are counted: UTC while none is chosen."""
        return known_zone(self.record.zone) or zone("UTC")

    @property
    def has_zone(self) -> bool:
        """Whether moderators chose a zone, and this machine still knows it: without, nothing is posted by itself."""
        return known_zone(self.record.zone) is not None

    @property
    def post_at(self) -> int:
        """When is posted, in minutes after local midnight."""
        return self.record.post_at

    @property
    def choice(self) -> Choice:
        """Which of the campaign's dates moderators want posted."""
        record = self.record
        return _choice(
            record.posts_major,
            record.posts_minor,
            record.posts_campaign,
            record.posts_history,
            record.posts_observances,
        )

    def today(self, now: datetime) -> date:
        """The date by the server's clock."""
        return local_date(now, self.zone)

    def is_muted(self, item: Item) -> bool:
        """Whether moderators do not want this one date of the campaign posted."""
        return not isinstance(item, OwnDate) and ("milestone", item.id) in self.record.muted

    def is_apart(self, item: Item) -> bool:
        """Whether it is a date of the server's own with another hour than the rest: it has a post to itself."""
        return isinstance(item, OwnDate) and item.post_at is not None and item.post_at != self.record.post_at

    def items(self, *, every: bool = False) -> tuple[Item, ...]:
        """What comes round: the campaign's dates that are posted (with `every` all of them), then the server's own."""
        campaign = (
            item for item in self.calendar.items if every or (self.choice.takes(item) and not self.is_muted(item))
        )
        return (*campaign, *self.own)

    def within(self, year: int, item: Item) -> Entry | None:
        """When it comes round in a year; None before it first did."""
        return _own_within(year, item) if isinstance(item, OwnDate) else campaign_within(year, item)

    def coming(self, start: date, *, every: bool = False, apart: bool = False) -> Iterator[ServerDay]:
        """The local days from `start` on, that day included, without end, each as it is posted; none if nothing is.

        `every`: all dates of the campaign, whatever is chosen or muted. `apart`: also own dates that have a post of
        their own; for lists.
        """
        own = self._own(apart)
        if not own and not self._campaign_has_any(every):
            return
        for year in range(start.year, date.max.year):
            for day in self._year(year, own, every):
                if day.on >= start:
                    yield day

    def on(self, day: date, *, every: bool = False, apart: bool = False) -> ServerDay | None:
        """What falls on a local day, as `coming` tells it; None where nothing does."""
        found = next(self.coming(day, every=every, apart=apart), None)
        return found if found and found.on == day else None

    def posts_a_year(self, start: date, **switches: bool) -> int:
        """How many posts the year from `start` on has, own dates with an hour of their own included.

        `switches`: settings by their names (`posts_minor=True`) to reckon with instead of those that are chosen.
        """
        chosen = replace(self, record=replace(self.record, **switches))
        end = start + YEAR
        days = takewhile(lambda day: day.on < end, chosen.coming(start, apart=True))
        return sum(_posts_on(chosen, day) for day in days)

    def next_at(self, now: datetime) -> tuple[ServerDay, datetime] | None:
        """The next local day with a post, and when it comes; one that is due this very moment is next.

        Days that the zone skips have no post. Own dates with an hour of their own are not looked at.
        """
        zone = self.zone
        for day in self.coming(local_date(now, zone)):
            at = instant_of(day.on, self.post_at, zone)
            if at is not None and at >= now:
                return day, at
        return None

    def shown_at(self, day: ServerDay) -> datetime:
        """An instant on that day, for what Discord counts in each reader's own time: when it is posted, if it is."""
        posted = instant_of(day.on, self.post_at, self.zone) if self.has_zone else None
        return posted or day.at

    def _campaign_has_any(self, every: bool) -> bool:
        if every or not self._mutes:
            return self.calendar.has_any(EVERY if every else self.choice)
        return any(self.choice.takes(item) and not self.is_muted(item) for item in self.calendar.items)

    @property
    def _mutes(self) -> bool:
        return any(kind == "milestone" for kind, _ in self.record.muted)

    def _own(self, apart: bool) -> tuple[OwnDate, ...]:
        return self.own if apart else tuple(one for one in self.own if not self.is_apart(one))

    def _year(self, year: int, own: Iterable[OwnDate], every: bool) -> Iterable[ServerDay]:
        campaign = self.calendar.year(year, EVERY if every else self.choice)
        mutes = self._mutes and not every
        if not own and not mutes:
            return campaign
        on: dict[date, list[Entry]] = {}
        for day in campaign:
            if kept := [entry for entry in day.entries if not (mutes and self.is_muted(entry.item))]:
                on[day.on] = [*kept]
        for entry in filter(None, (_own_within(year, one) for one in own)):
            on.setdefault(entry.on, []).append(entry)
        return [Day(day, tuple(sorted(on[day], key=_weightiest_first))) for day in sorted(on)]


class Days:
    """What each server remembers."""

    def __init__(self, guilds: Guilds, own_dates: OwnDates, calendar: Calendar) -> None:
        self._guilds = guilds
        self._own_dates = own_dates
        self.calendar = calendar

    async def of(self, guild_id: int | None) -> ServerDays:
        """A server's days; for direct messages (None or 0) the campaign's as they are by default, in UTC."""
        record = await self._guilds.of(guild_id)
        return ServerDays(self.calendar, record, await self._own_dates.of(guild_id) if guild_id else ())

    async def read_ahead(self, guild_ids: Collection[int]) -> None:
        """Reads what these servers chose all at once, for whoever asks for each of them next."""
        await self._own_dates.read_ahead(guild_ids)


def _own_within(year: int, own: OwnDate) -> Entry | None:
    """None before it first came round: the day itself, where its year is known, is no anniversary."""
    if own.year is not None and year <= own.year:
        return None
    on = yearly(own.month, own.day, year, in_march=own.in_march)
    return Occurrence(own, on, None if own.year is None else year - own.year)


def _weightiest_first(entry: Entry) -> tuple[int, bool, int, str]:
    """Own dates weigh as major ones, and lead among equals."""
    item = entry.item
    if isinstance(item, Remembered):
        return RANKS[item.weight], True, item.first_year, item.id
    return RANKS["major"], False, item.year or date.max.year, f"{item.id:020}"


def _posts_on(days: ServerDays, day: ServerDay) -> int:
    apart = sum(days.is_apart(entry.item) for entry in day.entries)
    return apart + (len(day.entries) > apart)
