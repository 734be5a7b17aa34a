"""What /setup refuses, and what it shows when something that worked once does so no longer."""

import json
import re

import discord
import pytest
import simcord
from simcord.backend.models import Overwrite

from bot.cards.permissions import POWERS
from bot.storage.guilds import GuildRecord
from tests.support.community import Community, press, seen
from tests.support.pledges import WORDS, mine, pledge
from tests.support.setting_up import (
    change,
    choose_channel,
    choose_role,
    chosen,
    deeds,
    forged,
    hidden_channel,
    lift,
    moderator,
    notice,
    own_role,
    section,
    setup,
    without_manage_roles,
)
from tests.support.supporters import YES, holds, offering, supporter

pytestmark = pytest.mark.usefixtures("env")


# What can't be chosen.


@pytest.mark.parametrize(
    ("denied", "named"),
    [
        ({"view_channel": True}, "I lack “View Channel” and “Send Messages” there. Grant them in"),
        ({"send_messages": True}, "I lack “Send Messages” there. Grant it in"),
    ],
)
async def test_a_channel_where_the_bot_cant_post_is_refused_with_what_is_missing(
    community: Community, denied: dict[str, bool], named: str
) -> None:
    grace = moderator(community)
    good, bad = hidden_channel(community, "mods", grace), hidden_channel(community, "secret", grace)
    panel = await choose_channel(grace, await setup(community, grace), good)
    community.forbid_bot(bad, **denied)

    panel = await choose_channel(grace, panel, bad)

    assert notice(panel).startswith(f"**Not changed.** I can't post in {bad.mention}: {named} the channel's settings")
    assert notice(panel).endswith(f"Permissions → {community.bot.user.mention}.")
    assert (await chosen(community)).review_channel_id == good.id
    assert len(await deeds(community)) == 1


async def test_a_role_that_would_give_power_away_is_refused_as_supporter_role(community: Community) -> None:
    """Else whoever may choose it could make a pledge and take it, or hand it to all."""
    grace = moderator(community)
    staff = community.guild.create_role("Staff", permissions=discord.Permissions(ban_members=True, manage_roles=True))

    panel = await choose_role(grace, await setup(community, grace), "supporter", staff)

    assert notice(panel) == (
        f"**Not changed.** {staff.mention} brings “Manage Roles” and “Ban Members”, and everybody who pledges could "
        "have it. Choose a role without such rights, or take them from it."
    )
    assert (await chosen(community)).supporter_role_id is None


async def test_the_moderator_role_is_refused_as_supporter_role_and_the_other_way_round(community: Community) -> None:
    """Else whoever pledges and says yes would be a moderator."""
    grace = moderator(community)
    helpers, supporters = community.guild.create_role("Helpers"), community.guild.create_role("Supporters")
    panel = await choose_role(grace, await setup(community, grace), "moderator", helpers)
    panel = await choose_role(grace, panel, "supporter", supporters)

    panel = await choose_role(grace, panel, "supporter", helpers)
    assert notice(panel) == (
        f"**Not changed.** {helpers.mention} is the moderator role, and everybody who pledges could have it. "
        "Choose another one."
    )
    panel = await choose_role(grace, panel, "moderator", supporters)
    assert notice(panel) == (
        f"**Not changed.** {supporters.mention} is, or was, the supporter role: whoever has it for a pledge would be a "
        "moderator. Choose another one."
    )

    assert await chosen(community) == GuildRecord(community.guild.id, None, helpers.id, supporters.id)


async def test_a_role_that_some_still_have_for_a_pledge_is_refused_as_moderator_role(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    joy = moderator(community, "joy")
    panel = seen(await press(joy, await setup(community, joy), "No supporter role"))

    panel = await choose_role(joy, panel, "moderator", role)

    assert notice(panel).startswith(f"**Not changed.** {role.mention} is, or was, the supporter role")
    assert (await chosen(community)).moderator_role_id is None


async def test_where_both_are_one_role_already_it_is_pointed_out_and_given_to_nobody(community: Community) -> None:
    role = await offering(community)
    thanks = await pledge(community.amina, community.general, words=WORDS)
    grace = moderator(community, "joy")
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "moderator_role_id", role.id)

    panel = await setup(community, grace)
    answer = seen(await press(community.amina, thanks, YES))
    later = await pledge(community.joseph, community.general, words=WORDS)

    for title, says in (("Moderator role", "was, the supporter role"), ("Supporter role", "is the moderator role")):
        assert "**To be mended:**" in section(panel, title)
        assert says in section(panel, title)
    assert answer.text == "I give no role to supporters here, or no longer. Your pledges count all the same."
    assert not holds(community, community.amina, role)
    assert YES not in later.buttons
    assert YES not in (await mine(community, community.joseph)).buttons


