"""What a test does to a Discord, over the loopback: `POST /_wire/{name}/{verb}`, JSON both ways; `client` speaks it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from tests.wire import people
from tests.wire.errors import Refusal
from tests.wire.faults import Trap
from tests.wire.interactions import Use
from tests.wire.ratelimits import limited
from tests.wire.world import World

if TYPE_CHECKING:
    from tests.wire.server import Wire

Verb = Callable[..., Any]

_VERBS: dict[str, Verb] = {}


def verb(function: Verb) -> Verb:
    _VERBS[function.__name__.rstrip("_")] = function
    return function


class Control:
    """Does what a test asks for."""

    def __init__(self, wire: "Wire") -> None:
        self._wire = wire

    async def handle(self, request: web.BaseRequest, path: str) -> web.Response:
        raw = await request.read()
        try:
            said = self._do(path, orjson.loads(raw) if raw else {})
            if isinstance(said, Awaitable):
                said = await said
        except (LookupError, TypeError, ValueError, TimeoutError, Refusal) as error:
            kind = type(error).__name__
            return web.Response(status=400, body=orjson.dumps({"error": f"{kind}: {error}"}))
        return web.Response(body=orjson.dumps(said), content_type="application/json")

    def _do(self, path: str, what: dict[str, Any]) -> Any:
        name, _, verb_name = path.partition("/")
        if name == "new":
            world = self._wire.new_world(**what)
            return {"name": world.name, "token": world.token, "me": world.me["id"]}
        world = self._wire.worlds[name]
        if verb_name == "end":
            world.traps.lift_all()
            del self._wire.worlds[name]
            return None
        if verb_name in people.VERBS:
            return people.VERBS[verb_name](world, **what)
        return _VERBS[verb_name](world, **what)


# Waiting.


@verb
async def use(world: World, *, id: str, until: str = "answered", patience: float = 10.0) -> Any:
    """What became of an interaction, once it is `acknowledged`, `answered`, or at once with `now`."""
    found = _use(world, id)
    if until == "acknowledged":
        await world.until(lambda: found.kind, patience)
    elif until == "answered":
        await world.until(lambda: found.is_answered, patience)
    return found.report()


def _use(world: World, id: str) -> Use:
    return world.interactions.by_id[id]


@verb
async def until_gateway(world: World, *, what: str, count: int, patience: float = 10.0) -> int:
    """How often the bot has `connected`, `identified`, `resumed`, sent `heartbeats`; once it is `count` times."""
    counts = world.gateway.counts
    await world.until(lambda: counts[what] >= count, patience)
    return counts[what]


@verb
async def until_up(world: World, *, patience: float = 20.0) -> bool:
    """Waits until every shard listens."""
    return bool(await world.until(lambda: world.gateway.is_up, patience))


@verb
async def until_down(world: World, *, patience: float = 20.0) -> bool:
    return bool(await world.until(lambda: not world.gateway.sockets, patience))


@verb
async def until_messages(world: World, *, channel: str, count: int, patience: float = 10.0) -> int:
    """Waits until so many messages stand in a channel."""
    return int(await world.until(lambda: len(world.messages.get(channel, ())) >= count, patience))


@verb
async def until_trap(world: World, *, number: int, times: int = 1, patience: float = 10.0) -> int:
    trap = world.traps.by_number[number]
    await world.until(lambda: trap.happened >= times, patience)
    return trap.happened


# Many at once, for benchmarks.


@verb
async def load(
    world: World, *, user_id: str, channel: str, command: str, count: int, at_once: int = 64, **about: Any
) -> dict[str, Any]:
    """Uses a command `count` times, `at_once` of them under way at any moment; seconds in all, and each one's delay.

    Nothing is asked over HTTP meanwhile: what is measured is the bot.
    """
    delays: list[float] = []
    loop, left = asyncio.get_running_loop(), iter(range(count))

    async def member() -> None:
        for _ in left:
            found = _use(world, people.slash(world, user_id=user_id, channel=channel, command=command, **about))
            found.first_answer = loop.create_future()
            delays.append(await found.first_answer)

    began = loop.time()
    await asyncio.gather(*(member() for _ in range(at_once)))
    return {"seconds": loop.time() - began, "delays": delays}


# Harm.


@verb
def trap(world: World, *, method: str, path: str, kind: Any, stage: Any = "seen", times: int = 1, **what: Any) -> int:
    """Sets a trap; of a `refuse` without a body, the body says what its status does."""
    if kind == "refuse" and what.get("body") is None:
        what["body"] = {"message": f"{what.get('status', 500)}: on purpose", "code": what.pop("code", 0)}
    if kind == "refuse":
        what.setdefault("headers", world.limits.check("", "")[0])
    return world.traps.set(method, path, kind, stage, times=times, **what).number


@verb
def limit_once(
    world: World,
    *,
    method: str,
    path: str,
    scope: str,
    retry_after: float,
    via: bool = True,
    times: int = 1,
    **more: Any,
) -> int:
    """The next requests of a pattern meet a 429."""
    status, body, headers = limited(retry_after, scope, via=via)
    what = {"status": status, "body": body, "headers": headers, **more}
    return world.traps.set(method, path, "refuse", "seen", times=times, **what).number


@verb
def lift(world: World, *, number: int) -> int:
    trap: Trap = world.traps.by_number[number]
    world.traps.lift(number)
    return trap.happened


@verb
def limit(world: World, *, method: str, path: str, most: int, seconds: float) -> None:
    world.limits.set(method, path, most, seconds)


@verb
def limit_all(world: World, *, most: int, seconds: float = 1.0) -> None:
    world.limits.set_global(most, seconds)


@verb
def calm(world: World) -> None:
    """Takes back all that was set to go wrong."""
    world.traps.lift_all()
    world.limits.buckets.clear()
    world.limits.everything = None
    gateway = world.gateway
    gateway.answers, gateway.acknowledges, gateway.refuses_with, gateway.refuses_resume = True, True, None, None


# The gateway.


@verb
async def close(world: World, *, code: int) -> None:
    await world.gateway.close(code)


@verb
def cut(world: World, *, reset: bool = False) -> None:
    world.gateway.cut(reset=reset)


@verb
def ask_to_reconnect(world: World) -> None:
    world.gateway.ask_to_reconnect()


@verb
def invalidate(world: World, *, resumable: bool) -> None:
    world.gateway.invalidate(resumable=resumable)


@verb
def gateway(world: World, **settings: Any) -> dict[str, Any]:
    """Settings: heartbeat_interval, answers, acknowledges, refuses_with, refuses_resume. Gives what was seen so far."""
    for name, value in settings.items():
        setattr(world.gateway, _known(world.gateway, name), value)
    seen = world.gateway
    return {**seen.counts, "compressions": seen.compressions, "closed": seen.closed, "up": seen.is_up}


@verb
def settings(world: World, **settings: Any) -> None:
    """Settings: nonce_window, offset, shards, judges, starts_left, token."""
    for name, value in settings.items():
        setattr(world, _known(world, name), value)


def _known(thing: object, name: str) -> str:
    if not hasattr(thing, name):
        raise LookupError(f"there is no setting {name!r}")
    return name


# Looking.


@verb
def faults(world: World, *, forget: bool = False) -> list[str]:
    found = [*world.faults]
    if forget:
        world.faults.clear()
    return found


@verb
def transcript(world: World) -> list[str]:
    return world.transcript.lines()


@verb
def entries(world: World) -> list[dict[str, Any]]:
    return world.transcript.entries()


@verb
def invalid(world: World) -> int:
    return world.invalid


@verb
def registered(world: World, *, guild: str = "") -> list[dict[str, Any]]:
    return world.commands.get(guild, [])


@verb
def forget(world: World) -> None:
    world.transcript.forget()
