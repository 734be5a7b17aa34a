"""The demo as people start it, and its page as they see it in a browser."""

import asyncio
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, FrameLocator, Locator, Page, async_playwright, expect

from bot import ROOT
from tests.support.chromium import launch_options

PATIENCE = 30.0
expect.set_options(timeout=PATIENCE * 1000)


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


class Demo:
    """A running demo, a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self._process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}/"

    async def next_line(self) -> str:
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode()

    async def opened(self) -> None:
        """Returns when the page is said to be reachable."""
        said = ""
        while line := await self.next_line():
            said += line
            if line.startswith(f"Open {self.url}"):
                return
        raise AssertionError(f"The demo ended before it opened, saying:\n{said}")

    async def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        """Its exit code, and what it still said."""
        if self._process.returncode is None:
            self._process.send_signal(number)
        async with asyncio.timeout(PATIENCE):
            said, _ = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, said.decode()


async def start_demo(port: int) -> Demo:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "demo", "--port", str(port)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    return Demo(process, port)


@asynccontextmanager
async def demo() -> AsyncIterator[Demo]:
    """A demo that is open, and ended afterwards."""
    running = await start_demo(free_port())
    try:
        await running.opened()
        yield running
    finally:
        code, said = await running.end()
    assert (code, said.splitlines()[-1:]) == (0, ["The demo has ended. Nothing of it is kept."]), said


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(**launch_options())  # type: ignore[arg-type]
        try:
            yield chromium
        finally:
            await chromium.close()


class Visitor:
    """Someone at the demo's page, in a browser window of their own."""

    def __init__(self, page: Page, demo: Demo) -> None:
        self.page = page
        self.troubles: list[str] = []
        """Errors in the console, and requests that leave the machine."""
        self._home = f"127.0.0.1:{demo.port}"
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on("request", lambda request: self._note(self._leaves(request.url), f"asked for {request.url}"))

    def _note(self, trouble: bool, words: str) -> None:
        if trouble:
            self.troubles.append(words)

    def _leaves(self, url: str) -> bool:
        address = urlsplit(url)
        return address.scheme != "blob" and address.netloc != self._home

    @property
    def chat(self) -> FrameLocator:
        """The conversation that is seen."""
        return self.page.frame_locator("iframe[data-shown]")

    @property
    def composer(self) -> Locator:
        return self.chat.locator("#channel-composer-input")

    @property
    def messages(self) -> Locator:
        return self.chat.locator(".channel-message")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#notice")

    async def arrive(self) -> None:
        """Wait for the conversation, which may be empty. Until it is there, the one before it is still seen."""
        await expect(self.page.locator("#frames")).to_have_attribute("aria-busy", "false")
        await expect(self.composer).to_be_visible()
        await expect(self.chat.locator("#preview-app")).to_have_attribute("aria-busy", "false")

    async def go_to(self, place: str) -> None:
        await self.page.get_by_role("button", name=re.compile(rf"^{place}")).first.click()
        await self.arrive()

    async def be(self, actor: str) -> None:
        await self.page.get_by_role("radio", name=actor).check(force=True)
        await self.arrive()

    async def say(self, words: str) -> None:
        await self.composer.fill(words)
        await self.composer.press("Enter")

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def command(self, name: str) -> None:
        """Type a command and send it, as with the keyboard."""
        await self.composer.press_sequentially(f"/{name}")
        await self.chat.locator(".command-entry").get_by_text(f"/{name}", exact=True).click()
        await self.chat.locator(".command-chip").press("Escape")  # closes the list of options
        await self.chat.locator(".command-chip").press("Enter")


@asynccontextmanager
async def visit(browser: Browser, demo: Demo, address: str = "", **context: Any) -> AsyncIterator[Visitor]:
    """A visitor to the page; fails if there was an error in the console or a request that left the machine."""
    window = await browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | context))
    visitor = Visitor(await window.new_page(), demo)
    try:
        await visitor.page.goto(demo.url + address)
        yield visitor
    finally:
        await window.close()
    assert visitor.troubles == []
