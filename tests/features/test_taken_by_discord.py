"""Whatever the bot says in the simulated Discord, the real one would take: each request is held against its rules."""

import pytest
import simcord

from bot.cards.pledge_form import LONGEST_COUNTRY
from bot.services.naming import LONGEST_SEARCH
from bot.services.pledges import LONGEST_TYPED, LONGEST_WORDS
from bot.text import clean
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import WORDS, form_of, in_a_hurry, mine, pledge, send, slash, stats, wall
from tests.wire.judge import faults_of

pytestmark = pytest.mark.usefixtures("env")


def judged(community: Community) -> list[str]:
    """What Discord would not have taken of all that the bot asked for."""
    return [
        fault
        for one in community.env.http_requests
        for fault in faults_of(
            one.method, one.path, one.json, query={name: str(value) for name, value in one.params.items()}
        )
    ]


async def test_whatever_the_bot_says_today_passes(community: Community) -> None:
    await talk(community)

    requests = community.env.http_requests
    assert judged(community) == []
    assert {one.json["type"] for one in requests if one.path.endswith("/callback")} >= {4, 7, 9}
    assert any(one.method == "PUT" and one.path.endswith("/commands") for one in requests)


async def talk(community: Community) -> None:
    """Every command once, and what leads on from its answer."""
    amina, general = community.amina, community.general
    for name in ("about", "help", "support", "anniversary next", "commitments", "fact", "quote"):
        assert (await slash(amina, general, name)).acknowledged
    await press(amina, seen(await slash(amina, general, "anniversary list")), "Later")
    private = seen(await slash(amina, general, "fact", private=True))
    await press(amina, private, "Share here")
    await slash(amina, general, "fact", search="nothing like this")
    await talk_of_a_pledge(community)


async def talk_of_a_pledge(community: Community) -> None:
    """A pledge from the first question to the withdrawal, and where others see it."""
    amina, joseph, general = community.amina, community.joseph, community.general
    await slash(amina, general, "pledge make")
    await send(amina, await form_of(amina, general), words="short")
    await pledge(amina, general, words=WORDS, country="Guinea Bissau or Congo", wall=True)
    await press(joseph, await wall(community), "Make a pledge")
    await press(joseph, await stats(community), "The whole campaign")
    own = await mine(community)
    await send(amina, await press(amina, own, "Edit"), words="I will speak second.")
    await press(amina, await mine(community), "Take off the wall")
    await press(amina, seen(await press(amina, await mine(community), "Withdraw")), "Yes, withdraw it")


WORST = {"stars": "*", "lists": "\n1. ", "emoji": "🙂", "calls": "@everyone ", "marks": "Z\u0335\u0348\u0301"}


@IN_ENGLISH
@pytest.mark.parametrize("kind", WORST)
async def test_whoever_writes_it_gets_answers_that_discord_takes(community: Community, kind: str) -> None:
    amina, general = community.amina, community.general
    text = (WORST[kind] * LONGEST_TYPED)[:LONGEST_TYPED]
    with in_a_hurry():
        await look_for(community, text)
        country = text[:LONGEST_COUNTRY]
        refused = await send(amina, unbounded(await form_of(amina, general)), words=text, country=country)
        again = await press(amina, refused, "Open the form again")
        words = f"I will say {clean(text, LONGEST_WORDS)}"[:LONGEST_WORDS]
        await send(amina, again, words=words, country=country, wall=True)
        await wall(community)
        own = await mine(community)
        if "Edit" in own.buttons:  # what calls somebody is no pledge
            await press(amina, own, "Edit")
            await press(amina, own, "Withdraw")
        gone = unbounded(await form_of(amina, general))
        gone._interaction.modal["custom_id"] = "pledge:new:gone"
        assert "What you wrote:" in (await send(amina, gone, words=text)).text

    assert len(community.env.http_requests) > 10
    assert judged(community) == []


async def look_for(community: Community, text: str) -> None:
    """Types it wherever something may be typed freely, as long as Discord lets it be there."""
    typed = {"topic": text, "speaker": text, "theme": text} | dict.fromkeys(("search", "who"), text[:LONGEST_SEARCH])
    for command in ("fact topic", "quote speaker", "pledge make theme", "fact search", "commitments who"):
        name, _, option = command.rpartition(" ")
        await slash(community.amina, community.general, name, **{option: typed[option]})
    await slash(community.amina, community.general, "pledge wall", theme=text[:LONGEST_SEARCH])


def unbounded(form: simcord.InteractionResult) -> simcord.InteractionResult:
    """The form as an earlier version might have shown it: without a limit to the words."""
    del form._interaction.modal["components"][1]["component"]["max_length"]
    return form
