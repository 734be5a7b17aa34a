"""Complaint 9, of other bots: setting up is hard, and nothing tells whether it will work.

A dozen commands in the right order, options with names of their own, settings that turn out to be wrong when the day
comes (Mantaro#130, #474, NoiTheCat/BirthdayBot#51, modmail#291, invite-manager-bot#106).
Here it is one command with nothing that must be filled in, one private panel that shows all there is, and every choice
is checked in it; the next announcement can be looked at beforehand, and that shifts nothing.
"""

from datetime import UTC, datetime

import pytest

from bot.storage.guilds import GuildRecord
from tests.support.community import Community, press, seen
from tests.support.setting_up import (
    PAGES,
    announcing,
    choose_channel,
    choose_role,
    chosen,
    hidden_channel,
    moderator,
    notice,
    section,
    setup,
    turn_to,
    write,
)

pytestmark = pytest.mark.usefixtures("env")

EVE = datetime(2026, 9, 19, 12, tzinfo=UTC)
"""The day before HeForShe's birthday."""


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


async def test_the_command_has_nothing_that_must_be_filled_in(community: Community) -> None:
    [command] = [command for command in community.env.backend.commands[None].values() if command["name"] == "setup"]

    assert not [option for option in command.get("options", []) if option.get("required")]


async def test_every_setting_that_a_server_has_stands_in_the_panel(community: Community) -> None:
    grace = moderator(community)
    panel = await setup(community, grace, "Overview")

    reached: set[str] = set()
    for page in PAGES:
        panel = await turn_to(grace, panel, page)
        reached |= {name for name in GuildRecord.__slots__ if f":{name}" in str(panel.message.components)}

    of_no_choice = {"id", "blocked", "muted", "posts_since"}
    assert reached == set(GuildRecord.__slots__) - of_no_choice, "those follow from what moderators do elsewhere"


async def test_announcements_are_set_up_in_the_same_message_and_it_tells_what_is_still_missing(
    community: Community,
) -> None:
    community.set_clock(EVE)
    grace = moderator(community)
    news = community.guild.create_text_channel("news")

    panel = first = await setup(community, grace, "Overview")
    assert "Nothing is posted by itself: choose a channel for announcements." in panel.text
    panel = await choose_channel(grace, await turn_to(grace, panel, "Announcements"), news, "announcement")
    assert "Nothing is posted yet: choose the time zone" in notice(panel)
    panel = await write(grace, panel, "Search for a place", "Nairobi")
    assert "The next post comes Sunday, September 20, 2026, 09:00 here" in notice(panel)
    panel = await write(grace, panel, "Choose the time", "18:30")

    assert "The next post comes Sunday, September 20, 2026, 18:30 here (<t:1789918200:F> for you" in notice(panel)
    assert panel.message.id == first.message.id


async def test_the_next_announcement_can_be_looked_at_and_tested_and_nothing_is_shifted(community: Community) -> None:
    community.set_clock(EVE)
    grace = moderator(community)
    news = await announcing(community, grace)
    before = await setup(community, grace, "Overview")
    page = await setup(community, grace, "Announcements")

    preview = seen(await press(grace, page, "Preview the next announcement"))
    tested = seen(await press(grace, page, "Send a test post"))

    assert preview.is_private
    assert preview.text.startswith("**A preview**")
    assert notice(tested).startswith("**Posted:**")
    [test] = [seen(message) for message in news.history()]
    assert test.text.startswith("**A test**")
    after = await setup(community, grace, "Overview")
    assert section(after, "Coming") == section(before, "Coming")


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
