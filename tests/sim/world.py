"""A world: the bots, their servers and Discord, through all that their story has in store."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any

from bot.announcements.outbox import Outbox
from bot.services.errors import DomainError
from bot.services.pledges import Draft
from bot.storage.announcements import key_of
from bot.storage.errors import NotSaved
from bot.storage.guilds import Setting, Value
from tests.sim.channels import Channel, Discord, Weather
from tests.sim.model import Chosen, Model, Stretch
from tests.sim.process import Databases, Process, Surroundings, owned
from tests.sim.stored import Stored
from tests.sim.story import HOURS, MOST_DAYS, SCENES, SWITCHES, Server, Storm, campaign_of, story_of

MODERATOR = 77
SECOND = timedelta(seconds=1)
AFTERWARDS = timedelta(hours=30)
"""How long nothing bad happens at last, so that every day that was under way is over."""
MOST_AHEAD = timedelta(hours=40)
"""A clock that is wrong by more than two days is more than is promised."""
FIRST_PLEDGE = 10_000


class World:
    """Everything that a seed makes."""

    def __init__(self, seed: int, databases: Databases, outbox: type[Outbox] = Outbox) -> None:
        self.chance = random.Random(seed)
        self.story = story_of(self.chance)
        self.said: list[str] = []
        self.databases, self.stored = databases, Stored(databases.path)
        self.ahead = timedelta(0)
        """How far the clock of the machine is ahead of Discord's."""
        self.set_forward_at: list[datetime] = []
        campaign, remembered = campaign_of(self.story.base)
        self.discord = Discord(self.time, self.story.remembers_nonces)
        self.weather = Weather(self.chance)
        self.models: dict[int, Model] = {}
        self.poisoned = self._poisoned()
        self._around = Surroundings(
            *(campaign, lambda: self.time() + self.ahead, databases, self.discord, self.weather, self.poisoned),
            *(outbox, self.tell),
        )
        self._chosen: dict[int, Chosen] = {}
        self._since: dict[int, datetime] = {}
        self._marked_at = self.story.start
        self._halts: list[float] = []
        self._storms: list[float] = []
        """How bad each of those is that rage now."""
        self._running: dict[str, Process] = {}
        self._wanted: set[str] = set()
        self._pledges: dict[int, tuple[int, int]] = {}
        """The member and the server of each pledge that may be in force."""
        self._number = FIRST_PLEDGE
        self._deeds: list[tuple[datetime, int, Callable[[], Coroutine[Any, Any, None]]]] = []
        for server in self.story.servers:
            self.models[server.id] = Model(remembered, self.story.base - timedelta(days=3), MOST_DAYS + 8)
            self._chosen[server.id] = server.chosen
            self._since[server.id] = self.story.start - timedelta(hours=1)
            for id in server.channels:
                self.discord.channels[id] = Channel(server.id)

    def time(self) -> datetime:
        """The true time."""
        return self.story.start + timedelta(seconds=asyncio.get_running_loop().time())

    def tell(self, what: str) -> None:
        self.said.append(f"{self.time():%d %H:%M:%S} {what}")

    def _poisoned(self) -> set[str]:
        if self.chance.random() < 0.9:
            return set()
        server = self.chance.choice(self.story.servers)
        return {key_of(server.id, "anniversary", "", self.story.base.isoformat())}

    # The course of it.

    async def live(self) -> None:
        """Everything from the beginning to the end."""
        asyncio.get_running_loop().set_task_factory(owned)
        self.databases.clear()
        for server in self.story.servers:
            self.stored.furnish(server, self._since[server.id])
        self._begin("one")
        for storm in self.story.storms:
            self._at(storm.start, lambda storm=storm: self._break_out(storm))
        for at in self.story.pledges_at:
            self._at(at, self._pledge_something)
        if self.story.twins_at is not None:
            self._at(self.story.twins_at[0], lambda: self._start("two"))
            self._at(self.story.twins_at[1], lambda: self._stop("two"))
        ends = self.story.end
        while self._deeds:
            self._deeds.sort(key=lambda deed: deed[:2])
            at, _, deed = self._deeds.pop(0)
            await self._until(at)
            await deed()
            ends = max(ends, self.time())
        await self._until(ends + AFTERWARDS)
        self._mark()

    def stood_still(self) -> timedelta:
        """How long a process may have stood still between a look at its clock and what followed from that."""
        return timedelta(seconds=max(self._halts, default=0.0))

    async def end(self) -> None:
        for process in [*self._running.values()]:
            await process.bury()

    def _at(self, when: datetime, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._deeds.append((when, len(self._deeds), deed))

    def _later(self, seconds: float, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._at(self.time() + timedelta(seconds=seconds), deed)

    async def _until(self, when: datetime) -> None:
        await asyncio.sleep((when - self.time()).total_seconds())

    def _mark(self) -> None:
        """Something is about to change: until now it was as it is."""
        now = self.time()
        for id, model in self.models.items():
            about = (self._marked_at, now, self.ahead, self._chosen[id], self._since[id], self._is_calm(id))
            model.stretches.append(Stretch(*about))
        self._marked_at = now

    def _is_calm(self, server_id: int) -> bool:
        channels = (one for one in self.discord.channels.values() if one.guild_id == server_id)
        is_open = all(one.is_there and one.may_post for one in channels) and server_id not in self.discord.away
        return not self._storms and is_open and bool(self._running)

    # Processes.

    def _begin(self, name: str) -> None:
        self._wanted.add(name)
        self._running[name] = Process(name, self._around, self._killed)
        self._running[name].begin()

    async def _start(self, name: str) -> None:
        if name not in self._running:
            self._mark()
            self._begin(name)

    async def _stop(self, name: str) -> None:
        self._wanted.discard(name)
        if process := self._running.get(name):
            self._mark()
            del self._running[name]
            await process.end()

    def _killed(self, process: Process) -> None:
        self._mark()
        self._running.pop(process.name, None)  # it may have been about to stop
        burial = asyncio.create_task(process.bury(), context=Context())  # not its own
        self._later(self._pause(), lambda: self._revive(process, burial))

    async def _revive(self, killed: Process, burial: "asyncio.Task[None]") -> None:
        await burial
        if killed.name in self._wanted:
            await self._start(killed.name)

    def _pause(self) -> float:
        return self.chance.choice([0.5, 0.5, 3.0, 30.0, 65.0, 90.0, 400.0, 400.0, 4000.0, 90_000.0])

    def _one(self) -> Process | None:
        return self.chance.choice([*self._running.values()]) if self._running else None

    async def _through(self, work: Callable[[Process], Coroutine[Any, Any, Any]]) -> None:
        """Somebody asks a bot for something, if one is there."""
        process = self._one()
        if process is not None:
            with suppress(DomainError, NotSaved):
                await process.lives_through(work(process))

    # Storms.

    async def _break_out(self, storm: Storm) -> None:
        self._mark()
        self.tell(f"a storm, until {storm.end:%d %H:%M:%S}, {storm.badness}")
        self._storms.append(storm.badness)
        self.weather.badness = max(self._storms)
        for at, name in storm.mishaps:
            self._at(max(at, self.time()), lambda name=name: self._mishap(name))
        self._at(storm.end, lambda: self._calm_down(storm))

    async def _calm_down(self, storm: Storm) -> None:
        self._mark()
        self.tell("the storm is over")
        self._storms.remove(storm.badness)
        self.weather.badness = max(self._storms, default=0.0)
        if self._storms:
            return
        for process in self._running.values():
            process.dies_in = process.halts_in = 0

    async def _mishap(self, name: str) -> None:
        process, server = self._one(), self.chance.choice(self.story.servers)
        steps = self.chance.randrange(1, 16)
        self._mark()
        if name in _CHOICES:
            await self._choose(server, name)
        elif name in _RIGHTS:
            self._take_right(server, name)
        elif name == "set the clock":
            self._set_clock()
        elif process is None:
            return
        elif name == "kill":
            process.dies_in = steps
        elif name == "halt":
            process.halts_in, process.halts_for = steps, self.chance.choice([5.0, 30.0, 65.0, 130.0, 400.0])
            self._halts.append(process.halts_for)
        elif name == "lock":
            process.locked_until = asyncio.get_running_loop().time() + self.chance.uniform(1, 15)
        elif name == "connection":
            process.does(process.announcer.start)
        else:
            await self._stop(process.name)
            self._later(self._pause(), lambda: self._start(process.name))
            self._wanted.add(process.name)

    def _set_clock(self) -> None:
        if len(self._running) > 1:
            return  # one of them would take the other's lease, whose request is still under way
        ahead = timedelta(seconds=self.chance.choice([-90_000, -7200, -600, -61, 61, 250, 7200, 90_000]))
        if abs(self.ahead + ahead) > MOST_AHEAD:
            ahead = -self.ahead
        self._move_clock(ahead)
        if self.chance.random() < 0.7:
            self._later(self.chance.choice([30, 200, 2000, 20_000]), self._right_clock)

    async def _right_clock(self) -> None:
        self._mark()
        self._move_clock(-self.ahead)

    def _move_clock(self, by: timedelta) -> None:
        self.ahead += by
        if by > timedelta(0):
            self.set_forward_at.append(self.time())
        self.tell(f"the clock is set by {by.total_seconds():.0f} s")
        for process in self._running.values():
            asyncio.get_running_loop().call_later(self.chance.uniform(1, 60), process.clock.look_up)

    def _take_right(self, server: Server, name: str) -> None:
        id = self.chance.choice(server.channels)
        channel = self.discord.channels[id]
        self.tell(f"server {server.id} loses: {name}, channel {id}")
        if name == "server away":
            self.discord.away.add(server.id)
        else:
            setattr(channel, _RIGHTS[name], False)
        if not channel.is_there:
            for message in channel.messages:
                message.is_removed |= not message.is_deleted
                message.is_deleted = True
        self._hear_of(server, is_lost=False)

        async def give_back() -> None:
            self._mark()
            self.tell(f"server {server.id} has it again: {name}, channel {id}")
            self.discord.away.discard(server.id)
            channel.is_there = channel.may_post = channel.may_search = True
            self._hear_of(server, is_lost=self.chance.random() < 0.2)

        self._later(self.chance.choice([20, 120, 1000, 10_000, 40_000]), give_back)

    def _hear_of(self, server: Server, *, is_lost: bool) -> None:
        """The bots hear of it by the connection; or that is lost, and they look anew once it is back."""
        for process in self._running.values():
            if is_lost:
                asyncio.get_running_loop().call_later(300.0, _again, process)
            else:
                process.does(process.announcer.look_at, server.id)

    # What people do.

    async def _choose(self, server: Server, name: str) -> None:
        setting, value = self._choice(server, name)
        if setting is None:
            return
        before, asked_at = self._chosen[server.id], self.time() + self.ahead
        self.tell(f"server {server.id} chooses {setting}: {value}")
        await self._through(lambda process: process.services.guilds.choose(server.id, MODERATOR, setting, value))
        self._mark()
        self._chosen[server.id] = after = self.stored.chosen(server)
        is_first = setting == "announcement_channel_id" and before.announcement_channel_id is None
        if (after != before and value and (setting in SWITCHES or is_first)) or (
            after == before and value and setting in SWITCHES and self.stored.was_chosen(server, asked_at)
        ):
            self._since[server.id] = asked_at
        if setting == "announcement_channel_id" and value is None:
            restored = server.chosen.announcement_channel_id
            self._later(self.chance.choice([5, 600, 30_000]), lambda: self._choose_channel(server, restored))

    async def _choose_channel(self, server: Server, id: int | None) -> None:
        self._mark()
        self._channel_back = id
        await self._choose(server, "channel back")

    def _choice(self, server: Server, name: str) -> tuple[Setting | None, Value]:
        match name:
            case "hour":
                return "post_at", self.chance.choice(HOURS)
            case "zone":
                return "zone", self.chance.choice(SCENES)[0]
            case "switch":
                switch: Any = self.chance.choice(SWITCHES)
                return switch, switch not in self._chosen[server.id].on
            case "other channel":
                return "announcement_channel_id", self.chance.choice(server.channels[:2])
            case "channel back":
                return "announcement_channel_id", self._channel_back
            case _:
                return "announcement_channel_id", None

    async def _pledge_something(self) -> None:
        server, member = self.chance.choice(self.story.servers), self.chance.randrange(501, 505)
        known = [*self._pledges]
        deed = self.chance.choice(["make", "make", "make", "edit", "withdraw", "hide"]) if known else "make"
        self._number += 1
        number, words = self._number, f"I will do what stands under number {self._number}."
        id = number if deed == "make" else self.chance.choice(known)
        where = self._pledges.setdefault(id, (member, server.id))
        self.tell(f"member {where[0]} of server {where[1]}: {deed} {id}")
        draft = Draft("home", None, words, "", is_public=self.chance.random() < 0.9)
        country = self.chance.choice([one.iso2 for one in self._around.campaign.countries])
        about: dict[str, Any] = {"pledge_id": id, "member_id": where[0]}

        def work(process: Process) -> Coroutine[Any, Any, Any]:
            pledges = process.services.pledges
            if deed == "make":
                return pledges.make(draft, id=id, member_id=where[0], guild_id=where[1], country=country)
            if deed == "edit":
                return pledges.edit(draft, **about, country=country, from_guild=where[1])
            if deed == "hide":
                return pledges.show(id, where[0], is_public=False, from_guild=where[1])
            return pledges.withdraw(id, where[0])

        await self._through(work)


_CHOICES = ("hour", "zone", "switch", "other channel", "no channel")
_RIGHTS = {"right to post": "may_post", "right to read": "may_search", "channel": "is_there", "server away": ""}


def _again(process: Process) -> None:
    if not process.is_dead:
        process.does(process.announcer.start)
