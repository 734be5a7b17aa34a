"""One run of the demo: the bot, its community, the channels that are shown, and the clock."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, Self

import structlog
from simcord.preview import Preview

from bot.campaign.models import Campaign
from bot.client import Uplift
from bot.clock import Clock
from bot.demo.community import ACTORS, BOT, PLACES, Community, beginning, furnish
from bot.demo.deeds import Deed, deed
from bot.demo.simulation import Simulation

log = structlog.get_logger("bot.demo")

_STRIDE: Final = 86_400.0
"""Seconds of the demo's time that are moved at once, so that clicks get their turn in between."""


class Desk:
    """Everything that happens between one beginning of the demo and the next."""

    def __init__(self, simulation: Simulation[Uplift], community: Community) -> None:
        self.run = secrets.token_hex(4)
        """Tells the page that the demo began afresh."""
        self.lock = asyncio.Lock()
        """SimCord's operations must not overlap: clicks, refreshes and the clock take turns."""
        self.deeds: list[Deed] = []
        """What was done since the visitor came, in order, each once."""
        self._simulation = simulation
        self._community = community
        self._shown: dict[tuple[str, str], Preview] = {}
        self._heard: Counter[str] = Counter()
        """How much happened in the channel of each preview, by its capability."""
        self._drawn: Counter[str] = Counter()
        """How much of it is drawn: in all pages of a preview, by its capability; in one of them, by its context."""
        self._tasks: list[asyncio.Task[None]] = []

    @classmethod
    async def begin(cls, build: Callable[[Clock], Uplift], *, at: datetime) -> Self:
        """Start the bot that `build` makes, in a furnished community, at the moment `at`."""
        simulation = await Simulation[Uplift].begin(build, at=beginning(at), name=BOT)
        try:
            desk = cls(simulation, await furnish(simulation, at))
            simulation.check_events()
            simulation.listen(desk._hear)
        except BaseException:  # also a Ctrl-C while the community is being furnished
            await simulation.close()
            raise
        desk._tasks = [
            asyncio.create_task(_steadily(desk._tick)),
            asyncio.create_task(simulation.look_at(desk._community.pictures)),
        ]
        return desk

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        async with self.lock:
            await self._simulation.close()

    @property
    def campaign(self) -> Campaign:
        return self._simulation.bot.services.campaign

    def now(self) -> datetime:
        return self._simulation.env.now()

    async def move_to(self, moment: datetime) -> None:
        """Move the clock forward; everything that is due on the way happens, in order."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            async with self.lock:
                await self._simulation.pass_time(min(left, _STRIDE))
        self._note(Deed("clock"))
        self._mark_changed(None)

    def sees(self, actor: str) -> dict[str, dict[str, Any]]:
        """The places that `actor` may open, each with its newest post: `{"id": …, "by": …, "own": …}` or nothing."""
        places: dict[str, dict[str, Any]] = {}
        for place in PLACES:
            viewer = self._community.viewer(actor, place.key)
            channel = self._community.channel(actor, place.key)
            if self._simulation.can_see(viewer, channel):
                newest = self._simulation.newest(viewer, channel)
                places[place.key] = {"id": str(newest.id), "by": newest.author, "own": newest.own} if newest else {}
        return places

    async def show(self, actor: str, place: str) -> Preview:
        """The preview of a place as `actor` sees it, made when it is first asked for."""
        async with self.lock:
            preview = self._shown.get((actor, place))
            if preview is None:
                preview = await self._simulation.preview(
                    self._community.viewer(actor, place),
                    self._community.channel(actor, place),
                    self._community.pictures,
                )
                self._shown[actor, place] = preview
                self._note(Deed("visit", place))
            return preview

    async def bring_up_to_date(self, preview: Preview, context: str) -> None:
        """What is posted shows only after a refresh. That takes a while, so it is done when somebody looks."""
        if self._is_outdated(preview, context):
            async with self.lock:
                if self._is_outdated(preview, context):
                    heard = self._heard[preview.capability]
                    await preview.refresh()
                    self._drawn[preview.capability] = heard

    def acted(self, preview: Preview, context: str, *, drawn: bool) -> None:
        """To be called, with the lock held, after an action in a page of `preview`; `drawn`: it shows the result."""
        if drawn:
            self._drawn[context] = self._heard[preview.capability]
        else:
            self._heard[preview.capability] += 1

    def _is_outdated(self, preview: Preview, context: str) -> bool:
        return max(self._drawn[preview.capability], self._drawn[context]) < self._heard[preview.capability]

    def preview(self, capability: str) -> Preview | None:
        return next((preview for preview in self._shown.values() if preview.capability == capability), None)

    def menu(self, actor: str, place: str) -> list[str]:
        """The bot's commands in the context menu of a message."""
        return self._simulation.message_menu(
            self._community.viewer(actor, place), self._community.channel(actor, place)
        )

    async def choose(self, actor: str, place: str, message_id: int, command: str) -> None:
        """Use a command of a message's context menu."""
        member, channel = self._community.members[actor], self._community.channel(actor, place)
        message = next(found for found in channel.history(viewer=member) if found.id == message_id)
        async with self.lock:
            result = await member.context_menu(channel, command, message)
            if result.modal is not None:
                await self._simulation.show_form(self._shown[actor, place], result)
        self._mark_changed(channel.id)

    def commands(self) -> set[str]:
        """The bot's slash commands that a moderator can use, without the slash."""
        moderator = next(person.key for person in ACTORS if person.is_moderator)
        return set(self._community.members[moderator].available_commands(self._community.channel(moderator, "general")))

    def _hear(self, event: str, payload: Mapping[str, Any]) -> None:
        if event.startswith(("MESSAGE", "THREAD")):
            self._mark_changed(int(payload.get("channel_id") or 0))
        elif event.startswith(("GUILD", "CHANNEL")):
            self._mark_changed(None)
        elif event == "INTERACTION_CREATE" and (done := deed(payload)):
            self._note(done)

    def _note(self, done: Deed) -> None:
        if done not in self.deeds:
            self.deeds.append(done)

    def _mark_changed(self, channel_id: int | None) -> None:
        """`None`: everywhere."""
        for preview in self._shown.values():
            if channel_id in (None, preview.channel.id):
                self._heard[preview.capability] += 1

    async def _tick(self) -> None:
        """Left alone, SimCord's clock stands still."""
        before = time.monotonic()
        await asyncio.sleep(1)
        async with self.lock:
            await self._simulation.env.advance_time(time.monotonic() - before)


async def _steadily(step: Callable[[], Awaitable[None]]) -> None:
    """Again and again; one failure is reported and ends nothing."""
    while True:
        try:
            await step()
        except Exception:
            log.exception("the demo stumbled", step=step.__name__)
