"""What moderators choose about the posts of the bot's own accord: where, when, which dates, who is mentioned."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.storage.guilds import GuildRecord
from bot.storage.tables import SENT
from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.setting_up import (
    PAGES,
    announcing,
    change,
    choose_channel,
    choose_role,
    chosen,
    deeds,
    demote,
    forged,
    in_outbox,
    moderator,
    notice,
    pick,
    section,
    setup,
    turn_to,
    write,
)

pytestmark = pytest.mark.usefixtures("env")

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
"""In Nairobi 15:00."""

NEXT = datetime(2026, 9, 20, 6, tzinfo=UTC)
"""HeForShe's birthday, 09:00 in Nairobi; what comes before it is asked of the panel itself."""


def stamp(at: datetime, style: str = "F") -> str:
    return f"<t:{int(at.timestamp())}:{style}>"


# The pages.


@IN_BOTH
async def test_a_new_server_reads_first_what_to_do_so_that_something_is_posted(community: Community) -> None:
    panel = await setup(community, moderator(community), "Overview")

    assert panel.is_private
    assert panel.title == "Setting up: Overview"
    assert panel.buttons == PAGES
    assert section(panel, "Coming") == "Nothing is posted by itself: choose a channel for announcements."
    assert "- Which dates: " in section(panel, "As it is set")
    assert "- Wall channel: none" in section(panel, "As it is set")


@IN_BOTH
async def test_each_page_shows_its_choices_in_the_same_message(community: Community) -> None:
    grace = moderator(community)
    first = panel = await setup(community, grace, "Overview")
    titles = {
        "Announcements": ("Announcements channel", "Time zone", "Time of day", "Role to mention", "Try it out"),
        "Which dates": ("Main dates", "Lesser dates", "Campaign dates", "Historic dates", "Observances"),
        "Daily and wall": ("Fact or quote of the day", "How often", "Channel for the fact or quote", "Wall channel"),
        "Pledges and roles": ("Review channel", "Public pledges", "Links in pledges", "Moderator role"),
        "Overview": ("Coming", "As it is set"),
    }
    for page, expected in titles.items():
        panel = await turn_to(grace, panel, page)
        assert panel.title == f"Setting up: {page}"
        assert panel.message.id == first.message.id
        for title in expected:
            assert section(panel, title), title
        assert json.dumps(panel.message.components).count('"type"') <= 40
    assert await deeds(community) == [], "to look is not to choose"


# Where and when.


async def test_from_channel_and_zone_follows_when_the_next_post_comes(community: Community) -> None:
    community.set_clock(NOON)
    grace = moderator(community)
    news = community.guild.create_text_channel("news")

    panel = await choose_channel(grace, await setup(community, grace, "Announcements"), news, "announcement")
    assert notice(panel) == (
        f"**Saved.** Announcements go to {news.mention}. Nothing is posted yet: choose the time zone, "
        "so that I know when a day begins here."
    )
    panel = await pick(grace, panel, "zone", "Africa/Nairobi")

    said = notice(panel)
    assert said.startswith("**Saved.** Days begin and end here by this clock: Nairobi, Kenya · 3:00")
    assert "The next post comes " in said
    assert ", 09:00 here (<t:" in said
    day = (await community.bot.services.days.of(community.guild.id)).next_at(NOON)
    assert day is not None
    assert f"{stamp(day[1])} for you, {stamp(day[1], 'R')}): {day[0].lead.item.title}." in said
    assert section(await turn_to(grace, panel, "Overview"), "Coming").startswith("The next post comes ")
    assert [deed.details for deed in await deeds(community)] == [
        f"announcement_channel_id={news.id}",
        "zone=Africa/Nairobi",
    ]


async def test_a_server_set_up_at_noon_for_nine_on_a_great_day_is_not_told_of_today(community: Community) -> None:
    community.set_clock(NEXT.replace(hour=9))
    grace = moderator(community)
    await announcing(community, grace)

    panel = await setup(community, grace, "Overview")

    assert "Sunday, September 20, 2026" not in section(panel, "Coming")
    assert "The next post comes " in section(panel, "Coming")


