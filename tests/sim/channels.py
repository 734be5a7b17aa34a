"""Discord as the outbox meets it: channels with rights, messages, nonces remembered for a while, and trouble."""

import asyncio
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal, Protocol

import discord

from bot.announcements.courier import REQUEST_LIMIT, AllStop, Body, NotYet, Place, Refused, Removed, Sent, Unclear
from bot.services import Services
from bot.storage.announcements import Announcement

Fate = Literal["fine", "slow", "not sent", "limited", "lost", "answer lost", "nothing goes"]
_FATES: dict[Fate, int] = {"slow": 2, "not sent": 1, "limited": 1, "lost": 4, "answer lost": 5}


@dataclass
class Message:
    """One that was posted, whatever became of it."""

    id: int
    channel_id: int
    body: dict[str, Any]
    asked_at: datetime
    """What the bot's clock showed as the request for it began."""
    at: datetime
    is_deleted: bool = False
    is_removed: bool = False
    """Deleted, and not by the bot."""


@dataclass
class Channel:
    guild_id: int
    is_there: bool = True
    may_post: bool = True
    may_search: bool = True
    messages: list[Message] = field(default_factory=list)


class Weather:
    """What becomes of requests: nothing bad, but in a storm."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.badness = 0.0
        """How many of all requests meet trouble."""

    def fate(self) -> Fate:
        if self.chance.random() >= self.badness:
            return "fine"
        if self.chance.random() < 0.01:
            return "nothing goes"
        fates: list[Fate] = [*_FATES]
        return self.chance.choices(fates, [*_FATES.values()])[0]


class Discord:
    """The channels, and what stands in them. Its own time is always right."""

    def __init__(self, now: Callable[[], datetime], remembers_nonces: timedelta) -> None:
        self._now = now
        self._remembers = remembers_nonces
        self._nonces: dict[str, Message] = {}
        self.channels: dict[int, Channel] = {}
        self.away: set[int] = set()
        """Servers that Discord can't serve at the moment."""
        self.messages: list[Message] = []
        self.doubled: list[str] = []
        """The keys of what was posted while it stood there already."""

    def create(self, channel_id: int, body: Mapping[str, Any], nonce: str, asked_at: datetime) -> Message:
        """What a request does that arrives. Raises Undelivered in the kind that Discord's answer means."""
        channel = self.channels[channel_id]
        if not channel.is_there or channel.guild_id in self.away:
            raise Refused("channel_gone")
        if not channel.may_post:
            raise Refused("forbidden")
        earlier = self._nonces.get(nonce)
        if earlier is not None and self._now() - earlier.at < self._remembers:
            if earlier.is_deleted:
                raise Removed("removed")
            return earlier
        message = Message(len(self.messages) + 1, channel_id, dict(body), asked_at, self._now())
        if any(one.body["key"] == body["key"] and not one.is_deleted for one in self.messages):
            self.doubled.append(str(body["key"]))
        self._nonces[nonce] = message
        channel.messages.append(message)
        self.messages.append(message)
        return message

    def look(self, guild_id: int, channel_id: int) -> Place:
        channel = self.channels[channel_id]
        if guild_id in self.away:
            return Place("server_away", may_search=False)
        if not channel.is_there:
            return Place("channel_gone", may_search=False)
        return Place(None if channel.may_post else "no_permission", channel.may_search)

    def find(self, channel_id: int, key: str, since: datetime) -> Message | None:
        channel = self.channels[channel_id]
        if not channel.is_there:
            raise Refused("channel_gone")
        if not channel.may_search:
            return None  # as Discord does: an empty history, and no error
        standing = (one for one in channel.messages if one.at >= since and not one.is_deleted)
        return next((one for one in standing if one.body["key"] == key), None)

    def message(self, channel_id: int, message_id: int) -> Message:
        """One that stands there. Raises what discord.py raises."""
        channel = self.channels[channel_id]
        found = next((one for one in channel.messages if one.id == message_id and not one.is_deleted), None)
        if not channel.is_there or found is None:
            raise discord.NotFound(_answer(404), "Unknown Message")
        return found


class Asker(Protocol):
    """The process that asks, which may end or stand still at each step."""

    services: Services

    async def step(self, name: str) -> None: ...


