"""The announcer alone, in a process of its own: `python -m tests.benchmarks.planning DATABASE TICKS`.

Plans every server of a database, plans them all again as each start does, then looks so often whether something is due
when nothing is. Prints as JSON what that took. Its clock stands still, so that nothing falls due meanwhile.
"""

import resource
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import uvloop

from bot import DATA
from bot.announcements.announcer import Announcer
from bot.announcements.courier import Place
from bot.campaign.load import load_campaign
from bot.clock import Clock
from bot.services import make_services
from bot.storage.database import Database

MORNING = datetime(2027, 2, 1, 10, 0, 30, tzinfo=UTC)
ZONES = ("Africa/Nairobi", "America/New_York", "Asia/Kolkata", "Europe/Paris", "America/Sao_Paulo", "Pacific/Auckland")

_SERVERS = (
    "INSERT INTO guild"
    " (id, added_at, posts_since, announcement_channel_id, zone, post_at, daily_channel_id, daily_kind)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_DATES = "INSERT INTO milestone (id, guild_id, title, month, day, words, added_at) VALUES (?, ?, ?, ?, ?, '', ?)"


def settle(path: Path, servers: int) -> None:
    """Fills a migrated database: each server posts in its zone at its hour, a tenth also daily or dates of its own."""
    now = MORNING.replace(tzinfo=None).isoformat(" ", "microseconds")

    def each() -> Iterator[tuple[Any, ...]]:
        for id in range(1, servers + 1):
            daily = (id, "fact") if id % 10 == 0 else (None, None)
            yield id, now, now, id, ZONES[id % len(ZONES)], id * 7 % 1440, *daily

    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(_SERVERS, each())
        own = ((id, id, f"Our day {id}", id % 12 + 1, id % 28 + 1, now) for id in range(1, servers + 1, 10))
        connection.executemany(_DATES, own)


class Everywhere:
    """A courier who may post everywhere, and never has to."""

    def look(self, _guild_id: int, _channel_id: int) -> Place:
        return Place(None, may_search=True)


async def measure(path: Path, ticks: int) -> dict[str, float]:
    db = Database(f"sqlite+aiosqlite:///{path}")
    await db.open()
    services = make_services(load_campaign(DATA / "heforshe"), Clock(lambda: MORNING), db)
    courier: Any = Everywhere()
    found: dict[str, float] = {}
    before = _peak()
    for name in ("plan", "anew"):
        announcer = Announcer(services, db, courier)
        cpu, clock = time.process_time(), time.perf_counter()
        await announcer.round()
        found |= {f"{name}_cpu": time.process_time() - cpu, f"{name}_seconds": time.perf_counter() - clock}
    found["memory"] = _peak() - before
    cpu = time.process_time()
    for _ in range(ticks):
        await announcer.round()
    found["tick"] = (time.process_time() - cpu) / ticks
    await db.close()
    return found


def _peak() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(orjson.dumps(uvloop.run(measure(Path(sys.argv[1]), int(sys.argv[2])))).decode())  # noqa: T201