async def test_in_the_morning_of_a_great_day_it_is_told_that_it_comes_today(community: Community) -> None:
    community.set_clock(NEXT.replace(hour=1))
    grace = moderator(community)
    await announcing(community, grace)

    panel = await setup(community, grace, "Overview")

    assert f"The next post comes Sunday, September 20, 2026, 09:00 here ({stamp(NEXT)} for you" in panel.text


async def test_an_hour_that_is_over_already_today_brings_todays_post_at_once(community: Community) -> None:
    """What was to come at 18:00 and is moved to 09:00 at noon must not be lost over it, nor promised for next time."""
    community.set_clock(NEXT - timedelta(days=1))
    grace = moderator(community)
    await announcing(community, grace)
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "post_at", 18 * 60)
    await community.env.settle()
    community.set_clock(NEXT + timedelta(hours=3))

    panel = await write(grace, await setup(community, grace, "Announcements"), "Choose the time", "09:00")

    assert notice(panel).startswith("**Saved.** It is posted at 09:00. Today's post comes at once: ")


async def test_what_was_posted_today_is_not_promised_once_more_when_the_hour_is_moved(community: Community) -> None:
    community.set_clock(NEXT - timedelta(days=1))
    grace = moderator(community)
    news = await announcing(community, grace)
    community.set_clock(NEXT + timedelta(hours=3))
    await in_outbox(community, SENT, NEXT, channel_id=news.id, message_id=77, sent_at=NEXT)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Choose the time", "18:00")

    assert notice(panel).startswith("**Saved.** It is posted at 18:00. The next post comes ")
    assert "September 20" not in notice(panel)


@pytest.mark.parametrize(
    ("typed", "minutes", "shown"),
    [
        ("9", 540, "09:00"),
        ("9.30", 570, "09:30"),
        ("21h", 1260, "21:00"),
        ("0:00", 0, "00:00"),
        ("11:59 pm", 1439, "23:59"),
    ],
)
async def test_the_time_of_day_is_chosen_to_the_minute_as_people_write_it(
    community: Community, typed: str, minutes: int, shown: str
) -> None:
    community.set_clock(NOON)
    grace = moderator(community)
    await announcing(community, grace)
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "post_at", 1)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Choose the time", typed)

    assert notice(panel).startswith(f"**Saved.** It is posted at {shown}. The next post comes ")
    assert section(panel, "Time of day") == f"{shown}, by the clock here."
    assert (await chosen(community)).post_at == minutes


@pytest.mark.parametrize("typed", ["25:61", "noon", "⏰", "-1", "9" * 100])
async def test_what_is_no_time_of_day_is_refused_with_examples(community: Community, typed: str) -> None:
    grace = moderator(community)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Choose the time", typed)

    assert notice(panel).startswith("**Not changed.** “")
    assert notice(panel).endswith("Write it like `09:00`, `9.30`, `21h` or `9 pm`.")
    assert await chosen(community) == GuildRecord(community.guild.id)
    assert await deeds(community) == []


@pytest.mark.parametrize(
    ("typed", "zone"), [("nairobi", "Africa/Nairobi"), ("Kenya", "Africa/Nairobi"), ("utc", "UTC")]
)
async def test_a_zone_is_found_by_city_or_country(community: Community, typed: str, zone: str) -> None:
    grace = moderator(community)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Search for a place", typed)

    assert notice(panel).startswith("**Saved.** Days begin and end here by this clock: ")
    assert (await chosen(community)).zone == zone


async def test_where_several_places_may_be_meant_they_are_offered(community: Community) -> None:
    grace = moderator(community)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Search for a place", "+3")
    assert notice(panel) == "Several places may be meant. Choose yours from the menu of time zones."
    assert (await chosen(community)).zone is None
    panel = await pick(grace, panel, "zone", "Africa/Nairobi")

    assert notice(panel).startswith("**Saved.**")
    assert (await chosen(community)).zone == "Africa/Nairobi"


