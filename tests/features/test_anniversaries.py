"""/anniversary, as members use it; the simulated Discord begins on 1 January 2026."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import simcord
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from tests.support.community import IN_BOTH, Community, Seen, press, seen
from tests.support.setting_up import moderator

pytestmark = pytest.mark.usefixtures("env")


async def test_the_next_date_tells_when_what_and_how_long_ago(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert card.title == "IMPACT 10x10x10 is launched in Davos (2015)"
    assert "**Friday, January 23, 2026** · <t:" in card.text
    assert "11 years after January 23, 2015" in card.text
    assert "Source: [" in card.text
    assert "days are counted in UTC" in card.text


async def test_on_the_day_itself_it_says_today_until_the_day_is_over(community: Community) -> None:
    community.set_clock(datetime(2026, 9, 20, 23, 30, tzinfo=UTC))
    card = seen(await community.amina.slash(community.general, "anniversary next"))
    assert card.title == "HeForShe is launched (2014)"
    assert "**Sunday, September 20, 2026** · today" in card.text
    assert "12 years after September 20, 2014" in card.text

    community.set_clock(datetime(2026, 9, 21, 0, 30, tzinfo=UTC))
    card = seen(await community.amina.slash(community.general, "anniversary next"))
    assert card.title != "HeForShe is launched (2014)"


async def test_a_solemn_day_has_no_fanfare_and_ends_with_the_way_to_help(community: Community) -> None:
    community.set_clock(datetime(2026, 11, 25, 8, tzinfo=UTC))
    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert "!" not in card.text
    assert "/support" in card.text.splitlines()[-1]
    assert seen(await press(community.joseph, card, "Find help")).is_private


async def test_other_dates_of_the_same_day_stand_below_the_weightiest(community: Community) -> None:
    community.set_clock(datetime(2026, 3, 8, 8, tzinfo=UTC))
    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert card.title == "International Women's Day"
    assert "Observed every year since 1" in card.text
    below = card.text.partition("**Also on this day**")[2]
    assert "- First HeForShe Arts Week (2016)" in below


async def test_the_list_is_the_coming_year_in_pages(community: Community) -> None:
    first = seen(await community.amina.slash(community.general, "anniversary list"))
    assert first.title == "The dates of the coming year"
    assert "Page 1 of 3" in first.text
    assert first.buttons == ("Later",)

    second = seen(await press(community.amina, first, "Later"))
    assert "Page 2 of 3" in second.text
    assert second.buttons == ("Earlier", "Later")
    await community.restart()
    last = seen(await press(community.amina, second, "Later"))
    assert last.buttons == ("Earlier",)
    days = [line for card in (first, second, last) for line in card.text.splitlines() if line.startswith("**")]
    assert len(days) == len(set(days)) == 23, "headline and major dates: 23 days a year"


async def test_the_list_with_lesser_dates_is_longer(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "anniversary list", every=True))

    assert "Page 1 of 8" in card.text
    assert len(card.text) < 4000


async def test_turning_pages_of_somebody_elses_list_leaves_it_to_them(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "anniversary list"))

    own = seen(await press(community.joseph, asked, "Later"))

    assert own.is_private
    [still] = community.general.history(viewer=community.amina)
    assert seen(still).text == asked.text


# As the server chose.


async def choose(community: Community, **settings: Any) -> None:
    for name, value in settings.items():
        await community.bot.services.guilds.choose(community.guild.id, 1, name, value)


async def mute(community: Community, item: str) -> None:
    await community.bot.services.guilds.mute(community.guild.id, 1, "milestone", item, muted=True)


async def add(community: Community, title: str, day: str, **more: str) -> None:
    grace = moderator(community, f"who added {title}")
    await grace.slash(community.general, "milestone add", title=title, date=day, **more)


async def test_days_are_the_servers_and_it_says_whose(community: Community) -> None:
    await choose(community, zone="America/New_York")
    community.set_clock(datetime(2026, 9, 21, 3, tzinfo=UTC))

    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert "**Sunday, September 20, 2026** · today" in card.text
    assert "days are counted in America/New_York, where it is September 20, 2026" in card.text.replace("\\", "")
    first = seen(await community.amina.slash(community.general, "anniversary list"))
    assert first.text.splitlines()[1].startswith("**Sunday, September 20, 2026** · today")


async def test_in_direct_messages_days_are_counted_in_utc_and_nothing_is_muted(community: Community) -> None:
    await choose(community, zone="Asia/Tokyo", posts_campaign=False)
    await mute(community, "heforshe-launch")
    community.set_clock(datetime(2026, 9, 20, 23, 30, tzinfo=UTC))

    card = seen(await community.amina_user.slash("anniversary next"))

    assert card.title == "HeForShe is launched (2014)"
    assert "days are counted in UTC, where it is September 20, 2026" in card.text


async def test_a_date_of_the_servers_own_is_told_as_what_it_is(community: Community) -> None:
    community.set_clock(datetime(2026, 5, 2, 12, tzinfo=UTC))
    await add(community, "We began here", "4 May 2019", text="In a kitchen, with nine chairs.", time="21:30")

    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert card.title == "We began here (2019)"
    assert "7 years after May 4, 2019" in card.text
    assert "In a kitchen, with nine chairs." in card.text
    assert "A date of this server's own" in card.text
    assert "Source" not in card.text


async def test_a_date_without_a_year_is_told_without_one(community: Community) -> None:
    community.set_clock(datetime(2026, 5, 2, 12, tzinfo=UTC))
    await add(community, "Our tea", "4 May")

    card = seen(await community.amina.slash(community.general, "anniversary next"))

    assert card.title == "Our tea"
    assert "Every year on May 4" in card.text


async def test_own_dates_stand_in_the_list_among_the_others(community: Community) -> None:
    community.set_clock(datetime(2026, 9, 19, 12, tzinfo=UTC))
    await add(community, "Our tea", "20 September")

    card = seen(await community.amina.slash(community.general, "anniversary list"))

    assert card.text.splitlines()[2] == "HeForShe is launched (2014) · Our tea", "a headline leads"
    other = community.env.create_guild("Elsewhere")
    talk = other.create_text_channel("talk")
    stranger = other.add_member(community.env.create_user("stranger"))
    assert "Our tea" not in seen(await stranger.slash(talk, "anniversary list")).text


async def test_a_muted_date_is_left_out_and_marked_where_all_are_listed(community: Community) -> None:
    community.set_clock(datetime(2026, 9, 19, 12, tzinfo=UTC))
    await mute(community, "heforshe-launch")

    usual = seen(await community.amina.slash(community.general, "anniversary list"))
    every = seen(await community.amina.slash(community.general, "anniversary list", every=True))
    next_one = seen(await community.amina.slash(community.general, "anniversary next"))

    assert "HeForShe is launched" not in usual.text
    assert "HeForShe is launched" not in next_one.text
    assert "HeForShe is launched (2014) (muted here)" in every.text
    assert every.text.count("(muted here)") == 1


async def test_what_moderators_turned_off_is_not_listed_unless_asked_for(community: Community) -> None:
    await choose(community, posts_campaign=False, posts_history=False)
    some = seen(await community.amina.slash(community.general, "anniversary list"))
    assert "(20" not in some.text, "observances only"

    await choose(community, posts_observances=False)
    for command in ("anniversary next", "anniversary list", "anniversary calendar"):
        none = seen(await community.amina.slash(community.general, command))
        assert "The moderators of this server have turned off all dates" in none.text
    every = seen(await community.amina.slash(community.general, "anniversary list", every=True))
    assert "HeForShe" in every.text


async def test_a_hundred_dates_on_one_day_are_bounded(community: Community) -> None:
    community.set_clock(datetime(2026, 5, 2, 12, tzinfo=UTC))
    for number in range(8):
        await add(community, f"Our day № {number}", "4 May")

    card = seen(await community.amina.slash(community.general, "anniversary next"))
    assert "and 1 more" in card.text
    card = seen(await community.amina.slash(community.general, "anniversary list"))
    assert "and 2 more" in card.text


# For one's own calendar.


async def file_of(answer: simcord.InteractionResult) -> tuple[Seen, str, Calendar]:
    """The card, the file's name, and what another parser finds in it."""
    assert answer.response is not None
    [file] = answer.response.attachments
    return seen(answer), file.filename, IcsCalendarStream.calendar_from_ics((await file.read()).decode())


