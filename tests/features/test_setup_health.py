"""What the panel tells of what comes, what was posted and what was not; and how an announcement is tried out."""

from datetime import UTC, datetime, timedelta

import discord
import pytest

from bot.services.announcements import MOST_TESTS
from bot.storage.announcements import key_of
from bot.storage.tables import EXPIRED, REFUSED, RETRY, SENT, UNKNOWN
from tests.support.community import Community, press, seen
from tests.support.pledges import post
from tests.support.setting_up import (
    announcing,
    chosen,
    deeds,
    demote,
    in_outbox,
    moderator,
    notice,
    section,
    setup,
    turn_to,
)

pytestmark = pytest.mark.usefixtures("env")

MORNING = datetime(2026, 9, 20, 6, tzinfo=UTC)
"""HeForShe's birthday, 09:00 in Nairobi."""

LATER = MORNING + timedelta(days=3)
AFTER_ALL = "Post it after all"


async def test_what_was_posted_last_is_linked(community: Community) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    news = await announcing(community, grace)
    await in_outbox(community, SENT, MORNING, channel_id=news.id, message_id=77, sent_at=MORNING)

    panel = await setup(community, grace, "Overview")

    said = section(panel, "Posted last")
    assert (
        f"](https://discord.com/channels/{community.guild.id}/{news.id}/77) · <t:{int(MORNING.timestamp())}:R>" in said
    )
    assert "HeForShe" in said
    assert AFTER_ALL not in panel.buttons


@pytest.mark.parametrize(
    ("state", "why", "says"),
    [
        (EXPIRED, "too_late", "I was not running at that hour, and its day was over when I came back."),
        (EXPIRED, "discord_down", "Discord took no messages for a while. Then its day was over."),
        (EXPIRED, "channel_gone", "The channel that was chosen is no longer there. Choose another one with"),
        (EXPIRED, "server_away", "Discord could not reach this server for a while."),
        (EXPIRED, "server_left", "I was not in this server then."),
        (EXPIRED, "invalid", "Discord did not take it as I wrote it."),
        (EXPIRED, "of a later version", "Something kept me from posting it."),
        (UNKNOWN, "no_history", "may not read the history of <#5> to see whether it stands there."),
    ],
)
async def test_what_was_not_posted_is_told_with_its_reason_and_what_mends_it(
    community: Community, state: str, why: str, says: str
) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    await announcing(community, grace)
    await in_outbox(community, state, MORNING, why=why, channel_id=5)

    panel = await setup(community, grace, "Overview")

    assert f"**⚠️ {'Perhaps not posted' if state == UNKNOWN else 'Not posted'}: " in panel.text
    assert says in panel.text
    assert f"<t:{int(MORNING.timestamp())}:f>" in panel.text
    assert AFTER_ALL in panel.buttons
    assert ("Please look there first: it may have been posted." in panel.text) is (state == UNKNOWN)


async def test_a_missing_permission_is_named_as_it_is_right_now(community: Community) -> None:
    community.set_clock(MORNING + timedelta(hours=1))
    grace = moderator(community)
    news = await announcing(community, grace)
    community.forbid_bot(news, send_messages=True)
    columns = {"channel_id": news.id, "expires_at": MORNING + timedelta(hours=15)}
    await in_outbox(community, REFUSED, MORNING, why="no_permission", **columns)

    panel = await setup(community, grace, "Overview")

    assert f"I can't post in {news.mention}: I lack “Send Messages” there." in panel.text
    assert "If that is mended before the day is over, I post it by myself." in panel.text


async def test_what_is_tried_again_stands_among_what_comes(community: Community) -> None:
    community.set_clock(MORNING + timedelta(hours=1))
    grace = moderator(community)
    await announcing(community, grace)
    columns = {"next_at": MORNING + timedelta(hours=2), "expires_at": MORNING + timedelta(hours=15)}
    await in_outbox(community, RETRY, MORNING, why="discord_down", **columns)

    panel = await setup(community, grace, "Overview")

    assert "Discord took no messages for a while. I go on trying until its day is over." in section(panel, "Coming")


