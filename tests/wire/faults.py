"""What can go wrong on the way: answers refused, late, lost before or after they took effect; and a killer."""

import asyncio
import os
import re
import signal
import socket
import struct
from dataclasses import dataclass, field
from fnmatch import translate
from itertools import count
from typing import Any, Literal, cast

from aiohttp import web

Stage = Literal["seen", "applied", "answered"]
Kind = Literal["refuse", "slow", "hang", "reset", "drop", "kill", "watch"]


class Severed(Exception):
    """The connection is gone: there is nothing left to answer."""


@dataclass
class Trap:
    """Something that happens to requests of a pattern, a number of times."""

    number: int
    method: str
    pattern: re.Pattern[str]
    kind: Kind
    stage: Stage
    times: int
    skip: int = 0
    """So many requests pass unharmed first."""
    status: int = 500
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    pid: int = 0
    text: str = ""
    """Only requests in whose body this stands."""
    happened: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def spring(self, request: web.BaseRequest) -> tuple[int, Any, dict[str, str]] | None:
        """Does its harm. What it returns is answered in place of the true answer. Raises Severed."""
        if self.kind == "slow":
            await asyncio.sleep(self.seconds)
        elif self.kind == "hang":
            await self.released.wait()
        elif self.kind == "kill":
            os.kill(self.pid, signal.SIGKILL)
            if self.stage == "seen":
                raise Severed  # seen, and never done
        elif self.kind in ("reset", "drop"):
            sever(request.transport, reset=self.kind == "reset")
            raise Severed
        elif self.kind == "refuse":
            return self.status, self.body, self.headers
        return None


def sever(transport: asyncio.BaseTransport | None, *, reset: bool) -> None:
    """Ends a connection without a word: by RST, or by FIN."""
    if transport is None:
        return
    if reset:
        raw = transport.get_extra_info("socket")
        # The option belongs to the socket, not to the handle: a second handle sets it for both.
        with socket.socket(fileno=os.dup(raw.fileno())) as handle:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    cast(asyncio.Transport, transport).abort()  # uvloop's is no subclass


class Traps:
    """The traps that are set."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.by_number: dict[int, Trap] = {}

    def __bool__(self) -> bool:
        return bool(self.by_number)

    def set(self, method: str, path: str, kind: Kind, stage: Stage, *, times: int = 1, **what: Any) -> Trap:
        trap = Trap(next(self._numbers), method, re.compile(translate(path)), kind, stage, times, **what)
        self.by_number[trap.number] = trap
        return trap

    def lift(self, number: int) -> None:
        if trap := self.by_number.pop(number, None):
            trap.released.set()

    def lift_all(self) -> None:
        for number in [*self.by_number]:
            self.lift(number)

    def for_request(self, method: str, path: str, raw: bytes) -> Trap | None:
        """The first trap that this request steps into; it is counted."""
        for trap in self.by_number.values():
            if trap.method not in ("*", method) or not trap.pattern.match(path) or trap.text.encode() not in raw:
                continue
            if trap.skip:
                trap.skip -= 1
            elif trap.happened < trap.times:
                return trap
        return None
