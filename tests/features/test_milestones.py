"""/milestone: a server's own dates, added, changed, shown and removed by its moderators alone."""

from datetime import UTC, datetime

import discord
import pytest
import simcord

from bot.cards.base import Card
from bot.cards.own_dates import EditDateButton, RemoveDate
from bot.services.own_dates import DateDraft
from bot.storage.milestones import OwnDate
from tests.support.community import IN_BOTH, IN_ENGLISH, Community, Seen, press, seen
from tests.support.moderating import keeper
from tests.support.pseudo import plain
from tests.support.setting_up import deeds, demote, moderator

pytestmark = pytest.mark.usefixtures("env")

TITLE, WORDS = "We began here", "In a kitchen, with nine chairs."
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAIROBI = "Africa/Nairobi"


async def add(
    community: Community, actor: simcord.MemberActor, date: str = "20 September 2019", title: str = TITLE, **more: str
) -> Seen:
    return seen(await actor.slash(community.general, "milestone add", title=title, date=date, **more))


async def dates(community: Community) -> tuple[OwnDate, ...]:
    return await community.bot.services.own_dates.of(community.guild.id)


async def choose(community: Community, **settings: int | str) -> None:
    for name, value in settings.items():
        await community.bot.services.guilds.choose(community.guild.id, 1, name, value)


async def offered(community: Community, actor: simcord.MemberActor, typed: str, name: str = "edit") -> dict[str, str]:
    choices = await actor.autocomplete(community.general, f"milestone {name}", "which", typed)
    return {choice["value"]: plain(choice["name"]) for choice in choices}


async def filled(
    community: Community, actor: simcord.MemberActor, form: simcord.InteractionResult, **fields: str | bool
) -> Seen:
    return seen(await actor.submit_modal(form, fields))


def defaults(form: simcord.InteractionResult) -> dict[str, object]:
    """What stands in the fields of a form as it opens."""
    assert form.modal is not None
    fields = [row.get("component", {}) for row in form.modal["components"]]
    return {field["custom_id"]: field.get("value", field.get("default")) for field in fields if "custom_id" in field}


# Adding


@IN_BOTH
async def test_what_is_added_is_told_with_when_it_is_posted_next(community: Community) -> None:
    community.set_clock(NOW)
    await choose(community, announcement_channel_id=community.general.id, zone=NAIROBI, post_at=9 * 60)

    card = await add(community, moderator(community), text=WORDS)

    at = int(datetime(2027, 9, 20, 6, tzinfo=UTC).timestamp())
    assert card.is_private
    assert card.text.splitlines() == [
        "The date is saved.",
        f"### {TITLE}",
        "**September 20, 2019** · every year",
        f"> {WORDS}",
        f"It is posted next Monday, September 20, 2027, 09:00 here (<t:{at}:F> for you, <t:{at}:R>).",
    ]
    assert card.buttons == ("Edit", "Preview", "Remove …")
    [own] = await dates(community)
    assert (own.title, own.month, own.day, own.year, own.words) == (TITLE, 9, 20, 2019, WORDS)
    assert (own.post_at, own.in_march, own.guild_id) == (None, False, community.guild.id)


async def test_before_anything_is_chosen_it_says_what_is_missing(community: Community) -> None:
    grace, setup = moderator(community), community.bot.mention_of("setup")
    community.set_clock(NOW)

    assert (await add(community, grace)).text.endswith(
        f"Nothing is posted yet: choose a channel and the time zone in {setup}."
    )
    await choose(community, zone=NAIROBI)
    at = int(datetime(2027, 5, 1, 6, tzinfo=UTC).timestamp())
    assert (await add(community, grace, "1 May")).text.endswith(
        f"It comes round Saturday, May 1, 2027, 09:00 here (<t:{at}:F> for you, <t:{at}:R>), "
        f"but nothing is posted: choose a channel in {setup}."
    )


