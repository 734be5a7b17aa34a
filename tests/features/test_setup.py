"""/setup: one panel in which each choice is checked, stored and told at once, by those who may manage the server."""

import json

import discord
import pytest

from bot.storage.guilds import GuildRecord
from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.pledges import post
from tests.support.setting_up import (
    change,
    choices,
    choose_channel,
    choose_role,
    chosen,
    deeds,
    demote,
    hidden_channel,
    moderator,
    notice,
    section,
    setup,
    turn_to,
)

pytestmark = pytest.mark.usefixtures("env")

ONLY_MODERATORS = "This is for moderators: those with the right “Manage Server”, or with the role named in `/setup`."


# The panel.


@IN_BOTH
async def test_a_new_server_reads_how_everything_stands_and_what_it_can_choose(community: Community) -> None:
    panel = await setup(community, moderator(community))

    assert panel.is_private
    assert panel.title == "Setting up: Pledges and roles"
    assert section(panel, "Review channel").startswith("None. What members report")
    assert section(panel, "Public pledges") == "They stand on the wall at once."
    assert section(panel, "Links in pledges") == "Not allowed, nor are invitations and mentions."
    assert section(panel, "Moderator role").startswith("None. Who has “Manage Server” reviews pledges.")
    assert section(panel, "Supporter role").startswith("None.")
    assert choices(panel) == ("Review them first", "Allow links")
    assert "To be mended" not in panel.text