@pytest.mark.parametrize("typed", ["Atlantis", "🌍🌍🌍🌍🌍", "../../etc/passwd", "@everyone", "9" * 100])
async def test_what_is_no_place_is_refused_and_nothing_is_stored(community: Community, typed: str) -> None:
    grace = moderator(community)

    panel = await write(grace, await setup(community, grace, "Announcements"), "Search for a place", typed)

    assert notice(panel).startswith(("**Not changed.** I know no time zone", "Several places may be meant."))
    assert "@everyone" not in panel.text
    assert await deeds(community) == []


@pytest.mark.parametrize("value", ["Atlantis", "", "9" * 6000, "../UTC", "3"])
async def test_a_forged_zone_is_refused(community: Community, value: str) -> None:
    grace = moderator(community)
    panel = await setup(community, grace, "Announcements")

    with forged(community, value):
        panel = await pick(grace, panel, "zone", "Europe/London")

    assert notice(panel).startswith("**Not changed.** ")
    assert (await chosen(community)).zone is None


async def test_the_command_takes_a_time_zone_and_offers_places_while_one_types(community: Community) -> None:
    community.set_clock(NOON)
    grace = moderator(community)

    offered = await grace.autocomplete(community.general, "setup", "timezone", "nairo")
    likely = await grace.autocomplete(community.general, "setup", "timezone", "")
    panel = seen(await grace.slash(community.general, "setup", timezone=offered[0]["value"]))

    assert offered[0]["name"].startswith("Nairobi, Kenya · 3:00")
    assert len(likely) >= 20
    assert panel.title == "Setting up: Announcements"
    assert (await chosen(community)).zone == "Africa/Nairobi"


async def test_nonsense_typed_for_the_commands_time_zone_is_answered_kindly(community: Community) -> None:
    panel = seen(await moderator(community).slash(community.general, "setup", timezone="Atlantis"))

    assert panel.is_private
    assert notice(panel).startswith(("**Not changed.** I know no time zone “Atlantis”", "Several places may be meant"))


async def test_a_member_who_is_shown_the_command_chooses_no_zone_with_it(community: Community) -> None:
    [command] = [one for one in community.env.backend.commands[None].values() if one["name"] == "setup"]
    community.guild.set_command_permissions(int(command["id"]), {community.guild.default_role: True})

    answer = seen(await community.amina.slash(community.general, "setup", timezone="Africa/Nairobi"))

    assert answer.text.startswith("This is for moderators")
    assert (await chosen(community)).zone is None


async def test_each_of_these_choices_can_be_taken_back(community: Community) -> None:
    grace = moderator(community)
    await announcing(community, grace)
    role = community.guild.create_role("News", mentionable=True)
    panel = await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)

    for label, says in (
        ("Mention nobody", "Announcements mention nobody now."),
        ("No time zone", "There is no time zone now, and no dates are posted."),
        ("No announcements", "Nothing is announced any more."),
    ):
        panel = seen(await press(grace, panel, label))
        assert notice(panel) == f"**Saved.** {says}"

    record = await chosen(community)
    assert (record.announcement_channel_id, record.zone, record.ping_role_id) == (None, None, None)


async def test_an_announcement_channel_can_be_chosen_and_what_follows_is_said(community: Community) -> None:
    grace = moderator(community)
    news = community.guild.create_news_channel("news")

    panel = await choose_channel(grace, await setup(community, grace, "Announcements"), news, "announcement")

    assert notice(panel).startswith("**Saved.**")
    assert "Servers that follow this channel get each post, too." in section(panel, "Announcements channel")