@pytest.mark.parametrize(
    ("time", "next_on"),
    [
        ("", datetime(2027, 11, 25, 6, tzinfo=UTC)),
        ("15:01", datetime(2026, 11, 25, 12, 1, tzinfo=UTC)),
        ("15:00", datetime(2027, 11, 25, 12, tzinfo=UTC)),
        ("8 pm", datetime(2026, 11, 25, 17, tzinfo=UTC)),
    ],
)
async def test_of_today_s_date_it_says_whether_it_still_comes_today(
    community: Community, time: str, next_on: datetime
) -> None:
    community.set_clock(NOW)
    await choose(community, announcement_channel_id=community.general.id, zone=NAIROBI)

    card = await add(community, moderator(community), "25 November", **({"time": time} if time else {}))

    assert f"(<t:{int(next_on.timestamp())}:F> for you" in card.text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2014-09-20", (9, 20, 2014)),
        ("09-20", (9, 20, None)),
        ("20.9.2014", (9, 20, 2014)),
        ("20.9.", (9, 20, None)),
        ("september 20", (9, 20, None)),
        ("29 February", (2, 29, None)),
    ],
)
async def test_a_date_can_be_typed_in_several_ways(
    community: Community, typed: str, meant: tuple[int, int, int | None]
) -> None:
    await add(community, moderator(community), typed)

    assert [(own.month, own.day, own.year) for own in await dates(community)] == [meant]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"date": "03/04"}, "“03/04” can mean April 3 or March 4. Please write the month as a word."),
        ({"date": "31 June"}, "There is no such day: 31 June."),
        ({"date": "29 February 2023"}, "There is no such day: 29 February 2023."),
        ({"date": "0000-01-01"}, "There is no such day: 0000-01-01."),
        (
            {"date": "soon"},
            "I can't read “soon” as a date. Write it like September 20, 2014, September 20 or 2014-09-20.",
        ),
        ({"date": "2026-11-27"}, "November 27, 2026 is still to come. Leave the year out, and it is posted each year"),
        ({"date": "9999-12-31"}, "December 31, 9999 is still to come."),
        ({"time": "25:00"}, "“25:00” is no time of day that I know."),
        ({"title": "🎉🎉🎉"}, "A date needs a title in words"),
        ({"title": "\u0301\u0301\u0301\u0301"}, "A date needs a title in words"),
        ({"title": "\u200b"}, "A date needs a title in words"),
        ({"title": "<@12345678901234567>"}, "Links, invitations and mentions can't stand in what I post."),
        ({"title": "@everyone"}, "Links, invitations and mentions can't stand in what I post."),
        ({"text": "Join discord.gg/abc"}, "Links, invitations and mentions can't stand in what I post."),
        ({"text": "https://example.org"}, "Links, invitations and mentions can't stand in what I post."),
    ],
)
async def test_what_can_not_stand_is_refused_in_words_and_given_back(
    community: Community, changes: dict[str, str], why: str
) -> None:
    community.set_clock(NOW)

    refused = await add(community, moderator(community), **({"text": WORDS} | changes))

    assert refused.text.startswith(why)
    assert refused.is_private
    assert "What you wrote:" in refused.text
    assert WORDS in refused.text or "text" in changes
    assert (await dates(community), await deeds(community)) == ((), [])


@IN_ENGLISH
async def test_links_stand_where_the_server_allows_them_and_invitations_never(community: Community) -> None:
    grace = moderator(community)
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "allows_links", True)

    card = await add(community, grace, text="More on https://example.org/kitchen")
    refused = await add(community, grace, "1 May", text="More on discord.gg/abc")

    assert "> More on <https://example.org/kitchen>" in card.text
    assert refused.text.startswith("Invitations and mentions can't stand in what I post.")
    assert len(await dates(community)) == 1


@IN_ENGLISH
async def test_what_was_typed_is_shown_as_it_was_written(community: Community) -> None:
    zalgo = "Z" + "\u0335" * 40 + "algo **day** `x`"

    card = await add(community, moderator(community), title=zalgo, text="# not\n- a _list_")

    assert "### Z\u0335\u0335\u0335algo \\*\\*day\\*\\* \\`x\\`" in card.text
    assert "\n> \\# not - a \\_list\\_\n" in card.text


async def test_the_hundred_and_first_and_a_twin_are_refused(community: Community) -> None:
    grace = moderator(community)
    for number in range(99):
        await community.bot.services.own_dates.add(
            DateDraft(f"Number {number}", "1 May"),
            id=number + 1,
            guild_id=community.guild.id,
            moderator_id=grace.id,
            words=community.bot.services.languages.words("en-US"),
            app_locale="en-US",
        )
    await add(community, grace)

    assert (await add(community, grace, "2001-09-20", title="WE BEGAN here")).text.startswith(
        "This server has this date already: the same title on the same day."
    )
    assert (await add(community, grace, title="One too many")).text.startswith(
        "This server already has 100 dates of its own, and 100 is the most it can have."
    )
    assert len(await dates(community)) == 100
    choices = await offered(community, grace, "")
    assert len(choices) == 25


