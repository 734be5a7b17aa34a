"""/quote, as members use it."""

import pytest

from bot.campaign.models import Quote
from tests.support.community import Community, Seen, press, seen

pytestmark = pytest.mark.usefixtures("env")


def quote_of(community: Community, card: Seen) -> Quote:
    """The quote on a card, by its text."""
    plain = card.text.replace("\\", "")
    return next(quote for quote in community.bot.services.campaign.quotes if quote.text in plain)


async def test_a_quote_names_speaker_role_occasion_date_and_source(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "quote", search="if not me who"))

    quote = quote_of(community, card)
    assert quote.id == "watson-if-not-me-who"
    words, speaker, small = card.text.splitlines()[:3]
    assert words.startswith("> ")
    assert speaker == "**Emma Watson**, UN Women Goodwill Ambassador"
    assert "September 20, 2014" in small, "the role is that of the day, so the day is shown"
    assert quote.occasion in small
    assert quote.source_title in small


async def test_a_speaker_is_chosen_from_the_list_or_typed_without_accents(community: Community) -> None:
    offered = await community.amina.autocomplete(community.general, "quote", "speaker", "ram")
    assert [choice["name"] for choice in offered] == ["Édgar Ramírez"]

    chosen = seen(await community.amina.slash(community.general, "quote", speaker=offered[0]["value"]))
    typed = seen(await community.joseph.slash(community.general, "quote", speaker="Edgar Ramirez"))

    assert quote_of(community, chosen).speaker == quote_of(community, typed).speaker == "Édgar Ramírez"


async def test_every_list_fits_what_discord_shows(community: Community) -> None:
    offered = await community.amina.autocomplete(community.general, "quote", "speaker", "")

    assert len(offered) == 25
    assert all(0 < len(choice["name"]) <= 100 for choice in offered)


@pytest.mark.parametrize("typed", ["🙂", "\u202e\u200b", "x" * 6000, "\ud800"])
async def test_odd_typing_in_a_list_is_harmless(community: Community, typed: str) -> None:
    assert len(await community.amina.autocomplete(community.general, "quote", "topic", typed)) <= 25


async def test_another_keeps_to_speaker_topic_and_search_and_tells_when_there_is_but_one(community: Community) -> None:
    asked = seen(
        await community.amina.slash(
            community.general, "quote", speaker="Emma Watson", topic="feminism", search="man hating"
        )
    )
    turned = seen(await press(community.amina, asked, "Another"))

    assert quote_of(community, asked).id == quote_of(community, turned).id == "watson-this-has-to-stop"


async def test_an_unknown_speaker_is_answered_with_what_to_do(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "quote", speaker="Nobody At All"))

    assert "I have no words of “Nobody At All”. Choose from the list" in card.text
    assert card.is_private


async def test_quotes_and_facts_do_not_count_as_each_other(community: Community) -> None:
    first = seen(await community.amina.slash(community.general, "quote", speaker="Winston Duke"))
    await community.amina.slash(community.general, "fact")
    second = seen(await community.amina.slash(community.general, "quote", speaker="Winston Duke"))

    assert quote_of(community, first).speaker == quote_of(community, second).speaker
