"""The database in trouble while people wait: each is answered in time, nothing is half saved, all heals by itself."""

import contextlib
import sqlite3
from collections.abc import Iterator

import pytest

from tests.wire.child import Child
from tests.wire.client import Answer, Member, Wire
from tests.wire.pledging import THANKS, WORDS, form, kept, pledge, send

IN_TIME = 2.5
"""Seconds until Discord must have heard something."""

BUSY = "This was not saved: my memory is busy with something else. Please try again in a minute."
BROKEN = "This was not saved: my memory has a problem that I can't mend myself."


@contextlib.contextmanager
def locked(bot: Child) -> Iterator[sqlite3.Connection]:
    """Another process writes, and does not end."""
    with contextlib.closing(sqlite3.connect(bot.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


async def test_while_another_holds_the_database_the_member_is_told_in_time_and_tries_again(bot: Child) -> None:
    """Longer than the bot waits for it: five seconds."""
    wire = bot.wire
    guild = await wire.guild()
    amina, joseph = await wire.member(guild, "amina"), await wire.member(guild, "joseph")
    opened = await form(bot, amina, guild.general)

    with locked(bot):
        waiting = await send(bot, amina, opened).delivered()
        first = await waiting.acknowledged()
        fact = await wire.slash(joseph, guild.general, "fact")
        answer = await waiting.answered()

    assert first.took <= IN_TIME
    assert first.was_deferred
    assert "Source" in fact.text
    assert fact.took <= IN_TIME
    assert BUSY in answer.text
    assert WORDS in answer.text, "the words are given back"
    assert answer.is_private
    assert kept(bot, guild) == 0
    assert (await form(bot, amina, guild.general)).fields["words"]["value"] == WORDS
    assert (await send(bot, amina, opened)).title == THANKS


async def test_a_database_that_is_soon_free_again_costs_a_little_patience_only(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    opened = await form(bot, amina, guild.general)

    with locked(bot) as other:
        waiting = await send(bot, amina, opened).delivered()
        first = await waiting.acknowledged()
        other.execute("ROLLBACK")
        answer = await waiting.answered()

    assert first.took <= IN_TIME
    assert answer.title == THANKS
    assert answer.is_private
    assert kept(bot, guild) == 1


async def test_on_a_full_disk_nothing_is_half_saved_and_it_goes_on_once_there_is_room(bot: Child) -> None:
    wire = bot.wire
    bot.expects_trouble = True
    guild = await wire.guild()
    words = "我会在家里做一半的家务。" * 20

    async def pledged_by(number: int) -> tuple[Member, Answer, Answer]:
        member = await wire.member(guild, f"member{number}")
        opened = await form(bot, member, guild.general)
        return member, opened, await send(bot, member, opened, words)

    saved = 0
    with bot.trouble("max_page_count=1", "max_page_count=1000000"):  # no page more than there are
        member, opened, answer = await pledged_by(saved)
        while answer.title == THANKS and saved < 60:
            saved += 1
            member, opened, answer = await pledged_by(saved)

    assert BROKEN in answer.text
    assert words in answer.text, "the words are given back"
    assert answer.took <= IN_TIME
    assert answer.is_private
    assert kept(bot, guild) == saved
    assert bot.rows("PRAGMA integrity_check") == [("ok",)]
    assert (await send(bot, member, opened, words)).title == THANKS


async def test_a_database_that_becomes_read_only_refuses_in_words_and_heals(bot: Child) -> None:
    wire = bot.wire
    bot.expects_trouble = True
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await pledge(bot, amina, guild.general, WORDS, wall=True)
    opened = await form(bot, amina, guild.general)

    with bot.trouble("query_only=ON", "query_only=OFF"):
        answer = await send(bot, amina, opened, "I will cook every other day.")
        wall = await wire.slash(amina, guild.general, "pledge wall")

    assert BROKEN in answer.text
    assert "I will cook every other day." in answer.text
    assert answer.took <= IN_TIME
    assert wall.card.quoted == [WORDS], "what was there can still be read"
    assert (await send(bot, amina, opened, "I will cook every other day.")).title == THANKS


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_what_was_told_as_saved_is_there_after_a_restart(wire: Wire, child: Child, end: str) -> None:
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await child.start()
    assert (await pledge(child, amina, guild.general, wall=True)).title == THANKS

    await getattr(child, end)()
    await child.start()

    assert (await wire.slash(amina, guild.general, "pledge wall")).card.quoted == [WORDS]