# Changing


@IN_BOTH
async def test_the_form_opens_with_what_stands_and_changes_it(community: Community) -> None:
    grace = moderator(community)
    await add(community, grace, text=WORDS, time="18:30")
    [own] = await dates(community)

    form = await grace.slash(community.general, "milestone edit", which=str(own.id))
    assert defaults(form) == {"title": TITLE, "on": "September 20, 2019", "words": WORDS, "time": "18:30"}
    unchanged = await filled(community, grace, form, **{k: str(v) for k, v in defaults(form).items()})
    assert unchanged.text.startswith("The date is saved.")
    assert await dates(community) == (own,)

    form = await grace.slash(community.general, "milestone edit", which=TITLE.upper())
    card = await filled(community, grace, form, title="How we began", on="1 May", words="", time="")

    assert card.title == "The date is saved."
    assert "### How we began\n**May 1** · every year" in card.text
    [changed] = await dates(community)
    assert (changed.id, changed.title, changed.month, changed.day, changed.year) == (own.id, "How we began", 5, 1, None)
    assert (changed.words, changed.post_at) == ("", None)


async def test_the_button_edits_in_place_and_what_was_wrong_is_given_back(community: Community) -> None:
    grace = moderator(community)
    card = await add(community, grace)

    form = await press(grace, card, "Edit")
    refused = await filled(community, grace, form, title=TITLE, on="31 June", words=WORDS, time="")
    assert refused.text.startswith("There is no such day: 31 June.")
    assert WORDS in refused.text
    form = await press(grace, card, "Edit")
    changed = await filled(community, grace, form, title=TITLE, on="30 June", words=WORDS, time="7:05")

    assert changed.message.id == card.message.id
    assert [(own.day, own.post_at) for own in await dates(community)] == [(30, 425)]


@IN_BOTH
async def test_a_leap_day_is_remembered_in_february_or_in_march_as_is_chosen(community: Community) -> None:
    grace = moderator(community)
    await choose(community, announcement_channel_id=community.general.id, zone=NAIROBI)
    community.set_clock(NOW)

    card = await add(community, grace, "29 February 2016")
    assert "In years without 29 February it is posted on 28 February." in card.text
    assert "Sunday, February 28, 2027" in card.text
    form = await press(grace, card, "Edit")
    assert defaults(form)["march"] is False
    kept = {name: str(value or "") for name, value in defaults(form).items() if name != "march"}
    card = await filled(community, grace, form, **kept, march=True)

    assert "In years without 29 February it is posted on 1 March." in card.text
    assert "Monday, March 1, 2027" in card.text
    form = await press(grace, card, "Edit")
    assert defaults(form)["march"] is True
    card = await filled(community, grace, form, **(kept | {"on": "28 February"}), march=True)
    assert [own.in_march for own in await dates(community)] == [False]


# Removing


@IN_BOTH
async def test_removing_asks_first(community: Community) -> None:
    grace = moderator(community)
    card = await add(community, grace)
    [own] = await dates(community)

    asked = seen(await grace.slash(community.general, "milestone remove", which=str(own.id)))
    assert asked.title == "Remove this date?"
    assert f"> {TITLE} · September 20, 2019" in asked.text
    assert await dates(community) == (own,)
    kept = seen(await press(grace, asked, "No, keep it"))
    assert TITLE in kept.title
    assert await dates(community) == (own,)

    asked = seen(await press(grace, card, "Remove …"))
    gone = seen(await press(grace, asked, "Yes, remove it"))

    assert gone.title == "The date is removed"
    assert await dates(community) == ()
    for label in ("Edit", "Preview", "Remove …"):
        assert seen(await press(grace, kept, label)).text.startswith("This server has no such date of its own")


@IN_BOTH
async def test_each_change_stands_in_the_log(community: Community) -> None:
    grace = keeper(community)
    card = await add(community, grace)
    form = await press(grace, card, "Edit")
    card = await filled(community, grace, form, title="How we *began*", on="1 May", words="", time="")
    await press(grace, seen(await press(grace, card, "Remove …")), "Yes, remove it")

    log = seen(await grace.slash(community.general, "moderate log"))

    assert [line.partition(" · ")[2] for line in log.text.splitlines()[1:]] == [
        f"{grace.mention} removed the date “How we \\*began\\*” (May 1).",
        f"{grace.mention} changed the date “How we \\*began\\*” (May 1).",
        f"{grace.mention} added the date “{TITLE}” (September 20, 2019).",
    ]


