"""What happens in a world, drawn from its seed: where its servers are, what they choose, and when the storms come."""

import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

from bot import DATA
from bot.campaign.load import load_campaign
from bot.campaign.models import Campaign, Milestone, Observance
from tests.sim.model import Chosen, Remembered, day_in

SCENES = (
    ("Africa/Nairobi", date(2027, 9, 20)),
    ("America/New_York", date(2027, 3, 14)),  # 02:00 to 03:00 is skipped
    ("America/New_York", date(2027, 11, 7)),  # 01:00 to 02:00 comes twice
    ("Europe/Berlin", date(2027, 10, 31)),
    ("Africa/Cairo", date(2027, 4, 30)),  # the day begins at one
    ("Australia/Lord_Howe", date(2027, 10, 3)),  # half an hour is skipped
    ("Pacific/Apia", date(2011, 12, 30)),  # this day never was
    ("Pacific/Kiritimati", date(2028, 2, 29)),
    ("America/Los_Angeles", date(2027, 2, 28)),  # 29 February, in a year without
    ("Asia/Kathmandu", date(2027, 12, 31)),
)
HOURS = (0, 30, 60, 90, 120, 150, 180, 540, 540, 1200, 1410, 1439)
SWITCHES = ("posts_major", "posts_minor", "posts_campaign", "posts_history", "posts_observances")

MOST_DAYS = 3
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Server:
    """One server, as it is when the story begins."""

    id: int
    chosen: Chosen
    wall_channel_id: int | None
    channels: tuple[int, ...]
    """All that it has; those that are chosen are among them."""


@dataclass(frozen=True)
class Storm:
    """A while in which things go wrong."""

    start: datetime
    end: datetime
    badness: float
    mishaps: tuple[tuple[datetime, str], ...]
    """What goes wrong beside requests, and when."""


@dataclass(frozen=True)
class Story:
    """All that a seed says about a world beforehand."""

    servers: tuple[Server, ...]
    base: date
    start: datetime
    end: datetime
    storms: tuple[Storm, ...]
    pledges_at: tuple[datetime, ...]
    twins_at: tuple[datetime, datetime] | None
    """From when until when a second process runs on the same database."""
    remembers_nonces: timedelta


MISHAPS = {
    "kill": 10,
    "halt": 3,
    "lock": 2,
    "stop": 1,
    "set the clock": 2,
    "right to post": 2,
    "right to read": 1,
    "channel": 1,
    "server away": 1,
    "hour": 2,
    "zone": 1,
    "switch": 2,
    "other channel": 1,
    "no channel": 1,
    "connection": 1,
}


def story_of(chance: random.Random) -> Story:
    zone, base = chance.choice(SCENES)
    start = datetime(base.year, base.month, base.day, tzinfo=UTC) - DAY - timedelta(hours=chance.randrange(3))
    servers = [_server(chance, number + 1, zone, base) for number in range(chance.choice([1, 1, 2]))]
    if chance.random() < 0.25:
        servers.append(replace(servers[0], id=9, chosen=replace(servers[0].chosen, own=()), channels=(91, 92, 93)))
        servers[-1] = replace(servers[-1], chosen=_in(servers[-1].chosen, 91), wall_channel_id=None)
    end = start + (MOST_DAYS + chance.randrange(2)) * DAY
    storms = tuple(_storms(chance, servers, base, start, end))
    pledges: list[datetime] = []
    if chance.random() < 0.4:
        pledges = sorted(_during(chance, storms, start, end) for _ in range(chance.randrange(1, 9)))
    twins = None
    if chance.random() < 0.35:
        first, last = sorted(start + chance.random() * (end - start) for _ in range(2))
        twins = (first, last) if chance.random() < 0.7 else (start, end)
    nonces = timedelta(seconds=chance.choice([120, 180, 300]))
    return Story(tuple(servers), base, start, end, storms, tuple(pledges), twins, nonces)


def _in(chosen: Chosen, channel_id: int) -> Chosen:
    daily = None if chosen.daily_channel_id is None else channel_id
    return replace(chosen, announcement_channel_id=channel_id, daily_channel_id=daily)


