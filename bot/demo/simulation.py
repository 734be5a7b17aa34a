"""The simulated Discord that the demo's bot lives in.

This is the one module that reaches into SimCord's inner parts, which may change in any release; SimCord is pinned
for that reason. `Simulation.begin` checks every part that is used and says in words which one is no longer there.
"""

# pyright: reportPrivateUsage=false
# SimCord has no public way to set the date, name the bot, hear of changes or show several channels at once.

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, Self, TypeAlias, cast

import discord
import simcord
from simcord.backend import access, cdn
from simcord.backend.models import Overwrite
from simcord.preview import Preview

from bot.clock import Clock

LOCALE: Final = "en-GB"
TIMEZONE: Final = "Africa/Nairobi"

Viewer: TypeAlias = simcord.MemberActor | simcord.UserHandle
Pictures: TypeAlias = dict[str, tuple[str, bytes]]
"""Files by the address at which Discord would keep them."""

_MESSAGE_MENU: Final = 3
"""Discord's number for a command in a message's context menu."""


class SimulationChanged(Exception):
    """A part of SimCord that the demo stands on is no longer as it was."""


@dataclass(frozen=True)
class Post:
    """The newest message that someone can see in a channel."""

    id: int
    author: str


class _Audience:
    """Stands where SimCord keeps its one preview, and hands on to all of ours."""

    _closed = False

    def __init__(self) -> None:
        self.previews: list[Preview] = []

    def _mark_action_dispatched(self) -> None:
        for preview in self.previews:
            preview._mark_action_dispatched()


class _TrueEvents:
    """Makes three things true that SimCord leaves out: the language, who installed the bot, and that it joined."""

    def __init__(self) -> None:
        self.interactions = 0
        self.joins = 0

    def __call__(self, event: str, payload: Mapping[str, Any]) -> None:
        told = cast(dict[str, Any], payload)
        if event == "INTERACTION_CREATE":
            told["locale"] = LOCALE
            told["authorizing_integration_owners"] = {"0": str(told.get("guild_id") or 0)}
            self.interactions += 1
        elif event == "GUILD_CREATE":
            told.pop("unavailable", None)  # with it discord.py says guild_available, without it guild_join
            self.joins += 1


