"""The one supervised task: each job in its own time, whatever happens to the others, and to the task itself."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import structlog

from bot.supervised import FIRST_PAUSE, LONGEST_PAUSE
from bot.upkeep import BEFORE_THE_FIRST, LONGEST_JOB, Job, Upkeep
from tests.support.community import Community

pytestmark = pytest.mark.usefixtures("env")

HOUR = timedelta(hours=1)


@pytest.fixture
async def community(kept: "Kept") -> AsyncIterator[Community]:
    """A server with a bot that has the test's own jobs."""
    community = Community()
    kept.take_over(community)
    await community.env.start()
    yield community
    await community.close()


@pytest.fixture
def kept() -> "Kept":
    return Kept()


class Kept:
    """The bot's upkeep, of a test's own jobs, and a diary of what was done."""

    community: Community
    upkeep: Upkeep

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails: dict[str, BaseException] = {}
        self.hangs: set[str] = set()

    def take_over(self, community: Community) -> None:
        jobs = [Job(name, every, self._job(name)) for name, every in (("often", HOUR), ("seldom", 24 * HOUR))]
        self.community = community
        self.upkeep = community.bot.upkeep = Upkeep(community.bot.services.clock, jobs)

    def _job(self, name: str) -> Any:
        async def do() -> None:
            self.done.append(name)
            if name in self.hangs:
                await asyncio.sleep(10 * LONGEST_JOB)
            if name in self.fails:
                raise self.fails[name]

        return do

    async def begins(self) -> list[str]:
        return await self.passes(BEFORE_THE_FIRST + 0.5)

    async def passes(self, seconds: float) -> list[str]:
        """Lets time pass, and tells what was done in it."""
        before = len(self.done)
        await self.community.env.advance_time(seconds)
        return self.done[before:]

    def cancel(self) -> None:
        """What ends the task from outside."""
        assert self.upkeep._task is not None
        self.upkeep._task.cancel()


async def test_nothing_is_done_in_the_minute_of_the_start(kept: Kept) -> None:
    assert await kept.passes(BEFORE_THE_FIRST - 1) == []


async def test_every_job_is_done_at_the_start_and_then_in_its_own_time(kept: Kept) -> None:
    assert await kept.begins() == ["often", "seldom"]

    assert await kept.passes(3599) == []
    assert await kept.passes(2) == ["often"]
    assert (await kept.passes(24 * 3600)).count("seldom") == 1
    assert kept.done.count("often") == 26


async def test_started_again_it_does_every_job_at_once_and_goes_on_alone(kept: Kept) -> None:
    await kept.begins()
    await kept.passes(600)

    await kept.community.bot.on_ready()

    assert await kept.passes(0) == ["often", "seldom"]
    assert await kept.passes(3599) == []
    assert await kept.passes(2) == ["often"], "it is one task still"


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a slip"),
        OSError("a disk"),
        TimeoutError(),
        KeyError(),
        AssertionError(),
        ExceptionGroup("all", [OSError()]),
    ],
)
async def test_a_job_that_fails_is_logged_with_an_id_and_stops_no_other_and_comes_again(
    community: Community, kept: Kept, error: Exception
) -> None:
    kept.fails["often"] = error

    with structlog.testing.capture_logs() as logs:
        await kept.begins()
        assert await kept.passes(3601) == ["often"]

    assert kept.done == ["often", "seldom", "often"]
    assert [entry["job"] for entry in logs] == ["often", "often"]
    assert {entry["log_level"] for entry in logs} == {"error"}
    assert len({entry["error_id"] for entry in logs}) == 2
    assert {entry["exc_info"] for entry in logs} == {error}


async def test_a_job_that_hangs_is_given_up_so_that_the_others_come(community: Community, kept: Kept) -> None:
    kept.hangs.add("often")
    assert await kept.begins() == ["often"]

    with structlog.testing.capture_logs() as logs:
        assert await kept.passes(LONGEST_JOB + 1) == ["seldom"]

    [entry] = logs
    assert (entry["job"], type(entry["exc_info"])) == ("often", TimeoutError)


async def test_ended_from_outside_the_task_begins_again_and_says_so(kept: Kept) -> None:
    await kept.begins()

    with structlog.testing.capture_logs() as logs:
        kept.cancel()
        assert await kept.passes(FIRST_PAUSE - 1) == []
        assert await kept.passes(3600) == ["often"], "in its own time, as before"

    [entry] = logs
    assert (entry["log_level"], entry["seconds"]) == ("error", FIRST_PAUSE)
    assert entry["error_id"]
    assert isinstance(entry["exc_info"], asyncio.CancelledError)


async def test_an_error_of_its_own_ends_it_no_more_than_that(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    await kept.begins()
    rightly, slips = kept.upkeep._do_if_due, iter([True])

    async def slip(job: Job) -> None:
        if next(slips, False):
            raise ZeroDivisionError
        await rightly(job)

    monkeypatch.setattr(kept.upkeep, "_do_if_due", slip)
    with structlog.testing.capture_logs() as logs:
        assert await kept.passes(3600 + FIRST_PAUSE + 1) == ["often"]

    [entry] = logs
    assert isinstance(entry["exc_info"], ZeroDivisionError)


async def test_each_time_it_ends_before_a_round_is_done_the_pause_grows(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slip(_: Job) -> None:
        raise ZeroDivisionError

    with structlog.testing.capture_logs() as logs:
        with monkeypatch.context() as patched:
            patched.setattr(kept.upkeep, "_do_if_due", slip)
            await kept.passes(5 * 3600)
        pauses = [entry["seconds"] for entry in logs]
        assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
        assert pauses == sorted(pauses)
        assert pauses[-2:] == [LONGEST_PAUSE] * 2
        assert await kept.passes(LONGEST_PAUSE + 1) == ["often", "seldom"]
        kept.cancel()
        await kept.passes(FIRST_PAUSE + 1)

    assert logs[-1]["seconds"] == FIRST_PAUSE, "after a whole round it begins anew"


async def test_stopped_while_it_pauses_it_does_not_begin_again(kept: Kept) -> None:
    await kept.begins()
    kept.cancel()
    await kept.passes(1)

    with structlog.testing.capture_logs() as logs:
        await kept.upkeep.stop()
        assert await kept.passes(48 * 3600) == []
    assert logs == []


async def test_ended_within_a_job_that_one_comes_again_when_it_is_next_due(community: Community, kept: Kept) -> None:
    kept.fails["often"] = asyncio.CancelledError()

    await kept.begins()
    kept.fails.clear()

    assert await kept.passes(FIRST_PAUSE + 1) == ["seldom"]
    assert await kept.passes(3600) == ["often"]


async def test_a_clock_that_is_set_back_keeps_nothing_waiting(kept: Kept) -> None:
    await kept.begins()

    kept.community.set_clock(kept.community.env.now() - 30 * 24 * HOUR)

    assert await kept.passes(3601) == ["often", "seldom"]


async def test_stopped_it_does_nothing_more_and_is_silent(kept: Kept) -> None:
    await kept.begins()

    with structlog.testing.capture_logs() as logs:
        await kept.upkeep.stop()
        await kept.upkeep.stop()

    assert await kept.passes(48 * 3600) == []
    assert logs == []


async def test_the_bot_runs_it_once_and_ends_it_when_it_closes(community: Community) -> None:
    def running() -> list[Any]:
        return [task for task in asyncio.all_tasks() if task.get_coro().__qualname__ == "Upkeep._run"]

    assert len(running()) == 1
    await community.bot.on_ready()
    assert len(running()) == 1

    await community.restart()

    assert len(running()) == 1, "that of the new bot"
