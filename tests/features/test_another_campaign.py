"""The same bot for another campaign: another folder is all it takes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import simcord

from bot.settings import Settings
from tests.support.community import Community, seen

pytestmark = pytest.mark.usefixtures("env")

TINY = Path(__file__).parent.parent / "data" / "tiny-campaign"


@pytest.fixture
async def community() -> AsyncIterator[Community]:
    """A server with a bot for the invented campaign."""
    community = Community(settings=Settings(campaign_dir=TINY, shard_count=1, _env_file=None))
    await community.env.start()
    with community.env.time_context():
        community.furnish()
    yield community
    await community.close()


async def everything_shown(community: Community) -> dict[str, simcord.InteractionResult]:
    """The answers to all commands, and to the buttons that lead further."""
    amina, general = community.amina, community.general
    answers = {
        name: await amina.slash(general, name)
        for name in ("about", "help", "support", "quote", "anniversary next", "anniversary list", "commitments")
    }
    answers["fact"] = await amina.slash(general, "fact", topic="garden")
    answers["how sure"] = await amina.click(answers["fact"].response, label="How sure is this?")
    answers["nothing"] = await amina.slash(general, "fact", search="pizza")
    return answers


async def test_each_command_speaks_of_the_invented_campaign(community: Community) -> None:
    answers = await everything_shown(community)

    shown = {name: seen(answer).text for name, answer in answers.items()}
    assert "Uplift for Plant a Tree" in shown["about"]
    assert "2 facts, 1 quote, and 2 dates" in shown["about"]
    assert "This campaign does not exist" in shown["about"]
    assert "The bench under the oak" in shown["support"]
    assert "Dig here, please." in shown["quote"]
    assert "The paper sapling is planted" in shown["anniversary next"]
    assert "Day of the Umbrella" in shown["anniversary list"]
    assert "Lend the spade" in shown["commitments"]
    assert "There are 7 imaginary trees" in shown["fact"]
    assert "the umbrella has not been asked" in shown["how sure"]
    assert "Saplings · The garden" in shown["nothing"]


async def test_nothing_that_it_sends_speaks_of_another_campaign(community: Community) -> None:
    await everything_shown(community)
    for command, option in (("fact", "topic"), ("quote", "topic"), ("quote", "speaker")):
        await community.amina.autocomplete(community.general, command, option, "")

    sent = json.dumps([request.json for request in community.env.http_requests]).casefold()

    assert "plant a tree" in sent
    assert '"anniversary"' in sent, "the commands are among what was sent"
    assert "the mayor of fiction town" in sent, "so are the lists that open while one types"
    assert "heforshe" not in sent
    assert "un women" not in sent


async def test_cards_wear_the_colour_of_the_invented_campaign(community: Community) -> None:
    answer = await community.amina.slash(community.general, "fact")

    [frame] = answer.response.components
    assert frame["accent_color"] == 0x2E7D32
