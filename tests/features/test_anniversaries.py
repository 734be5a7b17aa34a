"""/anniversary, as members use it; the simulated Discord begins on 1 January 2026."""

from datetime import UTC, datetime

import pytest

from tests.support.community import Community, press, seen

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
