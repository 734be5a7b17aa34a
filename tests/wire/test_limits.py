"""Rate limits met while people wait: the bot tries again when it may, not before, and serves the others meanwhile."""

import asyncio

import pytest

from tests.wire.child import Child
from tests.wire.pledging import THANKS, form, kept, send

CALLBACK = "/interactions/*/callback"


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_an_answer_that_meets_a_rate_limit_is_given_after_it_and_not_before(bot: Child, scope: str) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina, joseph = await wire.member(guild, "amina"), await wire.member(guild, "joseph")
    opened = await form(bot, amina, guild.general)
    limited = await wire.limits("POST", CALLBACK, scope, retry_after=0.4)

    waiting = await send(bot, amina, opened).delivered()
    await limited.happened()
    other = await wire.slash(joseph, guild.general, "fact")
    answer = await waiting.answered()

    assert answer.title == THANKS
    assert answer.took >= 0.4
    assert other.took < 0.4, "nobody else waits"
    assert await limited.lift() == 1, "it asked once more, when it might"
    assert kept(bot, guild) == 1


async def test_a_limit_longer_than_an_answer_may_take_loses_the_answer_and_nothing_else(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    opened = await form(bot, amina, guild.general)
    limited = await wire.limits("POST", CALLBACK, retry_after=3600)

    waiting = await send(bot, amina, opened).delivered()
    await limited.happened()
    facts = await asyncio.gather(*(wire.slash(amina, guild.general, "fact").answered() for _ in range(3)))

    assert all("Source" in fact.text for fact in facts)
    assert (await waiting.now()).kind == 0
    assert await limited.lift() == 1, "not once before its time"
    assert kept(bot, guild) == 1


async def test_an_answer_that_looks_like_a_ban_is_not_tried_again(bot: Child) -> None:
    wire = bot.wire
    bot.expects_trouble = True  # nothing that it foresees: it logs it
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    opened = await form(bot, amina, guild.general)
    banned = await wire.limits("POST", CALLBACK, via=False, retry_after=30.0, times=9)

    await send(bot, amina, opened).delivered()
    await banned.happened(2)  # the answer, and the apology for it
    await wire.slash(amina, guild.general, "fact").delivered()
    await banned.happened(4)

    assert await banned.lift() == 4
    assert kept(bot, guild) == 1
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text


async def test_buckets_are_counted_for_each_channel_and_the_global_one_leaves_interactions_alone(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await wire.do("limit_all", most=1, seconds=60.0)

    facts = [await wire.slash(amina, guild.general, "fact") for _ in range(5)]

    assert all("Source" in fact.text for fact in facts)