def test_every_right_that_discord_calls_elevated_counts_as_power() -> None:
    assert {name for name, is_elevated in discord.Permissions.elevated() if is_elevated} <= POWERS.keys()


async def test_rights_that_everybody_has_are_no_power(community: Community) -> None:
    everyone = community.guild.default_role
    usual = everyone._role.permissions | discord.Permissions(mention_everyone=True).value
    change(community, everyone.id, permissions=usual)
    grace = moderator(community)
    role = community.guild.create_role("Supporters", permissions=discord.Permissions(usual))

    assert notice(await choose_role(grace, await setup(community, grace), "supporter", role)).startswith("**Saved.**")


async def test_a_role_above_the_bots_is_refused_with_the_way_to_mend_it(community: Community) -> None:
    grace = moderator(community, administrator=True)
    role = community.guild.create_role("Supporters")
    lift(community, role)

    panel = await choose_role(grace, await setup(community, grace), "supporter", role)

    assert notice(panel).startswith(
        f"**Not changed.** I can't give or take {role.mention}: it must stand below my own role."
    )
    assert "In Server Settings → Roles, drag " in notice(panel)
    assert (await chosen(community)).supporter_role_id is None


async def test_a_role_above_the_choosers_own_is_refused(community: Community) -> None:
    grace = moderator(community)
    mine = own_role(community)
    higher = community.guild.create_role("Elders", position=mine.position)
    change(community, mine.id, position=mine.position + 1)

    panel = await choose_role(grace, await setup(community, grace), "supporter", higher)

    assert f"{higher.mention} does not stand below your own highest role." in notice(panel)
    assert (await chosen(community)).supporter_role_id is None
    owner = owner_of(community)
    assert notice(await choose_role(owner, await setup(community, owner), "supporter", higher)).startswith("**Saved.**")


