"""How fast pledges are stored through `Database.write`, beside bare sqlite3 that runs the same statements.

`python -m tests.benchmarks.writer [N]`: N pledges a round with 64 waiting, a tenth of that one by one, five rounds in
turn. Bare means: the standard library, one thread, no loop, nothing but the statements, in batches of 64 (or of one),
with the same PRAGMAs on the same disk.
"""

import asyncio
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import uvloop
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bot.storage.database import Database
from bot.storage.migrate import migrate
from bot.storage.pledges import MakePledge

ROUNDS = 5
WAITING = 64
NOON = datetime(2026, 9, 20, 12, tzinfo=UTC)
COUNTRIES = ("KE", "TV", "FR", "BR", "IN", "NG", "FJ", "CA", "JO", "IS", "ID", "PE")
THEMES = ("learn", "home", "work", "safety", "voice")

Round: TypeAlias = tuple[float, float]
"""Seconds of CPU and of the clock."""


def pledges(count: int, seed: int) -> list[MakePledge]:
    """What a busy hour brings: new members of three servers, from a dozen countries; every third on the wall."""
    dice = random.Random(seed)
    return [
        MakePledge(
            id=(seed << 56) + number * 4_194_304 + dice.randrange(4_194_304),
            member_id=dice.randrange(2**60),
            guild_id=dice.choice((11, 22, 33)),
            theme=dice.choice(THEMES),
            action=None,
            words=f"I promise to listen, and to speak up when it matters: {number}",
            country=dice.choice(COUNTRIES),
            is_public=dice.random() < 1 / 3,
            at=NOON + timedelta(milliseconds=number),
        )
        for number in range(count)
    ]


def bare(path: Path, deeds: Sequence[MakePledge], size: int) -> Round:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        cpu, clock = time.process_time(), time.perf_counter()
        for start in range(0, len(deeds), size):
            store(connection, deeds[start : start + size])
        return time.process_time() - cpu, time.perf_counter() - clock


def store(connection: sqlite3.Connection, batch: Sequence[MakePledge]) -> None:
    """The statements of one batch of first pledges, as the product sends them; what they return is read."""
    connection.execute("BEGIN IMMEDIATE")
    guilds = {one.guild_id: str(one.at) for one in batch}
    hears = "wall_channel_id IS NOT NULL, announcement_channel_id IS NOT NULL AND posts_targets"
    known = connection.execute(
        f"SELECT id, {hears} FROM guild WHERE id IN ({', '.join('?' * len(guilds))})",  # noqa: S608
        tuple(guilds),
    ).fetchall()
    if new := guilds.keys() - {id for id, *_ in known}:
        connection.executemany("INSERT INTO guild (id, added_at) VALUES (?, ?)", [(id, guilds[id]) for id in new])
    members = tuple({one.member_id for one in batch})
    marks = ", ".join("?" * len(members))
    joined = "member LEFT JOIN pledge ON pledge.member_id = member.id"
    connection.execute(
        f"SELECT member.id, member.country, pledge.* FROM {joined} WHERE member.id IN ({marks})",  # noqa: S608
        members,
    ).fetchall()
    scopes, homes = tuple({one.guild_id for one in batch}), ("", *{one.country for one in batch})
    connection.execute(
        f"SELECT scope, kind, key, count FROM tally WHERE scope IN ({', '.join('?' * len(scopes))})"  # noqa: S608
        f" AND kind IN ('supporters', 'country') AND key IN ({', '.join('?' * len(homes))})",
        (*scopes, *homes),
    ).fetchall()
    connection.executemany("INSERT INTO member VALUES (?, ?, ?)", [(d.member_id, d.country, str(d.at)) for d in batch])
    connection.executemany(
        f"INSERT INTO pledge VALUES ({', '.join('?' * 15)})",  # noqa: S608
        [
            (
                *(d.id, d.member_id, d.guild_id, d.theme, d.action, d.words, d.country, d.is_public, str(d.at), None),
                *("open", None, None, None, d.is_public),
            )
            for d in batch
        ],
    )
    counts: Counter[tuple[int, str, str | None]] = Counter()
    for one in batch:
        for scope in (one.guild_id, 0):
            counts[scope, "supporters", ""] += 1
            counts[scope, "pledges", ""] += 1
            counts[scope, "theme", one.theme] += 1
            counts[scope, "country", one.country] += 1
            counts[scope, "day", str(one.at.date())] += 1
            counts[scope, "wall", ""] += one.is_public
    connection.executemany(
        "INSERT INTO tally VALUES (?, ?, ?, ?)"
        " ON CONFLICT (scope, kind, key) DO UPDATE SET count = count + excluded.count",
        [(*key, count) for key, count in counts.items() if count],
    )
    connection.execute("COMMIT")


def ours(path: Path, deeds: Sequence[MakePledge], size: int) -> Round:
    async def write(db: Database, waiting: Iterator[MakePledge]) -> None:
        for deed in waiting:
            await db.write(deed)

    async def story() -> Round:
        db = Database(f"sqlite+aiosqlite:///{path}")
        await db.write(deeds[0])  # opens the connection
        cpu, clock = time.process_time(), time.perf_counter()
        waiting = iter(deeds[1:])
        await asyncio.gather(*(write(db, waiting) for _ in range(size)))
        took = time.process_time() - cpu, time.perf_counter() - clock
        await db.close()
        return took

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:  # the loop that `run` uses
        return runner.run(story())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 9600
    ways: list[tuple[str, Callable[[Path, Sequence[MakePledge], int], Round], int, int]] = [
        ("bare, batches of 64", bare, WAITING, count),
        ("ours, 64 waiting", ours, WAITING, count),
        ("bare, one by one", bare, 1, count // 10),
        ("ours, one by one", ours, 1, count // 10),
    ]
    rates: dict[str, list[Round]] = {name: [] for name, *_ in ways}
    with Progress(transient=True) as progress, tempfile.TemporaryDirectory() as folder:
        task = progress.add_task("storing pledges", total=ROUNDS * len(ways))
        for number in range(1, ROUNDS + 1):
            for name, way, size, many in ways if number % 2 else reversed(ways):
                path = Path(folder) / f"{number}-{way.__name__}-{size}.db"
                migrate(f"sqlite+aiosqlite:///{path}")
                cpu, clock = way(path, pledges(many, number), size)
                rates[name].append((many / cpu, many / clock))
                progress.advance(task)
    report(rates)


def report(rates: dict[str, list[Round]]) -> None:
    console = Console()
    table = Table("pledges a second", "by the clock", "by CPU")
    for name, rounds in rates.items():
        table.add_row(name, *(middle([one[by] for one in rounds], "{:,.0f}") for by in (1, 0)))
    console.print(table)
    names = list(rates)
    for floor, way in (names[:2], names[2:]):
        ratios = [
            middle([mine[by] / its[by] for mine, its in zip(rates[way], rates[floor], strict=True)], "{:.2f}")
            for by in (1, 0)
        ]
        console.print(f"{way}: {ratios[0]} of bare by the clock, {ratios[1]} by CPU", soft_wrap=True)
    console.print("goal with 64 waiting: 0.3 by the clock")


def middle(values: Sequence[float], form: str) -> str:
    """The median, and from where to where the values go."""
    return f"{form} [{form}-{form}]".format(statistics.median(values), min(values), max(values))


if __name__ == "__main__":
    main()
