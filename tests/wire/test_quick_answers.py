"""Answers go out once, and no copy of them is asked back; where discord.py is not as known, it goes its own way."""

from contextvars import copy_context
from typing import Any

import pytest
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from bot.quick_answers import use_quick_answers
from tests.wire.child import Child
from tests.wire.pledging import pledge

CALLBACK = "/interactions/*/callback"


async def test_nobody_asks_for_a_copy_of_an_answer(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild)

    await pledge(bot, amina, guild.general)
    own = await wire.slash(amina, guild.general, "pledge mine")
    asked = await wire.press(amina, own, "Withdraw")
    await wire.press(amina, asked, "No, keep it")

    answers = [each["what"] for each in await wire.requests("POST", "/interactions/")]
    assert len(answers) == 5
    assert [each for each in answers if "with_response" in each] == []


async def test_an_answer_that_discord_refuses_is_not_sent_again(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild)
    refused = await wire.fails("POST", CALLBACK, 404, code=10062)

    await wire.slash(amina, guild.general, "fact").delivered()
    await refused.happened()
    await wire.slash(amina, guild.general, "fact")

    assert len(await wire.requests("POST", "/interactions/")) == 2


async def test_an_answer_that_discord_could_not_take_is_sent_again(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    amina = await wire.member(guild)
    failed = await wire.fails("POST", CALLBACK, 500)

    shown = await wire.slash(amina, guild.general, "fact")

    assert "Source: " in shown.text
    assert await failed.lift() == 1


def test_todays_discord_py_is_known() -> None:
    assert copy_context().run(use_quick_answers)


def test_a_discord_py_that_sends_answers_otherwise_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    async def otherwise(self: AsyncWebhookAdapter, interaction_id: int, payload: Any) -> None: ...

    monkeypatch.setattr(AsyncWebhookAdapter, "create_interaction_response", otherwise)

    def tried() -> tuple[bool, type]:
        return use_quick_answers(), type(async_context.get())

    assert copy_context().run(tried) == (False, AsyncWebhookAdapter)