@pytest.mark.parametrize("which", ["announcement", "daily", "wall"])
async def test_a_channel_whose_history_the_bot_may_not_read_is_refused_with_the_reason(
    community: Community, which: str
) -> None:
    grace = moderator(community)
    news = community.guild.create_text_channel("news")
    community.forbid_bot(news, read_message_history=True)
    page = "Announcements" if which == "announcement" else "Daily and wall"

    panel = await choose_channel(grace, await setup(community, grace, page), news, which)

    assert notice(panel) == (
        f"**Not changed.** I can't post in {news.mention}: I lack “Read Message History” there. Grant it in the "
        f"channel's settings: Permissions → {community.bot.user.mention}. "
        "Without it I could not make sure that nothing is posted twice."
    )
    assert await deeds(community) == []


@pytest.mark.parametrize("value", ["foreign", "9" * 80, "0", "", "nobody"])
@pytest.mark.parametrize("which", ["announcement", "daily", "wall"])
async def test_a_forged_channel_is_refused(community: Community, value: str, which: str) -> None:
    grace = moderator(community)
    theirs = community.env.create_guild("Second").create_text_channel("talk")
    page = "Announcements" if which == "announcement" else "Daily and wall"
    panel = await setup(community, grace, page)

    with forged(community, str(theirs.id) if value == "foreign" else value):
        panel = await choose_channel(grace, panel, community.general, which)

    assert notice(panel) == "**Not changed.** I see no such channel in this server."
    assert await deeds(community) == []


async def test_a_channel_that_was_deleted_is_named_on_its_page_and_on_the_first(community: Community) -> None:
    grace = moderator(community)
    news = await announcing(community, grace)
    community.env.backend.delete_channel(news.id)

    panel = await setup(community, grace, "Overview")
    assert "Announcements → Announcements channel: The channel that was chosen is no longer there." in panel.text
    panel = await turn_to(grace, panel, "Announcements")
    assert "**To be mended:** The channel that was chosen is no longer there." in panel.text
    assert (await chosen(community)).announcement_channel_id == news.id, "nothing is forgotten by itself"


# Who is mentioned.


async def test_nobody_is_mentioned_unless_moderators_choose_a_role(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("News", mentionable=True)
    panel = await setup(community, grace, "Announcements")
    assert section(panel, "Role to mention") == "None. Announcements notify nobody."

    panel = await choose_role(grace, panel, "ping", role)

    assert notice(panel) == f"**Saved.** Announcements of dates mention {role.mention} now."
    assert (await chosen(community)).ping_role_id == role.id


async def test_a_role_that_the_chooser_may_not_mention_is_refused(community: Community) -> None:
    """Else the bot would call whom they could not."""
    grace = moderator(community)
    role = community.guild.create_role("Everyone's friends")

    panel = await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)

    assert notice(panel) == (
        f"**Not changed.** You may not mention {role.mention} yourself. Please ask somebody who may."
    )


async def test_a_role_that_the_bot_may_not_mention_is_refused_with_what_mends_it(community: Community) -> None:
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    news = await announcing(community, grace)
    role = community.guild.create_role("News")
    community.forbid_bot(news, mention_everyone=True)

    panel = await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)

    assert notice(panel).startswith(f"**Not changed.** I can't mention {role.mention}: allow anyone to mention it in")
    assert "or grant me “Mention everyone” in the channel's settings" in notice(panel)
    change(community, role.id, mentionable=True)
    panel = await choose_role(grace, panel, "ping", role)
    assert notice(panel).startswith("**Saved.**")
    change(community, role.id, mentionable=False)
    assert "**To be mended:** I can't mention" in (await setup(community, grace, "Announcements")).text


async def test_everyone_is_mentioned_only_after_a_second_yes(community: Community) -> None:
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")

    asked = await choose_role(grace, panel, "ping", community.guild.default_role)
    assert "Really everybody?" in asked.text
    assert " posts a year. A role that people" in asked.text
    assert asked.buttons == ("Yes, mention @everyone", "No")
    assert (await chosen(community)).ping_role_id is None
    panel = seen(await press(grace, asked, "No"))
    assert panel.title == "Setting up: Announcements"
    assert (await chosen(community)).ping_role_id is None

    asked = await choose_role(grace, panel, "ping", community.guild.default_role)
    panel = seen(await press(grace, asked, "Yes, mention @everyone"))

    assert notice(panel) == "**Saved.** Announcements of dates mention @everyone now."
    assert (await chosen(community)).ping_role_id == community.guild.id
    assert "@everyone" in section(panel, "Role to mention")


