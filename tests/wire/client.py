"""A test's hand on the wire: builds the furniture, acts as people do, makes things go wrong, and looks."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Generator
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

from tests.wire.answers import Answer, Card
from tests.wire.payloads import Object
from tests.wire.permissions import BITS


class WireError(AssertionError):
    """The wire could not do it; it says why, and what happened so far."""


@dataclass(frozen=True)
class Guild:
    id: str
    owner: str
    general: str
    """The channel that every server has."""


@dataclass(frozen=True)
class Member:
    id: str
    guild: str = ""
    """Empty for somebody who is in no server."""


class Use(Awaitable[Answer]):
    """Something that a person does. Awaited, it is done and answered; `delivered` does it and looks no further."""

    def __init__(self, wire: "Wire", verb: str, what: Object) -> None:
        self._wire, self._verb, self._what = wire, verb, what
        self.id = ""

    async def delivered(self) -> "Use":
        if not self.id:
            self.id = await self._wire.do(self._verb, **self._what)
        return self

    async def acknowledged(self, patience: float = 10.0) -> Answer:
        """The first answer, even if it only says that another will come."""
        return await self._report("acknowledged", patience)

    async def answered(self, patience: float = 10.0) -> Answer:
        """The answer that people read, or the form that opens."""
        return await self._report("answered", patience)

    async def now(self) -> Answer:
        """What it was answered so far, without waiting."""
        return await self._report("now", 0)

    async def again(self) -> "Use":
        """Delivers the very same interaction once more."""
        await self._wire.do("deliver_again", id=self.id)
        return self

    async def _report(self, until: str, patience: float) -> Answer:
        await self.delivered()
        return Answer(await self._wire.do("use", id=self.id, until=until, patience=patience))

    def __await__(self) -> Generator[Any, None, Answer]:
        return self.answered().__await__()


@dataclass
class Trap:
    """Something that was set to go wrong."""

    wire: "Wire"
    number: int

    async def happened(self, times: int = 1, patience: float = 10.0) -> int:
        return int(await self.wire.do("until_trap", number=self.number, times=times, patience=patience))

    async def lift(self) -> int:
        """Takes it back; how often it happened. What hangs goes on."""
        return int(await self.wire.do("lift", number=self.number))


class Wire:
    """One Discord of the server at `address`."""

    def __init__(self, session: aiohttp.ClientSession, address: str, about: Object) -> None:
        self._session, self.address = session, address
        self.name, self.token, self.me = about["name"], about["token"], about["me"]

    @classmethod
    async def new(cls, session: aiohttp.ClientSession, address: str, **about: object) -> "Wire":
        return cls(session, address, await _ask(session, f"{address}/_wire/new", about))

    @property
    def api_url(self) -> str:
        return f"{self.address}/{self.name}/api/v10"

    async def do(self, verb: str, **what: Any) -> Any:
        return await _ask(self._session, f"{self.address}/_wire/{self.name}/{verb}", what)

    # Furniture.

    async def guild(self, name: str = "HeForShe", **about: Any) -> Guild:
        """`locale`; `with_bot=False` for a server that never asked for it; `rights` of the bot, as bits."""
        return Guild(**await self.do("guild", name=name, **about))

    async def member(self, guild: Guild, name: str = "amina", **about: Any) -> Member:
        """`locale`, `roles`; `user_id` for somebody who is known already."""
        return Member(**await self.do("member", guild=guild.id, name=name, **about))

    async def stranger(self, name: str = "stranger", locale: str = "en-US") -> Member:
        """Somebody in no server, with whom there are direct messages only."""
        return Member((await self.do("user", name=name, locale=locale))["id"])

    async def channel(self, guild: Guild, name: str, **about: Any) -> str:
        return str((await self.do("channel", guild=guild.id, name=name, **about))["id"])

    async def role(self, guild: Guild, name: str, position: int = 1, **permissions: bool) -> str:
        made = await self.do("role", guild=guild.id, name=name, position=position, permissions=permissions)
        return str(made["id"])

    async def allow(self, channel: str, target: Member | str, **permissions: bool) -> None:
        """Allows (True) or denies (False) permissions in a channel to a member, a role's id, or `wire.me`."""
        known = {name: value for name, value in permissions.items() if name in BITS}
        target = target.id if isinstance(target, Member) else target
        await self.do("overwrite", channel=channel, target=target, permissions=known)

    async def dm(self, member: Member) -> str:
        return str(await self.do("dm", user_id=member.id))

    async def post(self, channel: str, *custom_ids: str, **about: Any) -> Card:
        """A message of the bot with buttons of these ids: what an earlier version left, or somebody forged."""
        if custom_ids:
            buttons = [{"type": 2, "style": 2, "label": each[:80], "custom_id": each} for each in custom_ids]
            rows = [{"type": 1, "components": buttons[start : start + 5]} for start in range(0, len(buttons), 5)]
            about["components"] = [{"type": 17, "components": [{"type": 10, "content": "…"}, *rows]}]
        return Card(await self.do("post", channel=channel, **about))

    async def messages(self, channel: str) -> list[Card]:
        """All that stands in a channel, oldest first."""
        return [Card(message) for message in await self.do("messages", channel=channel)]

    # What people do. `late`: seconds under way; `locale`; `installed`: by "server", "account" or "both".

    def slash(self, member: Member, channel: str, command: str, /, **options: Any) -> Use:
        """A command, such as "pledge make"."""
        about = {name: options.pop(name) for name in ("late", "locale", "installed") if name in options}
        return self._use("slash", member, channel=channel, command=command, options=options, **about)

    def autocomplete(self, member: Member, channel: str, command: str, focused: str, /, **options: Any) -> Use:
        """What could be chosen for the option `focused`, as far as it is typed."""
        return self._use("slash", member, channel=channel, command=command, options=options, focused=focused)

    def press(self, member: Member, on: Answer | Card, button: str, **about: Any) -> Use:
        """A button by its label or custom_id; one that is not there is pressed all the same, as if it were forged."""
        card = _card(on)
        return self._use("press", member, message=card.id, custom_id=card.custom_id(button), **about)

    def choose(self, member: Member, on: Answer | Card, menu: str, *values: str, **about: Any) -> Use:
        """From a menu by its custom_id."""
        return self._use("press", member, message=_card(on).id, custom_id=menu, values=[*values], **about)

    def submit(self, member: Member, form: Answer, *, custom_id: str = "", **filled: Any) -> Use:
        """Sends a form with its fields filled in, by their custom_ids; the others stay as they were."""
        about = {name: filled.pop(name) for name in ("late", "locale", "installed", "components") if name in filled}
        return self._use("submit", member, form=form.id, custom_id=custom_id, filled=filled, **about)

    def context_menu(self, member: Member, command: str, message: Answer | Card, **about: Any) -> Use:
        return self._use("context_menu", member, command=command, message=_card(message).id, **about)

    def _use(self, verb: str, member: Member, **what: Any) -> Use:
        return Use(self, verb, {"user_id": member.id, **what})

    # What goes wrong. `method` and `path` are a pattern below the API's address: "POST", "/channels/*/messages".

    async def trap(self, method: str, path: str, kind: str, stage: str = "seen", **about: Any) -> Trap:
        """`times`; `skip` so many first; `text` that must stand in the body."""
        return Trap(self, await self.do("trap", method=method, path=path, kind=kind, stage=stage, **about))

    async def fails(self, method: str, path: str, status: int, *, applied: bool = False, **about: Any) -> Trap:
        """Answers with a status (and `code`), before or after the request took effect."""
        return await self.trap(method, path, "refuse", _stage(applied), status=status, **about)

    async def resets(self, method: str, path: str, *, applied: bool = False, **about: Any) -> Trap:
        return await self.trap(method, path, "reset", _stage(applied), **about)

    async def drops(self, method: str, path: str, *, applied: bool = False, **about: Any) -> Trap:
        return await self.trap(method, path, "drop", _stage(applied), **about)

    async def hangs(self, method: str, path: str, *, applied: bool = False, **about: Any) -> Trap:
        """Answers once the trap is lifted."""
        return await self.trap(method, path, "hang", _stage(applied), **about)

    async def slow(self, method: str, path: str, seconds: float, *, applied: bool = False, **about: Any) -> Trap:
        return await self.trap(method, path, "slow", _stage(applied), seconds=seconds, **about)

    async def kills(self, pid: int, method: str, path: str, stage: str, **about: Any) -> Trap:
        """Kills a process when a request is `seen`, `applied` or `answered`."""
        return await self.trap(method, path, "kill", stage, pid=pid, **about)

    async def watch(self, method: str, path: str, stage: str = "answered", **about: Any) -> Trap:
        """Does no harm: to wait for a request."""
        return await self.trap(method, path, "watch", stage, **about)

    async def limits(self, method: str, path: str, scope: str = "user", retry_after: float = 0.2, **about: Any) -> Trap:
        """The next requests meet a 429: `user`, `global` or `shared`; with `via=False` it looks like a ban."""
        what = {"method": method, "path": path, "scope": scope, "retry_after": retry_after}
        return Trap(self, await self.do("limit_once", **what, **about))

    async def calm(self) -> None:
        await self.do("calm")

    # The gateway.

    async def gateway(self, **settings: Any) -> Object:
        """What was seen of it; with settings, after changing them (tests.wire.control.gateway names them)."""
        found: Object = await self.do("gateway", **settings)
        return found

    async def until_up(self, patience: float = 20.0) -> None:
        await self.do("until_up", patience=patience)

    async def until(self, what: str, count: int, patience: float = 20.0) -> int:
        """Waits until the bot has `connected`, `identified`, `resumed` or sent `heartbeats` so often."""
        return int(await self.do("until_gateway", what=what, count=count, patience=patience))

    # Looking.

    async def faults(self, *, forget: bool = False) -> list[str]:
        found: list[str] = await self.do("faults", forget=forget)
        return found

    async def transcript(self) -> list[str]:
        found: list[str] = await self.do("transcript")
        return found

    async def requests(self, method: str = "", path: str = "") -> list[Object]:
        """The requests so far whose beginning fits, each with `what` (method and path) and `detail` (the body)."""
        entries = await self.do("entries")
        return [each for each in entries if each["kind"] == "request" and each["what"].startswith(f"{method} {path}")]


def _stage(applied: bool) -> str:
    return "applied" if applied else "seen"


def _card(on: Answer | Card) -> Card:
    return on.card if isinstance(on, Answer) else on


async def _ask(session: aiohttp.ClientSession, url: str, what: object) -> Any:
    async with session.post(url, data=orjson.dumps(what)) as response:
        said = orjson.loads(await response.read())
    if response.status != 200:
        raise WireError(said["error"])
    return said


@contextlib.asynccontextmanager
async def connected(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    """The connection of a test run with the server: as many requests at once as it likes, each as long as it takes."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None)) as session:
        yield session