class SimCourier:
    """Brings messages there, through whatever weather."""

    def __init__(self, asker: Asker, there: Discord, weather: Weather, poisoned: set[str]) -> None:
        self._asker, self._there, self._weather, self._poisoned = asker, there, weather, poisoned

    def look(self, guild_id: int, channel_id: int) -> Place:
        return self._there.look(guild_id, channel_id)

    async def render(self, announcement: Announcement, channel_id: int) -> Body | None:
        row, services = announcement, self._asker.services
        if row.key in self._poisoned:
            raise ValueError("nobody can make sense of this")
        body: dict[str, Any] = {"key": row.key, "kind": row.kind, "guild": row.guild_id, "day": row.occurrence}
        if row.kind == "wall":
            shown = await services.wall.shown_in(row.guild_id, row.id)
            body["pledges"] = [[pledge.id, pledge.words] for pledge in shown.pledges]
            return body if shown.count else None
        if row.kind == "target":
            body["told"] = list(await services.targets.told_in(row.guild_id, row.id))
            return body if body["told"] else None
        return body | {"subject": row.subject}

    async def send(self, channel_id: int, body: Body, key: str, within: float) -> Sent:
        began, asked_at = _time(), self._asker.services.clock.now()
        await self._asker.step("to be sent")
        if _time() - began > within:
            raise NotYet(0.0)

        def arrive() -> Message:
            return self._there.create(channel_id, body, key, asked_at)

        message = await self._through(arrive)
        await self._asker.step("answered")
        return Sent(message.id, message.channel_id, message.body["key"] == body["key"])

    async def find(self, channel_id: int, key: str, since: datetime) -> int | None:
        await self._asker.step("to be looked for")
        found = await self._through(lambda: self._there.find(channel_id, key, since))
        await self._asker.step("looked for")
        return None if found is None else found.id

    async def edit(self, channel_id: int, message_id: int, body: Body) -> None:
        await self._asker.step("to be edited")

        def arrive() -> None:
            self._there.message(channel_id, message_id).body.update(body)

        await self._as_discord_py(arrive)

    async def delete(self, channel_id: int, message_id: int) -> None:
        await self._asker.step("to be deleted")

        def arrive() -> None:
            self._there.message(channel_id, message_id).is_deleted = True

        await self._as_discord_py(arrive)

    def publish(self, channel_id: int, message_id: int) -> None:
        pass

    async def tell(self, announcement: Announcement) -> bool:
        await self._asker.step("moderators are told")
        return True

    async def _through(self, arrive: "Callable[[], Any]") -> Any:
        """Lets a request arrive, or not, and its answer, or not. Raises Undelivered."""
        chance = self._weather.chance
        match self._weather.fate():
            case "not sent":
                raise NotYet(5.0)
            case "limited":
                raise NotYet(chance.uniform(1, 60))
            case "nothing goes":
                raise AllStop(600.0)
            case "lost":
                await asyncio.sleep(chance.choice([0.1, REQUEST_LIMIT]))
                raise Unclear
            case "answer lost":
                # Discord may be at it after the connection broke, but not after a request may be alive.
                asyncio.get_running_loop().call_later(chance.uniform(0, REQUEST_LIMIT - 1), _quietly, arrive)
                await asyncio.sleep(chance.choice([0.1, 5.0, REQUEST_LIMIT]))
                raise Unclear
            case "slow":
                await asyncio.sleep(chance.uniform(1, 10))
            case _:
                await asyncio.sleep(0.1)
        result = arrive()
        await self._asker.step("applied")
        await asyncio.sleep(0.1)
        return result

    async def _as_discord_py(self, arrive: "Callable[[], Any]") -> None:
        try:
            await self._through(arrive)
        except (NotYet, Unclear, AllStop) as error:
            raise discord.DiscordServerError(_answer(503), "trouble") from error


def _quietly(arrive: "Callable[[], Any]") -> None:
    with suppress(Refused, Removed, discord.NotFound):  # nobody is told
        arrive()


def _answer(status: int) -> Any:
    return SimpleNamespace(status=status, reason="on purpose")


def _time() -> float:
    return asyncio.get_running_loop().time()
