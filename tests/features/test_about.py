"""/about, /help and /support, as members use them."""

import pytest

from tests.support.community import IN_BOTH, Community, seen

pytestmark = [pytest.mark.usefixtures("env"), IN_BOTH]


async def test_about_says_what_it_is_what_it_stores_and_whom_it_does_not_speak_for(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "about"))

    assert card.is_private
    assert card.title == "Uplift for HeForShe"
    assert "91 facts, 77 quotes, and 72 dates" in card.text
    assert "Of you I store what you tell me" in card.text
    assert "not affiliated with, or endorsed by, UN Women" in card.text
    assert card.links == ("https://www.heforshe.org/en", "https://www.unwomen.org/en")


async def test_help_tells_of_every_command_there_is(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "help"))

    assert card.is_private
    for command in community.amina.available_commands(community.general):
        assert f"</{command}:" in card.text, f"/{command} can be pressed in the text"


async def test_support_is_private_and_shows_every_place_in_order(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "support"))

    assert card.is_private
    campaign = community.bot.services.campaign
    found = [card.text.index(place.text[:40]) for place in campaign.support]
    assert found == sorted(found)
    assert card.text.index(campaign.info.support_intro) < found[0]
    assert community.general.history(viewer=community.joseph) == []


async def test_members_commands_are_offered_everywhere_and_moderators_in_servers_alone(community: Community) -> None:
    listed = await community.bot.http.get_global_commands(community.bot.application_id)

    everywhere = {"about", "anniversary", "commitments", "fact", "help", "pledge", "privacy", "quote", "support"}
    moderators = {"milestone", "moderate", "setup"}
    assert {command["name"] for command in listed} == everywhere | moderators | {"Report to moderators"}
    for command in listed:
        is_for_all = command["name"] in everywhere
        assert sorted(command["contexts"]) == ([0, 1, 2] if is_for_all else [0]), command["name"]
        assert sorted(command["integration_types"])[:1] == [0], command["name"]
        assert 1 in command["integration_types"] or not is_for_all, command["name"]