async def test_a_missed_post_can_be_posted_after_all_and_it_stands_in_the_log(community: Community) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    await announcing(community, grace)
    await in_outbox(community, EXPIRED, MORNING, why="too_late", channel_id=5)

    panel = seen(await press(grace, await setup(community, grace, "Overview"), AFTER_ALL))

    assert notice(panel).startswith("It is posted now, if nothing keeps me from it.")
    assert "Not posted" not in panel.text
    assert [(deed.action, deed.details) for deed in await deeds(community)][-1] == (
        "post_missed",
        "anniversary 2026-09-20",
    )
    log = seen(await moderator(community, "mona", administrator=True).slash(community.general, "moderate log"))
    assert (
        f"<@{grace.id}> had something posted after all that was missed: The dates of the day, "
        "Sunday, September 20, 2026." in log.text
    )


async def test_two_moderators_who_press_at_once_post_it_once(community: Community) -> None:
    community.set_clock(LATER)
    grace, mona = moderator(community), moderator(community, "mona")
    await announcing(community, grace)
    await in_outbox(community, EXPIRED, MORNING, why="too_late", channel_id=5)
    first, second = await setup(community, grace, "Overview"), await setup(community, mona, "Overview")

    await press(grace, first, AFTER_ALL)
    told = seen(await press(mona, second, AFTER_ALL))

    assert notice(told) == "There is nothing left to post here: it was posted meanwhile, or it is under way."
    assert [deed.action for deed in await deeds(community)].count("post_missed") == 1


async def test_another_servers_missed_post_is_out_of_reach(community: Community) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    elsewhere = community.env.create_guild("Second")
    theirs = await in_outbox(community, EXPIRED, MORNING, why="too_late", guild_id=elsewhere.id, key="0" * 24)
    forged = f"setup:after:{theirs}"

    answer = seen(await grace.click(await post(community, forged), custom_id=forged))

    assert notice(answer) == "There is nothing left to post here: it was posted meanwhile, or it is under way."
    assert AFTER_ALL not in (await setup(community, grace, "Overview")).buttons


async def test_a_demoted_moderator_posts_nothing_after_all(community: Community) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    await announcing(community, grace)
    await in_outbox(community, EXPIRED, MORNING, why="too_late", channel_id=5)
    overview = await setup(community, grace, "Overview")
    page = await setup(community, grace, "Announcements")
    demote(community, grace)

    for panel, label in ((overview, AFTER_ALL), (page, "Send a test post"), (page, "Preview the next announcement")):
        assert seen(await press(grace, panel, label)).text.startswith("This is for moderators"), label
    assert "post_missed" not in [deed.action for deed in await deeds(community)]


async def test_what_was_missed_a_month_ago_is_no_longer_brought_up(community: Community) -> None:
    community.set_clock(MORNING + timedelta(days=31))
    grace = moderator(community)
    await announcing(community, grace)
    await in_outbox(community, EXPIRED, MORNING, why="too_late", channel_id=5)

    assert AFTER_ALL not in (await setup(community, grace, "Overview")).buttons


async def test_however_much_went_wrong_the_page_fits_into_a_message(community: Community) -> None:
    community.set_clock(LATER)
    grace = moderator(community)
    news = await announcing(community, grace)
    for day in range(9):
        at = LATER - timedelta(days=day + 1)
        sent = {"kind": "own", "subject": str(day), "message_id": 77, "sent_at": at}
        await in_outbox(community, SENT, at, channel_id=news.id, **sent)
        await in_outbox(community, EXPIRED, at, why="no_permission", channel_id=news.id)
        await in_outbox(community, RETRY, LATER, kind="wall", subject=str(day), why="forbidden", next_at=LATER)
    community.forbid_bot(news, view_channel=True)

    panel = await setup(community, grace, "Overview")

    assert panel.text.count("⚠️ Not posted") == 2
    assert len(panel.text) < 3800


# Trying it out.


async def test_a_test_post_stands_in_its_channel_marked_and_mentions_nobody(community: Community) -> None:
    community.set_clock(MORNING - timedelta(days=1))
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    news = await announcing(community, grace)
    guilds = community.bot.services.guilds
    await guilds.choose(community.guild.id, grace.id, "ping_role_id", community.guild.id)
    before = await chosen(community)

    panel = seen(await press(grace, await setup(community, grace, "Announcements"), "Send a test post"))

    [message] = news.history()
    assert notice(panel).startswith(f"**Posted:** [the test post](https://discord.com/channels/{community.guild.id}/")
    shown = seen(await fetched(community, news.id, message.id))
    assert shown.text.startswith(
        "**A test**, asked for by a moderator. The announcement itself comes on Sunday, Septem"
    )
    assert "HeForShe" in shown.text
    assert not message.mention_everyone
    assert await chosen(community) == before


