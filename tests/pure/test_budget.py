"""How fast is posted: evenly, and no faster after the machine stood still."""

import asyncio
from bisect import bisect_left

import pytest

from bot.announcements.budget import A_SECOND, Budget
from bot.clock import Clock
from tests.sim.virtual import VirtualLoop

ALLOWED = 50
"""Requests that Discord takes within any second."""
AT_ONCE = 16
ENDS = 5.0


class HaltingLoop(VirtualLoop):
    """One that can stand still, so that all who rest meanwhile are late."""

    halted = 0.0

    def time(self) -> float:
        return super().time() + self.halted

    def halt(self, seconds: float) -> None:
        self.halted += seconds


async def _turns(halts: float) -> list[float]:
    """When requests went, of as many as go at once; after a second and a half everything stands still for a while."""
    loop, went = asyncio.get_running_loop(), list[float]()
    assert isinstance(loop, HaltingLoop)
    budget, began = Budget(Clock()), loop.time()
    loop.call_at(began + 1.5, loop.halt, halts)

    async def work() -> None:
        while loop.time() < began + ENDS:
            await budget.turn()
            went.append(loop.time())
            await asyncio.sleep(0.1)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return [at for at in went if at < began + ENDS]


def _turns_of(halts: float) -> list[float]:
    with asyncio.Runner(loop_factory=HaltingLoop) as runner:
        return runner.run(_turns(halts))


@pytest.mark.parametrize("halts", [0.0, 0.05, 0.2, 0.35, 1.0, 3.0])
def test_however_long_everything_stood_still_no_second_has_more_than_discord_allows(halts: float) -> None:
    went = _turns_of(halts)

    assert max(bisect_left(went, at + 1) - number for number, at in enumerate(went)) < ALLOWED


def test_the_budget_is_used_whole() -> None:
    assert len(_turns_of(0.0)) == pytest.approx(A_SECOND * ENDS, abs=4)


def test_a_standstill_costs_no_more_than_it_lasted() -> None:
    assert len(_turns_of(1.0)) == pytest.approx(A_SECOND * (ENDS - 1.0), abs=4)
