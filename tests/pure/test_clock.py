"""Naps: they end in time, or when somebody wakes whoever rests, and leave nothing behind."""

import asyncio

import pytest

from bot.clock import Clock

LONG = 3600.0


async def resting(clock: Clock, count: int) -> list[asyncio.Task[None]]:
    naps = [asyncio.create_task(clock.nap(LONG)) for _ in range(count)]
    await asyncio.sleep(0)
    return naps


async def left_over() -> set[asyncio.Task[object]]:
    await asyncio.sleep(0)
    return asyncio.all_tasks() - {asyncio.current_task()}


async def test_a_nap_ends_by_itself() -> None:
    await Clock().nap(0)
    assert await left_over() == set()


async def test_waking_ends_every_nap_and_is_no_cancellation() -> None:
    clock = Clock()
    naps = await resting(clock, 3)

    clock.wake()

    assert await asyncio.gather(*naps) == [None] * 3
    assert await left_over() == set()


async def test_waking_where_nobody_rests_does_nothing_to_the_next_nap() -> None:
    clock = Clock()
    clock.wake()
    [nap] = await resting(clock, 1)

    assert (await asyncio.wait({nap}, timeout=0.01))[1] == {nap}
    clock.wake()
    await nap


async def test_who_is_cancelled_while_resting_leaves_no_sleep_behind() -> None:
    clock = Clock()
    [nap] = await resting(clock, 1)
    nap.cancel()

    with pytest.raises(asyncio.CancelledError):
        await nap
    assert await left_over() == set()
