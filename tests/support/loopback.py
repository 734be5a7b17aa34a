"""A Discord on the loopback, just large enough to log in to: real HTTP, a real WebSocket, no servers and no members."""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import zstandard
from aiohttp import web

TOKEN = "canary.MTk4NjIyNDgzNDcx-_Cl2FMQ"  # noqa: S105 (no secret: it opens nothing but this server)

APPLICATION_ID = "4242"
USER = {"id": APPLICATION_ID, "username": "Uplift", "discriminator": "0000", "avatar": None, "bot": True}
APPLICATION = {"id": APPLICATION_ID, "name": "Uplift", "description": "", "bot_public": True, "flags": 0, "summary": ""}
APPLICATION |= {"bot_require_code_grant": False, "verify_key": "", "icon": None, "rpc_origins": None, "team": None}
APPLICATION |= {"owner": USER}

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, HELLO, HEARTBEAT_ACK = 0, 1, 2, 6, 10, 11


@dataclass
class Loopback:
    """What the bot finds, and what it did."""

    address: str = ""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of each, in the order in which they came."""
    commands: list[dict[str, Any]] = field(default_factory=list)
    identified: list[dict[str, Any]] = field(default_factory=list)
    """What each IDENTIFY said."""
    closed: list[int | None] = field(default_factory=list)
    """The code with which each gateway connection was closed."""
    refuses_with: int | None = None
    """Closes the gateway with this code on IDENTIFY."""

    @property
    def api_url(self) -> str:
        return f"http://{self.address}/api/v10"

    def count(self, method: str, path: str) -> int:
        return self.requests.count((method, f"/api/v10{path}"))

    # What it answers.

    @web.middleware
    async def _at_the_door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        if request.path != "/gateway/" and request.headers.get("Authorization") != f"Bot {TOKEN}":
            return _answer({"message": "401: Unauthorized", "code": 0}, status=401)
        return await handler(request)

    async def _user(self, _: web.Request) -> web.Response:
        return _answer(USER)

    async def _application(self, _: web.Request) -> web.Response:
        return _answer(APPLICATION)

    async def _where_the_gateway_is(self, _: web.Request) -> web.Response:
        limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
        return _answer({"url": f"ws://{self.address}/gateway/", "shards": 1, "session_start_limit": limit})

    async def _list_commands(self, _: web.Request) -> web.Response:
        return _answer(self.commands)

    async def _replace_commands(self, request: web.Request) -> web.Response:
        own = {"application_id": APPLICATION_ID, "version": "1", "name_localizations": None}
        sent = await request.json()
        self.commands = [own | command | {"id": str(700 + number)} for number, command in enumerate(sent)]
        self.commands.reverse()  # in an order of its own
        return _answer(self.commands)

    async def _gateway(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert request.query["compress"] == "zstd-stream", "discord.py is installed with its faster parts"
        send = _compressed(socket)
        await send({"op": HELLO, "d": {"heartbeat_interval": 1000}})
        async for message in socket:
            await self._hear(message.json(), send)
            if self.identified and self.refuses_with:
                await socket.close(code=self.refuses_with)
        self.closed.append(socket.close_code)
        return socket

    async def _hear(self, said: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        if said["op"] == HEARTBEAT:
            await send({"op": HEARTBEAT_ACK})
        elif said["op"] == IDENTIFY:
            self.identified.append(said["d"])
            application = {"id": APPLICATION_ID, "flags": 0}
            ready = {"v": 10, "user": USER, "guilds": [], "session_id": "s", "application": application}
            ready |= {"resume_gateway_url": f"ws://{self.address}/gateway/", "shard": said["d"]["shard"]}
            await send({"op": DISPATCH, "t": "READY", "s": 1, "d": ready})


def _answer(body: Any, status: int = 200) -> web.Response:
    # Not web.json_response: Discord names no charset, and discord.py reads JSON from exactly this type only.
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


def _compressed(socket: web.WebSocketResponse) -> Callable[[dict[str, Any]], Awaitable[None]]:
    """Sends as Discord does: one zstd stream for the whole connection, flushed after each message."""
    stream = zstandard.ZstdCompressor().compressobj()

    async def send(payload: dict[str, Any]) -> None:
        packed = stream.compress(json.dumps(payload).encode()) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        await socket.send_bytes(packed)

    return send


@contextlib.asynccontextmanager
async def loopback() -> AsyncIterator[Loopback]:
    """Runs a Discord of one's own."""
    discord = Loopback()
    app = web.Application(middlewares=[discord._at_the_door])
    api = "/api/v10"
    commands = f"{api}/applications/{APPLICATION_ID}/commands"
    app.router.add_get(f"{api}/users/@me", discord._user)
    app.router.add_get(f"{api}/oauth2/applications/@me", discord._application)
    app.router.add_get(f"{api}/gateway/bot", discord._where_the_gateway_is)
    app.router.add_get(commands, discord._list_commands)
    app.router.add_put(commands, discord._replace_commands)
    app.router.add_get("/gateway/", discord._gateway)
    async with serving(app) as discord.address:
        yield discord


@contextlib.asynccontextmanager
async def answering(answer: Callable[[], web.Response]) -> AsyncIterator[str]:
    """The API address of a server that answers every request in the same way, as Discord would not."""

    async def handle(_: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with serving(app) as address:
        yield f"http://{address}/api/v10"


@contextlib.asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """Serves on a free port of the loopback; yields host and port."""
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    try:
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()
