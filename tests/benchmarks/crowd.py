"""Many people at once: the furniture of their servers, and their interactions, each waited for without asking."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.wire import payloads, people
from tests.wire.interactions import Use
from tests.wire.payloads import Object
from tests.wire.permissions import USUAL
from tests.wire.world import World

CATEGORIES, TEXTS, VOICES, ROLES, EMOJIS = 4, 12, 4, 15, 10
"""What a server has, as those do that bots are in: of its 20 channels a dozen are written in."""

GIVEN_UP = 4.0
"""Seconds after which somebody tries again: Discord has told them that the bot did not respond."""
PATIENCE = 60.0
"""Seconds in which no answer comes at all: the bot is stuck."""


@dataclass(frozen=True)
class Place:
    """A server, with a channel and somebody there."""

    guild: str
    channels: list[str]
    members: list[str]


@dataclass
class Crowd:
    """The people of one Discord."""

    world: World
    places: list[Place] = field(default_factory=list)
    channels: dict[str, dict[str, Object]] = field(default_factory=dict)
    """By server, then by their ids."""
    took: list[float] = field(default_factory=list)
    """Milliseconds until each answer."""
    tried_again: int = 0
    """Interactions that were not answered in time, as happens when the machine stalls."""
    promised: list[Object] = field(default_factory=list)
    _waiting: dict[str, "asyncio.Future[None]"] = field(default_factory=dict)

    async def use(self, verb: str, **what: Any) -> Use:
        """Does something that people do, and waits until it is answered; if it is not, they do it again."""
        while True:
            used = self.world.interactions.by_id[people.VERBS[verb](self.world, **what)]
            self._waiting[used.token] = answered = asyncio.get_running_loop().create_future()
            await answered
            if used.kind:
                self.took.append(used.took * 1000)
                return used
            self.tried_again += 1

    def look(self, token: str) -> None:
        """To be called when something came for an interaction."""
        answered = self._waiting.get(token)
        if answered is not None and self.world.interactions.by_token[token].is_answered:
            del self._waiting[token]
            answered.set_result(None)

    def newcomer(self, place: Place, number: int) -> str:
        return str(people.member(self.world, guild=place.guild, name=f"member{number}")["id"])

    async def at_once(self, act: Callable[[int], Awaitable[None]], count: int, most: int) -> None:
        """`most` people act at any time, until `count` have."""

        async def one_after_another(numbers: Iterator[int]) -> None:
            for number in numbers:
                await act(number)

        numbers = iter(range(count))
        await self._unless_stuck([one_after_another(numbers) for _ in range(most)])

    async def paced(self, act: Callable[[int], Awaitable[None]], count: int, rate: float) -> None:
        """Somebody begins `rate` times a second, whether or not those before are answered."""
        loop = asyncio.get_running_loop()
        began = loop.time()

        async def in_turn(number: int) -> None:
            await asyncio.sleep(began + number / rate - loop.time())
            await act(number)

        await self._unless_stuck([in_turn(number) for number in range(count)])

    async def _unless_stuck(self, acting: list[Any]) -> None:
        """Raises TimeoutError when no answer came for a while, and whatever an act raises."""
        running = asyncio.gather(*acting)
        before, since = -1, 0.0
        while not running.done():
            if len(self.took) != before:
                before, since = len(self.took), time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                running.cancel()
                raise TimeoutError(f"no answer in {PATIENCE} s; {len(self._waiting)} are waited for")
            await asyncio.wait({running}, timeout=1)
            self._give_up()
        await running

    def _give_up(self) -> None:
        for token, answered in [*self._waiting.items()]:
            used = self.world.interactions.by_token[token]
            if not used.kind and time.monotonic() - used.delivered_at > GIVEN_UP:
                del self._waiting[token]
                answered.set_result(None)


def furnish_with(crowd: Crowd, servers: int) -> None:
    """Makes servers before the bot comes."""
    for _ in range(servers):
        crowd.places.append(_server(crowd, len(crowd.places)))


def _server(crowd: Crowd, number: int) -> Place:
    world = crowd.world
    owner, somebody = (people.user(world, name=f"{name}{number}") for name in ("owner", "member"))
    guild = payloads.guild(world.new_id(), f"Server {number}", owner["id"], "en-US")
    guild_id = guild["id"]
    own = payloads.role(world.new_id(), world.me["username"], USUAL, ROLES)
    guild["roles"] += [own, *(payloads.role(world.new_id(), f"Role {at}", USUAL, at) for at in range(1, ROLES - 1))]
    guild["emojis"] = [_emoji(world.new_id(), at) for at in range(EMOJIS)]
    world.guilds[guild_id] = guild
    members = {who["id"]: payloads.member(who, world.timestamp()) for who in (owner, somebody)}
    world.members[guild_id] = members | {world.me["id"]: payloads.member(world.me, world.timestamp(), [own["id"]])}
    made = _channels(world, guild_id)
    crowd.channels[guild_id] = made
    world.channels |= made
    return Place(guild_id, [key for key, each in made.items() if each["type"] == payloads.TEXT], [somebody["id"]])


def _channels(world: World, guild_id: str) -> dict[str, Object]:
    everyone = {"id": guild_id, "type": 0, "allow": str(USUAL), "deny": "0"}
    made: list[Object] = []
    for at in range(CATEGORIES):
        made.append(payloads.channel(world.new_id(), guild_id, f"Category {at}", 4) | {"position": at})
    for at in range(TEXTS):
        topic = f"What belongs here, and what better goes elsewhere: the rules of channel {at}, in a sentence or two."
        more = {"topic": topic, "parent_id": made[at % CATEGORIES]["id"], "permission_overwrites": [everyone]}
        made.append(payloads.channel(world.new_id(), guild_id, f"channel-{at}") | more | {"position": at})
    for at in range(VOICES):
        more = {"bitrate": 64000, "user_limit": 0, "rtc_region": None, "parent_id": made[0]["id"], "position": at}
        made.append(payloads.channel(world.new_id(), guild_id, f"Voice {at}", 2) | more)
    return {each["id"]: each for each in made}


def _emoji(emoji_id: str, number: int) -> Object:
    flags = {"require_colons": True, "managed": False, "animated": False, "available": True}
    return {"id": emoji_id, "name": f"emoji_{number}", "roles": [], **flags}
