"""Servers that have the campaign's dates announced, over the wire; and a day on which one is due."""

import contextlib
import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.storage.migrate import migrate
from tests.wire.answers import Card
from tests.wire.child import Child
from tests.wire.client import Guild, Wire

THE_DAY = datetime(2027, 9, 20, 6, tzinfo=UTC)
"""When the anniversary of the campaign's launch is announced at nine in Nairobi, which knows no summer time."""

POSTING = ("POST", "/channels/*/messages")
READING = ("GET", "/channels/*/messages*")

_SECONDS = timedelta(seconds=1)


@dataclass
class Town:
    """One server with a channel for announcements."""

    guild: Guild
    channel: str


@dataclass
class Announcing:
    """A bot, its servers, and the time that both live in: the bot's clock and Discord's are moved together."""

    child: Child
    towns: list[Town] = field(default_factory=list)

    @property
    def wire(self) -> Wire:
        return self.child.wire

    @property
    def town(self) -> Town:
        return self.towns[0]

    async def found(self, servers: int = 1, at: datetime = THE_DAY - timedelta(minutes=1), **chosen: Any) -> None:
        """Founds the servers, before the bot is started. `chosen`: settings that differ from the usual."""
        await self.moves_to(at)
        if not self.child.database.exists():
            migrate(f"sqlite+aiosqlite:///{self.child.database}")
        for number in range(servers):
            guild = await self.wire.guild(f"Town {number}")
            channel = await self.wire.channel(guild, "announcements")
            self.towns.append(Town(guild, channel))
            self.choose(self.towns[-1], announcement_channel_id=int(channel), zone="Africa/Nairobi", **chosen)

    def choose(self, town: Town, **chosen: Any) -> None:
        """What moderators chose an hour ago, written past a bot that does not run."""
        long_ago = self.child.time.now() - timedelta(hours=1)
        row = {"id": int(town.guild.id), "added_at": _stored(long_ago), "posts_since": _stored(long_ago), **chosen}
        changed = ", ".join(f"{name} = excluded.{name}" for name in row if name not in ("id", "added_at"))
        self.write(
            f"INSERT INTO guild ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
            f" ON CONFLICT (id) DO UPDATE SET {changed}",
            *row.values(),
        )

    def write(self, statement: str, *values: object) -> None:
        with contextlib.closing(sqlite3.connect(self.child.database, timeout=5)) as writer, writer:
            writer.execute(statement, values)

    async def moves_to(self, when: datetime) -> None:
        """Sets the clocks of both."""
        ahead = when - datetime.now(UTC)
        await self.wire.do("settings", offset=ahead.total_seconds())
        self.child.time.move(ahead)

    async def passes(self, seconds: float) -> None:
        await self.moves_to(self.child.time.now() + timedelta(seconds=seconds))

    async def until(self, state: str, count: int = 1, patience: float = 15.0) -> None:
        """Waits until so many announcements are in a state."""
        await self.child.finds("SELECT count(*) >= ? FROM announcement WHERE state = ?", count, state, within=patience)

    async def posts(self, town: Town | None = None) -> list[Card]:
        return await self.wire.messages((town or self.town).channel)

    def states(self) -> list[tuple[str, str | None]]:
        """State and reason of all that is not merely planned, by its day."""
        return self.child.rows(
            "SELECT state, why FROM announcement WHERE state != 'planned' ORDER BY occurrence, guild_id, id"
        )

    async def asked(self, method: str = "POST") -> int:
        """How many requests were sent for the channels of announcements."""
        paths = {f"{method} /channels/{town.channel}/messages" for town in self.towns}
        return sum(one["what"].partition("?")[0] in paths for one in await self.wire.requests(method, "/channels/"))


def twin_of(child: Child, other: Child) -> Child:
    """The other bot, as a second process on the database of the first, by the same clock."""
    other.database = child.database
    (other.folder / "clock").unlink()
    (other.folder / "clock").hardlink_to(child.folder / "clock")
    return other


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