@IN_BOTH
async def test_the_calendar_is_a_private_file_with_a_word_on_how_to_use_it(community: Community) -> None:
    card, name, calendar = await file_of(await community.amina.slash(community.general, "anniversary calendar"))

    assert card.is_private
    assert card.title == "The dates for your calendar"
    assert "This file holds **25** dates that come round every year. Open it on your phone or computer" in card.text
    assert name == "heforshe.ics"
    assert len(calendar.events) == 25


async def test_the_calendar_holds_what_the_server_remembers(community: Community) -> None:
    await choose(community, zone="Africa/Nairobi")
    await add(community, "Our tea", "29 February")
    await mute(community, "heforshe-launch")

    _card, _name, usual = await file_of(await community.amina.slash(community.general, "anniversary calendar"))
    _card, _name, every = await file_of(
        await community.amina.slash(community.general, "anniversary calendar", every=True)
    )

    found = [event.summary for event in usual.events]
    assert "Our tea" in found
    assert "HeForShe is launched (2014)" not in found
    assert "HeForShe is launched (2014)" in [event.summary for event in every.events]
    in_2028 = usual.timeline.overlapping(date(2028, 2, 29), date(2028, 3, 1))
    assert [event.summary for event in in_2028] == ["Our tea"]


async def test_the_calendar_comes_in_direct_messages_too(community: Community) -> None:
    card, name, calendar = await file_of(await community.amina_user.slash("anniversary calendar"))

    assert card.is_private
    assert name == "heforshe.ics"
    assert len(calendar.events) == 25
