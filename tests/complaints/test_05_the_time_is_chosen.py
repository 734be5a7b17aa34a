"""Complaint 5, of other bots: the time can't be chosen, and everything comes at midnight.

Nobody is awake then, and where the hour can be chosen, it is by the full hour and for all servers at once
(Vex-Cogs#137, yagpdb#855, nextcloud/calendar#3457).
Here it is nine in the morning unless a moderator says another minute of the day, and each date may have its own.
"""

import pytest

from tests.support.announcing import Announcing
from tests.support.community import IN_ENGLISH, Community
from tests.support.setting_up import choose_channel, moderator, setup, write

pytestmark = pytest.mark.usefixtures("env")


async def test_without_a_word_about_it_the_post_comes_at_nine_and_not_at_midnight(community: Community) -> None:
    news = Announcing(community)
    await news.set_up()

    await news.moves_to("2026-09-20T05:59")
    assert news.posts() == []
    await news.moves_to("2026-09-20T06:01")
    assert len(news.posts()) == 1


async def test_a_moderator_chooses_the_minute_in_the_panel_and_it_comes_then(community: Community) -> None:
    news, grace = Announcing(community), moderator(community)
    await news.set_up()
    panel = await setup(community, grace, "Announcements")
    panel = await write(grace, panel, "Choose the time", "18:47")
    await choose_channel(grace, panel, news.channel, "announcement")

    await news.moves_to("2026-09-20T15:46")
    assert news.posts() == []
    await news.moves_to("2026-09-20T15:48")
    assert len(news.posts()) == 1


@IN_ENGLISH
async def test_a_date_of_the_servers_own_may_have_another_hour_than_the_rest(community: Community) -> None:
    news, grace = Announcing(community), moderator(community)
    await news.set_up()
    await grace.slash(community.general, "milestone add", title="We began here", date="20 September 2019", time="21:30")

    await news.moves_to("2026-09-20T06:01")
    assert ["We began here" in post.text for post in news.posts()] == [False]
    await news.moves_to("2026-09-20T18:29")
    assert len(news.posts()) == 1
    await news.moves_to("2026-09-20T18:31")
    assert ["We began here" in post.text for post in news.posts()] == [False, True]


async def test_a_later_hour_chosen_in_the_morning_of_the_day_moves_the_post_and_loses_none(
    community: Community,
) -> None:
    news = Announcing(community)
    await news.set_up()
    await news.moves_to("2026-09-20T05:30")
    await news.choose("post_at", 1080)

    await news.moves_to("2026-09-20T14:59")
    assert news.posts() == []
    await news.moves_to("2026-09-21T12:00")
    assert len(news.posts()) == 1
