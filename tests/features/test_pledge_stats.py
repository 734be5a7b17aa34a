"""/pledge stats: what has come together, in words first."""

import re
from datetime import timedelta

import pytest

from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.pledges import (
    ACTION,
    WORDS,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    own_app,
    pledge,
    post,
    stats,
)

pytestmark = [pytest.mark.usefixtures("env"), IN_BOTH]

INVITATION = "### The first pledge could be yours\nSomebody has to be the first. It takes a minute."


async def stand_up(community: Community, count: int, countries: tuple[str, ...] = ()) -> None:
    """That many new people with a pledge each; the first ones tell their countries."""
    with in_a_hurry():
        for number in range(count):
            actor = newcomer(community, f"person{number}")
            country = countries[number] if number < len(countries) else ""
            await pledge(actor, community.general, words=WORDS, country=country)


async def test_nobody_yet_is_an_invitation_and_never_a_zero(community: Community) -> None:
    here, whole = await stats(community), await stats(community, everywhere=True)

    assert here.text == whole.text == INVITATION
    assert here.buttons == ("Make a pledge", "The whole campaign")
    assert whole.buttons == ("Make a pledge", "This server")
    assert not here.is_private


async def test_one_person_is_said_in_words_before_any_bar(community: Community) -> None:
    await pledge(community.amina, community.general, action=ACTION, country="Kenya")

    card = await stats(community)

    assert card.text.splitlines() == [
        "### 1 person stands up here",
        "**1** pledge is in force. **1** is from the last 30 days.",
        "**9** more people to reach the next goal, 10.",
        "▰▱▱▱▱▱▱▱▱▱",
        "From **1** of 195 countries.",
        "Africa 1 of 54",
        "Still missing: Americas, Asia, Europe, and Oceania.",
    ]


async def test_people_pledges_countries_regions_and_the_next_goal(community: Community) -> None:
    await stand_up(community, 12, ("Kenya", "Uganda", "Brazil", "Japan", "France", "Kenya"))
    await pledge(community.amina, community.general, words=WORDS)
    await pledge(community.amina, community.general, action=ACTION)

    lines = (await stats(community)).text.splitlines()

    assert lines == [
        "### 13 people stand up here",
        "**14** pledges are in force. **14** are from the last 30 days.",
        "**37** more people to reach the next goal, 50.",
        "▰▰▱▱▱▱▱▱▱▱",
        "From **5** of 195 countries.",
        "Africa 2 of 54 · Americas 1 of 35 · Asia 1 of 48 · Europe 1 of 44",
        "Still missing: Oceania.",
    ]
    assert await miscounted(community) == []


async def test_a_goal_that_is_reached_makes_room_for_the_next(community: Community) -> None:
    await stand_up(community, 9)
    assert "**1** more person to reach the next goal, 10.\n▰▰▰▰▰▰▰▰▰▱" in (await stats(community)).text

    await pledge(community.amina, community.general, words=WORDS)

    assert "**40** more people to reach the next goal, 50.\n▰▰▱▱▱▱▱▱▱▱" in (await stats(community)).text


async def test_territories_are_counted_apart_and_no_country_is_no_zero(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Greenland")
    alone = (await stats(community)).text
    assert "From **1** territory." in alone
    assert not re.search(r"\b0\b", alone)

    await pledge(community.joseph, community.general, words=WORDS, country="Kenya")
    both = (await stats(community)).text
    assert "From **1** of 195 countries. From **1** territory.\nAfrica 1 of 54\n" in both


async def test_without_any_country_nothing_is_said_of_countries(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    text = (await stats(community)).text

    assert "countries" not in text
    assert "missing" not in text


async def test_what_is_older_than_thirty_days_is_in_force_but_not_among_the_latest(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    community.set_clock(community.env.now() + timedelta(days=31))
    assert "**1** pledge is in force.\n" in (await stats(community)).text

    await pledge(community.joseph, community.general, words=WORDS)

    assert "**2** pledges are in force. **1** is from the last 30 days." in (await stats(community)).text


async def test_two_servers_count_apart_and_the_campaign_counts_people_once(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    amina_there = elsewhere.add_member(community.amina_user)
    await pledge(community.amina, community.general, words=WORDS, country="Kenya")
    await pledge(community.joseph, community.general, words=WORDS, country="Fiji")
    await pledge(amina_there, channel, words=WORDS)

    here, there = await stats(community), seen(await amina_there.slash(channel, "pledge stats"))
    assert "2 people stand up here" in here.text
    assert "1 person stands up here" in there.text
    assert "From **1** of 195 countries" in there.text

    whole = seen(await press(community.joseph, here, "The whole campaign"))
    assert whole.message.id == here.message.id
    assert whole.title == "2 people stand up in the whole campaign"
    assert "**3** pledges are in force." in whole.text
    assert "From **2** of 195 countries" in whole.text
    back = seen(await press(community.joseph, whole, "This server"))
    assert back.text == here.text
    assert await miscounted(community) == []


async def test_somebody_elses_turning_leaves_the_card(community: Community) -> None:
    asked = await stats(community)

    own = seen(await press(community.amina, asked, "The whole campaign"))

    assert own.is_private
    still = community.general.history(viewer=community.joseph)[-1]
    assert seen(still).buttons == asked.buttons


async def test_in_direct_messages_and_from_ones_own_account_it_is_the_whole_campaign(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    card = seen(await community.amina_user.slash("pledge stats"))
    assert card.title == "1 person stands up in the whole campaign"
    assert card.buttons == ("Make a pledge",)
    with own_app(community):
        assert (await stats(community)).title == "1 person stands up in the whole campaign"


async def test_after_a_withdrawal_every_count_is_as_before(community: Community) -> None:
    await pledge(community.joseph, community.general, words=WORDS, country="Fiji")
    before = [(await stats(community, everywhere=everywhere)).text for everywhere in (False, True)]
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    asked = seen(await press(community.amina, await mine(community), "Withdraw"))
    await press(community.amina, asked, "Yes, withdraw it")

    assert [(await stats(community, everywhere=everywhere)).text for everywhere in (False, True)] == before
    asked = seen(await press(community.joseph, await mine(community, community.joseph), "Withdraw"))
    await press(community.joseph, asked, "Yes, withdraw it")
    assert (await stats(community)).text == INVITATION
    assert await miscounted(community) == []


async def test_the_numbers_turn_after_a_restart_and_on_any_card(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    asked = await stats(community)
    await community.restart()

    assert "whole campaign" in seen(await press(community.joseph, asked, "The whole campaign")).title
    message = await post(community, "stats:here")
    assert seen(await community.amina.click(message, custom_id="stats:here")).is_private