async def test_each_choice_is_stored_at_once_told_and_written_into_the_log(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    helpers = community.guild.create_role("Helpers")
    supporters = community.guild.create_role("Supporters")
    first = await setup(community, grace)

    panel = await choose_channel(grace, first, mods)
    assert notice(panel) == f"**Saved.** The review channel is {mods.mention} now."
    panel = seen(await press(grace, panel, "Review them first"))
    assert notice(panel).startswith("**Saved.** Public pledges wait for a moderator from now on.")
    panel = seen(await press(grace, panel, "Allow links"))
    assert notice(panel) == "**Saved.** Links may stand in pledges from now on."
    panel = await choose_role(grace, panel, "moderator", helpers)
    assert notice(panel) == f"**Saved.** Who has {helpers.mention} can review pledges now."
    panel = await choose_role(grace, panel, "supporter", supporters)
    assert notice(panel) == f"**Saved.** I offer {supporters.mention} to those who pledge here from now on."

    assert panel.message.id == first.message.id, "one panel, turned in place"
    assert await chosen(community) == GuildRecord(
        community.guild.id, mods.id, helpers.id, supporters.id, allows_links=True, reviews_pledges=True
    )
    log = [(deed.action, deed.moderator_id, deed.details) for deed in await deeds(community)]
    assert log == [
        ("setup", grace.id, f"review_channel_id={mods.id}"),
        ("setup", grace.id, "reviews_pledges=1"),
        ("setup", grace.id, "allows_links=1"),
        ("setup", grace.id, f"moderator_role_id={helpers.id}"),
        ("setup", grace.id, f"supporter_role_id={supporters.id}"),
    ]
    again = await setup(community, grace)
    for title in ("Review channel", "Public pledges", "Links in pledges", "Moderator role", "Supporter role"):
        assert section(again, title) == section(panel, title)
    assert section(again, "Review channel").startswith(f"{mods.mention}. ")
    assert section(again, "Public pledges") == f"They wait in {mods.mention} until a moderator lets them through."
    assert section(again, "Links in pledges") == "Allowed. Invitations and mentions are not."
    assert section(again, "Moderator role").startswith(f"{helpers.mention}. ")
    assert section(again, "Supporter role").startswith(f"{supporters.mention}. ")


async def test_each_choice_can_be_taken_back(community: Community) -> None:
    grace = moderator(community)
    panel = await choose_channel(grace, await setup(community, grace), hidden_channel(community, "mods", grace))
    panel = await choose_role(grace, panel, "moderator", community.guild.create_role("Helpers"))
    supporters = community.guild.create_role("Supporters")
    panel = await choose_role(grace, panel, "supporter", supporters)
    for label in ("Review them first", "Allow links"):
        panel = seen(await press(grace, panel, label))

    for label, says in (
        ("No review channel", "There is no review channel now."),
        ("No moderator role", "There is no moderator role now."),
        ("No supporter role", "There is no supporter role now."),
        ("Show them at once", "Those that wait stay in the queue until somebody decides"),
        ("Allow no links", "No links may stand in pledges from now on."),
    ):
        panel = seen(await press(grace, panel, label))
        assert says in notice(panel)

    assert await chosen(community) == GuildRecord(community.guild.id)
    assert choices(panel) == ("Review them first", "Allow links")
    taken_back = [deed.details for deed in await deeds(community)][-5:]
    assert taken_back == [
        "review_channel_id=",
        "moderator_role_id=",
        "supporter_role_id=",
        "reviews_pledges=0",
        "allows_links=0",
    ]


async def test_review_without_a_channel_tells_where_the_pledges_wait(community: Community) -> None:
    grace = moderator(community)

    panel = seen(await press(grace, await setup(community, grace), "Review them first"))

    says = section(panel, "Public pledges")
    assert says.startswith("They wait until a moderator lets them through. Without a review channel they are found")
    assert "/moderate pledges" in says


async def test_who_has_the_role_but_sees_no_commands_is_told_about(community: Community) -> None:
    grace = moderator(community)

    panel = await choose_role(grace, await setup(community, grace), "moderator", community.guild.create_role("Help"))

    assert "Server Settings → Integrations → " in section(panel, "Moderator role")


async def test_what_is_chosen_twice_is_stored_once(community: Community) -> None:
    grace = moderator(community)
    first = await setup(community, grace)
    before = first.message.components
    await press(grace, first, "Allow links")
    community.restore(first.message, before)

    panel = seen(await press(grace, first, "Allow links"))

    assert notice(panel) == "Nothing to change: it is so already."
    assert len(await deeds(community)) == 1


async def test_the_panel_works_on_after_a_restart(community: Community) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    panel = await setup(community, grace)

    await community.restart()

    assert notice(await choose_channel(grace, panel, mods)).startswith("**Saved.**")
    assert notice(seen(await press(grace, panel, "Allow links"))).startswith("**Saved.**")


async def test_every_choice_together_fits_into_one_message(community: Community) -> None:
    """Discord takes 40 parts and 4,000 characters; here everything is chosen and everything is broken."""
    grace = moderator(community, administrator=True)
    mods = hidden_channel(community, "mods", grace)
    panel = await choose_channel(grace, await setup(community, grace), mods)
    panel = await choose_role(grace, panel, "moderator", community.guild.create_role("Helpers"))
    supporters = community.guild.create_role("Supporters")
    panel = await choose_role(grace, panel, "supporter", supporters)
    panel = seen(await press(grace, panel, "Review them first"))
    community.forbid_bot(mods, view_channel=True, send_messages=True)
    change(community, supporters.id, permissions=discord.Permissions.all().value)

    panel = await setup(community, grace)

    assert panel.text.count("To be mended") == 2
    assert len(panel.text) < 3000
    assert json.dumps(panel.message.components).count('"type"') < 40


# Who may use it.


async def test_a_member_is_refused_even_where_discord_shows_them_the_command(community: Community) -> None:
    show_everybody(community)

    card = seen(await community.amina.slash(community.general, "setup"))

    assert card.is_private
    assert card.text == ONLY_MODERATORS


async def test_the_moderator_role_does_not_open_the_panel(community: Community) -> None:
    """Who chooses the moderator role must have Manage Server: the role can't widen itself."""
    grace = moderator(community)
    helpers = community.guild.create_role("Helpers")
    helper = community.guild.add_member(community.env.create_user("daniel"), roles=[helpers])
    await choose_role(grace, await setup(community, grace), "moderator", helpers)
    show_everybody(community)

    assert seen(await helper.slash(community.general, "setup")).text == ONLY_MODERATORS


@pytest.mark.parametrize("what", ["channel", "role", "switch", "clear"])
async def test_a_moderator_demoted_while_the_panel_is_open_can_change_nothing(community: Community, what: str) -> None:
    grace = moderator(community)
    mods = hidden_channel(community, "mods", grace)
    helpers = community.guild.create_role("Helpers")
    panel = await choose_role(grace, await setup(community, grace), "moderator", helpers)
    before = await chosen(community)
    demote(community, grace)

    if what == "channel":
        answer = await choose_channel(grace, panel, mods)
    elif what == "role":
        answer = await choose_role(grace, panel, "supporter", helpers)
    else:
        answer = seen(await press(grace, panel, "Allow links" if what == "switch" else "No moderator role"))

    assert answer.is_private
    assert answer.text == ONLY_MODERATORS
    assert await chosen(community) == before
    assert len(await deeds(community)) == 1


@pytest.mark.parametrize(
    "button",
    [
        "setup:on:allows_links",
        "setup:off:reviews_pledges",
        "setup:clear:moderator_role_id",
        "setup:leftover",
    ],
)
async def test_a_button_of_the_panel_forged_into_a_channel_does_nothing_for_members(
    community: Community, button: str
) -> None:
    answer = seen(await community.amina.click(await post(community, button), custom_id=button))

    assert answer.text == ONLY_MODERATORS
    assert await chosen(community) == GuildRecord(community.guild.id)


async def test_a_button_of_the_panel_in_a_channel_answers_a_moderator_privately(community: Community) -> None:
    grace = moderator(community)
    message = await post(community, "setup:on:allows_links")

    answer = seen(await grace.click(message, custom_id="setup:on:allows_links"))

    assert answer.is_private
    assert answer.message.id != message.id
    assert (await chosen(community)).allows_links


async def test_another_servers_choices_are_its_own(community: Community) -> None:
    grace = moderator(community)
    await press(grace, await setup(community, grace), "Allow links")
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    role = elsewhere.create_role("Keepers", permissions=discord.Permissions(manage_guild=True))
    keeper = elsewhere.add_member(community.env.create_user("keeper"), roles=[role])

    panel = await turn_to(keeper, seen(await keeper.slash(channel, "setup")), "Pledges and roles")

    assert section(panel, "Links in pledges").startswith("Not allowed")


async def test_discord_shows_it_to_those_who_manage_a_server_and_nowhere_else(community: Community) -> None:
    assert "setup" in moderator(community).available_commands(community.general)
    assert "setup" not in community.amina.available_commands(community.general)
    assert "setup" not in community.amina_user.available_commands()
    [command] = [command for command in community.env.backend.commands[None].values() if command["name"] == "setup"]
    assert command["integration_types"] == [0], "not for who has added the bot to their own account"


# What the tests need.


def show_everybody(community: Community) -> None:
    """A server may show a command to whomever it likes, whatever the bot proposed: Server Settings → Integrations."""
    [command] = [command for command in community.env.backend.commands[None].values() if command["name"] == "setup"]
    community.guild.set_command_permissions(int(command["id"]), {community.guild.default_role: True})
