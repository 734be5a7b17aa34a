"""Complaint 11, of other bots: unwanted pings.

A bot's announcement woke a whole server, or an \"@everyone\" in somebody's words did (Resonite-Issues#1534,
discord-giveaways-bot#45, Nookbot PR#34); some do want to be called, but want to be asked (BirthdayyBot#633).
Here nobody is mentioned unless moderators chose a role, @everyone needs a second yes, and no test wakes anybody.
"""

from datetime import UTC, datetime

import pytest

from tests.support.announcing import Announcing
from tests.support.community import Community, press, seen
from tests.support.setting_up import announcing, choose_role, chosen, moderator, notice, section, setup

pytestmark = pytest.mark.usefixtures("env")

EVE = datetime(2026, 9, 19, 12, tzinfo=UTC)


def mentions_of(community: Community) -> list[dict[str, object]]:
    """Whom each message in a channel was allowed to mention."""
    sent = [entry for entry in community.env.http_requests if entry.method == "POST" and "/channels/" in entry.path]
    return [entry.json["allowed_mentions"] for entry in sent]


async def test_nobody_is_mentioned_unless_moderators_chose_it(community: Community) -> None:
    here = Announcing(community)
    await here.set_up()

    await here.moves_to("2026-09-20T07:00")

    assert len(here.posts()) == 1
    assert mentions_of(community) == [{"parse": []}]
    assert section(await setup(community, moderator(community), "Announcements"), "Role to mention").startswith("None.")


async def test_a_role_that_was_chosen_is_mentioned_and_no_other(community: Community) -> None:
    here = Announcing(community)
    await here.set_up()
    role = community.guild.create_role("News", mentionable=True)
    grace = moderator(community)
    await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)

    await here.moves_to("2026-09-20T07:00")

    [post] = here.posts()
    assert post.text.startswith(role.mention)
    assert mentions_of(community)[-1] == {"parse": [], "roles": [str(role.id)]}


async def test_everyone_needs_a_second_yes_which_says_how_often_it_would_be(community: Community) -> None:
    community.set_clock(EVE)
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    await announcing(community, grace)

    panel = await setup(community, grace, "Announcements")
    asked = await choose_role(grace, panel, "ping", community.guild.default_role)

    assert "Each announcement of a date would notify every member of this server: 23 posts a year." in asked.text
    assert (await chosen(community)).ping_role_id is None
    panel = seen(await press(grace, asked, "Yes, mention @everyone"))
    assert notice(panel).startswith("**Saved.**")
    assert (await chosen(community)).ping_role_id == community.guild.id


async def test_who_may_not_mention_a_role_can_not_have_the_bot_do_it(community: Community) -> None:
    grace = moderator(community)
    for role in (community.guild.default_role, community.guild.create_role("Somebody")):
        panel = await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)
        assert notice(panel).startswith("**Not changed.** You may not mention ")


async def test_a_test_post_and_a_preview_wake_nobody(community: Community) -> None:
    community.set_clock(EVE)
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    await announcing(community, grace)
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "ping_role_id", community.guild.id)
    panel = await setup(community, grace, "Announcements")

    await press(grace, panel, "Preview the next announcement")
    await press(grace, panel, "Send a test post")

    assert mentions_of(community) == [{"parse": []}]
