"""A report of a pledge, from the wall to the moderators: private all the way, each member's once, and no flood."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import simcord

from bot.cards.report import tell_moderators
from bot.services.errors import DomainError
from bot.services.pledges import Draft
from bot.services.reports import MOST_BY_A_MEMBER, MOST_IN_A_SERVER
from tests.storage.world import stored
from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    WORDS,
    fields_of,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    pledge,
    post,
    quoted,
    stats,
    wall,
)
from tests.support.pledges import send as send_pledge
from tests.support.reporting import (
    choose,
    furnish,
    options,
    posts,
    report,
    review_channel,
    send,
)
from tests.support.setting_up import deeds, forged, moderator

pytestmark = pytest.mark.usefixtures("env")

THANKS = "Moderators will look at it. Thank you."
IN_A_LIST = "This server has no channel for reports, so yours waits in a list until a moderator opens it."
NO_LONGER = "This pledge is not on the wall any more, so there is nothing left to report."


async def block(community: Community, actor: simcord.MemberActor) -> None:
    grace = moderator(community, "grace")
    await community.bot.services.moderation.block(community.guild.id, grace.id, actor.id, "testing")


# From the wall


async def test_a_pledge_on_the_wall_is_reported_in_three_steps_that_only_the_member_sees(community: Community) -> None:
    card = await furnish(community, WORDS, "I will do a second thing.")
    channel = await review_channel(community)

    which = seen(await press(community.joseph, card, "Report"))
    assert which.title == "Which pledge?"
    assert which.is_private
    assert quoted(which) == quoted(card), "in the order of the wall"
    assert f"**Pledge 2** · <@{community.amina.id}>" in which.text
    assert [option["description"] for option in options(which)] == quoted(card)

    form = await choose(community.joseph, which, 2)
    assert "the author does not learn who sent it" in fields_of(form)["words"]["description"]
    assert fields_of(form)["words"]["required"] is False
    thanks = await send(community.joseph, form, "This is unkind.")

    assert thanks.text == THANKS
    assert thanks.is_private
    assert await quoted_on_wall(community) == quoted(card), "one report hides nothing"
    [card_for_moderators] = posts(channel)
    assert WORDS in card_for_moderators.text


async def quoted_on_wall(community: Community) -> list[str]:
    return quoted(await wall(community))


async def test_without_a_review_channel_it_waits_in_a_list_and_the_member_is_told_so(community: Community) -> None:
    card = await furnish(community, WORDS)

    assert (await report(community.joseph, card)).text == f"{THANKS} {IN_A_LIST}"

    grace = moderator(community, "grace", manage_guild=True, manage_messages=True)
    queue = seen(await grace.slash(community.general, "moderate pledges", show="w"))
    assert WORDS in queue.text


async def test_the_author_never_learns_of_it(community: Community) -> None:
    card = await furnish(community, WORDS)
    before = (await mine(community)).text

    await report(community.joseph, card, "This is unkind.")

    assert (await mine(community)).text == before
    assert str(community.joseph.id) not in before
    assert community.amina_user.dm_channel.history() == []


async def test_three_reports_hide_it_until_a_moderator_looks(community: Community) -> None:
    card = await furnish(community, WORDS)
    channel = await review_channel(community)
    reporters = [newcomer(community, name) for name in ("one", "two", "three")]

    answers = [await report(actor, card, f"I am number {actor.id}") for actor in reporters]

    assert [answer.text for answer in answers] == [THANKS] * 3, "nobody is told that their report was the third"
    assert await quoted_on_wall(community) == []
    assert "not shown until a moderator has looked at it" in (await mine(community)).text
    assert (await stats(community)).title == "1 person stands up here", "it still counts"
    assert await miscounted(community) == []
    assert len(posts(channel)) == 1, "one card, brought up to date"
    [deed] = [deed for deed in await deeds(community) if deed.action == "auto_hide"]
    assert (deed.moderator_id, deed.member_id, deed.details) == (None, community.amina.id, "")


async def test_twice_by_one_member_is_once(community: Community) -> None:
    card = await furnish(community, WORDS)
    channel = await review_channel(community)
    for _ in range(4):
        again = await report(community.joseph, card)

    assert again.text == "You have reported this pledge already. Thank you."
    assert await quoted_on_wall(community) == [WORDS]
    assert len(posts(channel)) == 1


async def test_ones_own_pledge_is_not_among_those_to_choose_from(community: Community) -> None:
    await furnish(community, WORDS)
    await pledge(community.joseph, community.general, action=ACTION, wall=True)
    card = await wall(community)
    assert quoted(card) == [ACTION_TEXT, WORDS]

    which = seen(await press(community.joseph, card, "Report"))

    assert quoted(which) == [WORDS]


async def test_where_all_are_ones_own_it_says_what_else_can_be_done(community: Community) -> None:
    card = await furnish(community, WORDS)

    own = seen(await press(community.amina, card, "Report"))

    assert own.text == "This pledge is your own. `/pledge mine` lets you edit it, or take it off the wall."
    assert own.is_private


async def test_the_page_that_is_reported_is_the_one_that_is_seen(community: Community) -> None:
    words = [f"I will do good thing {number}." for number in range(8)]
    first = await furnish(community, *words)
    await pledge(community.amina, community.general, theme="work", words="I will work at it.", wall=True)

    older = seen(await press(community.joseph, first, "Older"))
    which = seen(await press(community.joseph, older, "Report"))
    assert quoted(which) == quoted(older) == words[2::-1]

    by_theme = await wall(community, theme="work")
    assert quoted(seen(await press(community.joseph, by_theme, "Report"))) == ["I will work at it."]


async def test_a_full_row_of_buttons_still_fits(community: Community) -> None:
    await furnish(community, *(f"I will do good thing {number}." for number in range(10)))
    await pledge(community.joseph, community.general, words=WORDS, wall=True)
    card = await wall(community)
    middle = seen(await press(community.joseph, card, "Older"))
    assert middle.buttons == ("Newer", "Older", "Oldest", "Make a pledge", "Report")


async def test_a_pledge_withdrawn_meanwhile_is_nothing_to_report(community: Community) -> None:
    card = await furnish(community, WORDS)
    which = seen(await press(community.joseph, card, "Report"))
    form = await choose(community.joseph, which)
    asked = seen(await press(community.amina, await mine(community), "Withdraw"))
    await press(community.amina, asked, "Yes, withdraw it")

    for answer in (
        await send(community.joseph, form, "I wrote a lot."),
        seen(await choose(community.joseph, which)),
        seen(await press(community.joseph, card, "Report")),
    ):
        assert NO_LONGER in answer.text
        assert answer.is_private


async def test_what_was_written_in_vain_is_given_back(community: Community) -> None:
    card = await furnish(community, WORDS)
    form = await choose(community.joseph, seen(await press(community.joseph, card, "Report")))
    await block(community, community.joseph)

    assert "I wrote a lot." in (await send(community.joseph, form, "I wrote a lot.")).text


@pytest.mark.parametrize("step", [1, 2, 3])
async def test_who_is_blocked_can_send_none_and_is_accused_of_nothing(community: Community, step: int) -> None:
    card, actor = await furnish(community, WORDS), community.joseph
    which = seen(await press(actor, card, "Report"))
    form = await choose(actor, which)
    await block(community, actor)

    if step == 1:
        answer = seen(await press(actor, card, "Report"))
    else:
        answer = seen(await choose(actor, which)) if step == 2 else await send(actor, form)

    assert "Reports can't be sent from your account in this server." in answer.text
    assert answer.is_private


async def test_it_works_after_a_restart(community: Community) -> None:
    card = await furnish(community, WORDS)
    await community.restart()
    which = seen(await press(community.joseph, card, "Report"))
    await community.restart()
    form = await choose(community.joseph, which)
    await community.restart()

    assert THANKS in (await send(community.joseph, form)).text


async def test_words_under_review_are_nobody_s_to_read_by_way_of_a_report(community: Community) -> None:
    card = await furnish(community, WORDS)
    which = seen(await press(community.joseph, card, "Report"))
    services, here = community.bot.services, community.guild.id
    await services.guilds.choose(here, community.joseph.id, "reviews_pledges", True)
    form = await press(community.amina, await mine(community), "Edit")
    await send_pledge(community.amina, form, words="It lives at a secret address.")

    answer = await choose(community.joseph, which)

    assert answer.modal is None
    assert seen(answer).text == NO_LONGER


async def test_words_that_became_harmful_can_be_reported_by_who_reported_the_harmless_ones(
    community: Community,
) -> None:
    card = await furnish(community, WORDS)
    grace = moderator(community, "grace")
    assert THANKS in (await report(community.joseph, card)).text
    [one] = await all_pledges(community)
    await community.bot.services.moderation.restore(community.guild.id, grace.id, one.id)
    assert "You have reported this pledge already" in (await report(community.joseph, card)).text
    await community.env.advance_time(60)
    form = await press(community.amina, await mine(community), "Edit")
    await send_pledge(community.amina, form, words="I will tell where they live.")

    again = await report(community.joseph, card, "It tells where I live.")

    assert THANKS in again.text
    [one] = await all_pledges(community)
    assert one.queued_at is not None


# What is forged


async def test_forged_pages_and_pledges_lead_nowhere(community: Community) -> None:
    await furnish(community, WORDS)
    everything = "report:wall:8999999999999999999:0::"
    message = await post(
        community, everything, "report:wall:1:9::", "report:wall:0:0:no-such-theme:ZZ", f"{everything[:-1]}:KE"
    )

    shown = seen(await community.joseph.click(message, custom_id=everything))
    assert quoted(shown) == [WORDS], "no more than the wall itself shows"
    for custom_id in ("report:wall:1:9::", "report:wall:0:0:no-such-theme:ZZ"):
        answer = seen(await community.joseph.click(message, custom_id=custom_id))
        assert answer.text == NO_LONGER
        assert answer.is_private


async def test_a_forged_choice_is_answered_and_shows_nothing(community: Community) -> None:
    card = await furnish(community, WORDS)
    await pledge(community.amina, community.general, words="I will do this quietly.")
    elsewhere = community.env.create_guild("Second")
    talk = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    await pledge(stranger, talk, words="I will speak up over there.", wall=True)
    ids = [one.id for one in await all_pledges(community)]
    which = seen(await press(community.joseph, card, "Report"))

    answers: list[str] = []
    for value in (*map(str, ids), "0", "9" * 80, "٣", "", "1; DROP TABLE pledge"):
        with forged(community, value):
            result = await choose(community.joseph, which)
        answers.append("form" if result.modal else seen(result).text)

    assert answers.count("form") == 1, "the one on the wall here"
    assert set(answers) - {"form"} == {
        NO_LONGER,
        "This card is from an earlier version of me, and what it shows is no longer in my collection.",
    }


async def all_pledges(community: Community) -> list[Any]:
    db = community.bot.services.pledges._db
    return sorted((await stored(db)).values(), key=lambda one: one.id)


async def test_another_servers_pledge_can_t_be_reported_here(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    talk = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    await pledge(stranger, talk, words="I will speak up over there.", wall=True)
    [theirs] = await all_pledges(community)
    button = f"report:wall:{theirs.id}:{theirs.id}::"

    answer = seen(await community.joseph.click(await post(community, button), custom_id=button))

    assert answer.text == NO_LONGER


# Floods


async def test_a_member_sends_ten_an_hour_and_then_later(community: Community) -> None:
    words = [f"I will do good thing {number}." for number in range(MOST_BY_A_MEMBER + 1)]
    with in_a_hurry():
        for text in words:
            await pledge(newcomer(community, "somebody"), community.general, words=text, wall=True)
        card = await wall(community)
        which = seen(await press(community.joseph, card, "Report"))
        pledges = [str(one.id) for one in await all_pledges(community)]
        community.set_clock(community.env.now())
        answers = [await report_of(community, community.joseph, which, id) for id in pledges]
    assert [answer.text.startswith(THANKS) for answer in answers] == [True] * MOST_BY_A_MEMBER + [False]
    refused = answers[-1]
    assert "You have sent several reports within the hour" in refused.text
    assert refused.is_private

    assert THANKS in (await report_of(community, newcomer(community, "another"), which, pledges[-1])).text
    community.set_clock(community.env.now() + timedelta(hours=1, seconds=1))
    assert THANKS in (await report_of(community, community.joseph, which, pledges[-1])).text


async def report_of(community: Community, actor: simcord.MemberActor, which: Seen, pledge_id: str) -> Seen:
    """A report of any pledge on the wall, whatever the menu offers."""
    own = seen(await press(actor, await wall(community, actor), "Report"))
    with forged(community, pledge_id):
        form = await choose(actor, own)
    return await send(actor, form)


async def test_a_thousand_reports_in_a_minute_are_all_answered_few_are_posted_and_others_go_on(
    community: Community,
) -> None:
    """As a thousand forms that arrive at once are taken: SimCord itself sends one after the other."""
    channel = await review_channel(community)
    with in_a_hurry():
        for number in range(40):
            author = newcomer(community, f"author{number}")
            await pledge(author, community.general, words=f"I will do good thing {number}.", wall=True)
    pledges = [one.id for one in await all_pledges(community)]
    services, here = community.bot.services, community.guild.id

    async def one(number: int) -> str:
        id = 10**12 + number
        reporting = services.reports.report(
            id=id, guild_id=here, pledge_id=pledges[number % 40], member_id=id, words=""
        )
        try:
            reported = await reporting
        except DomainError as refused:
            return type(refused).__name__
        await tell_moderators(community.bot, reported)
        return "taken"

    async def elsewhere() -> str:
        made = await services.pledges.make(
            Draft("home", None, WORDS, "", is_public=True), id=7, member_id=7, guild_id=7, country=None
        )
        return "pledged" if made.is_new else ""

    async with asyncio.timeout(30):
        flood = asyncio.gather(*(one(number) for number in range(1000)))
        async with asyncio.timeout(3):
            assert await elsewhere() == "pledged"
        answers = await flood

    assert Counter(answers) == {"taken": MOST_IN_A_SERVER, "ReportsPourIn": 1000 - MOST_IN_A_SERVER}
    assert quoted(await wall(community)) == []
    assert 1 <= len(posts(channel)) <= 11
    assert sum("</moderate pledges:" in post.text for post in posts(channel)) == 1
    assert await miscounted(community) == []
