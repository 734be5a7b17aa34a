"""A small community with the bot in it, and a reader's view of what the bot answers."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite

from bot.client import Uplift, make_bot
from bot.clock import Clock
from bot.i18n import Languages
from bot.settings import Settings
from bot.storage.migrate import migrate
from tests.support.once import share_content
from tests.support.pseudo import plain
from tests.wire.judge import faults_of

IN_ENGLISH = pytest.mark.parametrize("community", ["en"], indirect=True)
"""For tests of what people write: of the bot's own sentences, the others tell whether they stand in the catalogue."""

IN_BOTH = pytest.mark.parametrize("community", ["en", "odd letters"], indirect=True)

A_DAY = 86_400.0
"""Seconds that the bot may rest at a time: here nobody sets the clock behind its back, and a month is soon over."""

Message = simcord.ResponseMessage | discord.Message


@cache
def _new_database() -> Path:
    path = Path(mkdtemp()) / "new.db"
    migrate(f"sqlite+aiosqlite:///{path}")
    return path


class Community:
    """One server with a channel and three people, and the bot that lives there."""

    def __init__(self, languages: Languages | None = None, settings: Settings | None = None) -> None:
        """`languages` and `settings` are the shipped ones unless given."""
        self._languages = languages
        self._folder = TemporaryDirectory()
        database = Path(self._folder.name) / "uplift.db"
        shutil.copy(_new_database(), database)  # to make each one anew would take a fifth of a second
        chosen = settings or Settings(shard_count=1, _env_file=None)
        self._settings = chosen.model_copy(update={"database_url": f"sqlite+aiosqlite:///{database}"})
        self._now: datetime | None = None
        self._ahead = timedelta(0)
        self.bot = self.new_bot()
        self.env = simcord.Env(self.bot, check_errors=False)
        self.env.backend.subscribers.insert(0, _say_who_installed)
        self.expects_errors = False
        """Set by a test that makes something go wrong which the bot does not foresee."""

    def new_bot(self) -> Uplift:
        """Another process of the same bot: it shares nothing with the first but the clock."""
        share_content()
        bot = make_bot(self._settings, Clock(lambda: self._now or self.env.now() + self._ahead, longest_nap=A_DAY))
        if self._languages is not None:
            bot.services = replace(bot.services, languages=self._languages)
        return bot

    def set_clock(self, now: datetime) -> None:
        """Stops the bot's clock at `now`: SimCord's own begins in 2026 and only moves forward."""
        self._now = now
        self.bot.services.clock.wake()

    def turn_clock(self, to: datetime) -> None:
        """Sets the bot's clock, which goes on from there as SimCord's does: what lies between is not lived through."""
        self._ahead = to - self.env.now()
        self.bot.services.clock.wake()

    async def restart(self) -> None:
        """Ends the bot and starts another; messages stay."""
        await self.bot.close()
        self.bot = self.new_bot()
        await self.env.restart_bot(self.bot)

    async def close(self) -> None:
        await self.bot.close()
        await self.env.shutdown()
        self._folder.cleanup()

    def furnish(self) -> None:
        self.guild = self.env.create_guild("HeForShe Nairobi")
        self.general = self.guild.create_text_channel("general")
        self.amina_user = self.env.create_user("amina")
        self.amina = self.guild.add_member(self.amina_user)
        self.joseph = self.guild.add_member(self.env.create_user("joseph"))

    def sent(self) -> list[Any]:
        """Every body that the bot sent for people to read; commands, which it registers, are told apart."""
        return [entry.json for entry in self.env.http_requests if not entry.path.endswith("/commands")]

    def faults(self) -> list[str]:
        """What Discord would not have taken of all that the bot sent; its commands are judged once, by a test."""
        return [
            fault
            for one in self.env.http_requests
            if not one.path.endswith("/commands")
            for fault in faults_of(one.method, one.path, one.json, query={k: str(v) for k, v in one.params.items()})
        ]

    def typed(self) -> list[str]:
        """All that people typed into commands and forms; not the messages that Discord sends along."""
        payloads = [what for kind, name, what in self.env.backend.transcript if name == "INTERACTION_CREATE"]
        return list(_strings([payload["data"] | {"resolved": None} for payload in payloads]))

    def forbid_bot(self, channel: simcord.ChannelHandle, **permissions: bool) -> None:
        """Takes rights from the bot in one channel. SimCord has no public way to do so."""
        denied = discord.Permissions(**permissions).value
        me = self.env.backend.bot_user.id
        self.env.backend.set_overwrite(channel.id, Overwrite(target_id=me, type=1, allow=0, deny=denied))

    def restore(self, message: Message, components: list[Any]) -> None:
        """Shows a message in #general as it was: what another device, or a slow one, still has on its screen."""
        self.env.backend.get_message(self.general.id, message.id).components = components


def _say_who_installed(event: str, payload: dict[str, Any]) -> None:
    """SimCord leaves out that the server has the bot: without it every use looks like one of a user's own app."""
    if event == "INTERACTION_CREATE" and "guild_id" in payload:
        payload["authorizing_integration_owners"] = {"0": str(payload["guild_id"])}


@dataclass(frozen=True)
class Seen:
    """A message as a reader meets it."""

    message: Message
    text: str
    buttons: tuple[str, ...]
    """The labels of what can be pressed, from left to right."""
    links: tuple[str, ...]
    is_private: bool

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("### ")


def seen(message: Message | simcord.InteractionResult | None) -> Seen:
    """What a reader sees of a message, or of the answer to what they did."""
    if isinstance(message, simcord.InteractionResult):
        assert message.acknowledged, "the member reads: did not respond"
        message = message.response
    assert message is not None, "there is no answer"
    parts = list(_walk(_roots(message)))
    buttons = [part for part in parts if part["type"] == discord.ComponentType.button.value]
    return Seen(
        message=message,
        text=plain("\n".join(part["content"] for part in parts if "content" in part)),
        buttons=tuple(
            plain(button["label"]) for button in buttons if "url" not in button and not button.get("disabled")
        ),
        links=tuple(button["url"] for button in buttons if "url" in button),
        is_private=message.flags.ephemeral,
    )


def _roots(message: Message) -> list[dict[str, Any]]:
    return [component if isinstance(component, dict) else component.to_dict() for component in message.components]


def _walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from _walk(component.get("components", []))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


async def press(actor: simcord.MemberActor | simcord.UserHandle, card: Seen, label: str) -> simcord.InteractionResult:
    """Presses the button of a card that a reader knows by this label."""
    found = [part for part in _walk(_roots(card.message)) if plain(part.get("label", "")) == label]
    assert len(found) == 1, f"there is no button {label!r} but {card.buttons}"
    return await actor.click(card.message, custom_id=found[0]["custom_id"])
