"""The wire for tests: one server a worker, a Discord of its own for each test or shared bot, and the transcript."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from bot import ROOT
from tests.wire.child import Child
from tests.wire.client import Wire, connected

SAID = pytest.StashKey[list[Any]]()

ALL_IN_ONE_LOOP = pytest.mark.asyncio(loop_scope="session")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A bot that several tests share lives in one event loop, and so do they."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(ALL_IN_ONE_LOOP, append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what went over the wire, and what the bots said."""
    report = yield
    if report.failed and (shown := item.stash.get(SAID, None)):
        for title, look in shown:
            report.sections.append((title, look()))
    return report


@pytest.fixture(scope="session")
def wire_address() -> Iterator[str]:
    """A server of the worker's own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.wire"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdin is not None
    yield process.stdout.readline().strip()
    process.stdin.close()
    process.wait(10)
    process.stdout.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def wire_session(wire_address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with connected(wire_address) as session:
        yield session


def _show(request: pytest.FixtureRequest, title: str, look: Callable[[], str]) -> None:
    """Should the test fail, what `look` finds then is shown."""
    request.node.stash.setdefault(SAID, []).append((title, look))


def _transcript(wire: Wire) -> str:
    # A report is no coroutine.
    try:
        with urllib.request.urlopen(f"{wire.address}/_wire/{wire.name}/transcript", b"{}", 10) as answer:  # noqa: S310
            return "\n".join(json.load(answer))
    except OSError as error:
        return f"the wire can't be asked any more: {error}"


async def _settled(wire: Wire) -> None:
    """After each test: nobody asked for anything that Discord would refuse, and nothing is left to go wrong."""
    faults = await wire.faults(forget=True)
    await wire.calm()
    assert faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def wire(
    request: pytest.FixtureRequest, wire_address: str, wire_session: aiohttp.ClientSession
) -> AsyncIterator[Wire]:
    """A new Discord, in which nobody is logged in."""
    wire = await Wire.new(wire_session, wire_address)
    _show(request, "Wire", lambda: _transcript(wire))
    yield wire
    await _settled(wire)
    await wire.do("end")


@pytest_asyncio.fixture(loop_scope="session")
async def children(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Callable[..., Child]]:
    """Makes bots that end with the test."""
    made: list[Child] = []

    def make(wire: Wire, **variables: object) -> Child:
        folder = tmp_path / f"bot{len(made)}"
        folder.mkdir()
        made.append(Child(wire, folder, **variables))
        child = made[-1]
        _show(request, f"Bot {len(made)}", lambda: child.said)
        return child

    yield make
    for child in made:
        await child.leave()


@pytest.fixture
def child(wire: Wire, children: Callable[..., Child]) -> Child:
    """A bot that was not started yet."""
    return children(wire)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _everyday(
    wire_address: str, wire_session: aiohttp.ClientSession, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Child]:
    wire = await Wire.new(wire_session, wire_address)
    child = Child(wire, tmp_path_factory.mktemp("everyday"))
    await child.start()
    yield child
    end = await child.stop()
    assert end.code == 0
    await wire.do("end")


@pytest_asyncio.fixture(loop_scope="session")
async def bot(request: pytest.FixtureRequest, _everyday: Child) -> AsyncIterator[Child]:
    """A running bot that a worker's tests share, each with a server of its own. It must be left running."""
    said = len(_everyday.said)
    _everyday.expects_trouble = False
    await _everyday.wire.do("forget")
    _show(request, "Wire", lambda: _transcript(_everyday.wire))
    _show(request, "Bot", lambda: _everyday.said[said:])
    yield _everyday
    _everyday.examine()
    await _settled(_everyday.wire)
    await _everyday.wire.until_up()
