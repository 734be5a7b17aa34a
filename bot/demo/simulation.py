"""The simulated Discord that the demo's bot lives in.

This is the one module that reaches into SimCord's inner parts, which may change in any release; SimCord is pinned
for that reason. `Simulation.begin` checks every part that is used and says in words which one is no longer there.
"""

# pyright: reportPrivateUsage=false
# SimCord has no public way to set the date, name the bot, hear of changes or show several channels at once.

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Generic, Self, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

import discord
import simcord
import simcord.preview
from simcord.backend import access, cdn
from simcord.backend.models import Overwrite
from simcord.enums import AppCommandType, OverwriteType
from simcord.preview import Preview
from simcord.preview._media import MediaInfo, MediaWorker
from simcord.preview._pages import _Page

from bot.clock import Clock
from bot.exits import CannotGoOn, Exit

LOCALE: Final = "en-GB"
ZONE: Final = ZoneInfo("Africa/Nairobi")

PREVIEW_FILES: Final = Path(simcord.preview.__file__).resolve().parent / "static"
"""SimCord's page: HTML, CSS, scripts and fonts."""

Viewer: TypeAlias = simcord.MemberActor | simcord.UserHandle
Pictures: TypeAlias = dict[str, tuple[str, bytes]]
"""Files by the address at which Discord would keep them."""

A_DAY: Final = 86_400.0
"""Seconds that the bot may rest at a time: the demo's time passes as its rests do, and a month is soon over."""

_PICTURES_KEPT: Final = 100

_HURRIED: Final = 0.005
"""Seconds that SimCord waits for what may come of each thing that is due, while many days pass; else ten times that."""


class SimulationChanged(CannotGoOn):
    """Parts of SimCord that the demo stands on are no longer as they were."""

    def __init__(self, parts: list[str]) -> None:
        lines = "\n".join(f"  - {part}" for part in parts)
        super().__init__(
            Exit.MACHINE,
            f"SimCord {simcord.__version__} is installed, and inner parts of it that the demo stands on have changed.\n"
            f"No longer true:\n{lines}\n"
            "Install the version that requirements-demo.txt names; `make demo` does so by itself.",
        )


@dataclass(frozen=True)
class Post:
    """The newest message that someone can see in a channel."""

    id: int
    author: str
    own: bool
    """Whether they wrote it themselves."""


class _Audience:
    """Stands where SimCord keeps its one preview, and hands on to all of ours."""

    _closed = False

    def __init__(self) -> None:
        self.previews: list[Preview] = []

    def _mark_action_dispatched(self) -> None:
        for preview in self.previews:
            preview._mark_action_dispatched()


class _Pictures:
    """Looks at each picture once for all previews. SimCord starts a process for each picture in each channel."""

    def __init__(self) -> None:
        self._worker = MediaWorker()
        self._known: OrderedDict[tuple[str, float | None], MediaInfo] = OrderedDict()

    async def validate(self, key: str, blob: bytes, *, media_time: float | None = None) -> MediaInfo:
        known = self._known.get((key, media_time))
        if known is None:
            known = self._known[key, media_time] = await self._worker.validate(key, blob, media_time=media_time)
            if len(self._known) > _PICTURES_KEPT:
                self._known.popitem(last=False)
        return known

    def release(self, key: str) -> None:
        """A preview needs the picture no longer; another may."""

    async def close(self) -> None:
        """A preview ends; the others go on."""

    async def end(self) -> None:
        await self._worker.close()


class _TrueEvents:
    """Makes three things true that SimCord leaves out: the language, who installed the bot, and that it joined."""

    def __init__(self) -> None:
        self.interactions = 0
        self.joins = 0

    def __call__(self, event: str, payload: Mapping[str, Any]) -> None:
        told = cast(dict[str, Any], payload)
        if event == "INTERACTION_CREATE":
            told["locale"] = LOCALE
            if "guild_locale" in told:
                told["guild_locale"] = LOCALE
            told["authorizing_integration_owners"] = {"0": str(told.get("guild_id") or 0)}
            self.interactions += 1
        elif event == "GUILD_CREATE":
            told.pop("unavailable", None)  # with it discord.py says guild_available, without it guild_join
            self.joins += 1


B = TypeVar("B", bound=discord.Client)


