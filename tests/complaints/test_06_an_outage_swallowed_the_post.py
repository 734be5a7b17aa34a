"""Complaint 6: 'an outage swallowed the post'. It comes later on its day; after that it is shown as missed."""

import pytest

from tests.support.announcing import Announcing
from tests.support.community import Community, press, seen
from tests.support.setting_up import moderator

pytestmark = pytest.mark.usefixtures("env")


async def away(news: Announcing, until: str) -> None:
    """The bot does not run meanwhile."""
    await news.community.bot.close()
    await news.moves_to(until)
    await news.community.restart()
    await news.passes(2)


async def test_back_on_the_same_day_it_posts_once(community: Community) -> None:
    news = Announcing(community)
    await news.set_up()
    await away(news, "2026-09-20T15:00")
    assert len(news.posts()) == 1

    await news.passes(3600)
    assert len(news.posts()) == 1


async def test_back_too_late_it_says_so_and_posts_after_all_if_moderators_want_it(community: Community) -> None:
    news, grace = Announcing(community), moderator(community)
    await news.set_up()
    await away(news, "2026-09-22T15:00")
    assert news.posts() == []

    panel = seen(await grace.slash(community.general, "setup"))
    assert "I was not running at that hour" in panel.text
    button = next(label for label in panel.buttons if "after all" in label)
    await press(grace, panel, button)
    await news.passes(2)

    assert len(news.posts()) == 1