# Which one


async def test_dates_are_offered_by_their_titles_and_found_by_them(community: Community) -> None:
    grace = moderator(community)
    await add(community, grace)
    await add(community, grace, "1 May", title="First walk")
    await add(community, grace, "2 May", title="Second walk" + " x" * 40)
    walk, other, began = await dates(community)

    assert await offered(community, grace, "") == {
        str(walk.id): "May 1 · First walk",
        str(other.id): "May 2 · Second walk" + " x" * 40,
        str(began.id): f"September 20, 2019 · {TITLE}",
    }
    assert list(await offered(community, grace, "wal sec")) == [str(other.id)]
    assert defaults(await grace.slash(community.general, "milestone edit", which="first"))["title"] == "First walk"
    for typed in ("walk", "nothing like it", "!", "9" * 60, "<@1>"):
        for name in ("edit", "remove", "preview"):
            refused = seen(await grace.slash(community.general, f"milestone {name}", which=typed))
            assert refused.text.startswith("I can't tell which date you mean by “"), typed


# Looking


@IN_BOTH
async def test_a_preview_shows_the_post_to_who_asks_and_leaves_no_trace(community: Community) -> None:
    grace = moderator(community)
    community.set_clock(NOW)
    await choose(community, announcement_channel_id=community.general.id, zone=NAIROBI)
    card = await add(community, grace, text=WORDS)
    before = await deeds(community)

    for answer in (
        await press(grace, card, "Preview"),
        await grace.slash(community.general, "milestone preview", which=TITLE),
    ):
        shown = seen(answer)
        assert shown.is_private
        assert shown.text.startswith("**A preview**, for you alone: the post of Monday, September 20, 2027.")
        assert TITLE in shown.text
        assert WORDS in shown.text or "Also on this day" in shown.text
    assert await deeds(community) == before
    assert community.general.history() == []


async def test_a_preview_of_one_with_an_hour_of_its_own_shows_it_alone(community: Community) -> None:
    grace = moderator(community)
    community.set_clock(NOW)
    card = await add(community, grace, text=WORDS, time="18:30")

    shown = seen(await press(grace, card, "Preview"))

    assert TITLE in shown.text
    assert WORDS in shown.text
    assert "Also on this day" not in shown.text


# Who may, and where


async def test_only_moderators_are_offered_dates(community: Community) -> None:
    grace = moderator(community)
    await add(community, grace)
    assert len(await offered(community, grace, "")) == 1

    demote(community, grace)
    for id in community.bot._command_ids.values():
        community.guild.set_command_permissions(id, {community.guild.default_role: True})

    assert await offered(community, grace, "") == {}
    assert (await add(community, grace, "1 May")).text.startswith("This is for moderators")


async def test_another_server_s_dates_can_not_be_reached_from_here(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    talk = elsewhere.create_text_channel("talk")
    role = elsewhere.create_role("hers", permissions=discord.Permissions(manage_guild=True))
    stranger = elsewhere.add_member(community.env.create_user("stranger"), roles=[role])
    await stranger.slash(talk, "milestone add", title="Theirs", date="1 May")
    [theirs] = await community.bot.services.own_dates.of(elsewhere.id)
    grace = moderator(community)

    assert await offered(community, grace, "") == {}
    refused = seen(await grace.slash(community.general, "milestone edit", which=str(theirs.id)))
    assert refused.text.startswith("I can't tell which date you mean")
    channel = community.bot.get_channel(community.general.id)
    buttons = [EditDateButton(str(theirs.id), "1"), RemoveDate(str(theirs.id), "2")]
    forged = seen(await channel.send(view=Card(0, ["…"], buttons)))
    for label in forged.buttons:
        refused = seen(await press(grace, forged, label))
        assert refused.text.startswith("This server has no such date of its own")
    assert await community.bot.services.own_dates.of(elsewhere.id) == (theirs,)


async def test_it_belongs_to_a_server(community: Community) -> None:
    with pytest.raises(simcord.SetupError):
        await community.amina_user.slash("milestone add", title=TITLE, date="1 May")
