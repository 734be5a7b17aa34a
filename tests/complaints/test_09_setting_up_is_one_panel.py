"""Complaint 9, of other bots: setting up is hard, and nothing tells whether it will work.

A dozen commands in the right order, options with names of their own, settings that turn out to be wrong when the day
comes (Mantaro#130, #474, NoiTheCat/BirthdayBot#51, modmail#291, invite-manager-bot#106).
Here it is one command without options, one private panel that shows all there is, and every choice is checked in it.
"""

import pytest

from bot.storage.guilds import GuildRecord
from tests.support.community import Community, press, seen
from tests.support.setting_up import choose_channel, choose_role, chosen, hidden_channel, moderator, notice, setup

pytestmark = pytest.mark.usefixtures("env")


async def test_a_whole_server_is_set_up_with_one_command_in_one_private_message(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    helpers, supporters = community.guild.create_role("Helpers"), community.guild.create_role("Supporters")

    panel = first = await setup(community, grace)
    panel = await choose_channel(grace, panel, mods)
    panel = await choose_role(grace, panel, "moderator", helpers)
    panel = await choose_role(grace, panel, "supporter", supporters)
    panel = seen(await press(grace, panel, "Review them first"))
    panel = seen(await press(grace, panel, "Allow links"))

    assert panel.is_private
    assert panel.message.id == first.message.id
    assert await chosen(community) == GuildRecord(
        community.guild.id, mods.id, helpers.id, supporters.id, allows_links=True, reviews_pledges=True
    )


async def test_the_command_has_nothing_to_fill_in(community: Community) -> None:
    [command] = [command for command in community.env.backend.commands[None].values() if command["name"] == "setup"]

    assert not command.get("options")


async def test_every_setting_that_a_server_has_stands_in_the_panel(community: Community) -> None:
    grace = moderator(community)
    panel = await choose_channel(grace, await setup(community, grace), hidden_channel(community, "mods", grace))
    panel = await choose_role(grace, panel, "moderator", community.guild.create_role("Helpers"))
    panel = await choose_role(grace, panel, "supporter", community.guild.create_role("Supporters"))

    reached = {name for name in GuildRecord.__slots__ if f":{name}" in str(panel.message.components)}

    assert reached == set(GuildRecord.__slots__) - {"id", "blocked", "muted"}, "those two are not of the server as such"


async def test_each_press_is_answered_with_what_it_did_and_how_everything_stands(community: Community) -> None:
    grace = moderator(community)

    panel = seen(await press(grace, await setup(community, grace), "Review them first"))

    assert notice(panel).startswith("**Saved.** Public pledges wait for a moderator from now on.")
    assert "They wait until a moderator lets them through." in panel.text


async def test_trying_it_out_changes_nothing_and_any_choice_can_be_taken_back(community: Community) -> None:
    grace = moderator(community)
    await setup(community, grace)
    assert await chosen(community) == GuildRecord(community.guild.id), "to look is not to choose"

    panel = await choose_role(grace, await setup(community, grace), "moderator", community.guild.create_role("Helpers"))
    await press(grace, panel, "No moderator role")

    assert await chosen(community) == GuildRecord(community.guild.id)
