"""Complaint 2: 'posted twice, four times, every hour'. However often the bot starts and settings change: once."""

import pytest

from tests.support.announcing import Announcing
from tests.support.community import Community

pytestmark = pytest.mark.usefixtures("env")


async def test_restarts_and_choices_of_every_kind_post_the_day_once(community: Community) -> None:
    news = Announcing(community)
    await news.set_up()
    await news.moves_to("2026-09-20T06:01")
    assert len(news.posts()) == 1
    other = community.guild.create_text_channel("other")

    await community.restart()
    for setting, value in (
        *(("post_at", 8 * 60), ("post_at", 20 * 60), ("zone", "Asia/Tokyo"), ("zone", "America/New_York")),
        *(("announcement_channel_id", other.id), ("announcement_channel_id", None)),
        *(("announcement_channel_id", news.channel.id), ("posts_minor", True), ("posts_major", False)),
        *(("posts_major", True), ("post_at", 9 * 60)),
    ):
        await news.choose(setting, value)  # type: ignore[arg-type]
        await news.passes(3600)
    await community.restart()
    await news.moves_to("2026-09-21T03:00")

    assert (len(news.posts()), len(news.posts(other))) == (1, 0)
