"""The frames: SimCord's page in our dress, and its requests handed on to the previews.

SimCord forbids its page to be framed and listens on a port for each preview. All of them are reached through our one
port instead; the preview is known by the capability that the page sends along. Host and Origin were checked before.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import simcord
from aiohttp import web
from simcord.preview import Preview

from bot.demo.desk import Desk
from bot.demo.simulation import PREVIEW_FILES

_DRESS: Final = Path(__file__).parent / "page" / "frame.css"
_POLICY: Final = (
    "default-src 'self'; connect-src 'self' blob:; img-src 'self' blob:; media-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
)
_HEADERS: Final = {"Content-Security-Policy": _POLICY}
_LONG_LIVED: Final = {"Cache-Control": "private, max-age=86400, immutable"}
"""For megabytes of fonts, whose names carry a version."""

_NOT_HANDED_IN: Final = {"host", "origin", "referer", "accept-encoding", "content-length", "connection"}
_HANDED_OUT: Final = {"content-type", "content-disposition"}
_ATTEMPTS: Final = 3

_UNSETTLED: Final = {"failed", "timeout", "cancelled"}
_FAULT: Final = "action-callback-error"
"""SimCord's diagnostic for a bot, or a Discord, that said no. It speaks of a log that no visitor can read."""

_PUBLISHED: Final = re.compile(rb'"kind":"(?:run_command|send_message|click|select|modal_submit)"')
"""Actions after which SimCord publishes the channel in the page that acted."""

_PATIENCE: Final = 3.0

_Answer = tuple[int, Mapping[str, str], bytes]


class Frames:
    """What the browser's frames ask for."""

    def __init__(self, desk: Callable[[], Awaitable[Desk]]) -> None:
        self._desk = desk
        self._session: aiohttp.ClientSession | None = None

    def add_to(self, app: web.Application) -> None:
        app.cleanup_ctx.append(self._connect)
        app.add_routes(
            [
                web.get("/frame", _page),
                web.get("/preview.css", _style),
                web.get(r"/{file:[\w-]+\.(?:js|json)}", _file),
                web.get(r"/{file:(?:fonts|vendor)/[\w./-]+}", _file),
                web.route("*", "/api/{path:.+}", self._hand_on),
            ]
        )

    async def _connect(self, _: web.Application) -> AsyncIterator[None]:
        async with aiohttp.ClientSession() as self._session:
            yield

    async def _hand_on(self, request: web.Request) -> web.StreamResponse:
        desk = await self._desk()
        preview = desk.preview(request.headers.get("X-Simcord-Capability", ""))
        if preview is None:
            raise await self._gone()
        context = request.headers.get("X-Simcord-Context", "")
        body = await request.read()
        if request.path == "/api/action":
            async with desk.lock:
                status, headers, answer = await self._act(request, preview, body)
                answer, settled = settle(answer) if status == web.HTTPOk.status_code else (answer, False)
                if not settled or _PUBLISHED.search(body):
                    desk.acted(preview, context, drawn=settled)
        else:
            if request.path == "/api/state":
                try:
                    await desk.bring_up_to_date(preview, context)
                except simcord.SetupError:
                    raise await self._gone() from None
            status, headers, answer = await self._ask(request, preview, body)
            answer = without_faults(answer)
        kept = {k: v for k, v in headers.items() if k.lower() in _HANDED_OUT or k.startswith("X-")}
        kept.pop("X-Frame-Options", None)
        return web.Response(status=status, headers=kept | _HEADERS, body=answer)

    async def _act(self, request: web.Request, preview: Preview, body: bytes) -> _Answer:
        """A click just after a post names the revision before it and would be lost: name the newest, and ask again."""
        answer = await self._ask(request, preview, body)
        for _ in range(_ATTEMPTS):
            revision = _newer_revision(answer) if request.content_type == "application/json" else None
            if revision is None:
                break
            body = json.dumps(json.loads(body) | {"published_revision": revision}).encode()
            answer = await self._ask(request, preview, body)
        return answer

    async def _ask(self, request: web.Request, preview: Preview, body: bytes) -> _Answer:
        assert self._session is not None  # noqa: S101 (open while requests are taken)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _NOT_HANDED_IN}
        url = f"http://{urlsplit(preview.url).netloc}{request.path_qs}"
        try:
            async with self._session.request(request.method, url, headers=headers, data=body or None) as answer:
                return answer.status, answer.headers, await answer.read()
        except aiohttp.ClientError:  # it ended while it was asked
            raise await self._gone() from None

    async def _gone(self) -> web.HTTPGone:
        """For a frame of a demo that ended: the page notices by itself, without an error, unless it sleeps."""
        await self._desk()
        await asyncio.sleep(_PATIENCE)
        return web.HTTPGone(text="The demo began afresh. This frame is to be loaded anew.")


async def _page(_: web.Request) -> web.StreamResponse:
    return web.FileResponse(PREVIEW_FILES / "index.html", headers=_HEADERS)


async def _style(_: web.Request) -> web.StreamResponse:
    style = (PREVIEW_FILES / "preview.css").read_bytes() + b"\n" + _DRESS.read_bytes()
    return web.Response(body=style, content_type="text/css")


async def _file(request: web.Request) -> web.StreamResponse:
    """A file of SimCord's page, straight from the disk: through a preview its fonts would pass through memory twice."""
    path = (PREVIEW_FILES / request.match_info["file"]).resolve()
    if not path.is_relative_to(PREVIEW_FILES) or not path.is_file():
        raise web.HTTPNotFound
    return web.FileResponse(path, headers=_LONG_LIVED if path.parent != PREVIEW_FILES else None)


def settle(answer: bytes) -> tuple[bytes, bool]:
    """The receipt of an action as the page can go on with it, and whether it was settled already.

    Of an action that failed in the bot or was refused by its Discord, SimCord publishes nothing, and its page keeps the
    command in the message field. In Discord the command is gone, whatever the bot made of it.
    """
    receipt: dict[str, Any] = json.loads(answer)
    settled = receipt["settlement"] == "settled"
    if receipt["settlement"] in _UNSETTLED:
        reached_bot = receipt["acknowledgement"] != "not_applicable"
        receipt |= {"settlement": "settled"} if reached_bot else {"settlement": "rejected", "rejected": True}
        receipt |= {"uncertain": False, "diagnostics": []}
    return json.dumps(receipt).encode(), settled


def without_faults(answer: bytes) -> bytes:
    """What the page is told of past actions, without those faults: they stand in the chat, or in the notice."""
    if _FAULT.encode() not in answer or not answer.startswith(b"{"):
        return answer
    told: dict[str, Any] = json.loads(answer)
    for receipt in (told.get("lastAction"), *told.get("activity", [])):
        if receipt:
            receipt["diagnostics"] = [each for each in receipt["diagnostics"] if each.get("code") != _FAULT]
    return json.dumps(told).encode()


def _newer_revision(answer: _Answer) -> int | None:
    """The revision to name instead, if an action was rejected for its old one."""
    status, _, body = answer
    if status != web.HTTPOk.status_code:
        return None
    receipt: dict[str, Any] = json.loads(body)
    codes = {diagnostic.get("code") for diagnostic in receipt.get("diagnostics", [])}
    return receipt["revision"] if receipt.get("rejected") and "stale-revision" in codes else None
