"""The gateway: sessions that outlive their sockets, so that RESUME can replay what was missed."""

import asyncio
import contextlib
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import zstandard
from aiohttp import WSMsgType, web

from tests.wire.faults import sever
from tests.wire.payloads import Object
from tests.wire.world import World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11

FORGETS = {1000, 1001, 4007, 4009}
"""Close codes after which the session is over: RESUME is answered with op 9."""

MOST_KEPT = 20_000
"""Events that a session keeps for a RESUME."""


class Socket:
    """One connection. What is sent goes out in order, through the compression that was asked for."""

    def __init__(self, ws: web.WebSocketResponse, transport: asyncio.BaseTransport | None, compress: str) -> None:
        self.ws, self.transport = ws, transport
        self._pack = _packer(compress)
        self._outbox: asyncio.Queue[Object | None] = asyncio.Queue()
        self._sender = asyncio.create_task(self._send_all())
        self._is_closed = asyncio.Event()

    def push(self, payload: Object) -> None:
        self._outbox.put_nowait(payload)

    async def _send_all(self) -> None:
        with contextlib.suppress(ConnectionError):
            while (payload := await self._outbox.get()) is not None:
                packed = self._pack(orjson.dumps(payload))
                await (self.ws.send_bytes(packed) if isinstance(packed, bytes) else self.ws.send_str(packed))

    async def flush(self) -> None:
        """Waits until all that was pushed so far is sent; nothing can be pushed after it."""
        self._outbox.put_nowait(None)
        await self._sender

    async def close(self, code: int) -> None:
        await self.flush()
        await self.ws.close(code=code, drain=True)
        self._is_closed.set()

    async def until_closed(self) -> None:
        """Waits for the other side's goodbye, if there was one to it: hanging up before might cost it the code."""
        if self._sender.done() and not self._sender.cancelled():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._is_closed.wait(), 5)

    def end(self) -> None:
        self._sender.cancel()


def _packer(compress: str) -> Callable[[bytes], bytes | str]:
    """One stream for the whole connection, flushed after each message, as Discord does it."""
    if compress == "zstd-stream":
        zstd = zstandard.ZstdCompressor(level=1).compressobj()
        return lambda raw: zstd.compress(raw) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    if compress == "zlib-stream":
        stream = zlib.compressobj(level=1)
        return lambda raw: stream.compress(raw) + stream.flush(zlib.Z_SYNC_FLUSH)
    return lambda raw: raw.decode()


@dataclass
class Session:
    """What a bot identified as, for one shard; its events are kept until they are too many."""

    id: str
    shard: int
    of: int
    compress: str
    socket: Socket | None
    seq: int = 0
    events: deque[Object] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    is_known: bool = True
    """False once Discord forgot it: RESUME is refused."""

    def dispatch(self, event: str, data: Any) -> None:
        self.seq += 1
        payload = {"op": DISPATCH, "t": event, "s": self.seq, "d": data}
        self.events.append(payload)
        if self.socket is not None:
            self.socket.push(payload)