class Simulation:
    """A bot that runs in a Discord of its own, and whose date can be moved forward."""

    def __init__(self, env: simcord.Env, bot: discord.Client) -> None:
        self.env = env
        self._bot = bot
        self._audience = _Audience()
        self._true_events = _TrueEvents()

    @classmethod
    async def begin(cls, build: Callable[[Clock], discord.Client], *, at: datetime, name: str) -> Self:
        """Start the bot that `build` makes, called `name`, in a world whose date is `at`."""
        made: list[simcord.Env] = []
        bot = build(Clock(lambda: made[0].now() if made else at))  # the bot is made before its world is
        env = simcord.Env(bot, check_errors=False, settle_timeout=60)
        made.append(env)
        check(env)
        simulation = cls(env, bot)
        env.backend.clock._epoch = at
        env.backend.bot_user.name = env.backend.bot_user.global_name = name
        env.backend.subscribers.insert(0, simulation._true_events)
        await env.start()
        return simulation

    async def close(self) -> None:
        """End the bot, then its world."""
        await self._bot.close()
        await self.env.shutdown()

    def check_events(self) -> None:
        """To be called when a server was joined and a command used: were both heard?"""
        if not (self._true_events.joins and self._true_events.interactions):
            raise SimulationChanged(_changed(["events are announced to Backend.subscribers before the bot"]))

    @property
    def bot_id(self) -> int:
        return self.env.backend.bot_user.id

    def portray(self, user_id: int, picture: bytes) -> Pictures:
        """Give a user a face; returns what a preview must be told to be able to show it."""
        user = self.env.backend.get_user(user_id)
        user.avatar = f"{user_id:032x}"
        return {f"{cdn.CDN_BASE}/avatars/{user_id}/{user.avatar}.png": (f"{user.name}.png", picture)}

    def allow(
        self,
        channel: simcord.ChannelHandle,
        who: simcord.RoleHandle | int,
        *,
        allow: discord.Permissions | None = None,
        deny: discord.Permissions | None = None,
    ) -> None:
        """Say what a role, or the user with that id, may and may not do in one channel."""
        allowed, denied = ((rights or discord.Permissions.none()).value for rights in (allow, deny))
        of_role = isinstance(who, simcord.RoleHandle)
        rule = Overwrite(
            target_id=who.id if of_role else who, type=0 if of_role else 1, allow=allowed, deny=denied
        )
        self.env.backend.set_overwrite(channel.id, rule)

    def describe(self, channel: simcord.ChannelHandle, topic: str) -> None:
        """Set a channel's topic; SimCord's builders do so for text channels only."""
        self.env.backend.edit_channel(channel.id, {"topic": topic})

    def listen(self, hear: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Tell of each event of the gateway, in Discord's own names and shapes."""
        self.env.backend.subscribers.append(hear)

    def can_see(self, viewer: Viewer, channel: simcord.ChannelHandle) -> bool:
        return access.can_access_channel(self.env, channel.id, viewer, history=True)

    def newest(self, viewer: Viewer, channel: simcord.ChannelHandle) -> Post | None:
        backend = self.env.backend
        for message in reversed(backend.messages.get(channel.id, {}).values()):
            if message.visible_to(viewer.id):
                author = backend.get_user(message.author_id)
                return Post(message.id, author.global_name or author.name)
        return None

    def message_menu(self, viewer: Viewer, channel: simcord.ChannelHandle) -> list[str]:
        """The bot's commands in the context menu of a message there. SimCord runs them in servers only."""
        if channel.guild is None:
            return []
        visible = self.env.backend.visible_commands(user_id=viewer.id, channel_id=channel.id)
        return [str(command["name"]) for command in visible if command["type"] == _MESSAGE_MENU]

    async def preview(
        self, viewer: Viewer, channel: simcord.ChannelHandle, pictures: Pictures
    ) -> Preview:
        """Show a channel as someone sees it, beside all that are shown already."""
        self.env._preview = None  # else SimCord refuses a second one
        preview = self.env.preview(
            channel, viewers=[viewer], layout="channel", locale=LOCALE, timezone=TIMEZONE, assets=pictures
        )
        try:
            await preview.__aenter__()
        finally:
            self.env._preview = cast(Preview, self._audience)
        self._audience.previews.append(preview)
        return preview


class _Inner(Protocol):
    """A part of SimCord, looked at without knowing its type."""

    def __call__(self, env: Any) -> bool: ...


_PARTS: Mapping[str, _Inner] = {
    "Backend.clock._epoch is the date at the start": lambda env: isinstance(env.backend.clock._epoch, datetime),
    "Backend.bot_user has name, global_name and avatar": lambda env: (
        {"name", "global_name", "avatar"} <= vars(env.backend.bot_user).keys()
    ),
    "Backend.subscribers is a list": lambda env: isinstance(env.backend.subscribers, list),
    "Backend.messages is a dict": lambda env: isinstance(env.backend.messages, dict),
    "Backend.visible_commands exists": lambda env: callable(env.backend.visible_commands),
    "Env._preview is empty at the start": lambda env: env._preview is None,
    "Preview._mark_action_dispatched exists": lambda _: inspect.isfunction(Preview._mark_action_dispatched),
    "Preview.capability and Preview.url exist": lambda _: hasattr(Preview, "url"),
}


def check(env: simcord.Env) -> None:
    """Raise SimulationChanged unless all the inner parts that the demo uses are there."""
    missing: list[str] = []
    for part, holds in _PARTS.items():
        try:
            found = holds(env)
        except AttributeError:
            found = False
        if not found:
            missing.append(part)
    if missing:
        raise SimulationChanged(_changed(missing))


def _changed(parts: list[str]) -> str:
    lines = "\n".join(f"  - {part}" for part in parts)
    return (
        f"SimCord {simcord.__version__} is installed, and the demo stands on inner parts of it that have changed.\n"
        f"No longer true:\n{lines}\n"
        "Install the version that requirements-demo.txt names: `make demo` does so by itself."
    )
