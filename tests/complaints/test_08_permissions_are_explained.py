"""Complaint 8, of other bots: permission and role-order failures unexplained.

Members pressed a button and nothing happened; moderators never learnt that the bot's role stood too low, or that it
may not write in a channel (Mantaro#201, NoiTheCat/BirthdayBot#10, BirthdayyBot#431, HLTVDiscordBridge#79).
Here it is checked when something is chosen and again when it is used, and what is missing is named with its place.
"""

import pytest

from tests.support.community import Community, press, seen
from tests.support.pledges import WORDS, pledge
from tests.support.setting_up import (
    choose_channel,
    choose_role,
    chosen,
    hidden_channel,
    lift,
    moderator,
    notice,
    section,
    setup,
    without_manage_roles,
)

pytestmark = pytest.mark.usefixtures("env")


async def test_a_channel_without_the_bots_right_is_refused_naming_right_place_and_remedy(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    community.forbid_bot(mods, send_messages=True)

    panel = await choose_channel(grace, await setup(community, grace), mods)

    assert notice(panel) == (
        f"**Not changed.** I can't post in {mods.mention}: I lack “Send Messages” there. "
        f"Grant it in the channel's settings: Permissions → {community.bot.user.mention}."
    )
    assert (await chosen(community)).review_channel_id is None, "a setting that could do nothing is not kept"


async def test_a_role_order_that_can_not_work_is_explained_when_the_role_is_chosen(community: Community) -> None:
    grace = moderator(community, administrator=True)
    role = community.guild.create_role("Supporters")
    lift(community, role)

    panel = await choose_role(grace, await setup(community, grace), "supporter", role)

    assert notice(panel) == (
        f"**Not changed.** I can't give or take {role.mention}: it must stand below my own role. "
        f"In Server Settings → Roles, drag {community.bot.user.mention} above it."
    )


async def test_what_stops_working_later_is_explained_to_moderators_and_never_silent_for_members(
    community: Community,
) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    role = community.guild.create_role("Supporters")
    panel = await choose_channel(grace, await setup(community, grace), mods)
    await choose_role(grace, panel, "supporter", role)
    thanks = await pledge(community.amina, community.general, words=WORDS)

    community.forbid_bot(mods, view_channel=True)
    with without_manage_roles(community):
        told = seen(await press(community.amina, thanks, "Yes, give me the role"))
        panel = await setup(community, grace)

    assert "I can't give or take the role at the moment. Moderators see why in " in told.text
    assert "I lack “View Channel” and “Send Messages” there." in section(panel, "Review channel")
    assert "I lack “Manage Roles”. Grant it in Server Settings → Roles" in section(panel, "Supporter role")


async def test_what_announcements_need_is_named_beforehand_and_again_when_it_is_taken_away(
    community: Community,
) -> None:
    grace = moderator(community)
    news = community.guild.create_text_channel("news")
    community.forbid_bot(news, send_messages=True, read_message_history=True)

    panel = await choose_channel(grace, await setup(community, grace, "Announcements"), news, "announcement")
    assert notice(panel) == (
        f"**Not changed.** I can't post in {news.mention}: I lack “Send Messages” and “Read Message History” there. "
        f"Grant them in the channel's settings: Permissions → {community.bot.user.mention}."
    )
    community.env.backend.delete_overwrite(news.id, community.env.backend.bot_user.id)
    panel = await choose_channel(grace, panel, news, "announcement")
    assert notice(panel).startswith("**Saved.**")

    community.forbid_bot(news, read_message_history=True)
    panel = await setup(community, grace, "Overview")

    assert f"Announcements channel: I can't post in {news.mention}: I lack “Read Message History” there." in panel.text
    assert "Without it I could not make sure that nothing is posted twice." in panel.text
