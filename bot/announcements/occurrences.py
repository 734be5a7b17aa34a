"""When a local day of a zone begins, ends and reaches an hour: local intent in, UTC instants out. Pure: no clock.

What is stored is the local date, the minute of the day and the zone's name; an instant only follows from them, and may
follow otherwise once a zone's rules have changed.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)

LEAP_DAY = (2, 29)


def yearly(month: int, day: int, year: int, *, in_march: bool = False) -> date:
    """The day in `year`. In common years 29 February falls on 28 February, or with `in_march` on 1 March.

    Raises ValueError for a day that no year has.
    """
    try:
        return date(year, month, day)
    except ValueError:
        if (month, day) != LEAP_DAY:
            raise
        return date(year, 3, 1) if in_march else date(year, 2, 28)


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The date in the zone at an instant."""
    return at.astimezone(zone).date()


def instant_of(on: date, minutes: int, zone: ZoneInfo) -> datetime | None:
    """When a local day reaches so many minutes after midnight by its clock (0 to 1439), in UTC.

    What the clock shows twice is taken the first time. What it skips moves to the first minute after the gap, and
    where that is another day already, to the last one before it: it stays on its day. None where the zone has no such
    day at all, as Samoa had no 30 December 2011.
    """
    wanted = datetime.combine(on, time(minutes // 60, minutes % 60))
    at = _first(wanted, zone)
    if local_date(at, zone) == on:
        return at
    before = at - _MINUTE
    return before if local_date(before, zone) == on else None


def day_ends(on: date, zone: ZoneInfo) -> datetime:
    """When the local day is over, in UTC: as the zone's next day begins. Also of a day that the zone does not have."""
    following = on + _DAY
    while (begins := instant_of(following, 0, zone)) is None:
        following += _DAY
    return begins


def _first(wanted: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the zone's clock shows `wanted`; if it skips that, at which it is past it."""
    at = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _shown(at, zone) == wanted:
        return at
    # In a gap the two readings of `wanted` lie on either side of the moment at which the clock was put forward.
    before, after = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC), at
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if _shown(middle, zone) < wanted:
            before = middle
        else:
            after = middle
    return after


def _shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)
