"""A server's own dates as its moderators add, change, find and remove them; read once, then from a bounded memory."""

from collections import OrderedDict
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.announcements.occurrences import instant_of, local_date, yearly
from bot.campaign.search import words_of
from bot.clock import Clock
from bot.i18n import Words, msg
from bot.services.errors import DomainError, NothingFound
from bot.services.guilds import Guilds
from bot.services.naming import LONGEST_SEARCH
from bot.services.times import minutes_of
from bot.services.typed_dates import NotADay, TypedDay, typed_day
from bot.services.zones import known_zone
from bot.storage.database import Database
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import (
    MOST_OWN_DATES,
    AddDate,
    DateFields,
    EditDate,
    NoSuchDate,
    OwnDate,
    RemoveDate,
    SameDate,
    TooManyDates,
    own_dates,
    own_dates_of,
)
from bot.text import clean, escape, has_address, has_call

LONGEST_TITLE, LONGEST_WORDS = 100, 400
LONGEST_TYPED = 4000  # Discord takes no more in any form

MOST_REMEMBERED = 20_000
"""Dates in memory, of all servers together; one that has none counts as one."""

MOST_YEARS = 3
"""Years in which the next time of a date is looked for: a zone may skip its day in one of them."""

_EASTMOST = timedelta(hours=14)
"""How far ahead of UTC it is anywhere: what is tomorrow even there is tomorrow everywhere."""


@dataclass(frozen=True, slots=True)
class DateDraft:
    """What a moderator typed of a date."""

    title: str
    day: str
    words: str = ""
    time: str = ""
    """Empty for the server's usual time."""
    in_march: bool = False


class NotADateYet(DomainError):
    """What was typed can't be a date of a server's own; the moderator is shown why, and gets the text back."""


class TooManyOwnDates(DomainError):
    def __init__(self) -> None:
        super().__init__(
            msg(
                "This server already has {most} dates of its own, and {most} is the most it can have. "
                "To make room, remove one.",
                most=str(MOST_OWN_DATES),
            )
        )


class TwinDate(DomainError):
    def __init__(self) -> None:
        super().__init__(msg("This server has this date already: the same title on the same day."))


class DateGone(DomainError):
    """Removed meanwhile, or never this server's."""

    def __init__(self) -> None:
        super().__init__(msg("This server has no such date of its own: somebody has removed it, perhaps."))


