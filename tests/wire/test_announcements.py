"""What is announced, over the wire: once on its day, whatever becomes of the bot, its clock and its connection."""

import signal
from collections.abc import Callable
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.wire.announcing import POSTING, THE_DAY, Announcing, twin_of
from tests.wire.child import Child
from tests.wire.client import Wire

DAY = timedelta(days=1)


@pytest_asyncio.fixture(loop_scope="session")
async def news(child: Child) -> Announcing:
    """A server in Nairobi, a minute before nine on the day; the bot is not started yet."""
    announcing = Announcing(child)
    await announcing.found()
    return announcing


async def test_it_is_posted_when_it_is_due_and_only_once(news: Announcing) -> None:
    await news.child.start()
    await news.until("planned")
    assert await news.posts() == []

    await news.moves_to(THE_DAY)
    await news.until("sent")
    await news.moves_to(THE_DAY + DAY)
    await news.until("planned")

    [post] = await news.posts()
    assert "Make a pledge" in str(post.buttons)
    assert news.states() == [("sent", None)]


@pytest.mark.parametrize("stage", ["seen", "applied", "answered"])
@pytest.mark.parametrize("later", [25.0, 400.0], ids=["when the lease is over", "when Discord forgot the nonce"])
async def test_killed_while_it_posts_it_has_posted_once_after_a_restart(
    news: Announcing, stage: str, later: float
) -> None:
    await news.child.start()
    killer = await news.wire.kills(news.child.pid, *POSTING, stage)
    await news.moves_to(THE_DAY)
    await killer.happened()
    assert (await news.child.end()).code == -signal.SIGKILL

    await news.passes(later)
    await news.child.start()
    await news.until("sent")

    assert len(await news.posts()) == 1


async def test_down_at_the_hour_it_posts_later_on_the_day(news: Announcing) -> None:
    await news.child.start()
    await news.until("planned")
    await news.child.stop()

    await news.moves_to(THE_DAY + timedelta(hours=8))
    await news.child.start()
    await news.until("sent")

    assert len(await news.posts()) == 1


@pytest.mark.parametrize("away", [DAY, 7 * DAY], ids=["a day", "a week"])
async def test_down_for_long_what_was_missed_is_not_posted_but_told(news: Announcing, away: timedelta) -> None:
    await news.child.start()
    await news.until("planned")
    await news.child.stop()

    await news.moves_to(THE_DAY + away)
    await news.child.start()
    await news.until("expired")
    await news.until("planned")

    assert await news.posts() == []
    assert news.states()[0] == ("expired", "too_late")


async def test_a_clock_that_is_set_back_and_forth_posts_nothing_twice(news: Announcing) -> None:
    await news.child.start()
    await news.moves_to(THE_DAY)
    await news.until("sent")

    for at in (THE_DAY - timedelta(hours=2), THE_DAY + timedelta(hours=1), THE_DAY - DAY, THE_DAY + timedelta(hours=3)):
        await news.moves_to(at)
        await news.child.finds("SELECT expires_at = '1970-01-01 00:00:00.000000' FROM lease WHERE name = 'outbox'")

    await news.moves_to(THE_DAY + 2 * DAY)
    await news.until("planned")
    assert len(await news.posts()) == 1


@pytest.mark.parametrize("harm", ["cut", "close", "invalidate", "ask_to_reconnect"])
async def test_a_connection_that_breaks_at_the_hour_costs_nothing(news: Announcing, harm: str) -> None:
    await news.child.start()
    about = {"cut": {"reset": True}, "close": {"code": 1001}, "invalidate": {"resumable": False}}
    await news.wire.do(harm, **about.get(harm, {}))
    await news.moves_to(THE_DAY)

    await news.until("sent")
    await news.wire.until("connected", 2)
    await news.wire.until_up()
    await news.moves_to(THE_DAY + timedelta(hours=1))

    assert len(await news.posts()) == 1


async def test_told_to_stop_while_it_posts_it_is_out_in_time_and_posts_once_in_all(news: Announcing) -> None:
    hanging = await news.wire.hangs(*POSTING, applied=True)
    await news.child.start()
    await news.moves_to(THE_DAY)
    await hanging.happened()

    assert (await news.child.stop()).code == 0
    assert news.states() == [("claimed", None)]
    await hanging.lift()
    await news.child.start()
    await news.until("sent")

    assert len(await news.posts()) == 1


async def test_of_two_processes_on_one_database_one_posts(
    wire: Wire, children: Callable[..., Child], news: Announcing
) -> None:
    other = twin_of(news.child, children(wire))
    await news.child.start()
    await other.start()
    await news.moves_to(THE_DAY)
    await news.until("sent")
    await news.moves_to(THE_DAY + timedelta(hours=1))
    await news.until("planned")

    assert len(await news.posts()) == 1
    assert await news.asked() == 1
