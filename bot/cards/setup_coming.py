"""When the next dates of a server are posted, by its own clock and in each reader's own time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from discord.utils import format_dt

from bot.announcements.occurrences import instant_of
from bot.cards.base import Reader
from bot.cards.setup_desk import Desk
from bot.services.days import ServerDay
from bot.services.times import clock_time
from bot.text import escape

MONDAY = 0

MOST_DAYS = 10
"""Days that are looked at: one that does not exist in a zone is passed over."""


def next_day(desk: Desk) -> tuple[ServerDay, datetime] | None:
    """The next day whose dates are posted, and when. None where none is, as without a channel or a time zone.

    It follows from what is chosen this very moment; the outbox plans the same a little later.
    """
    if desk.record.announcement_channel_id is None or not desk.days.has_zone:
        return None
    today, zone, since = desk.today, desk.days.zone, desk.record.posts_since
    day = desk.days.on(today)
    if day is not None and today.isoformat() not in desk.health.settled:
        at = instant_of(today, desk.days.post_at, zone)
        if at is not None and (at > desk.now or (since is not None and at >= since)):
            return day, max(at, desk.now)
    for day, _ in zip(desk.days.coming(today + timedelta(days=1)), range(MOST_DAYS), strict=False):
        if (at := instant_of(day.on, desk.days.post_at, zone)) is not None:
            return day, at
    return None


def said_next(desk: Desk) -> str:
    """When the next dates are posted, or what is missing before any can be."""
    _ = desk.reader.words.gettext
    if desk.record.announcement_channel_id is None:
        return _("Nothing is posted by itself: choose a channel for announcements.")
    if not desk.days.has_zone:
        return _("Nothing is posted yet: choose the time zone, so that I know when a day begins here.")
    coming = next_day(desk)
    if coming is None:
        return _("With what is chosen under “Which dates”, nothing is posted.")
    day, at = coming
    if at <= desk.now:
        return _("Today's post comes at once: {title}.", title=title_of_day(day))
    return _("The next post comes {when}: {title}.", when=said_when(desk, at), title=title_of_day(day))


def next_daily(desk: Desk) -> datetime | None:
    """When the next fact or quote of the day is posted; None where none is."""
    record = desk.record
    if record.daily_kind is None or record.daily_channel_id is None or not desk.days.has_zone:
        return None
    for day in (desk.today + timedelta(days=ahead) for ahead in range(MOST_DAYS)):
        at = instant_of(day, desk.days.post_at, desk.days.zone)
        if at is not None and at > desk.now and (record.daily_every == "daily" or day.weekday() == MONDAY):
            return at
    return None


def said_daily(desk: Desk) -> str:
    """When the next fact or quote of the day is posted; empty where none is."""
    at = next_daily(desk)
    return desk.reader.words.gettext("The next one comes {when}.", when=said_when(desk, at)) if at else ""


def said_posts(desk: Desk, **switches: bool) -> str:
    """How many posts a year there are, or would be with other switches."""
    count = desk.days.posts_a_year(desk.today, **switches)
    return desk.reader.words.ngettext("{n} post a year", "{n} posts a year", count)


def said_when(desk: Desk, at: datetime) -> str:
    return said_local(desk.reader, at, desk.days.zone)


def said_local(reader: Reader, at: datetime, zone: ZoneInfo) -> str:
    """An instant by the server's clock, and by the reader's."""
    local = at.astimezone(zone)
    return reader.words.gettext(
        "{day}, {time} here ({yours} for you, {left})",
        day=reader.words.day(local.date()),
        time=clock_time(local.hour * 60 + local.minute),
        yours=format_dt(at, "F"),
        left=format_dt(at, "R"),
    )


def title_of_day(day: ServerDay) -> str:
    return escape(day.lead.item.title)