class OwnDates:
    """Adds, changes, removes and reads the dates of each server."""

    def __init__(self, db: Database, clock: Clock, guilds: Guilds, most_remembered: int = MOST_REMEMBERED) -> None:
        self._db = db
        self._clock = clock
        self._guilds = guilds
        self._most = most_remembered
        self._size = 0
        # With the record that was known when they were read: whoever forgets that, forgets them.
        self._known: OrderedDict[int, tuple[GuildRecord, tuple[OwnDate, ...]]] = OrderedDict()

    async def of(self, guild_id: int | None) -> tuple[OwnDate, ...]:
        """The dates of a server in the order of the year; none in direct messages (None or WHOLE_CAMPAIGN)."""
        if not guild_id:
            return ()
        record = await self._guilds.of(guild_id)
        known = self._known.get(guild_id)
        if known is not None and known[0] is record:
            self._known.move_to_end(guild_id)
            return known[1]
        async with self._db.read() as connection:
            dates = await own_dates(connection, guild_id)
        self._remember(record, dates)
        return dates

    async def read_ahead(self, guild_ids: Collection[int]) -> None:
        """Reads the dates of these servers, and what else they chose, all at once: for whoever asks for each next."""
        await self._guilds.read_ahead(guild_ids)
        records = [await self._guilds.of(guild_id) for guild_id in guild_ids]
        unknown = {record.id: record for record in records if self._known.get(record.id, (None,))[0] is not record}
        if not unknown:
            return
        async with self._db.read() as connection:
            dates = await own_dates_of(connection, unknown)
        for guild_id, record in unknown.items():
            self._remember(record, tuple(dates.get(guild_id, ())))

    async def one(self, guild_id: int, date_id: int) -> OwnDate:
        """Raises DateGone where this server has no such date."""
        found = next((one for one in await self.of(guild_id) if one.id == date_id), None)
        if found is None:
            raise DateGone
        return found

    async def matching(self, guild_id: int, typed: str) -> list[OwnDate]:
        """Those of whose title each typed word begins some word, in the order of the year."""
        starts = words_of(typed)
        return [
            one
            for one in await self.of(guild_id)
            if all(any(word.startswith(start) for word in words_of(one.title)) for start in starts)
        ]

    async def named(self, guild_id: int, typed: str) -> OwnDate:
        """The date that was chosen from a list, by its id, or whose title was typed, as far as only one has it.

        Raises NothingFound.
        """
        dates = await self.of(guild_id)
        chosen = next((one for one in dates if typed == str(one.id)), None)
        if chosen is not None:
            return chosen
        close = await self.matching(guild_id, typed) if words_of(typed) else []
        found = [one for one in close if words_of(one.title) == words_of(typed)] or close
        if len(found) != 1:
            raise NothingFound(
                msg(
                    "I can't tell which date you mean by “{title}”. Choose it from the list that opens while you type.",
                    title=escape(clean(typed, LONGEST_SEARCH)),
                )
            )
        return found[0]

    async def add(
        self, draft: DateDraft, *, id: int, guild_id: int, moderator_id: int, words: Words, app_locale: str
    ) -> OwnDate:
        """Stores a date. `id` is the interaction's; `words` and `app_locale` are the reader's, as for `typed_day`.

        Raises NotADateYet, NotADay, NoSuchTime, TooManyOwnDates, TwinDate, and NotSaved of the storage.
        """
        fields = self._checked(draft, await self._guilds.of(guild_id), words, app_locale)
        return await self._written(guild_id, self._db.write(AddDate(id, guild_id, moderator_id, fields, self._now())))

    async def edit(
        self, draft: DateDraft, *, date_id: int, guild_id: int, moderator_id: int, words: Words, app_locale: str
    ) -> OwnDate:
        """Changes a date of this server. Raises DateGone, and what `add` raises."""
        fields = self._checked(draft, await self._guilds.of(guild_id), words, app_locale)
        operation = EditDate(guild_id, moderator_id, date_id, fields, self._now())
        return await self._written(guild_id, self._db.write(operation))

    async def remove(self, guild_id: int, moderator_id: int, date_id: int) -> OwnDate:
        """Removes a date of this server; returns what it was. Raises DateGone, and NotSaved of the storage."""
        operation = RemoveDate(guild_id, moderator_id, date_id, self._now())
        return await self._written(guild_id, self._db.write(operation))

    def next_of(self, own: OwnDate, record: GuildRecord) -> datetime | None:
        """When a date comes round next by the server's clock, whether or not anything is posted there.

        In UTC; None where the server has chosen no zone, or one that this machine does not know.
        """
        zone, now = known_zone(record.zone), self._now()
        if zone is None:
            return None
        minutes = record.post_at if own.post_at is None else own.post_at
        today = local_date(now, zone)
        for year in range(today.year, today.year + MOST_YEARS):
            on = yearly(own.month, own.day, year, in_march=own.in_march)
            at = instant_of(on, minutes, zone)
            if at is not None and at > now:
                return at
        return None

    async def _written(self, guild_id: int, writing: Awaitable[OwnDate]) -> OwnDate:
        try:
            return await writing
        except TooManyDates:
            raise TooManyOwnDates from None
        except SameDate:
            raise TwinDate from None
        except NoSuchDate:
            raise DateGone from None
        finally:
            self._guilds.forget(guild_id)
            self._clock.wake()  # whoever posts looks what follows from it

    def _now(self) -> datetime:
        return self._clock.now()

    def _checked(self, draft: DateDraft, record: GuildRecord, words: Words, app_locale: str) -> DateFields:
        title = _checked_text(draft.title, LONGEST_TITLE, record)
        if not words_of(title):
            raise NotADateYet(msg("A date needs a title in words: what happened, or what is remembered."))
        said = _checked_text(draft.words, LONGEST_WORDS, record)
        day = typed_day(draft.day, words, app_locale)
        if self._is_to_come(day, record):
            raise NotADay(
                msg(
                    "{date} is still to come. Leave the year out, and it is posted each year from then on.",
                    date=words.date(day.year, day.month, day.day),
                )
            )
        at = minutes_of(draft.time) if clean(draft.time, LONGEST_TYPED) else None
        in_march = draft.in_march and (day.month, day.day) == (2, 29)
        return DateFields(title, day.month, day.day, day.year, said, at, in_march)

    def _is_to_come(self, day: TypedDay, record: GuildRecord) -> bool:
        if day.year is None:
            return False
        zone, now = known_zone(record.zone), self._now()
        today = local_date(now, zone) if zone else (now + _EASTMOST).date()
        return (day.year, day.month, day.day) > (today.year, today.month, today.day)

    def _remember(self, record: GuildRecord, dates: tuple[OwnDate, ...]) -> None:
        old = self._known.pop(record.id, None)
        self._size += (len(dates) or 1) - ((len(old[1]) or 1) if old else 0)
        self._known[record.id] = record, dates
        while self._size > self._most:
            _id, (_record, oldest) = self._known.popitem(last=False)
            self._size -= len(oldest) or 1


def _checked_text(typed: str, longest: int, record: GuildRecord) -> str:
    """The text as it is stored. Raises NotADateYet for one that can't be posted."""
    text = clean(typed, LONGEST_TYPED)
    if len(text) > longest:
        raise NotADateYet(
            msg("This is too long: {count} characters, of {most} at most.", count=str(len(text)), most=str(longest))
        )
    if has_call(text) or (has_address(text) and not record.allows_links):
        raise NotADateYet(
            msg("Invitations and mentions can't stand in what I post. Please leave them out.")
            if record.allows_links
            else msg(
                "Links, invitations and mentions can't stand in what I post. Please leave them out; "
                "links can be allowed in {setup}.",
                setup="`/setup`",
            )
        )
    return text