def _server(chance: random.Random, number: int, zone: str, base: date) -> Server:
    channels = tuple(10 * number + n for n in range(1, 4))
    if chance.random() < 0.2:
        zone = chance.choice(SCENES)[0]
    on = {"posts_major", "posts_campaign", "posts_history", "posts_observances"}
    if chance.random() < 0.4:
        on.add("posts_minor")
    own: list[tuple[int, int, int, int | None]] = []
    for n in range(chance.choice([0, 0, 1, 2])):
        at = base + chance.randrange(-1, 3) * DAY
        own.append((1000 * number + n, at.month, at.day, chance.choice([None, *HOURS])))
    is_daily = chance.random() < 0.3
    chosen = Chosen(
        zone=zone,
        post_at=chance.choice(HOURS),
        announcement_channel_id=channels[0],
        daily_channel_id=chance.choice(channels[:2]) if is_daily else None,
        daily_kind="fact" if is_daily else None,
        on=frozenset(on),
        own=tuple(own),
    )
    return Server(number, chosen, channels[2] if chance.random() < 0.6 else None, channels)


def _storms(chance: random.Random, servers: list[Server], base: date, start: datetime, end: datetime) -> list[Storm]:
    found: list[Storm] = []
    for chosen in dict.fromkeys(server.chosen for server in servers):
        for ahead in range(-1, MOST_DAYS):
            instant = day_in(chosen.zone or "", base + ahead * DAY, chosen.post_at)
            if instant is not None and start + timedelta(minutes=15) < instant[0] < end and chance.random() < 0.6:
                found.append(_storm(chance, instant[0]))
    return sorted(found, key=lambda storm: storm.start)


def _storm(chance: random.Random, around: datetime) -> Storm:
    start = around - timedelta(seconds=chance.choice([5, 60, 600]))
    end = around + timedelta(seconds=chance.choice([60, 600, 7200, 20000]))
    mishaps = chance.choices([*MISHAPS], [*MISHAPS.values()], k=chance.choice([0, 1, 1, 2, 3, 5]))
    when = (around + timedelta(seconds=chance.choice([-1, -1, -1, -30, 0.05, 5, 40, 100, 300])) for _ in mishaps)
    timed = sorted((min(max(at, start), end), name) for at, name in zip(when, mishaps, strict=True))
    return Storm(start, end, chance.choice([0.0, 0.2, 0.5, 0.8]), tuple(timed))


def _during(chance: random.Random, storms: tuple[Storm, ...], start: datetime, end: datetime) -> datetime:
    if storms and chance.random() < 0.6:
        storm = chance.choice(storms)
        start, end = storm.start, min(storm.end, storm.start + timedelta(minutes=15))
    return start + chance.random() * (end - start)


@cache
def _everything() -> Campaign:
    return load_campaign(DATA / "heforshe")


def campaign_of(base: date) -> tuple[Campaign, tuple[Remembered, ...]]:
    """A small campaign with dates around the base, and the same dates as the model knows them."""
    whole = _everything()
    milestone = next(item for item in whole.milestones if isinstance(item, Milestone))
    observance = next(item for item in whole.milestones if isinstance(item, Observance))
    items: list[Milestone | Observance] = []
    known: list[Remembered] = []
    for number, (ahead, weight, scope, years) in enumerate(_DATES):
        on = base + ahead * DAY
        is_leap = (on.month, on.day) in ((2, 28), (2, 29)) and number == 0
        on = date(2004, 2, 29) if is_leap else on.replace(year=on.year - years)
        changed = {"id": f"date-{number}", "weight": weight, "scope": scope, "date": on, "end_date": None}
        items.append(milestone.model_copy(update=changed))
        switches = (f"posts_{'minor' if weight == 'minor' else 'major'}", f"posts_{scope}")
        known.append(Remembered(on.month, on.day, on.year, switches))
    on = base + 2 * DAY
    yearly = type(observance.date)(on.month, on.day)
    changed = {"id": "observance", "weight": "major", "date": yearly, "end_date": None, "first_observed": base.year}
    items.append(observance.model_copy(update=changed))
    known.append(Remembered(on.month, on.day, base.year, ("posts_major", "posts_observances"), is_observance=True))
    info = whole.info.model_copy(update={"goals": (1, 3)})
    regions = {country.region: country for country in whole.countries}
    kept = {"facts": (), "quotes": (), "commitments": (), "territories": (), "countries": tuple(regions.values())}
    return replace(whole, info=info, milestones=tuple(items), **kept), tuple(known)


_DATES = (
    (0, "headline", "campaign", 7),
    (1, "minor", "campaign", 1),
    (-1, "minor", "history", 20),
    (1, "major", "history", 0),
)
