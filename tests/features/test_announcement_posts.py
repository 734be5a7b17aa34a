"""What is posted about a day: the whole post, as it stands in its channel."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile

import pytest

from bot.cards.announcement_day import MOST_READ
from bot.cards.announcement_post import SUBDUED
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import WORDS, newcomer, pledge
from tests.support.rendering import (
    MODERATOR,
    body,
    choose,
    forged,
    own_date,
    plan_of,
    planned,
    posted,
    rendered,
    texts,
    walk,
    without_addresses,
)
from tests.wire.judge import faults_of
from tests.wire.lengths import length

pytestmark = pytest.mark.usefixtures("env")

LAUNCH, VIOLENCE, WOMENS_DAY = "2026-09-20", "2026-11-25", "2026-03-08"


async def days_of(community: Community, year: int, *, every: bool = False) -> list[str]:
    """The days of a year with a post, or with any date at all."""
    days = await community.bot.services.days.of(community.guild.id)
    first = date(year, 1, 1)
    coming = takewhile(lambda day: day.on.year == year, days.coming(first, every=every))
    return [str(day.on) for day in coming]


async def test_a_post_tells_what_happened_and_how_long_ago_with_its_source(community: Community) -> None:
    post = await posted(community, plan_of(community, "anniversary", LAUNCH))

    assert post.text.startswith("**Twelve years ago today** · September 20, 2014\n## HeForShe is launched\n")
    assert "Emma Watson launch HeForShe." in post.text
    assert "-# Source: [Star-studded event kicks off" in post.text
    assert post.buttons == ("Make a pledge", "More")
    assert not post.is_private


async def test_what_is_observed_every_year_says_since_when_and_by_whom(community: Community) -> None:
    post = await posted(community, plan_of(community, "anniversary", "2026-11-19"))

    assert post.text.startswith("**Every year on November 19**\n## International Men's Day\n")
    assert "Begun in Trinidad and Tobago in 1999" in post.text
    assert "not by the UN" in post.text
    assert "-# Observed every year since 1999 · Source: [" in post.text
    assert "years ago today" not in post.text


async def test_other_dates_of_the_day_stand_below_with_their_sources(community: Community) -> None:
    post = await posted(community, plan_of(community, "anniversary", WOMENS_DAY))

    below = post.text.partition("**Also on this day**\n")[2]
    assert below.startswith("- [First HeForShe Arts Week](http")
    assert "(2016) · 10 years ago" in below


async def test_a_day_that_is_not_certain_is_not_called_today_and_its_note_is_shown(community: Community) -> None:
    await choose(community, "posts_minor", True)

    post = await posted(community, plan_of(community, "anniversary", "2026-09-23"))

    assert post.text.startswith("**12 years ago** · September 23, 2014\n## 100,000 men in three days")
    assert "-# About the date: Counted as three days after the launch" in post.text


async def test_a_period_is_posted_on_its_first_day_with_its_last(community: Community) -> None:
    both = await posted(community, plan_of(community, "anniversary", VIOLENCE))
    assert re.search(r"16 Days of Activism .* · from today until December 10, every year since 1991", both.text)

    guilds = community.bot.services.guilds
    await guilds.mute(community.guild.id, MODERATOR, "milestone", "elimination-of-violence", muted=True)
    alone = await posted(community, plan_of(community, "anniversary", VIOLENCE))
    assert alone.text.startswith("**From today until December 10, every year**\n## 16 Days of Activism")
    assert "Elimination" not in alone.text


async def test_a_quote_that_was_said_on_the_very_day_comes_first(community: Community) -> None:
    said = "Speech at the HeForShe launch", "Opening remarks", "September 20, 2014 · Source"
    for year in range(2026, 2036):
        text = texts(await body(community, await planned(community, "anniversary", f"{year}-09-20")))
        quote = text[text.index("\n> ") :]
        assert said[2] in quote


@IN_ENGLISH
async def test_no_quote_comes_again_in_a_channel_before_all_that_fit_were_there(community: Community) -> None:
    quotes = {quote.text: quote for quote in community.bot.services.campaign.quotes if not quote.support}
    shown: list[str] = []
    for year in range(2026, 2032):
        if year == 2028:
            await community.restart()
        for day in await days_of(community, year):
            row = await planned(community, "anniversary", day)
            text = texts(await body(community, row)).replace("\\", "")
            shown += [said for said in quotes if f"> {said}" in text]

    first = shown[: len(quotes)]
    assert len(first) == len(quotes)
    assert len(set(first)) >= len(quotes) - 12, "solemn days, of which few quotes are worthy, may come back to some"


async def test_a_preview_shows_the_quote_that_will_come_and_does_not_use_it_up(community: Community) -> None:
    plan = plan_of(community, "anniversary", LAUNCH)

    before, again = texts(await body(community, plan)), texts(await body(community, plan))
    real = texts(await body(community, await planned(community, "anniversary", LAUNCH)))

    assert before == again == real
    assert texts(await body(community, plan)) != real


async def test_what_was_muted_here_is_in_no_post(community: Community) -> None:
    services = community.bot.services
    for quote in services.campaign.quotes:
        if quote.id != "mandela-freedom":
            await services.guilds.mute(community.guild.id, MODERATOR, "quote", quote.id, muted=True)
    assert "Nelson Mandela" in texts(await body(community, plan_of(community, "anniversary", LAUNCH)))

    await services.guilds.mute(community.guild.id, MODERATOR, "quote", "mandela-freedom", muted=True)
    assert "\n> " not in texts(await body(community, plan_of(community, "anniversary", LAUNCH)))


@IN_ENGLISH
async def test_no_two_years_of_a_day_are_alike(community: Community) -> None:
    """Years and numbers aside, with nothing new in the community, and even with the same quote each year."""
    for day in await days_of(community, 2026):
        seen_so_far: dict[str, int] = {}
        for year in range(2026, 2126):
            text = texts(await body(community, plan_of(community, "anniversary", f"{year}{day[4:]}")))
            _, _, rest = text.partition("\n## ")  # before stands how long ago it was
            plain = re.sub(r"[\d,.]+", "", rest)
            assert plain not in seen_so_far, f"{day}: {year} reads like {seen_so_far[plain]}"
            seen_so_far[plain] = year


@IN_ENGLISH
async def test_two_years_that_follow_share_no_sentence_of_ours(community: Community) -> None:
    services = community.bot.services
    for day in await days_of(community, 2026):
        lines: list[set[str]] = []
        for year in (2026, 2027, 2028):
            on = date.fromisoformat(f"{year}{day[4:]}")
            found = (await services.days.of(community.guild.id)).on(on)
            assert found is not None
            item = found.lead.item
            known = {item.title, item.description}  # type: ignore[union-attr]
            text = texts(await body(community, await planned(community, "anniversary", str(on))))
            small = ("-# ", "- [", "> ", "## ", "**Every year", "**From today", "**Also on")
            lines.append({line for line in text.splitlines() if not line.startswith(small) and line not in known})
        assert len(lines[0] & lines[1]) <= 1, lines[0] & lines[1]
        assert len(lines[1] & lines[2]) <= 1, lines[1] & lines[2]


@IN_ENGLISH
async def test_every_post_of_every_day_is_short_and_one_that_discord_takes(community: Community) -> None:
    await choose(community, "posts_minor", True)
    for year in (2026, 2027, 2028, 2029):
        for day in await days_of(community, year, every=True):
            sent = await body(community, plan_of(community, "anniversary", day))
            assert faults_of("POST", f"/channels/{community.general.id}/messages", sent) == []
            assert len(without_addresses(texts(sent))) <= MOST_READ
            assert len(texts(sent)) < 4000
            assert len(walk(sent["components"])) < 40


@IN_ENGLISH
async def test_solemn_days_are_sober_in_every_year_and_end_with_the_way_to_help(community: Community) -> None:
    await choose(community, "posts_minor", True)
    await pledge(community.amina, community.general, words=WORDS)
    days = await community.bot.services.days.of(community.guild.id)
    solemn = [day for day in await days_of(community, 2026) if days.on(date.fromisoformat(day)).is_solemn]  # type: ignore[union-attr]
    assert len(solemn) > 8
    for day in solemn:
        for year in range(2026, 2037):
            sent = await body(community, await planned(community, "anniversary", f"{year}{day[4:]}"))
            text = texts(sent)
            assert "!" not in text
            assert not re.search(r"▰|▱|next goal|worth celebrating|well done", text)
            assert "/support" in text.splitlines()[-1]
            assert sent["components"][0]["accent_color"] == SUBDUED
            labels = [part["label"] for part in walk(sent["components"]) if "label" in part]
            assert labels == ["Find help", "Make a pledge", "More"]


@IN_ENGLISH
async def test_days_that_are_not_solemn_bring_no_words_of_violence(community: Community) -> None:
    campaign = community.bot.services.campaign
    grave = [item.text for item in (*campaign.quotes, *campaign.facts) if item.support]
    for year in range(2026, 2033):
        for day in await days_of(community, year):
            text = texts(await body(community, await planned(community, "anniversary", day))).replace("\\", "")
            if "/support" not in text:
                assert not [said for said in grave if said in text]


async def test_what_this_community_did_since_the_same_day_a_year_ago(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya")
    await pledge(community.joseph, community.general, words=WORDS)
    await community.env.advance_time(timedelta(days=24).total_seconds())
    await pledge(newcomer(community, "sofia"), community.general, words=WORDS, country="Chile")

    text = (await posted(community, plan_of(community, "anniversary", LAUNCH))).text
    assert "**3** people stand up here, from **2** countries. **3** pledges were made since September 20, 2025." in text
    assert "**7** more people to reach the next goal, 10.\n▰▰▰" in text

    text = texts(await body(community, plan_of(community, "anniversary", "2027-01-23")))
    assert "**1** pledge was made since January 23, 2026." in text

    text = texts(await body(community, plan_of(community, "anniversary", "2027-09-20")))
    assert "**3** people stand up here" in text
    assert "made since" not in text, "nothing was made in that year, and nothing is said to have been"


async def test_where_nobody_has_pledged_yet_there_is_an_invitation_and_no_zero(community: Community) -> None:
    for year in range(2026, 2030):
        text = texts(await body(community, plan_of(community, "anniversary", f"{year}-09-20")))
        assert re.search(r"first pledge|first of this|Somebody has to be the first|begins with one pledge", text)
        assert not re.search(r"\*\*0\*\*|next goal", text)


async def test_pledges_of_other_servers_are_not_this_communitys(community: Community) -> None:
    other = community.env.create_guild("Another server")
    channel = other.create_text_channel("general")
    await pledge(other.add_member(community.env.create_user("mo")), channel, words=WORDS)

    assert "stands up here" not in texts(await body(community, plan_of(community, "anniversary", LAUNCH)))


@IN_ENGLISH
async def test_a_date_of_the_servers_own_leads_with_what_its_moderators_wrote(community: Community) -> None:
    await own_date(community, "Our *first* meeting", 5, 3, 2023, words="We met in the library. @everyone was there.")

    post = await posted(community, plan_of(community, "anniversary", "2026-05-03"))

    assert post.text.startswith("**Three years ago today** · May 3, 2023\n## Our \\*first\\* meeting\nWe met in")
    assert "@everyone" not in post.text, "a zero-width space stands in it"


@IN_ENGLISH
async def test_an_own_date_without_a_year_or_words_says_nothing_of_either(community: Community) -> None:
    await own_date(community, "Library day", 5, 3)

    post = await posted(community, plan_of(community, "anniversary", "2026-05-03"))

    assert post.text.startswith("**Every year on May 3**\n## Library day\n")
    assert "ago" not in post.text


@IN_ENGLISH
async def test_what_happened_on_29_february_was_not_today_in_common_years(community: Community) -> None:
    await own_date(community, "Leap meeting", 2, 29, 2024)

    common = await posted(community, plan_of(community, "anniversary", "2026-02-28"))
    leap = await posted(community, plan_of(community, "anniversary", "2028-02-29"))

    assert common.text.startswith("**2 years ago** · February 29, 2024")
    assert leap.text.startswith("**Four years ago today** · February 29, 2024")


@IN_ENGLISH
async def test_an_own_date_with_its_own_hour_has_a_post_to_itself(community: Community) -> None:
    own = await own_date(community, "Film evening", 9, 20, 2024, post_at=1200)

    alone = await posted(community, await planned(community, "own", LAUNCH, str(own.id)))
    day = await posted(community, plan_of(community, "anniversary", LAUNCH))

    assert alone.text.startswith("**Two years ago today** · September 20, 2024\n## Film evening\n")
    assert "HeForShe is launched" not in alone.text
    assert "Film evening" not in day.text
    await community.bot.services.own_dates.remove(community.guild.id, MODERATOR, own.id)
    assert await rendered(community, await planned(community, "own", LAUNCH, str(own.id))) is None


@IN_ENGLISH
async def test_an_own_date_on_a_solemn_day_is_sober_too(community: Community) -> None:
    own = await own_date(community, "Birthday of this server", 11, 25, 2024, post_at=1200)

    sent = await body(community, await planned(community, "own", VIOLENCE, str(own.id)))

    assert "/support" in texts(sent).splitlines()[-1]
    assert sent["components"][0]["accent_color"] == SUBDUED


async def test_a_day_on_which_nothing_falls_any_more_has_no_post(community: Community) -> None:
    plan = plan_of(community, "anniversary", LAUNCH)
    assert await rendered(community, plan) is not None

    await choose(community, "posts_campaign", False)

    assert await rendered(community, plan) is None


async def test_the_role_stands_first_and_nobody_else_is_mentioned(community: Community) -> None:
    plan, role = plan_of(community, "anniversary", LAUNCH), community.guild.create_role("Herald")
    assert (await body(community, plan))["allowed_mentions"] == {"parse": []}

    await choose(community, "ping_role_id", role.id)
    sent = await body(community, plan)
    assert sent["components"][0]["content"] == f"<@&{role.id}>"
    assert sent["allowed_mentions"] == {"parse": [], "roles": [str(role.id)]}
    assert faults_of("POST", f"/channels/{community.general.id}/messages", sent) == []

    await choose(community, "ping_role_id", 999)
    sent = await body(community, plan)
    assert sent["allowed_mentions"] == {"parse": []}
    assert "<@&" not in texts(sent), "the role is gone"


@IN_ENGLISH
async def test_everybody_is_mentioned_only_where_that_was_chosen(community: Community) -> None:
    await choose(community, "ping_role_id", community.guild.id)

    sent = await body(community, plan_of(community, "anniversary", LAUNCH))

    assert sent["components"][0]["content"] == "@everyone"
    assert sent["allowed_mentions"] == {"parse": ["everyone"]}


PIECES = ["*", "`", "[x](https://example.org)", "@everyone", "🙂", "ﷺ", "👩🏽‍🚀", "word "]


@IN_ENGLISH
@pytest.mark.parametrize("piece", PIECES)
async def test_the_longest_own_dates_on_one_day_fit_into_a_post(community: Community, piece: str) -> None:
    for number in range(12):
        title = f"{number} {piece * 98}"[:100].strip()
        await own_date(community, title, 9, 21, 2000, id=9100 + number, words=(piece * 400)[:400].strip())

    sent = await body(community, plan_of(community, "anniversary", "2026-09-21"))

    assert faults_of("POST", f"/channels/{community.general.id}/messages", sent) == []
    assert len(walk(sent["components"])) < 40
    assert length(without_addresses(texts(sent))) <= MOST_READ
    assert "## 0 " in texts(sent), "what happened is never left out"


async def test_more_tells_the_whole_day_privately_with_what_is_not_posted_and_what_comes_next(
    community: Community,
) -> None:
    post = await posted(community, await planned(community, "anniversary", LAUNCH))
    community.set_clock(datetime(2026, 9, 20, 9, tzinfo=UTC))
    await community.restart()

    more = seen(await press(community.amina, post, "More"))

    assert more.is_private
    assert more.title == "Sunday, September 20, 2026"
    assert more.text.index("**HeForShe is launched**") < more.text.index("**First University Parity Report**")
    assert "**IMPACT 10x10x10 Gender Parity Report**" in more.text
    assert more.text.count("Source: [") == 3
    assert more.text.splitlines()[-1] == "Next: **HeForShe marks ten years**, Thursday, September 24, 2026"


async def test_more_of_a_solemn_day_has_the_way_to_help(community: Community) -> None:
    post = await posted(community, await planned(community, "anniversary", VIOLENCE))

    more = seen(await press(community.amina, post, "More"))

    assert "/support" in more.text.splitlines()[-1]
    assert more.buttons == ("Find help",)


async def test_more_of_a_test_or_of_a_post_whose_row_is_gone_still_tells_the_day(community: Community) -> None:
    for subject in ("", "trial"):
        post = await posted(community, plan_of(community, "anniversary", WOMENS_DAY, subject))

        more = seen(await press(community.amina, post, "More"))

        assert more.is_private
        assert more.title == "Sunday, March 8, 2026"
        assert "**International Day of Women Judges**" not in more.text


@IN_ENGLISH
async def test_more_says_kindly_that_it_knows_no_more(community: Community) -> None:
    own = await own_date(community, "Film evening", 9, 20, 2024, post_at=1200)
    post = await posted(community, await planned(community, "own", LAUNCH, str(own.id)))
    assert "Film evening" in seen(await press(community.amina, post, "More")).text

    await community.bot.services.own_dates.remove(community.guild.id, MODERATOR, own.id)

    more = seen(await press(community.amina, post, "More"))
    assert more.is_private
    assert "I no longer have what belongs to this post" in more.text


@IN_ENGLISH
async def test_more_of_another_servers_post_tells_nothing_of_it(community: Community) -> None:
    own = await own_date(community, "Secret evening", 9, 20, 2024, post_at=1200)
    row = await planned(community, "own", LAUNCH, str(own.id))
    other = community.env.create_guild("Another server")
    channel = other.create_text_channel("general")
    mo = other.add_member(community.env.create_user("mo"))
    more = seen(await mo.click(await forged(community, channel, f"post:{row.key}"), custom_id=f"post:{row.key}"))

    assert "Secret evening" not in more.text
    assert "I no longer have what belongs to this post" in more.text
