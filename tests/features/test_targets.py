"""What a server reaches together is told in its announcements channel, once, and never what was reached before."""

import pytest

from bot.storage.tables import DROPPED, SENT
from tests.support.announcing import Announcing
from tests.support.community import Community, Seen
from tests.support.pledges import in_a_hurry, newcomer, pledge

pytestmark = pytest.mark.usefixtures("env")

FROM_EVERYWHERE = ("Kenya", "Brazil", "Japan", "France", "Fiji")
FIRST_GOAL = 10


@pytest.fixture
async def news(community: Community) -> Announcing:
    """A server with an announcements channel, on a day on which nothing else is posted."""
    announcing = Announcing(community)
    await announcing.set_up(eve="2026-09-21T12:00")
    return announcing


async def stand_up(community: Community, first: int, last: int, countries: tuple[str, ...] = ()) -> None:
    """People from the first to the last number pledge, those with a country so that all can see it."""
    with in_a_hurry():
        for number in range(first, last + 1):
            country = countries[number - first] if number - first < len(countries) else ""
            person = newcomer(community, f"person{number}")
            await pledge(
                person, community.general, words=f"I will do thing № {number}.", country=country, wall=bool(country)
            )


def told(news: Announcing) -> list[Seen]:
    return [post for post in news.posts() if "Reached together" in post.text]


async def test_the_first_goal_is_told_when_the_tenth_person_stands_up(community: Community, news: Announcing) -> None:
    await stand_up(community, 1, FIRST_GOAL - 1)
    await news.passes(1)
    assert told(news) == []

    await stand_up(community, FIRST_GOAL, FIRST_GOAL)
    await news.passes(1)
    [post] = told(news)
    assert "10 people here have stood up" in post.text
    await stand_up(community, FIRST_GOAL + 1, FIRST_GOAL + 2)
    await news.passes(7200)
    assert len(told(news)) == 1
    assert community.faults() == []


async def test_a_country_and_then_every_region_an_hour_later(community: Community, news: Announcing) -> None:
    await stand_up(community, 1, 1, FROM_EVERYWHERE)
    await news.passes(1)
    assert "The first public pledge from Kenya" in told(news)[0].text

    await stand_up(community, 2, 5, FROM_EVERYWHERE[1:])
    await news.passes(60)
    assert len(told(news)) == 1
    await news.passes(3600)
    _, second = told(news)
    assert "every region of the world" in second.text
    assert "Brazil" in second.text
    assert "Kenya" not in second.text
    assert [row for row in news.states() if row[0] == SENT] == [(SENT, None)] * 2


async def test_a_private_pledge_tells_no_country(community: Community, news: Announcing) -> None:
    await pledge(community.amina, community.general, words="I will do thing № 1.", country="Kenya")
    await news.passes(7200)
    assert told(news) == []


async def test_what_was_reached_before_is_not_told_nor_what_is_while_it_is_off(community: Community) -> None:
    await stand_up(community, 1, FIRST_GOAL)
    news = Announcing(community)
    await news.set_up(eve="2026-09-21T12:00")
    await news.passes(7200)
    assert told(news) == []

    await news.choose("posts_targets", False)
    await stand_up(community, 11, 11, ("Kenya",))
    await news.passes(1)
    await news.choose("posts_targets", True)
    await news.passes(7200)
    assert told(news) == []

    await stand_up(community, 12, 12, ("Fiji",))
    await news.passes(1)
    assert len(told(news)) == 1


async def test_what_waits_for_its_hour_survives_a_restart(community: Community, news: Announcing) -> None:
    await stand_up(community, 1, 1, ("Kenya",))
    await news.passes(1)
    await stand_up(community, 2, 2, ("Fiji",))
    await news.passes(1)
    await community.restart()
    await news.passes(3700)
    assert len(told(news)) == 2


async def test_what_waits_goes_when_it_is_turned_off(community: Community, news: Announcing) -> None:
    await stand_up(community, 1, 1, ("Kenya",))
    await news.passes(1)
    await stand_up(community, 2, 2, ("Fiji",))
    await news.passes(1)
    await news.choose("posts_targets", False)
    await news.passes(7200)
    assert len(told(news)) == 1
    assert (DROPPED, "no_channel") in news.states()
