"""An answer that the network loses: the member learns what became of it, the log needs one line, nothing is doubled."""

import pytest

from tests.wire.child import Child
from tests.wire.client import Guild, Member
from tests.wire.pledging import ALREADY, THANKS, form, kept, send

CALLBACK = "/interactions/*/callback"
ANSWER_LOST = "My answer was lost on its way to you."
LOGGED = "an answer was lost on its way"

TROUBLES = ["resets", "drops"]


async def community(bot: Child) -> tuple[Guild, Member]:
    """A server, and Amina in it. What the bot says in these tests must hold no traceback: the fixture looks."""
    guild = await bot.wire.guild()
    return guild, await bot.wire.member(guild, "amina")


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_whose_answer_was_lost_reads_that_what_was_saved_is_saved(bot: Child, trouble: str) -> None:
    guild, amina = await community(bot)
    opened = await form(bot, amina, guild.general)
    said = len(bot.said)
    await getattr(bot.wire, trouble)("POST", CALLBACK)

    answer = await send(bot, amina, opened)

    assert answer.text.startswith(ANSWER_LOST)
    assert "what was saved is saved, </pledge mine:" in answer.text
    assert answer.is_private
    assert kept(bot, guild) == 1
    assert bot.said[said:].count(LOGGED) == 1
    assert "unexpected error" not in bot.said[said:]
    assert (await send(bot, amina, opened)).title == ALREADY
    assert kept(bot, guild) == 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_answer_that_arrived_although_the_line_broke_is_not_followed_by_another(
    bot: Child, trouble: str
) -> None:
    guild, amina = await community(bot)
    opened = await form(bot, amina, guild.general)
    said = len(bot.said)
    await getattr(bot.wire, trouble)("POST", CALLBACK, applied=True)
    second = await bot.wire.watch("POST", CALLBACK)

    sent = await send(bot, amina, opened).delivered()
    await second.happened()  # and is refused: Discord has the first one
    answer = await sent.now()

    assert answer.title == THANKS
    assert answer.followups == []
    assert bot.said[said:].count(LOGGED) == 1
    assert "unexpected error" not in bot.said[said:]
    assert kept(bot, guild) == 1


async def test_a_command_whose_answer_was_lost_says_so_and_works_again(bot: Child) -> None:
    guild, amina = await community(bot)
    await bot.wire.resets("POST", CALLBACK)

    lost = await bot.wire.slash(amina, guild.general, "fact")

    assert lost.text.startswith(ANSWER_LOST)
    assert lost.is_private
    assert "Source" in (await bot.wire.slash(amina, guild.general, "fact")).text
