"""The gateway in trouble: the bot comes back, misses nothing that can be had again, and does nothing twice."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.exits import Exit
from tests.wire.child import Child
from tests.wire.client import Wire
from tests.wire.pledging import THANKS, WORDS, form, kept, pledge, send

RESUMES: dict[str, tuple[str, dict[str, Any]]] = {
    "4000": ("close", {"code": 4000}),
    "op 7": ("ask_to_reconnect", {}),
    "op 9 true": ("invalidate", {"resumable": True}),
}
LOGS_IN_AGAIN: dict[str, tuple[str, dict[str, Any]]] = {
    "4009": ("close", {"code": 4009}),
    "1000": ("close", {"code": 1000}),
    "1001": ("close", {"code": 1001}),
    "op 9 false": ("invalidate", {"resumable": False}),
}
CUTS: dict[str, tuple[str, dict[str, Any]]] = {
    "RST": ("cut", {"reset": True}),
    "FIN": ("cut", {"reset": False}),
}


@pytest.mark.parametrize("trouble", RESUMES | CUTS)
async def test_what_happened_while_the_connection_was_lost_is_done_once_it_is_back(bot: Child, trouble: str) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    opened = await form(bot, amina, guild.general)
    before = await wire.gateway()

    verb, what = (RESUMES | CUTS)[trouble]
    await wire.do(verb, **what)
    sent = await send(bot, amina, opened, wall=True).delivered()
    answer = await sent.answered()

    assert answer.title == THANKS
    assert kept(bot, guild) == 1
    after = await wire.gateway()
    assert (after["resumed"] - before["resumed"], after["identified"] - before["identified"]) == (1, 0)


@pytest.mark.parametrize("trouble", LOGS_IN_AGAIN)
async def test_a_session_that_is_over_is_followed_by_a_new_one(bot: Child, trouble: str) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    assert (await pledge(bot, amina, guild.general, wall=True)).title == THANKS
    before = await wire.gateway()

    verb, what = LOGS_IN_AGAIN[trouble]
    await wire.do(verb, **what)
    await wire.until("identified", before["identified"] + 1)
    await wire.until_up()

    assert (await wire.slash(amina, guild.general, "pledge wall")).card.quoted == [WORDS]
    assert kept(bot, guild) == 1
    after = await wire.gateway()
    assert (after["resumed"] - before["resumed"], after["identified"] - before["identified"]) == (0, 1)


async def test_a_gateway_that_answers_no_heartbeat_is_left_for_a_new_connection(wire: Wire, child: Child) -> None:
    await wire.gateway(heartbeat_interval=100)
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    await child.start(impatient=0.7)

    await wire.gateway(acknowledges=False)
    await wire.until("resumed", 1)
    await wire.gateway(acknowledges=True)

    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text
    assert (await wire.gateway())["identified"] == 1
    assert (await child.stop()).code == 0


async def test_a_resume_that_is_refused_is_followed_by_a_new_session(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    before = await wire.gateway(refuses_resume=False)

    await wire.do("close", code=4000)
    await wire.until("identified", before["identified"] + 1)
    await wire.until_up()

    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text


async def test_servers_that_it_joins_and_leaves_meanwhile_are_served_and_forgotten(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild(with_bot=False)
    amina = await wire.member(guild, "amina")
    await wire.do("add_bot", guild=guild.id)
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text

    await wire.do("outage", guild=guild.id)
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text

    await wire.do("remove_bot", guild=guild.id)
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text, "from her own account, it still answers"


@pytest.mark.parametrize(("code", "exit_code"), [(4004, Exit.TOKEN), (4014, Exit.REFUSED)])
async def test_a_running_bot_that_discord_will_not_have_back_ends_with_a_code_of_its_own(
    wire: Wire, child: Child, code: int, exit_code: Exit
) -> None:
    await child.start()

    await wire.do("close", code=code)
    end = await child.end()

    assert end.code == exit_code
    assert (await wire.gateway())["identified"] == 1, "it does not knock again: Discord counts"


async def test_each_shard_logs_in_and_serves_its_own_servers(wire: Wire, child: Child) -> None:
    await wire.do("settings", shards=2)
    guilds = [await wire.guild() for _ in range(4)]
    members = [await wire.member(guild) for guild in guilds]
    await child.start()

    answers = await asyncio.gather(
        *(wire.slash(member, guild.general, "fact") for member, guild in zip(members, guilds, strict=True))
    )

    assert all("Source" in answer.text for answer in answers)
    assert (await wire.gateway())["identified"] == 2


async def test_it_asks_for_the_better_compression_and_does_without(wire: Wire, children: Callable[..., Child]) -> None:
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    child = await children(wire).start()
    assert (await wire.gateway())["compressions"] == ["zstd-stream"]
    assert (await child.stop()).code == 0

    other = await children(wire, CHILD_WITHOUT="zstandard").start()
    assert (await wire.gateway())["compressions"] == ["zstd-stream", "zlib-stream"]
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text
    assert (await other.stop()).code == 0
