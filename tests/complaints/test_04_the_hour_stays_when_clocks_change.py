"""Complaint 4, of other bots: after the clocks change, everything comes an hour early or late.

They keep the instant, or the difference from UTC, and not what was meant: nine in the morning
(CubicrootXYZ/RemindMe#359, matrix-reminder-bot#57, Meowth#243, postiz-app#1272).
Here the date, the minute and the zone's name are kept, and the instant follows from them.
"""

from datetime import datetime, timedelta

import pytest

from tests.support.announcing import Announcing
from tests.support.community import IN_ENGLISH, Community
from tests.support.setting_up import moderator

pytestmark = [pytest.mark.usefixtures("env"), IN_ENGLISH]

NEW_YORK = "America/New_York"


async def set_up(community: Community, eve: str, zone: str, *days: str) -> Announcing:
    """A server that remembers these days of its own, and nothing of the campaign's."""
    news, grace = Announcing(community), moderator(community)
    await news.set_up(eve, zone)
    for switch in ("posts_campaign", "posts_history", "posts_observances"):
        await news.choose(switch, False)
    for day in days:
        await grace.slash(community.general, "milestone add", title=f"We met on {day}", date=day)
    return news


async def comes_at(news: Announcing, when: str, title: str) -> None:
    """At that minute (UTC), and not before."""
    before = len(news.posts())
    await news.moves_to(str(datetime.fromisoformat(when) - timedelta(minutes=1)))
    assert len(news.posts()) == before
    await news.moves_to(str(datetime.fromisoformat(when) + timedelta(seconds=59)))
    assert len(news.posts()) == before + 1
    assert title in news.posts()[-1].text


async def test_nine_stays_nine_when_summer_time_ends(community: Community) -> None:
    news = await set_up(community, "2026-10-30T18:00", NEW_YORK, "31 October", "1 November", "2 November")

    await comes_at(news, "2026-10-31T13:00", "We met on 31 October")
    await comes_at(news, "2026-11-01T14:00", "We met on 1 November")
    await comes_at(news, "2026-11-02T14:00", "We met on 2 November")


async def test_nine_stays_nine_when_summer_time_begins(community: Community) -> None:
    news = await set_up(community, "2026-03-06T18:00", NEW_YORK, "7 March", "8 March", "9 March")

    await comes_at(news, "2026-03-07T14:00", "We met on 7 March")
    await comes_at(news, "2026-03-08T13:00", "We met on 8 March")
    await comes_at(news, "2026-03-09T13:00", "We met on 9 March")


async def test_an_hour_that_the_clocks_skip_comes_as_soon_as_they_have(community: Community) -> None:
    news = await set_up(community, "2026-03-07T18:00", NEW_YORK, "8 March")
    await news.choose("post_at", 150)

    await comes_at(news, "2026-03-08T07:00", "We met on 8 March")  # from 01:59 it is 03:00 there


async def test_an_hour_that_comes_twice_is_taken_once(community: Community) -> None:
    news = await set_up(community, "2026-10-31T18:00", NEW_YORK, "1 November")
    await news.choose("post_at", 90)

    await comes_at(news, "2026-11-01T05:30", "We met on 1 November")
    await news.moves_to("2026-11-02T12:00")
    assert len(news.posts()) == 1


async def test_where_clocks_change_at_midnight_it_is_still_that_day(community: Community) -> None:
    news = await set_up(community, "2026-09-05T18:00", "America/Santiago", "6 September")
    await news.choose("post_at", 0)

    await comes_at(news, "2026-09-06T04:00", "We met on 6 September")  # 01:00 there: midnight did not come
