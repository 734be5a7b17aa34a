"""What is posted when people in a server have reached something together."""

import pytest

from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import WORDS, in_a_hurry, newcomer, pledge
from tests.support.rendering import body, plan_of, posted, reached, rendered, texts
from tests.wire.judge import faults_of

pytestmark = pytest.mark.usefixtures("env")

FIVE = ("Kenya", "Brazil", "Japan", "France", "Fiji")


async def stand_up(community: Community, count: int, countries: tuple[str, ...] = ()) -> None:
    with in_a_hurry():
        for number in range(count):
            country = countries[number] if number < len(countries) else ""
            await pledge(newcomer(community, f"person{number}"), community.general, words=WORDS, country=country)


async def test_a_goal_is_told_with_thanks_and_with_the_next_one(community: Community) -> None:
    await stand_up(community, 10)

    post = await posted(community, plan_of(community, "target", "", "goal:10"))

    assert post.text.startswith("**Reached together**\n## 10 people here have stood up\n")
    assert "hank you" in post.text
    assert "**40** more people to reach the next goal, 50." in post.text
    assert "!" not in post.text
    assert post.buttons == ("Make a pledge", "More")


async def test_a_country_is_named_in_the_servers_language_and_counted(community: Community) -> None:
    await stand_up(community, 2, ("Kenya", "Fiji"))

    text = texts(await body(community, plan_of(community, "target", "", "country:KE")))

    assert "## The first public pledge from Kenya\n" in text
    assert "People from **2** of 195 countries have made a pledge here." in text


async def test_every_region_is_told_as_such(community: Community) -> None:
    await stand_up(community, 5, FIVE)

    text = texts(await body(community, plan_of(community, "target", "", "regions")))

    assert "## People from every region of the world stand together here\n" in text


@IN_ENGLISH
async def test_several_things_stand_in_one_post_the_weightiest_first(community: Community) -> None:
    await stand_up(community, 10, FIVE)

    sent = await body(community, await reached(community, "goal:10", "regions", "country:BR", "country:KE"))

    assert texts(sent).splitlines()[1:4] == [
        "## 10 people here have stood up",
        "**People from every region of the world stand together here**",
        "**The first public pledges from Brazil and Kenya**",
    ]
    assert faults_of("POST", f"/channels/{community.general.id}/messages", sent) == []


async def test_what_no_longer_holds_when_it_is_posted_is_not_told(community: Community) -> None:
    await stand_up(community, 4, FIVE)

    for name in ("goal:10", "country:FJ", "regions"):
        assert await rendered(community, plan_of(community, "target", "", name)) is None


async def test_more_shows_the_numbers_privately(community: Community) -> None:
    await stand_up(community, 1, FIVE)
    post = await posted(community, await reached(community, "country:KE"))

    more = seen(await press(community.joseph, post, "More"))

    assert more.is_private
    assert more.title == "1 person stands up here"
