"""A server that has its dates announced, and its clock moved from day to day."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from bot.storage.guilds import Setting, Value
from bot.storage.migrate import file_of
from tests.support.community import Community, Seen, seen

THE_DAY = "2026-09-20"
"""The anniversary of the campaign's launch."""


class Announcing:
    """One server's announcements, as a moderator sets them up and a member meets them."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.env = community.env

    async def set_up(self, eve: str = "2026-09-19T12:00", zone: str = "Africa/Nairobi") -> None:
        """Chooses a zone and a channel, at the time that is given in UTC."""
        self.turns_to(eve)
        await self.passes(1)
        self.channel = self.community.guild.create_text_channel("announcements")
        await self.choose("zone", zone)
        await self.choose("announcement_channel_id", self.channel.id)

    async def choose(self, setting: Setting, value: Value) -> None:
        community = self.community
        await community.bot.services.guilds.choose(community.guild.id, community.amina_user.id, setting, value)
        await self.passes(1)

    async def moves_to(self, when: str) -> None:
        """Lets the time pass until then (UTC), with all that happens on the way."""
        await self.passes((_utc(when) - self.community.bot.services.clock.now()).total_seconds())

    def turns_to(self, when: str) -> None:
        """Sets the bot's clock (UTC): what lies between is not lived through."""
        self.community.turn_clock(_utc(when))

    async def passes(self, seconds: float) -> None:
        await self.env.advance_time(seconds)

    def posts(self, channel: Any = None) -> list[Seen]:
        """What stands in a channel, oldest first; in that of the announcements unless another is given."""
        return [seen(message) for message in (channel or self.channel).history()]

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """What a second reader finds in the database."""
        with closing(sqlite3.connect(file_of(self.community.bot.settings.database_url))) as reader:
            return reader.execute(question, values).fetchall()

    def states(self) -> list[tuple[str, str | None]]:
        """State and reason of everything that was to be posted, by its day."""
        return self.rows("SELECT state, why FROM announcement ORDER BY occurrence, kind, id")


def _utc(when: str) -> datetime:
    return datetime.fromisoformat(when).replace(tzinfo=UTC)