async def test_without_manage_roles_no_supporter_role_can_be_chosen(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("Supporters")

    with without_manage_roles(community):
        panel = await choose_role(grace, await setup(community, grace), "supporter", role)

    assert f"I can't give or take {role.mention}: I lack “Manage Roles”. Grant it in Server Settings → Roles" in notice(
        panel
    )
    assert (await chosen(community)).supporter_role_id is None


@pytest.mark.parametrize("which", ["moderator", "supporter"])
async def test_everybody_and_apps_are_no_role_to_choose(community: Community, which: str) -> None:
    grace = moderator(community)
    apps = community.guild.create_role("Some app", managed=True)

    panel = await choose_role(grace, await setup(community, grace), which, apps)
    assert notice(panel) == (
        f"**Not changed.** {apps.mention} belongs to an app or to Discord itself. Choose a role of your own."
    )
    panel = await choose_role(grace, panel, which, community.guild.default_role)
    assert notice(panel) == "**Not changed.** That role is everybody. Choose one that only some have."

    assert await chosen(community) == GuildRecord(community.guild.id)


async def test_a_moderator_role_may_stand_above_the_bots_and_have_any_right(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("Moderators", permissions=discord.Permissions(ban_members=True))
    lift(community, role)

    with without_manage_roles(community):
        panel = await choose_role(grace, await setup(community, grace), "moderator", role)

    assert notice(panel).startswith("**Saved.**")


@pytest.mark.parametrize("value", ["foreign", "9" * 80, "0", "٣", "", "nobody"])
@pytest.mark.parametrize("menu", ["review", "moderator", "supporter"])
async def test_a_forged_id_is_refused_and_nothing_is_stored(community: Community, value: str, menu: str) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    role = community.guild.create_role("Supporters")
    elsewhere = community.env.create_guild("Second")
    theirs = elsewhere.create_text_channel("talk") if menu == "review" else elsewhere.create_role("Theirs")
    panel = await setup(community, grace)

    with forged(community, str(theirs.id) if value == "foreign" else value):
        if menu == "review":
            panel = await choose_channel(grace, panel, mods)
        else:
            panel = await choose_role(grace, panel, menu, role)

    kind = "channel" if menu == "review" else "role"
    assert notice(panel) == f"**Not changed.** I see no such {kind} in this server."
    assert await chosen(community) == GuildRecord(community.guild.id)
    assert await deeds(community) == []


async def test_a_voice_channel_is_no_place_to_review_in(community: Community) -> None:
    grace = moderator(community)
    voice = community.guild.create_voice_channel("stage")
    panel = await setup(community, grace)

    with forged(community, str(voice.id)):
        panel = await choose_channel(grace, panel, community.general)

    assert notice(panel) == f"**Not changed.** <#{voice.id}> is no text channel. Please choose one that is."


async def test_the_menu_offers_text_channels_only(community: Community) -> None:
    panel = await setup(community, moderator(community))

    menus = re.findall(r'"channel_types": \[([^\]]*)\]', json.dumps(panel.message.components))
    assert menus == [str(discord.ChannelType.text.value)]


# What worked once.


async def test_a_review_channel_that_was_deleted_is_shown_and_can_be_cleared(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    panel = await choose_channel(grace, await setup(community, grace), mods)
    panel = seen(await press(grace, panel, "Review them first"))
    community.env.backend.delete_channel(mods.id)

    panel = await setup(community, grace)

    assert "**To be mended:** The channel that was chosen is no longer there." in section(panel, "Review channel")
    assert "Without a review channel they are found with" in section(panel, "Public pledges")
    panel = seen(await press(grace, panel, "No review channel"))
    assert "To be mended" not in panel.text
    assert (await chosen(community)).review_channel_id is None


async def test_rights_taken_from_the_bot_afterwards_are_named_until_they_are_back(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    await choose_channel(grace, await setup(community, grace), mods)
    community.forbid_bot(mods, send_messages=True)

    panel = await setup(community, grace)
    assert f"**To be mended:** I can't post in {mods.mention}: I lack “Send Messages” there." in panel.text

    community.env.backend.delete_overwrite(mods.id, community.env.backend.bot_user.id)
    assert "To be mended" not in (await setup(community, grace)).text


async def test_a_review_channel_that_everybody_reads_is_pointed_out(community: Community) -> None:
    grace = moderator(community)

    panel = await choose_channel(grace, await setup(community, grace), community.general)

    assert notice(panel).startswith("**Saved.**")
    assert f"Everybody in the server can read {community.general.mention}" in section(panel, "Review channel")


async def test_a_supporter_role_that_can_no_longer_be_given_is_shown_with_what_mends_it(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("Supporters")
    await choose_role(grace, await setup(community, grace), "supporter", role)
    usual = community.env.backend.get_role(community.guild.id, role.id).position

    lift(community, role)
    assert "it must stand below my own role" in section(await setup(community, grace), "Supporter role")
    change(community, role.id, position=usual)
    with without_manage_roles(community):
        assert "I lack “Manage Roles”" in section(await setup(community, grace), "Supporter role")
    change(community, role.id, permissions=discord.Permissions(kick_members=True).value)
    assert "brings “Kick Members”" in section(await setup(community, grace), "Supporter role")
    change(community, role.id, permissions=0)
    assert "To be mended" not in (await setup(community, grace)).text


@pytest.mark.parametrize("how", ["sees a hidden room", "moderates an open one"])
async def test_a_supporter_role_that_opens_more_than_everybody_has_is_pointed_out(
    community: Community, how: str
) -> None:
    """A server may have a room for its supporters; it should know when it is the staff's."""
    grace = moderator(community)
    role = community.guild.create_role("Supporters")
    room = hidden_channel(community, "staff", grace) if how.startswith("sees") else community.general
    right = {"view_channel": True} if how.startswith("sees") else {"manage_messages": True}
    hidden_channel(community, "other", grace)
    panel = await choose_role(grace, await setup(community, grace), "supporter", role)
    assert "⚠️" not in panel.text

    allowed = discord.Permissions(**right).value
    community.env.backend.set_overwrite(room.id, Overwrite(target_id=role.id, type=0, allow=allowed, deny=0))
    panel = await setup(community, grace)

    assert f"⚠️ Who has it sees, or can moderate, what not everybody can: {room.mention}. If that is not" in panel.text
    assert "To be mended" not in panel.text
    panel = seen(await press(grace, panel, "No supporter role"))
    panel = await choose_role(grace, panel, "supporter", role)
    assert notice(panel).startswith("**Saved.**"), "it is not refused"


async def test_of_many_such_channels_only_some_are_named(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("Supporters")
    rooms = [hidden_channel(community, f"room-{number}", grace) for number in range(5)]
    for room in rooms:
        seeing = Overwrite(target_id=role.id, type=0, allow=discord.Permissions(view_channel=True).value, deny=0)
        community.env.backend.set_overwrite(room.id, seeing)

    panel = await choose_role(grace, await setup(community, grace), "supporter", role)

    named = ", ".join(room.mention for room in rooms[:3])
    assert f"{named}, and 2 other channels. If that is not meant" in panel.text


@pytest.mark.parametrize("which", ["moderator", "supporter"])
async def test_a_role_that_was_deleted_is_shown_and_can_be_cleared(community: Community, which: str) -> None:
    grace = moderator(community)
    role = community.guild.create_role("Chosen")
    await choose_role(grace, await setup(community, grace), which, role)
    community.env.backend.delete_role(community.guild.id, role.id)

    panel = await setup(community, grace)

    assert "The role that was chosen is no longer there. Choose another one, or none." in panel.text
    panel = seen(await press(grace, panel, f"No {which} role"))
    assert "To be mended" not in panel.text
    assert await chosen(community) == GuildRecord(community.guild.id)


def owner_of(community: Community) -> simcord.MemberActor:
    return simcord.MemberActor(community.env, community.guild, community.guild.owner)
