"""Another's reckoning of when servers post: python-dateutil's rules, in its own time zones, against the bot's.

`python -m tests.support.date_oracle 500` compares so many servers in every zone, for a year, and tells how many
instants agreed.
"""

import random
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from dateutil import tz
from dateutil.rrule import YEARLY, rrule

from bot import DATA
from bot.announcements.occurrences import instant_of
from bot.campaign.calendar import Calendar
from bot.campaign.load import load_campaign
from bot.campaign.models import Milestone, Observance
from bot.services.days import ServerDays
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate

ZONES = sorted(available_timezones() - {"Factory", "localtime"})
ITEMS = load_campaign(DATA / "heforshe").milestones
CALENDAR = Calendar(ITEMS)
MADE = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def some_server(chance: random.Random) -> tuple[GuildRecord, tuple[OwnDate, ...]]:
    """Settings as moderators might choose them, with dates of their own: many at the turns of months and of summer."""
    record = GuildRecord(
        chance.randrange(1, 10**6),
        post_at=chance.choice([0, 30, 60, 90, 120, 150, 180, 540, 1380, 1410, 1439, chance.randrange(1440)]),
        posts_major=chance.random() < 0.9,
        posts_minor=chance.random() < 0.4,
        posts_campaign=chance.random() < 0.8,
        posts_history=chance.random() < 0.8,
        posts_observances=chance.random() < 0.8,
        muted=frozenset(("milestone", item.id) for item in ITEMS if chance.random() < 0.1),
    )
    own = [_some_date(chance, record.id, number) for number in range(chance.randrange(1, 12))]
    return record, tuple(own)


def _some_date(chance: random.Random, guild_id: int, number: int) -> OwnDate:
    on = date(2024, 1, 1) + timedelta(days=chance.randrange(366))
    if chance.random() < 0.2:
        on = date(2024, 2, 29)
    year = chance.choice([None, 1999, 2020, 2024, 2026, 2027])
    in_march = chance.random() < 0.5
    return OwnDate(number, guild_id, f"Date {number}", on.month, on.day, year, "", None, in_march, MADE)


def by_the_bot(record: GuildRecord, own: tuple[OwnDate, ...], zone: str, year: int) -> list[datetime]:
    """The instants at which a server posts in a year of its zone."""
    days = ServerDays(CALENDAR, record, own)
    found: list[datetime] = []
    for day in days.coming(date(year, 1, 1)):
        if day.on.year > year:
            break
        at = instant_of(day.on, record.post_at, ZoneInfo(zone))
        if at is not None:
            found.append(at)
    return found


def by_dateutil(record: GuildRecord, own: tuple[OwnDate, ...], zone: str, year: int) -> list[datetime]:
    """The same, told by recurrence rules of local time and dateutil's zones."""
    return [at for local in local_times(record, own, year) if (at := _instant(local, zone)) is not None]


def local_times(record: GuildRecord, own: tuple[OwnDate, ...], year: int) -> list[datetime]:
    """When a server posts in a year, by its clock."""
    after, before = datetime(year, 1, 1), datetime(year, 12, 31, 23, 59)  # noqa: DTZ001 (local)
    rules = [*_rules_of_campaign(record, year), *_rules_of_own(own, record, year)]
    return sorted({local for rule in rules for local in rule.between(after, before, inc=True)})


def _rules_of_campaign(record: GuildRecord, year: int) -> Iterator[rrule]:
    for item in ITEMS:
        wanted = record.posts_minor if item.weight == "minor" else record.posts_major
        if isinstance(item, Observance):
            wanted = wanted and record.posts_observances
        elif item.scope == "campaign":
            wanted = wanted and record.posts_campaign
        else:
            wanted = wanted and record.posts_history
        if wanted and ("milestone", item.id) not in record.muted:
            since = item.date.year + 1 if isinstance(item, Milestone) else item.first_observed
            yield _rule(max(since, year), item.date.month, item.date.day, record.post_at)


def _rules_of_own(own: tuple[OwnDate, ...], record: GuildRecord, year: int) -> Iterator[rrule]:
    for one in own:
        since = 1900 if one.year is None else one.year + 1
        yield _rule(max(since, year), one.month, one.day, record.post_at, in_march=one.in_march)


def _rule(since: int, month: int, day: int, minutes: int, *, in_march: bool = False) -> rrule:
    start = datetime(since, 1, 1, *divmod(minutes, 60))  # noqa: DTZ001 (local)
    if (month, day) != (2, 29):
        return rrule(YEARLY, dtstart=start, bymonth=month, bymonthday=day)
    if in_march:
        return rrule(YEARLY, dtstart=start, byyearday=60)
    return rrule(YEARLY, dtstart=start, bymonth=2, bymonthday=-1)


def _instant(local: datetime, zone: str) -> datetime | None:
    """What a clock skips: the first minute after, found by walking, or else the last before on the same day."""
    there = tz.gettz(zone)
    if tz.datetime_exists(local, there):
        return local.replace(tzinfo=there, fold=0).astimezone(UTC)
    later = (local + n * MINUTE for n in range(24 * 60) if (local + n * MINUTE).date() == local.date())
    earlier = (local - n * MINUTE for n in range(24 * 60) if (local - n * MINUTE).date() == local.date())
    for near in (*later, *earlier):
        if tz.datetime_exists(near, there):
            return near.replace(tzinfo=there, fold=0).astimezone(UTC)
    return None


def compared(seed: int, zone: str, year: int) -> int:
    """How many instants agreed for one server. Raises AssertionError where they differ."""
    record, own = some_server(random.Random(seed))
    mine, theirs = by_the_bot(record, own, zone, year), by_dateutil(record, own, zone, year)
    assert mine == theirs, f"server {seed} in {zone}, {year}: {sorted(set(mine) ^ set(theirs))}"
    return len(mine)


def main(servers: int) -> None:
    agreed = 0
    for seed in range(servers):
        record, own = some_server(random.Random(seed))
        year = 2024 + seed % 6
        locals_ = local_times(record, own, year)
        for zone in ZONES:
            mine = by_the_bot(record, own, zone, year)
            theirs = [at for local in locals_ if (at := _instant(local, zone)) is not None]
            assert mine == theirs, f"server {seed} in {zone}, {year}: {sorted(set(mine) ^ set(theirs))}"
            agreed += len(mine)
    sys.stdout.write(f"{servers} servers × {len(ZONES)} zones × a year: {agreed:,} instants agree\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