class Gateway:
    """All sessions of one Discord, by shard, and what was done with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sessions: dict[int, Session] = {}
        self.heartbeat_interval = 41_250
        """Milliseconds, told in HELLO."""
        self.answers = True
        """Whether a new connection hears HELLO."""
        self.acknowledges = True
        """Whether heartbeats are answered."""
        self.refuses_with: int | None = None
        """Closes with this code on IDENTIFY."""
        self.refuses_resume: bool | None = None
        """Answers RESUME with op 9 and this, once."""
        self.counts: dict[str, int] = dict.fromkeys(("connected", "identified", "resumed", "heartbeats"), 0)
        self.compressions: list[str] = []
        self.closed: list[int | None] = []
        """The code with which each connection ended; None when it ended without one."""
        self.sockets: set[Socket] = set()

    # What Discord tells the bot.

    def dispatch(self, event: str, data: Any, guild_id: str | None = None) -> bool:
        """Tells the shard of a server, or the first one. False where nobody listens, now or later."""
        for session in self.sessions.values():
            if session.shard == ((int(guild_id) >> 22) % session.of if guild_id else 0) and session.is_known:
                session.dispatch(event, data)
                self.world.transcript.add("event", f"{event} {data.get('id', '')}", data)
                return True
        return False

    @property
    def is_up(self) -> bool:
        """Whether every shard has a connection."""
        up = [session for session in self.sessions.values() if session.socket is not None]
        return bool(up) and len(up) == up[0].of

    def forget(self) -> None:
        for session in self.sessions.values():
            session.is_known = False

    async def close(self, code: int) -> None:
        """Closes every connection with a code; with some codes the sessions are over, too."""
        self._note(f"closes with {code}")
        if code in FORGETS:
            self.forget()
        for socket in self._detach():
            await socket.close(code)

    def cut(self, *, reset: bool) -> None:
        """Ends every connection without a word."""
        self._note("is reset" if reset else "is cut")
        for socket in self._detach():
            sever(socket.transport, reset=reset)

    def ask_to_reconnect(self) -> None:
        self._note("asks to reconnect, op 7")
        for session in self.sessions.values():
            if session.socket is not None:
                session.socket.push({"op": RECONNECT, "d": None})
        self._detach()

    def invalidate(self, *, resumable: bool) -> None:
        self._note(f"invalidates, op 9 {resumable}")
        for session in self.sessions.values():
            session.is_known = session.is_known and resumable
            if session.socket is not None:
                session.socket.push({"op": INVALID_SESSION, "d": resumable})
        self._detach()

    def _detach(self) -> list[Socket]:
        """Takes the sockets from their sessions: what happens from now on waits for a RESUME."""
        held = [session for session in self.sessions.values() if session.socket is not None]
        sockets = [session.socket for session in held if session.socket is not None]
        for session in held:
            session.socket = None
        return sockets

    def _note(self, what: str) -> None:
        self.world.transcript.add("gateway", what)

    # What the bot tells Discord.

    async def serve(self, request: web.BaseRequest) -> web.WebSocketResponse:
        ws = web.WebSocketResponse(max_msg_size=0, compress=False)
        await ws.prepare(request)
        compress = request.query.get("compress", "")
        socket = Socket(ws, request.transport, compress)
        self.sockets.add(socket)
        self.counts["connected"] += 1
        self._note(f"connected, {compress or 'not compressed'}")
        if self.answers:
            socket.push({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_interval}})
        self.world.changed()
        try:
            async for message in ws:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._hear(orjson.loads(message.data), socket, compress)
            await socket.until_closed()
        finally:
            self.sockets.discard(socket)
            self._left(socket, ws.close_code)
        return ws

    def _left(self, socket: Socket, code: int | None) -> None:
        socket.end()
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket = None
                session.is_known = session.is_known and code not in (1000, 1001)
        self.closed.append(code)
        self._note(f"disconnected, {code}")
        self.world.changed()

    async def _hear(self, said: Object, socket: Socket, compress: str) -> None:
        if said["op"] == HEARTBEAT:
            self.counts["heartbeats"] += 1
            if self.acknowledges:
                socket.push({"op": ACK})
        elif said["op"] == IDENTIFY:
            await self._identify(said["d"], socket, compress)
        elif said["op"] == RESUME:
            await self._resume(said["d"], socket)
        self.world.changed()

    async def _identify(self, data: Object, socket: Socket, compress: str) -> None:
        world = self.world
        self.counts["identified"] += 1
        self.compressions.append(compress)
        world.starts_left -= 1
        shard, of = data.get("shard", (0, 1))
        self._note(f"IDENTIFY of shard {shard} of {of}, intents {data['intents']}")
        refuses_with = self.refuses_with or (4004 if data["token"] != world.token else None)
        if refuses_with:
            await socket.close(refuses_with)
            return
        if (old := self.sessions.get(shard)) is not None and old.socket is not None:
            old.socket = None
        session = Session(secrets.token_hex(8), shard, of, compress, socket)
        if self.sessions and next(iter(self.sessions.values())).of != of:
            self.sessions.clear()
        self.sessions[shard] = session
        guilds = [
            guild_id
            for guild_id in world.guilds
            if (int(guild_id) >> 22) % of == shard and world.me["id"] in world.members[guild_id]
        ]
        ready = {
            "v": 10,
            "user": world.me,
            "guilds": [{"id": guild_id, "unavailable": True} for guild_id in guilds],
            "session_id": session.id,
            "resume_gateway_url": world_gateway(world),
            "shard": [shard, of],
            "application": {"id": world.me["id"], "flags": 0},
        }
        session.dispatch("READY", ready)
        for guild_id in guilds:
            session.dispatch("GUILD_CREATE", guild_create(world, guild_id))

    async def _resume(self, data: Object, socket: Socket) -> None:
        session = next((one for one in self.sessions.values() if one.id == data["session_id"]), None)
        refused, self.refuses_resume = self.refuses_resume, None
        if session is None or not session.is_known or data["token"] != self.world.token or refused is not None:
            self._note("RESUME refused, op 9")
            socket.push({"op": INVALID_SESSION, "d": bool(refused)})
            return
        missed = [event for event in session.events if event["s"] > data["seq"]]
        self._note(f"RESUME, replays {len(missed)}")
        session.socket = socket
        for event in missed:
            socket.push(event)
        session.dispatch("RESUMED", {})
        self.counts["resumed"] += 1


def world_gateway(world: World) -> str:
    return f"ws://{world.address}/{world.name}/gateway/"


def guild_create(world: World, guild_id: str) -> Object:
    """A server as the bot gets it: with its channels, and of its members only the bot itself."""
    return world.guilds[guild_id] | {
        "joined_at": world.members[guild_id][world.me["id"]]["joined_at"],
        "large": False,
        "unavailable": False,
        "member_count": len(world.members[guild_id]),
        "voice_states": [],
        "members": [world.members[guild_id][world.me["id"]]],
        "channels": [one for one in world.channels.values() if one.get("guild_id") == guild_id],
        "threads": [one for one in world.threads.values() if one.get("guild_id") == guild_id],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
