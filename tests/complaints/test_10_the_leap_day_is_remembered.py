"""Complaint 10, of other bots: 29 February is skipped for three years, or stops everything.

Who was born on it waits four years, and elsewhere one such date raised an error that took all others with it
(scottbucher#192, Telegram-Happy-Birthday-Bot#13, another-mp2i-bot#25, croniter#131).
Here it falls on 28 February in common years, or on 1 March, as was chosen for that date.
"""

from datetime import UTC, datetime

import pytest

from bot.services.own_dates import DateDraft
from tests.support.announcing import Announcing
from tests.support.community import IN_ENGLISH, Community, seen
from tests.support.setting_up import moderator

pytestmark = [pytest.mark.usefixtures("env"), IN_ENGLISH]


async def set_up(community: Community, eve: str) -> Announcing:
    """A server with two leap days of its own, one of them in March in common years, and a day between the two."""
    news, grace = Announcing(community), moderator(community)
    await news.set_up(eve)
    for switch in ("posts_campaign", "posts_history", "posts_observances"):
        await news.choose(switch, False)
    for number, (title, day, in_march) in enumerate(
        [
            ("Leap in February", "29 February 2016", False),
            ("Leap in March", "29 February 2016", True),
            ("Other", "2 March", False),
        ]
    ):
        await community.bot.services.own_dates.add(
            DateDraft(title, day, in_march=in_march),
            id=number + 1,
            guild_id=community.guild.id,
            moderator_id=grace.id,
            words=community.bot.services.languages.words("en-US"),
            app_locale="en-US",
        )
    await community.env.settle()
    return news


def told(news: Announcing) -> list[list[str]]:
    """Which of the dates each post tells."""
    titles = ("Leap in February", "Leap in March", "Other")
    return [[title for title in titles if title in post.text] for post in news.posts()]


async def test_in_a_common_year_each_falls_on_the_day_that_was_chosen_and_others_are_not_lost(
    community: Community,
) -> None:
    news = await set_up(community, "2027-02-27T12:00")

    await news.moves_to("2027-02-28T06:01")
    assert told(news) == [["Leap in February"]]
    await news.moves_to("2027-03-01T06:01")
    assert told(news) == [["Leap in February"], ["Leap in March"]]
    await news.moves_to("2027-03-03T06:01")
    assert told(news) == [["Leap in February"], ["Leap in March"], ["Other"]]


async def test_in_a_leap_year_both_fall_on_the_day_itself_and_on_no_other(community: Community) -> None:
    news = await set_up(community, "2028-02-27T12:00")

    await news.moves_to("2028-02-29T05:59")
    assert told(news) == []
    await news.moves_to("2028-03-03T06:01")
    assert told(news) == [["Leap in February", "Leap in March"], ["Other"]]


async def test_the_list_shows_them_on_the_days_on_which_they_fall(community: Community) -> None:
    await set_up(community, "2027-02-27T12:00")
    community.set_clock(datetime(2027, 2, 27, 12, tzinfo=UTC))

    card = seen(await community.amina.slash(community.general, "anniversary list"))

    lines = card.text.splitlines()
    assert lines[lines.index("Leap in February (2016)") - 1].startswith("**Sunday, February 28, 2027**")
    assert lines[lines.index("Leap in March (2016)") - 1].startswith("**Monday, March 1, 2027**")