class Simulation(Generic[B]):
    """A bot that runs in a Discord of its own, and whose date can be moved forward."""

    def __init__(self, env: simcord.Env, bot: B) -> None:
        self.env = env
        self.bot = bot
        self._audience = _Audience()
        self._true_events = _TrueEvents()
        self._pictures = _Pictures()

    @classmethod
    async def begin(cls, build: Callable[[Clock], B], *, at: datetime, name: str) -> Self:
        """Start the bot that `build` makes, called `name`, in a world whose date is `at`."""
        made: list[simcord.Env] = []
        # The bot is made before its world is.
        bot = build(Clock(lambda: made[0].now() if made else at, longest_nap=A_DAY))
        env = simcord.Env(bot, check_errors=False, settle_timeout=60)
        made.append(env)
        check(env)
        simulation = cls(env, bot)
        env.backend.clock._epoch = at.astimezone(UTC)
        env.backend.bot_user.name = env.backend.bot_user.global_name = name
        env.backend.subscribers.insert(0, simulation._true_events)
        await env.start()
        return simulation

    async def close(self) -> None:
        """End the bot, then its world."""
        await self.bot.close()
        await self.env.shutdown()
        await self._pictures.end()

    async def pass_time(self, seconds: float) -> None:
        """Move the date forward; everything that is due on the way happens, in order."""
        waits = _waits()
        usual, waits["idle"] = waits["idle"], _HURRIED
        try:
            await self.env.advance_time(seconds)
        finally:
            waits["idle"] = usual

    def check_events(self) -> None:
        """To be called when a server was joined and a command used: were both heard?"""
        if not (self._true_events.joins and self._true_events.interactions):
            raise SimulationChanged(["Backend.subscribers hears of every event"])

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
        is_role = isinstance(who, simcord.RoleHandle)
        rule = Overwrite(
            target_id=who.id if is_role else who,
            type=OverwriteType.ROLE if is_role else OverwriteType.MEMBER,
            allow=allowed,
            deny=denied,
        )
        self.env.backend.set_overwrite(channel.id, rule)

    def limit(self, guild: simcord.GuildHandle, rights: discord.Permissions) -> None:
        """Leave the bot the rights that its invitation asks for. SimCord begins with nearly all."""
        backend = self.env.backend
        for role in backend.guilds[guild.id].roles.values():
            if role.managed:
                backend.edit_role(guild.id, role.id, {"permissions": rights.value})

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
                return Post(message.id, author.global_name or author.name, own=message.author_id == viewer.id)
        return None

    def message_menu(self, viewer: Viewer, channel: simcord.ChannelHandle) -> list[str]:
        """The bot's commands in the context menu of a message there. SimCord runs them in servers only."""
        if channel.guild is None:
            return []
        backend = self.env.backend
        visible = backend.visible_commands(user_id=viewer.id, channel_id=channel.id, type=AppCommandType.MESSAGE)
        return [str(command["name"]) for command in visible]

    async def preview(self, viewer: Viewer, channel: simcord.ChannelHandle, pictures: Pictures) -> Preview:
        """Show a channel as someone sees it, beside all that are shown already."""
        self.env._preview = None  # else SimCord refuses a second one
        preview = self.env.preview(
            channel, viewers=[viewer], layout="channel", locale=LOCALE, timezone=ZONE.key, assets=pictures
        )
        try:
            await preview.__aenter__()
        finally:
            self.env._preview = cast(Preview, self._audience)
        preview._media_worker = cast(MediaWorker, self._pictures)
        # Drawn with each refresh for scripts, and read by nobody here. Without that part it only takes longer.
        cast(dict[str, Any], getattr(preview, "_pages", {})).pop("python", None)
        self._audience.previews.append(preview)
        return preview

    async def show_form(self, preview: Preview, form: simcord.InteractionResult) -> None:
        """Open a form that did not come of what was done in a page of `preview`."""
        for page in preview._pages.values():
            page.modal, page.modal_handle = form, "m_" + secrets.token_urlsafe(12)
            page.generation += 1
        await preview.refresh()

    async def look_at(self, pictures: Pictures) -> None:
        """Look at pictures before somebody waits for them."""
        for _, picture in pictures.values():
            await self._pictures.validate(hashlib.sha256(picture).hexdigest(), picture)


def _waits() -> dict[str, float]:
    """For how long SimCord waits for what; a change holds for every world."""
    return cast(dict[str, float], simcord.Env._settle_internal.__kwdefaults__)


def _has(look: Callable[[Any], object], *names: str) -> Callable[[Any], bool]:
    """Whether what `look` finds in the world has all these parts."""
    return lambda env: all(hasattr(look(env), name) for name in names)


_PARTS: Final[Mapping[str, Callable[[Any], bool]]] = {
    "Backend.clock._epoch is the date at the start": lambda env: isinstance(env.backend.clock._epoch, datetime),
    "Backend.bot_user has a name and an avatar": _has(
        lambda env: env.backend.bot_user, "name", "global_name", "avatar"
    ),
    "Backend.subscribers is a list": lambda env: isinstance(env.backend.subscribers, list),
    "Backend.messages is a dict": lambda env: isinstance(env.backend.messages, dict),
    "Backend has its other parts": _has(
        lambda env: env.backend, "visible_commands", "set_overwrite", "edit_channel", "get_user", "edit_role", "guilds"
    ),
    "Env._settle_internal waits for a time": lambda _: _waits()["idle"] > 0,
    "Env._preview is empty at the start": lambda env: env._preview is None,
    "Preview has its parts": _has(lambda _: Preview, "_mark_action_dispatched", "refresh", "url"),
    "A page of a preview has its form": _has(lambda _: _Page, "modal", "modal_handle", "generation"),
    "SimCord's page is a folder of files": lambda _: (PREVIEW_FILES / "index.html").is_file(),
    "MediaWorker has its parts": _has(lambda _: MediaWorker, "validate", "release", "close"),
}


def check(env: simcord.Env) -> None:
    """Raise SimulationChanged unless all the inner parts that the demo uses are there."""
    missing: list[str] = []
    for part, holds in _PARTS.items():
        try:
            found = holds(env)
        except (AttributeError, KeyError, TypeError):
            found = False
        if not found:
            missing.append(part)
    if missing:
        raise SimulationChanged(missing)
