"""Complaint 3, of other bots: posted on the wrong day, since all of them count in UTC.

A birthday in Auckland was told on the evening of the day before, one in Los Angeles in the middle of the night
(Vex-Cogs#93, brandons209/Red-bot-Cogs#25, RC24-Bot#58, Mantaro#791, DisCal#28).
Here a server has a time zone, found by its city, and what is shown and what is posted goes by the clock there.
"""

from datetime import UTC, datetime

import pytest

from tests.support.announcing import Announcing
from tests.support.community import IN_BOTH, Community, seen
from tests.support.setting_up import choose_channel, moderator, setup, write

pytestmark = pytest.mark.usefixtures("env")


@pytest.mark.parametrize(
    ("place", "eve", "nine_there"),
    [
        ("Auckland", "2026-09-18T12:00", "2026-09-19T21:00"),  # it is the 20th there, and not yet in UTC
        ("Kolkata", "2026-09-19T12:00", "2026-09-20T03:30"),
        ("Los Angeles", "2026-09-19T12:00", "2026-09-20T16:00"),
        ("Kiritimati", "2026-09-18T12:00", "2026-09-19T19:00"),
    ],
)
async def test_an_anniversary_is_posted_in_the_morning_of_its_day_wherever_the_server_lives(
    community: Community, place: str, eve: str, nine_there: str
) -> None:
    news = Announcing(community)
    community.turn_clock(datetime.fromisoformat(eve).replace(tzinfo=UTC))
    grace, channel = moderator(community), community.guild.create_text_channel("announcements")
    panel = await write(grace, await setup(community, grace, "Announcements"), "Search for a place", place)
    await choose_channel(grace, panel, channel, "announcement")

    await news.moves_to(f"{nine_there[:11]}{int(nine_there[11:13]) - 1:02}:58")
    assert news.posts(channel) == []
    await news.moves_to(f"{nine_there}:59")

    [post] = news.posts(channel)
    assert "HeForShe is launched" in post.text


@IN_BOTH
async def test_what_is_shown_goes_by_the_servers_clock_and_says_so(community: Community) -> None:
    await community.bot.services.guilds.choose(community.guild.id, 1, "zone", "Pacific/Auckland")
    community.set_clock(datetime(2026, 9, 19, 13, tzinfo=UTC))

    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert card.title == "HeForShe is launched (2014)"
    assert "**Sunday, September 20, 2026** · today" in card.text
    assert "days are counted in Pacific/Auckland, where it is September 20, 2026" in card.text


async def test_how_far_away_a_day_is_everybody_reads_in_their_own_time(community: Community) -> None:
    await community.bot.services.guilds.choose(community.guild.id, 1, "zone", "Pacific/Auckland")
    community.set_clock(datetime(2026, 9, 18, 13, tzinfo=UTC))

    card = seen(await community.amina.slash(community.general, "anniversary next"))

    nine = datetime(2026, 9, 19, 21, tzinfo=UTC)
    assert f"**Sunday, September 20, 2026** · <t:{int(nine.timestamp())}:R>" in card.text


async def test_without_a_zone_nothing_is_posted_on_a_guess(community: Community) -> None:
    news = Announcing(community)
    community.turn_clock(datetime(2026, 9, 19, 12, tzinfo=UTC))
    channel = community.guild.create_text_channel("announcements")
    await news.choose("announcement_channel_id", channel.id)

    await news.moves_to("2026-09-22T00:00")

    assert news.posts(channel) == []
