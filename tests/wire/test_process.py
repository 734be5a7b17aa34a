"""The bot as a process: stopped in any state, killed at any step, and silent about what it must not tell."""

import asyncio
import contextlib
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from tests.wire.child import Child
from tests.wire.client import Wire
from tests.wire.pledging import ALREADY, THANKS, WORDS, form, kept, pledge, send

CALLBACK = "/interactions/*/callback"


STARTING = ["/users/@me", "/oauth2/applications/@me", "/gateway/bot", "/applications/*/commands"]


@pytest.mark.parametrize("path", STARTING)
async def test_told_to_stop_while_it_starts_it_is_out_in_time(wire: Wire, child: Child, path: str) -> None:
    hanging = await wire.hangs("*", path)
    await child.start(ready=False)
    await child.unless_it_ends(hanging.happened(patience=20))

    end = await child.stop()

    assert end.code == 0


async def test_told_to_stop_while_it_writes_and_answers_it_is_out_in_time_and_loses_nothing(
    wire: Wire, child: Child
) -> None:
    guild = await wire.guild()
    amina, joseph = await wire.member(guild, "amina"), await wire.member(guild, "joseph")
    child.expects_trouble = True  # an answer is cut off, which it logs
    await child.start()
    opened = await form(child, amina, guild.general)
    theirs = await form(child, joseph, guild.general)
    hanging = await wire.hangs("POST", CALLBACK)
    await send(child, amina, opened).delivered()  # saved; its answer hangs
    await hanging.happened()

    with contextlib.closing(sqlite3.connect(child.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await send(child, joseph, theirs, "I will wait for the database.").delivered()
        await wire.slash(amina, guild.general, "fact")  # events keep their order: that is with the database now
        end = await child.stop()
        other.execute("ROLLBACK")

    assert end.code == 0
    assert kept(child, guild) == 1
    assert child.rows("PRAGMA integrity_check") == [("ok",)]


async def test_told_to_stop_while_it_reconnects_it_is_out_in_time(wire: Wire, child: Child) -> None:
    await child.start()
    await wire.gateway(answers=False)
    await wire.do("cut", reset=True)
    await wire.until("connected", 2)

    assert (await child.stop(signal.SIGINT)).code == 0


@pytest.mark.parametrize("stage", ["seen", "applied", "answered"])
async def test_killed_at_an_answer_what_was_saved_stays_saved_and_the_second_try_says_so(
    wire: Wire, child: Child, stage: str
) -> None:
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await child.start()
    opened = await form(child, amina, guild.general)
    killer = await wire.kills(child.pid, "POST", CALLBACK, stage, text="Thank you")

    waiting = await send(child, amina, opened).delivered()
    await killer.happened()
    end = await child.end()

    assert end.code == -signal.SIGKILL
    assert (await waiting.now()).kind == (0 if stage == "seen" else 4)
    await child.start()
    assert kept(child, guild) == 1
    assert (await pledge(child, amina, guild.general)).title == ALREADY
    assert kept(child, guild) == 1


async def test_killed_when_the_row_is_there_it_is_there_after_a_restart(wire: Wire, child: Child) -> None:
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await child.start()
    opened = await form(child, amina, guild.general)
    await wire.hangs("POST", CALLBACK)  # so that it does not end by itself before

    killing = asyncio.create_task(child.killed_when("SELECT 1 FROM pledge WHERE guild_id = ?", int(guild.id)))
    await send(child, amina, opened).delivered()
    await killing
    assert (await child.end()).code == -signal.SIGKILL

    await wire.calm()
    await child.start()
    assert (await pledge(child, amina, guild.general)).title == ALREADY


async def test_a_second_start_changes_no_commands(wire: Wire, child: Child) -> None:
    await child.start()
    registered = await wire.do("registered")
    await child.stop()
    await child.start()

    assert await wire.do("registered") == registered
    assert len(await wire.requests("PUT", "/applications")) == 1


@pytest.mark.parametrize("style", ["console", "json"])
async def test_neither_the_token_nor_what_people_write_stands_in_what_it_says(
    wire: Wire, children: Callable[..., Child], style: str
) -> None:
    child = await children(wire, LOG_LEVEL="DEBUG", LOG_FORMAT=style).start()
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    canary = "canarypledge that nobody else may ever read"
    child.expects_trouble = True
    opened = await form(child, amina, guild.general)

    assert (await send(child, amina, opened, canary)).title == THANKS
    await wire.fails("POST", CALLBACK, 400, code=50035, times=9)  # an error with a traceback, and the body before it
    failing = await wire.watch("POST", CALLBACK)
    await send(child, amina, opened, canary).delivered()
    await send(child, amina, opened, f"{canary} https://example.org").delivered()
    await wire.slash(amina, guild.general, "fact", search=canary).delivered()
    await child.says("unexpected error")
    await failing.lift()
    end = await child.stop()

    assert end.code == 0
    assert "Traceback" in end.said, "there was something to tell"
    assert "canarypledge" not in end.said
    assert wire.token not in end.said
    assert "interaction-token" not in end.said


async def test_the_child_lives_in_the_time_that_the_test_sets(wire: Wire, child: Child) -> None:
    """What the bot calls today is what its clock says."""
    child.time.move(datetime(2030, 9, 19, 12, tzinfo=UTC))
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await child.start()
    assert (await pledge(child, amina, guild.general)).title == THANKS
    assert "September 19, 2030" in (await wire.slash(amina, guild.general, "pledge mine")).text

    child.time.move(datetime(2031, 1, 2, 12, tzinfo=UTC))
    assert (await pledge(child, amina, guild.general, WORDS + " Twice.")).title == THANKS
    assert "January 2, 2031" in (await wire.slash(amina, guild.general, "pledge mine")).text
