"""The server: requests come in, are noted and judged, limited or harmed, answered; several Discords, one process."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import orjson
from aiohttp import web

from tests.wire import messages, rest
from tests.wire.control import Control
from tests.wire.errors import Refusal, unauthorized
from tests.wire.faults import Severed, Trap
from tests.wire.gateway import Gateway
from tests.wire.interactions import Interactions
from tests.wire.judge import faults_of
from tests.wire.routes import Call, find
from tests.wire.world import World

__all__ = ["Wire", "messages", "rest"]  # their routes are registered as they are imported

API = "api/v10"

LARGEST = 30 * 1024 * 1024
"""Bytes of a request."""

Reply = tuple[int, Any, dict[str, str]]


class Wire:
    """Serves any number of Discords, each under a name of its own: `/{name}/api/v10/…`."""

    def __init__(self) -> None:
        self.address = ""
        self.worlds: dict[str, World] = {}
        self.control = Control(self)

    def new_world(self, token: str = "") -> World:
        name = f"d{len(self.worlds) + 1}"
        world = World(name, self.address, token or f"canary.{secrets.token_hex(12)}.{secrets.token_hex(8)}")
        world.gateway, world.interactions = Gateway(world), Interactions(world)
        self.worlds[name] = world
        return world

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        name, _, rest_of_path = request.path[1:].partition("/")
        if name == "_wire":
            return await self.control.handle(request, rest_of_path)
        world = self.worlds.get(name)
        if world is None:
            return web.Response(status=404, text="there is no Discord of this name")
        if rest_of_path.startswith(API):
            return await self._api(world, request, rest_of_path[len(API) :])
        if rest_of_path.startswith("gateway"):
            return await world.gateway.serve(request)
        if rest_of_path.startswith("cdn/"):
            content, kind = world.uploads.get(rest_of_path.split("/")[1], (b"", ""))
            return web.Response(body=content, content_type=kind) if kind else web.Response(status=404)
        return web.Response(status=404, text="nothing is here")

    async def _api(self, world: World, request: web.BaseRequest, path: str) -> web.StreamResponse:
        method, raw = request.method, b""
        files: dict[str, tuple[str, bytes, str]] = {}
        if request.content_type == "multipart/form-data":
            raw, files = await _parts_of(request)
        elif request.can_read_body:
            raw = await request.read()
        body = orjson.loads(raw) if raw else None
        number = world.transcript.add("request", f"{method} {request.path_qs.partition(API)[2]}", body)
        is_authorized = request.headers.get("Authorization") == f"Bot {world.token}"
        call = Call(world, method, path, request.query, body, files, is_authorized)
        if world.judges:
            faults = faults_of(method, path, body, query=dict(request.query))
            world.faults += [f"#{number} {method} {path}: {fault}" for fault in faults]
        trap = world.traps.for_request(method, path, raw) if world.traps else None
        try:
            status, said, headers = await self._answered(call, trap, request)
            world.transcript.add("answer", f"#{number} {status}", said)
            response = _response(status, said, headers)
            world.changed()
            if trap is None or trap.stage != "answered":
                return response
            await response.prepare(request)
            await response.write_eof()
            await self._spring(world, trap, request)
        except Severed:
            world.transcript.add("note", f"#{number} gets no answer")
            return web.Response(status=499)  # nobody is there to read it
        return response

    async def _answered(self, call: Call, trap: Trap | None, request: web.BaseRequest) -> Reply:
        world = call.world
        if trap is not None and trap.stage == "seen" and (harm := await self._spring(world, trap, request)):
            return harm
        headers, limited = world.limits.check(call.method, call.path)
        status, said, headers = limited or self._dispatch(call, headers)
        if status in (401, 403, 429):
            world.invalid += 1
        world.changed()
        if trap is not None and trap.stage == "applied" and (harm := await self._spring(world, trap, request)):
            return harm
        return status, said, headers

    async def _spring(self, world: World, trap: Trap, request: web.BaseRequest) -> Reply | None:
        trap.happened += 1
        world.transcript.add("note", f"trap {trap.number}: {trap.kind} when {trap.stage}")
        world.changed()
        return await trap.spring(request)

    def _dispatch(self, call: Call, headers: dict[str, str]) -> Reply:
        try:
            found = find(call.method, call.path)
            if found is None:
                call.world.faults.append(f"{call.method} {call.path}: there is no such route on the wire")
                return 501, {"message": "no such route on the wire", "code": 0}, headers
            handler, ids, by_token = found
            if not call.is_authorized and not by_token:
                raise unauthorized()
            said = handler(call, *ids)
        except Refusal as refused:
            return refused.status, refused.body, headers
        return (204, None, headers) if said is None else (200, said, headers)


def _response(status: int, said: Any, headers: dict[str, str]) -> web.Response:
    if said is None:
        return web.Response(status=status, headers={**headers, "Content-Type": "text/html"})
    return web.Response(
        body=said.encode() if isinstance(said, str) else orjson.dumps(said), status=status, headers=headers
    )


async def _parts_of(request: web.BaseRequest) -> tuple[bytes, dict[str, tuple[str, bytes, str]]]:
    raw, files = b"", {}
    form = await request.post()
    for name, value in form.items():
        if isinstance(value, web.FileField):
            files[name] = (value.filename, value.file.read(), value.content_type)
        elif name == "payload_json":
            raw = value if isinstance(value, bytes | bytearray) else value.encode()
    return bytes(raw), files


@contextlib.asynccontextmanager
async def serving(port: int = 0) -> AsyncIterator[Wire]:
    """Serves on the loopback until left; yields the wire."""
    wire = Wire()
    runner = web.ServerRunner(
        web.Server(
            wire.handle,
            access_log=None,
            request_factory=lambda message, payload, protocol, writer, task: web.BaseRequest(
                message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=LARGEST
            ),
        ),
        shutdown_timeout=0.2,
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    host, port = runner.addresses[0]
    wire.address = f"{host}:{port}"
    try:
        yield wire
    finally:
        await runner.cleanup()
