"""Complaint 7: 'the bot forgot the channel'. What was chosen stays chosen, and all goes on when the trouble is over."""

import pytest

from tests.support.announcing import Announcing
from tests.support.community import Community

pytestmark = pytest.mark.usefixtures("env")


async def test_days_without_the_right_to_post_change_no_setting(community: Community) -> None:
    news = Announcing(community)
    await news.set_up()
    chosen = await community.bot.services.guilds.of(community.guild.id)
    community.forbid_bot(news.channel, view_channel=True)
    await news.moves_to("2026-09-20T08:00")
    news.turns_to("2026-09-25T08:00")

    await community.restart()
    assert await community.bot.services.guilds.of(community.guild.id) == chosen
    community.forbid_bot(news.channel)
    [(due_at,)] = news.rows("SELECT due_at FROM announcement WHERE state = 'planned'")
    news.turns_to(f"{due_at[:10]}T{due_at[11:16]}")
    await news.passes(60)

    assert len(news.posts()) == 1
