"""The demo's one port: our page, what it asks for, and the frames behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import simcord
from aiohttp import web

from bot.client import Uplift
from bot.clock import Clock
from bot.demo.community import ACTORS, GUILD, PLACES
from bot.demo.dates import FIRST_DAY, Journey, NoSuchDay, next_anniversary, to_day, tomorrow
from bot.demo.desk import Desk
from bot.demo.faces import face
from bot.demo.frames import Frames
from bot.demo.simulation import ZONE
from bot.demo.tries import for_page

PAGE: Final = Path(__file__).parent / "page"

HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_LARGEST: Final = 27 * 1024 * 1024
"""What SimCord takes at most: files of 25 MiB in all, and the form around them."""

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class DemoServer:
    """Serves one desk after another: a new one each time the demo begins afresh."""

    def __init__(self, build: Callable[[Clock], Uplift], port: int) -> None:
        self._build = build
        names = ("127.0.0.1", "localhost")
        self._hosts = {name if port == 80 else f"{name}:{port}" for name in names}
        self._current: Desk | None = None
        self._begun = asyncio.Event()
        self._moving = asyncio.Lock()
        self._frames = Frames(self._desk)

    async def begin(self, at: datetime) -> None:
        """Begin the demo at `at`, afresh if there was one before."""
        await self.end()
        self._current = await Desk.begin(self._build, at=at)
        self._begun.set()

    async def end(self) -> None:
        self._begun.clear()
        desk, self._current = self._current, None
        if desk is not None:
            await desk.close()

    def application(self) -> web.Application:
        app = web.Application(middlewares=[self._guard], client_max_size=_LARGEST)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/favicon.ico", self._favicon),
                web.get("/demo/faces/{key}.png", self._face),
                web.get("/demo/state", self._state),
                web.post("/demo/open", self._open),
                web.post("/demo/date", self._date),
                web.post("/demo/menu", self._choose),
                web.static("/demo/page", PAGE),
            ]
        )
        self._frames.add_to(app)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Answer this machine's own page only: a site in the same browser must not play with the demo."""
        origin = request.headers.get("Origin")
        if request.headers.get("Host") not in self._hosts or (
            origin is not None and origin not in {f"http://{host}" for host in self._hosts}
        ):
            raise web.HTTPForbidden(text="The demo answers its own page only.", headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            refusal.headers.extend({k: v for k, v in HEADERS.items() if k not in refusal.headers})
            raise
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    async def _desk(self) -> Desk:
        """The desk; while the demo begins afresh, the one to come."""
        await self._begun.wait()
        assert self._current is not None  # noqa: S101 (the event says so)
        return self._current

    async def _page(self, _: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _favicon(self, _: web.Request) -> web.StreamResponse:
        return web.Response(body=face("bot"), content_type="image/png")

    async def _face(self, request: web.Request) -> web.StreamResponse:
        try:
            picture = face(request.match_info["key"])
        except KeyError:
            raise web.HTTPNotFound from None
        return web.Response(body=picture, content_type="image/png")

    async def _state(self, _: web.Request) -> web.StreamResponse:
        """Everything the page draws round the frames; it asks each second."""
        desk = await self._desk()
        commands = desk.commands()
        return web.json_response(
            {
                "run": desk.run,
                "now": desk.now().isoformat(),
                "zone": str(ZONE),
                "firstDay": FIRST_DAY.isoformat(),
                "next": _next_anniversary(desk),
                "guild": GUILD,
                "disclaimer": desk.campaign.info.disclaimer,
                "actors": [
                    {"key": actor.key, "name": actor.name, "role": actor.role, "about": actor.about} for actor in ACTORS
                ],
                "places": [{"key": place.key, "kind": place.kind, "topic": place.topic} for place in PLACES],
                "sees": {actor.key: desk.sees(actor.key) for actor in ACTORS},
                "tries": for_page(commands, desk.deeds),
                "commands": sorted(commands),
            }
        )

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """The address of the frame that shows a place to someone, and the commands of the messages' menu there."""
        asked, desk = await _body(request), await self._desk()
        try:
            preview = await desk.show(asked["actor"], asked["place"])
            menu = desk.menu(asked["actor"], asked["place"])
        except (KeyError, simcord.SetupError):
            raise web.HTTPNotFound(text="Nobody of that name can open that place.") from None
        return web.json_response({"src": f"/frame#{preview.capability}", "menu": menu})

    async def _date(self, request: web.Request) -> web.StreamResponse:
        """Moves the clock; the answer says what came of it, in words for the visitor."""
        asked = str((await _body(request)).get("to", ""))
        async with self._moving:
            desk = await self._desk()
            try:
                journey = _journey(desk, asked)
            except NoSuchDay as refusal:
                return web.json_response({"notice": str(refusal)})
            if journey.afresh:
                await self.begin(journey.to)
            else:
                await desk.move_to(journey.to)
        return web.json_response({"notice": journey.notice})

    async def _choose(self, request: web.Request) -> web.StreamResponse:
        asked, desk = await _body(request), await self._desk()
        try:
            await desk.choose(asked["actor"], asked["place"], int(asked["message"]), asked["command"])
        except (KeyError, ValueError, StopIteration, simcord.SetupError):
            raise web.HTTPNotFound(text="That message or command is no longer there.") from None
        return web.json_response({})


def _journey(desk: Desk, asked: str) -> Journey:
    if asked == "tomorrow":
        return tomorrow(desk.now())
    if asked == "next-anniversary":
        return next_anniversary(desk.now(), desk.campaign.milestones)
    return to_day(desk.now(), asked)


def _next_anniversary(desk: Desk) -> str:
    """Where the button leads, in words; empty where there are no dates."""
    try:
        return next_anniversary(desk.now(), desk.campaign.milestones).notice
    except NoSuchDay:
        return ""


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        body: object = await request.json()
    except ValueError:
        raise web.HTTPBadRequest(text="That is not JSON.") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="A JSON object is wanted.")
    return body  # pyright: ignore[reportUnknownVariableType]  (JSON's keys are strings)
