"""Hands the frames' requests on to SimCord's previews, and gives their page our dress.

SimCord forbids its page to be framed and listens on a port for each preview. All of them are reached through our one
port instead; the preview is known by the capability that the page sends along. Host and Origin were checked before.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from simcord.preview import Preview

from bot.demo.desk import Desk

_CAPABILITY: Final = "X-Simcord-Capability"
_KEPT_FROM_PREVIEW: Final = {"host", "origin", "referer", "accept-encoding", "content-length", "connection"}
_KEPT_FROM_BROWSER: Final = {
    "content-length", "transfer-encoding", "x-frame-options", "date", "server", "connection", "keep-alive", "pragma",
}  # fmt: skip
_DRESS: Final = Path(__file__).parent / "page" / "frame.css"
_TRIES: Final = 3


class FrameProxy:
    """Between the browser's frames and the previews of one desk."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def forward(self, request: web.Request, desk: Desk) -> web.Response:
        preview = desk.preview(request.headers.get(_CAPABILITY))
        if preview is None:
            raise web.HTTPGone(text="The demo began afresh; this frame is to be loaded anew.")
        path = "/" if request.path == "/frame" else request.path_qs
        body = await request.read()
        if request.path == "/api/action":
            async with desk.lock:
                answer = await self._act(request, preview, path, body)
        else:
            answer = await self._pass_on(request, preview, path, body)
        return _dressed(request.path, *answer)

    async def _act(self, request: web.Request, preview: Preview, path: str, body: bytes) -> "_Answer":
        """A click just after a post names the revision before it and would be lost: name the newest and ask again."""
        answer = await self._pass_on(request, preview, path, body)
        for _ in range(_TRIES):
            revision = _newer_revision(answer, request.content_type)
            if revision is None:
                break
            body = json.dumps(json.loads(body) | {"published_revision": revision}).encode()
            answer = await self._pass_on(request, preview, path, body)
        return answer

    async def _pass_on(self, request: web.Request, preview: Preview, path: str, body: bytes) -> "_Answer":
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _KEPT_FROM_PREVIEW}
        origin = urlsplit(preview.url)
        url = f"http://{origin.netloc}{path}"
        async with self._session.request(request.method, url, headers=headers, data=body or None) as answer:
            return answer.status, answer.headers, await answer.read()


_Answer = tuple[int, Mapping[str, str], bytes]


def _newer_revision(answer: _Answer, content_type: str) -> int | None:
    """The revision to name instead, if an action was rejected for its old one."""
    status, _, body = answer
    if status != web.HTTPOk.status_code or content_type != "application/json":
        return None
    receipt: dict[str, Any] = json.loads(body)
    codes = {diagnostic.get("code") for diagnostic in receipt.get("diagnostics", [])}
    return receipt["revision"] if receipt.get("rejected") and "stale-revision" in codes else None


def _dressed(path: str, status: int, headers: Mapping[str, str], body: bytes) -> web.Response:
    out = {name: value for name, value in headers.items() if name.lower() not in _KEPT_FROM_BROWSER}
    policy = out.get("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'")
    out["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    if path.startswith(("/fonts/", "/vendor/")):  # megabytes, whose names carry a version
        out["Cache-Control"] = "private, max-age=86400, immutable"
    if path == "/preview.css":
        body += b"\n" + _DRESS.read_bytes()
    return web.Response(status=status, headers=out, body=body)
