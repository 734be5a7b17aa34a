"""Complaint 1: 'nothing was posted, no reason given'. What is not posted is told to moderators, with what mends it."""

import pytest

from tests.support.announcing import Announcing
from tests.support.community import Community, seen
from tests.support.setting_up import moderator

pytestmark = pytest.mark.usefixtures("env")


async def test_moderators_are_told_once_and_the_panel_says_why_and_it_heals_by_itself(community: Community) -> None:
    news, grace = Announcing(community), moderator(community)
    await news.set_up()
    desk = community.guild.create_text_channel("moderators")
    await news.choose("review_channel_id", desk.id)
    community.forbid_bot(news.channel, send_messages=True)

    await news.moves_to("2026-09-20T08:00")

    assert news.posts() == []
    [told] = news.posts(desk)
    assert "Not posted" in told.title
    assert f"<#{news.channel.id}>" in told.text
    assert "Send Messages" in told.text, "the right that is missing is named"
    panel = seen(await grace.slash(community.general, "setup"))
    assert "Send Messages" in panel.text

    community.forbid_bot(news.channel)
    await news.moves_to("2026-09-20T10:00")
    assert len(news.posts()) == 1
    assert len(news.posts(desk)) == 1


async def test_a_day_that_is_over_stands_in_the_panel_as_missed_with_its_reason(community: Community) -> None:
    news, grace = Announcing(community), moderator(community)
    await news.set_up()
    community.forbid_bot(news.channel, send_messages=True)
    await news.moves_to("2026-09-20T07:00")
    news.turns_to("2026-09-21T08:00")
    await news.passes(2)
    community.forbid_bot(news.channel)
    await news.passes(600)

    assert news.posts() == []
    panel = seen(await grace.slash(community.general, "setup"))
    assert "I was not allowed to post" in panel.text or "I can't post" in panel.text