async def fetched(community: Community, channel_id: int, message_id: int) -> discord.Message:
    channel = community.bot.get_channel(channel_id)
    assert isinstance(channel, discord.TextChannel)
    return await channel.fetch_message(message_id)


async def test_a_test_post_can_not_be_taken_for_the_announcement_itself(community: Community) -> None:
    """After a crash the outbox looks into the channel for the key of what it may have posted."""
    community.set_clock(MORNING - timedelta(days=1))
    grace = moderator(community)
    news = await announcing(community, grace)

    await press(grace, await setup(community, grace, "Announcements"), "Send a test post")

    [message] = news.history()
    assert "post:" in str(message.components)
    assert key_of(community.guild.id, "anniversary", "", "2026-09-20") not in str(message.components)


async def test_a_preview_is_private_and_leaves_no_trace(community: Community) -> None:
    community.set_clock(MORNING - timedelta(days=1))
    grace = moderator(community)
    news = await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")

    card = seen(await press(grace, panel, "Preview the next announcement"))

    assert card.is_private
    assert card.message.id != panel.message.id
    assert card.text.startswith("**A preview**, for you alone. It comes Sunday, September 20, 2026, 09:00 here (<t:")
    assert "HeForShe" in card.text
    assert news.history() == []
    again = seen(await press(grace, panel, "Preview the next announcement"))
    assert again.text == card.text, "looking does not change what comes"


async def test_a_preview_needs_neither_channel_nor_zone(community: Community) -> None:
    grace = moderator(community)

    card = seen(await press(grace, await setup(community, grace, "Announcements"), "Preview the next announcement"))

    assert card.text.startswith("**A preview**, for you alone. It comes ")


async def test_a_test_post_needs_a_channel_and_says_so(community: Community) -> None:
    grace = moderator(community)

    panel = seen(await press(grace, await setup(community, grace, "Announcements"), "Send a test post"))

    assert notice(panel) == "Choose a channel for announcements first."


async def test_a_test_post_that_can_not_be_posted_says_what_is_missing(community: Community) -> None:
    grace = moderator(community)
    news = await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")
    community.forbid_bot(news, send_messages=True)

    panel = seen(await press(grace, panel, "Send a test post"))

    assert notice(panel).startswith(f"I can't post in {news.mention}: I lack “Send Messages” there.")


@pytest.mark.parametrize(("status", "code"), [(403, 50001), (503, 0), (429, 0)])
async def test_a_test_post_that_discord_does_not_take_says_so(community: Community, status: int, code: int) -> None:
    grace = moderator(community)
    await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")

    community.env.inject_error("POST", "/channels/*/messages", status=status, code=code, times=1)
    panel = seen(await press(grace, panel, "Send a test post"))

    assert notice(panel) == "Discord did not take the test post just now. Please try again in a minute."


async def test_only_a_few_test_posts_an_hour_are_posted(community: Community) -> None:
    community.set_clock(MORNING - timedelta(days=1))
    grace = moderator(community)
    news = await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")
    for _ in range(MOST_TESTS):
        panel = seen(await press(grace, panel, "Send a test post"))
        assert notice(panel).startswith("**Posted:**")

    panel = seen(await press(grace, panel, "Send a test post"))

    assert notice(panel).startswith("That was a lot in a short time.")
    assert len(news.history()) == MOST_TESTS
    community.set_clock(MORNING - timedelta(hours=22))
    assert notice(seen(await press(grace, panel, "Send a test post"))).startswith("**Posted:**")


async def test_the_panel_looks_anew_when_its_page_is_pressed_again(community: Community) -> None:
    grace = moderator(community)
    news = await announcing(community, grace)
    community.forbid_bot(news, send_messages=True)
    panel = await setup(community, grace, "Overview")
    assert "**⚠️ To be mended**" in panel.text

    community.env.backend.delete_overwrite(news.id, community.env.backend.bot_user.id)

    assert "To be mended" not in (await turn_to(grace, panel, "Overview")).text
