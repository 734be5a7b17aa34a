"""What goes wrong is answered, and what nobody foresaw has an id that the log has too."""

import re

import aiohttp
import discord
import pytest
import structlog
from discord import app_commands, ui

from bot.cards.base import Card
from tests.support.community import Community, press, seen

pytestmark = pytest.mark.usefixtures("env")

APOLOGY = re.compile(r"Something went wrong on my side.*this id: `(?P<id>[0-9a-f]{6})`", re.DOTALL)


async def add_command(community: Community, error: Exception) -> None:
    """A command, /broken, that fails this way."""

    @app_commands.command(name="broken", description="Fails")
    async def broken(_: discord.Interaction) -> None:
        raise error

    community.bot.tree.add_command(broken)
    await community.bot.tree.sync()


async def test_what_nobody_foresaw_gets_an_apology_with_the_id_under_which_the_log_has_it(
    community: Community,
) -> None:
    community.expects_errors = True
    await add_command(community, ZeroDivisionError("a slip"))

    with structlog.testing.capture_logs() as logs:
        card = seen(await community.amina.slash(community.general, "broken"))

    apology = APOLOGY.search(card.text)
    assert apology
    assert card.is_private
    [logged] = [entry for entry in logs if entry["log_level"] == "error"]
    assert logged["error_id"] == apology["id"]
    assert logged["action"] == "broken"
    assert isinstance(logged["exc_info"], ZeroDivisionError)


async def test_a_button_that_fails_half_way_answers_too(community: Community) -> None:
    community.expects_errors = True
    asked = seen(await community.amina.slash(community.general, "fact", private=True))
    community.env.inject_error("POST", "/webhooks/*", status=500, code=0, times=1)

    pressed = await press(community.amina, asked, "Share here")

    [apology] = [seen(message) for message in pressed.followups]
    assert APOLOGY.search(apology.text)
    assert apology.is_private


async def test_when_the_first_answer_is_lost_a_second_is_tried(community: Community) -> None:
    community.expects_errors = True
    community.env.inject_error("POST", "/interactions/*/*/callback", status=500, code=0, times=1)

    assert APOLOGY.search(seen(await community.amina.slash(community.general, "fact")).text)


class Failing:
    """What a failing server says, as far as discord.py reads it."""

    status, reason = 503, "Service Unavailable"


LOST = {
    "closed": aiohttp.ServerDisconnectedError(),
    "reset": ConnectionResetError(104, "Connection reset by peer"),
    "no answer": TimeoutError(),
    "failing": discord.DiscordServerError(Failing(), "overloaded"),  # pyright: ignore[reportArgumentType]
}


@pytest.mark.parametrize("trouble", LOST)
async def test_what_the_network_loses_is_no_fault_of_the_bot(community: Community, trouble: str) -> None:
    await add_command(community, LOST[trouble])

    with structlog.testing.capture_logs() as logs:
        card = seen(await community.amina.slash(community.general, "broken"))

    assert card.text.startswith("My answer was lost on its way to you.")
    assert card.is_private
    [logged] = [entry for entry in logs if entry["log_level"] in ("warning", "error")]
    assert (logged["event"], logged["action"]) == ("an answer was lost on its way", "broken")
    assert "exc_info" not in logged


async def test_a_full_disk_is_no_lost_answer(community: Community) -> None:
    community.expects_errors = True
    await add_command(community, OSError(28, "No space left on device"))

    assert APOLOGY.search(seen(await community.amina.slash(community.general, "broken")).text)


async def test_an_interaction_that_discord_has_given_up_is_not_answered_and_no_alarm(community: Community) -> None:
    community.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062, times=1)

    answer = await community.amina.slash(community.general, "fact")

    assert not answer.acknowledged


@pytest.mark.parametrize("custom_id", ["fact:old:1", "9" * 80, "fact:sure:٣", "ß" * 100])
async def test_a_button_of_another_version_is_answered(community: Community, custom_id: str) -> None:
    old = Card(0, ["…"], [ui.Button(label="↻", custom_id=custom_id)])
    message = await community.bot.get_channel(community.general.id).send(view=old)

    answer = seen(await community.amina.click(message, label="↻"))

    assert "from an earlier version of me" in answer.text
    assert answer.is_private


@pytest.mark.parametrize(
    "custom_id",
    ["fact:sure:no-such-fact", "quote:share:no-such-quote", "dates:2026-99-99:0:0"],
)
async def test_a_button_for_something_that_is_gone_says_so(community: Community, custom_id: str) -> None:
    card = Card(0, ["…"], [ui.Button(label="↻", custom_id=custom_id)])
    message = await community.bot.get_channel(community.general.id).send(view=card)

    answer = seen(await community.amina.click(message, label="↻"))

    assert "no longer in my collection" in answer.text


@pytest.mark.parametrize("custom_id", ["fact:next::no-such-topic:", "quote:next:00000000::", "dates:9999-12-31:99:1"])
async def test_a_button_that_asks_for_nothing_there_is_says_so(community: Community, custom_id: str) -> None:
    card = Card(0, ["…"], [ui.Button(label="↻", custom_id=custom_id)])
    message = await community.bot.get_channel(community.general.id).send(view=card)

    assert seen(await community.amina.click(message, label="↻")).text