async def test_the_second_yes_is_checked_like_the_first(community: Community) -> None:
    grace = moderator(community, manage_guild=True, mention_everyone=True)
    await announcing(community, grace)
    panel = await setup(community, grace, "Announcements")
    asked = await choose_role(grace, panel, "ping", community.guild.default_role)
    demote(community, grace)

    answer = seen(await press(grace, asked, "Yes, mention @everyone"))

    assert answer.text.startswith("This is for moderators")
    assert (await chosen(community)).ping_role_id is None


async def test_a_role_to_mention_that_was_deleted_is_shown_and_can_be_cleared(community: Community) -> None:
    grace = moderator(community)
    role = community.guild.create_role("News", mentionable=True)
    await choose_role(grace, await setup(community, grace, "Announcements"), "ping", role)
    community.env.backend.delete_role(community.guild.id, role.id)

    panel = await setup(community, grace, "Announcements")

    assert "The role that was chosen is no longer there." in section(panel, "Role to mention")
    assert notice(seen(await press(grace, panel, "Mention nobody"))).startswith("**Saved.**")


# Which dates.


SWITCHES = {
    "posts_major": "Main dates",
    "posts_minor": "Lesser dates",
    "posts_campaign": "Campaign dates",
    "posts_history": "Historic dates",
    "posts_observances": "Observances",
}


@pytest.mark.parametrize("setting", SWITCHES)
async def test_each_kind_of_date_says_how_many_posts_a_year_it_means_and_can_be_turned(
    community: Community, setting: str
) -> None:
    community.set_clock(NOON)
    grace = moderator(community)
    await announcing(community, grace)
    title, was_on = SWITCHES[setting], getattr(await chosen(community), setting)
    days = await community.bot.services.days.of(community.guild.id)
    otherwise = days.posts_a_year(NOON.date(), **{setting: not was_on})
    panel = await setup(community, grace, "Which dates")

    assert section(panel, title).startswith("Posted." if was_on else "Not posted.")
    assert f"As it is: {days.posts_a_year(NOON.date())} posts a year." in panel.text
    assert f"{'Without' if was_on else 'With'} them: {otherwise} posts a year." in section(panel, title)
    panel = seen(await press(grace, panel, f"Leave out: {title}" if was_on else f"Post: {title}"))

    assert notice(panel).startswith("**Saved.** No longer posted: " if was_on else "**Saved.** Posted from now on: ")
    assert f"As it is: {otherwise} posts a year." in panel.text
    assert getattr(await chosen(community), setting) is not was_on
    assert [deed.details for deed in await deeds(community)][2:] == [f"{setting}={int(not was_on)}"]


async def test_with_no_date_chosen_it_is_said_that_nothing_is_posted(community: Community) -> None:
    grace = moderator(community)
    await announcing(community, grace)

    panel = seen(await press(grace, await setup(community, grace, "Which dates"), "Leave out: Main dates"))

    assert notice(panel).endswith("With what is chosen under “Which dates”, nothing is posted.")
    panel = seen(await press(grace, await turn_to(grace, panel, "Announcements"), "Send a test post"))
    assert "nothing is posted, so there is nothing to show." in notice(panel)


async def test_targets_can_be_turned_off_and_on(community: Community) -> None:
    grace = moderator(community)

    panel = seen(await press(grace, await setup(community, grace, "Which dates"), "Post no targets"))
    assert notice(panel) == "**Saved.** Targets are not announced any more."
    panel = seen(await press(grace, panel, "Post targets"))

    assert notice(panel).startswith("**Saved.** Targets are announced from now on.")
    assert (await chosen(community)).posts_targets


# Every day, and the wall.


async def test_a_fact_of_the_day_says_what_is_missing_and_then_when_it_comes(community: Community) -> None:
    community.set_clock(NOON)
    grace = moderator(community)
    facts = community.guild.create_text_channel("facts")

    panel = await pick(grace, await setup(community, grace, "Daily and wall"), "daily_kind", "fact")
    assert notice(panel).endswith("No channel is chosen for it yet.")
    panel = await choose_channel(grace, panel, facts, "daily")
    assert "No time zone is chosen yet" in section(panel, "Fact or quote of the day")
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "zone", "Africa/Nairobi")
    panel = await pick(grace, panel, "daily_every", "weekly")

    monday = datetime(2026, 9, 7, 6, tzinfo=UTC)
    assert notice(panel).startswith("**Saved.** Once a week, on Mondays. The next one comes Monday, September 7, 2026")
    assert stamp(monday) in notice(panel)
    assert section(panel, "Fact or quote of the day").startswith("A fact every Monday.")
    assert "Fact of the day · Monday, September 7, 2026" in (await turn_to(grace, panel, "Overview")).text
    panel = await pick(grace, await turn_to(grace, panel, "Daily and wall"), "daily_kind", "off")
    assert notice(panel) == "**Saved.** No fact and no quote is posted any more."


@pytest.mark.parametrize("which", ["daily_kind", "daily_every"])
async def test_a_forged_kind_or_rhythm_is_refused(community: Community, which: str) -> None:
    grace = moderator(community)
    panel = await setup(community, grace, "Daily and wall")

    with forged(community, "hourly"):
        panel = await pick(grace, panel, which, "fact" if which == "daily_kind" else "weekly")

    assert notice(panel).startswith("**Not changed.**")
    assert await chosen(community) == GuildRecord(community.guild.id)


async def test_a_wall_channel_can_be_chosen_and_given_up(community: Community) -> None:
    grace = moderator(community)
    wall = community.guild.create_text_channel("wall")

    panel = await choose_channel(grace, await setup(community, grace, "Daily and wall"), wall, "wall")
    assert notice(panel) == f"**Saved.** New public pledges are posted in {wall.mention} from now on."
    panel = seen(await press(grace, panel, "No wall channel"))

    assert notice(panel) == "**Saved.** There is no wall channel now. What stands there stays."
    assert (await chosen(community)).wall_channel_id is None


async def test_whatever_is_chosen_and_broken_each_page_fits_into_a_message(community: Community) -> None:
    grace = moderator(community, administrator=True)
    guilds, here = community.bot.services.guilds, community.guild.id
    role = community.guild.create_role("Some role")
    for setting in ("announcement_channel_id", "wall_channel_id", "daily_channel_id", "review_channel_id"):
        channel = community.guild.create_text_channel(setting.replace("_", "-"))
        await guilds.choose(here, grace.id, setting, channel.id)  # type: ignore[arg-type]
        community.forbid_bot(channel, view_channel=True, send_messages=True, read_message_history=True)
    for setting, value in (
        ("zone", "America/North_Dakota/New_Salem"),
        ("daily_kind", "quote"),
        ("daily_every", "weekly"),
    ):
        await guilds.choose(here, grace.id, setting, value)  # type: ignore[arg-type]
    for setting in ("moderator_role_id", "supporter_role_id", "ping_role_id"):
        await guilds.choose(here, grace.id, setting, role.id)  # type: ignore[arg-type]
    await guilds.choose(here, grace.id, "reviews_pledges", True)
    await community.env.settle()
    community.env.backend.delete_role(here, role.id)

    panel = await setup(community, grace, "Overview")
    for page in PAGES:
        panel = await turn_to(grace, panel, page)
        assert len(panel.text) < 3600, page
        assert json.dumps(panel.message.components).count('"type"') <= 40 + 25, page
    assert "more, on " in (await turn_to(grace, panel, "Overview")).text
