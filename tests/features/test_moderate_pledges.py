"""/moderate pledges: what moderators can read, and what they decide; the author told kindly, and everything undone."""

import pytest

from bot.storage.tables import HIDDEN
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.moderating import (
    WHY,
    because,
    furnish,
    give,
    keeper,
    one_pledge,
    opened,
    pick,
    pledges,
    review_first,
    states,
    stored,
    thing,
)
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    WORDS,
    in_a_hurry,
    mine,
    miscounted,
    pledge,
    post,
    quoted,
    stats,
    wall,
)
from tests.support.reporting import options, report
from tests.support.setting_up import deeds, forged

pytestmark = pytest.mark.usefixtures("env")

FOR_MODERATORS = "This is for moderators"
GONE = "This pledge is not here any more"


# What can be read


async def test_a_moderator_reads_public_pledges_newest_first_and_never_private_ones(community: Community) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, words="I will do this quietly.")
    await pledge(community.amina_user, words="I will do this for the campaign.")
    await pledge(community.amina, community.general, action=ACTION, wall=True)
    await pledge(community.joseph, community.general, words=WORDS, wall=True)

    card = await pledges(community, grace)

    assert card.is_private
    assert card.title == "Public pledges"
    assert quoted(card) == [WORDS, ACTION_TEXT]
    assert f"-# 1 · On the wall · <@{community.joseph.id}> · <t:" in card.text
    assert card.buttons == ("What waits", "What is hidden")
    assert "quietly" not in (await pledges(community, grace, member=community.amina)).text


async def test_an_empty_server_says_so(community: Community) -> None:
    grace = keeper(community)

    assert "There are no public pledges here." in (await pledges(community, grace)).text
    assert "Nothing waits for a moderator here." in (await pledges(community, grace, show="w")).text
    assert "Nothing is hidden here." in (await pledges(community, grace, show="h")).text


async def test_who_may_manage_messages_but_not_the_server_is_no_moderator_yet(community: Community) -> None:
    helper = keeper(community, "helper", manage_messages=True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    refused = await pledges(community, helper)

    assert FOR_MODERATORS in refused.text
    assert WORDS not in refused.text


async def test_a_moderator_by_role_can_do_it_all(community: Community) -> None:
    role = community.guild.create_role("Helpers")
    helper = community.guild.add_member(community.env.create_user("helper"), roles=[role])
    community.guild.set_command_permissions(community.bot._command_ids["moderate"], {role: True})
    await community.bot.services.guilds.choose(community.guild.id, helper.id, "moderator_role_id", role.id)

    card = await one_pledge(community, helper)

    assert quoted(await because(helper, card, "Hide it")) == [WORDS]
    assert (await stored(community))[0].state == HIDDEN


async def test_five_a_page_and_the_way_back_leads_to_where_one_was(community: Community) -> None:
    grace = keeper(community)
    everything = await furnish(community, 12)

    first = await pledges(community, grace)
    assert quoted(first) == everything[:5]
    assert first.buttons == ("Further", "What waits", "What is hidden")
    second = seen(await press(grace, first, "Further"))
    assert quoted(second) == everything[5:10]
    assert second.message.id == first.message.id, "one card, turned in place"
    chosen = await pick(grace, second, 3)
    assert quoted(chosen) == [everything[7]]
    back = seen(await press(grace, chosen, "To the list"))
    assert quoted(back) == everything[7:]
    assert back.buttons == ("Back", "What waits", "What is hidden")
    before = seen(await press(grace, back, "Back"))
    assert quoted(before) == everything[2:7]
    assert before.buttons[:2] == ("Back", "Further")


async def test_a_list_is_narrowed_to_a_member_and_stays_so(community: Community) -> None:
    grace = keeper(community)
    everything = await furnish(community, 12)
    of_amina = [text for number, text in enumerate(reversed(everything)) if number % 2 == 0][::-1]

    card = await pledges(community, grace, member=community.amina)

    assert f"Of <@{community.amina.id}>, who is not blocked." in card.text
    assert quoted(card) == of_amina[:5]
    assert quoted(seen(await press(grace, card, "Further"))) == of_amina[5:]
    assert quoted(seen(await press(grace, card, "What is hidden"))) == []


@IN_ENGLISH
async def test_words_are_looked_for_in_own_words_and_ready_made_actions(community: Community) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, action=ACTION, wall=True)
    await pledge(community.joseph, community.general, words="I will say: Привет *всем*, 100% sure_thing", wall=True)

    assert quoted(await pledges(community, grace, search="FAIR half")) == [ACTION_TEXT]
    assert quoted(await pledges(community, grace, search="привет")) == [
        r"I will say: Привет \*всем\*, 100% sure\_thing"
    ]
    none = await pledges(community, grace, search="100_ *@everyone* [x](https://a.b)")
    assert "I find none with these words." in none.text
    assert r"With “100\_ \*@​everyone\* \[x\](https:\//a.b)”" in none.text
    assert quoted(await pledges(community, grace, search="e", member=community.amina)) == [ACTION_TEXT]


async def test_the_longest_of_everything_fits_and_leads_on(community: Community) -> None:
    grace = keeper(community)
    with in_a_hurry():
        for number in range(6):
            await pledge(community.amina, community.general, words=f"😀* {number} " + "*" * 290, wall=True)
    search = "😀* " + "*" * 36
    first = await pledges(community, grace, member=community.amina, search=search[:1])
    long = await pledges(community, grace, member=community.amina, search="*" * 42)
    assert len(quoted(long)) == len(quoted(first)) == 5

    newest = (await stored(community))[-1].id
    for number in range(1, 6):
        who = {"guild_id": community.guild.id, "pledge_id": newest, "member_id": number}
        await community.bot.services.reports.report(id=number, words="*" * 200, **who)
    chosen = await opened(community, grace, show="w", search="*" * 42)

    assert "5 open reports" in chosen.text
    assert chosen.text.count(r"> " + r"\*" * 200) == 5
    hidden = await because(grace, chosen, "Hide it", "*" * 120, "off-topic")
    blocked = await because(grace, hidden, "Block this member", "*" * 120, "off-topic")
    assert len(quoted(blocked)) == 5


# Hide, and show again


async def test_a_pledge_is_hidden_with_a_reason_and_its_author_reads_it_kindly(community: Community) -> None:
    grace = keeper(community)
    card = await one_pledge(community, grace)
    assert f"-# <@{community.amina.id}> · At home · Kenya · made <t:" in card.text
    assert card.buttons == ("Hide it", "Hide all of this member", "Block this member", "To the list")

    hidden = await because(grace, card, "Hide it")

    assert hidden.text.startswith("It is hidden. Its author reads the reason")
    assert f"<@{grace.id}> hid it <t:" in hidden.text
    assert hidden.buttons[0] == "Show it"
    assert quoted(await wall(community)) == []
    told = await mine(community)
    assert "The moderators of this server have taken this pledge off the wall. It still counts." in told.text
    assert f"Their reason: {WHY}" in told.text
    assert (await stats(community)).title == "1 person stands up here", "it still counts"
    assert await miscounted(community) == []


async def test_what_was_hidden_is_shown_again_and_both_stand_in_the_log(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    await because(grace, await one_pledge(community, grace), "Hide it")

    shown = seen(await press(mo, await opened(community, mo, show="h"), "Show it"))

    assert shown.text.startswith("It stands on the wall now.")
    assert f"<@{mo.id}> showed it again <t:" in shown.text
    assert quoted(await wall(community)) == [WORDS]
    assert [(deed.action, deed.moderator_id, deed.details) for deed in await deeds(community)] == [
        ("hide", grace.id, WHY),
        ("restore", mo.id, ""),
    ]
    assert await miscounted(community) == []


async def test_a_reason_can_be_chosen_written_or_both(community: Community) -> None:
    grace = keeper(community)
    card = await one_pledge(community, grace)

    await because(grace, card, "Hide it", own="", ready="hurts")
    assert "Their reason: It may hurt somebody." in (await mine(community)).text
    shown = seen(await press(grace, await opened(community, grace), "Show it"))
    await because(grace, shown, "Hide it", own="Look at the last word.", ready="hurts")
    assert "It may hurt somebody. Look at the last word." in (await mine(community)).text


async def test_without_a_reason_nothing_is_hidden_and_nobody_blocked(community: Community) -> None:
    grace = keeper(community)
    card = await one_pledge(community, grace)

    for own in ("", "  ", "no", "\u202e\u200b"):
        for button in ("Hide it", "Hide all of this member", "Block this member"):
            refused = await because(grace, card, button, own)
            assert "Please choose a reason or write one, of 3 to 200 characters" in refused.text
            assert refused.is_private
    assert quoted(await wall(community)) == [WORDS]
    assert await deeds(community) == []


async def test_an_edited_pledge_waits_and_is_let_through(community: Community) -> None:
    grace = keeper(community)
    await because(grace, await one_pledge(community, grace), "Hide it")
    form = await press(community.amina, await mine(community), "Edit")
    await community.amina.submit_modal(form, {"words": "I will listen to everybody.", "wall": True})
    assert quoted(await wall(community)) == []

    waits = await pledges(community, grace, show="w")
    assert waits.title == "Pledges that wait for a moderator"
    assert "**1** pledge waits for a moderator; it came <t:" in waits.text
    card = await pick(grace, waits)
    assert "**Waits for review before it is shown**" in card.text
    assert card.buttons[:2] == ("Show it", "Hide it")
    await press(grace, card, "Show it")

    assert quoted(await wall(community)) == ["I will listen to everybody."]
    assert "Nothing waits" in (await pledges(community, grace, show="w")).text


# Two moderators, and authors who change their minds


async def test_the_second_of_two_moderators_learns_who_was_first(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    await review_first(community)
    card = await one_pledge(community, grace)
    same = await opened(community, mo)
    form = await press(mo, same, "Hide it")

    await press(grace, card, "Show it")
    late = await give(mo, form)
    pressed = seen(await press(mo, same, "Hide it")) if "Show it" in late.buttons else late

    assert late.text.startswith(f"This is decided already. <@{grace.id}> looked at it <t:")
    assert late.is_private
    assert quoted(await wall(community)) == [WORDS]
    assert [deed.moderator_id for deed in await deeds(community) if deed.action != "setup"] == [grace.id]
    assert pressed.buttons[0] == "Hide it", "it can still be hidden, knowingly"


async def test_hidden_by_one_it_is_not_shown_by_another_who_did_not_know(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    await review_first(community)
    card = await one_pledge(community, grace)
    same = await opened(community, mo)

    await because(grace, card, "Hide it")
    late = seen(await press(mo, same, "Show it"))

    assert f"<@{grace.id}> hid it <t:" in late.text
    assert quoted(await wall(community)) == []


async def test_what_its_author_changed_meanwhile_is_read_again_before_it_is_shown(community: Community) -> None:
    grace = keeper(community)
    await review_first(community)
    card = await one_pledge(community, grace)
    form = await press(community.amina, await mine(community), "Edit")
    await community.amina.submit_modal(form, {"words": "I will shout at everybody.", "wall": True})

    again = seen(await press(grace, card, "Show it"))

    assert again.text.startswith("This pledge has changed since you read it.")
    assert quoted(again) == ["I will shout at everybody."]
    assert quoted(await wall(community)) == []
    await press(grace, again, "Show it")
    assert quoted(await wall(community)) == ["I will shout at everybody."]


@pytest.mark.parametrize("how", ["Take off the wall", "Withdraw"])
async def test_what_its_author_took_back_meanwhile_is_gone_for_moderators(community: Community, how: str) -> None:
    grace = keeper(community)
    card = await one_pledge(community, grace)
    listed = await pledges(community, grace)
    own = seen(await press(community.amina, await mine(community), how))
    if how == "Withdraw":
        await press(community.amina, own, "Yes, withdraw it")

    for answer in (await because(grace, card, "Hide it"), await pick(grace, listed)):
        assert GONE in answer.text
        assert WORDS not in answer.text
    assert await states(community) == {}


async def test_a_pledge_of_ones_own_that_was_reported_is_for_another_moderator(community: Community) -> None:
    grace, mo = keeper(community), keeper(community, "mo")
    await pledge(grace, community.general, words=WORDS, wall=True)
    await report(community.joseph, await wall(community), "unkind")

    refused = seen(await press(grace, await opened(community, grace, show="w"), "Let it stand"))

    assert refused.text.startswith("Another moderator has to look at this one: it is yours.")
    assert (await pledges(community, grace, show="w")).text.count("1 open report") == 1
    await press(mo, await opened(community, mo, show="w"), "Let it stand")
    assert "Nothing waits" in (await pledges(community, grace, show="w")).text
    assert [(deed.action, deed.moderator_id) for deed in await deeds(community)] == [("approve", mo.id)]


# Beyond the server, and after a restart


async def test_another_servers_moderator_finds_nothing_of_it(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(elsewhere.owner)
    grace = keeper(community)
    card = await one_pledge(community, grace)
    [one] = await stored(community)
    assert "There are no public pledges here." in seen(await stranger.slash(channel, "moderate pledges")).text
    theirs = seen(await stranger.slash(channel, "moderate pledges", member=community.amina_user))
    assert WORDS not in theirs.text

    hidden = await because(stranger, theirs, "Hide all of this member")
    assert hidden.text.startswith("There was nothing to hide.")
    await because(stranger, theirs, "Block this member")

    assert quoted(await wall(community)) == [WORDS]
    assert "who is not blocked" in (await pledges(community, grace, member=community.amina)).text
    assert quoted(card) == [one.words]


async def test_a_forged_pledge_is_not_found(community: Community) -> None:
    grace = keeper(community)
    show, ok = "mod:s:{}:{{}}:0000000:", "mod:review:ok:{}:" + "0" * 22
    buttons = (f"{show.format(0)}a::", f"{show.format(1)}w::x", ok, "mod:p:t:{}:w:5:")
    for pledge_id in ("0", "899999999999999999", "8" + "9" * 18):
        for button in buttons:
            custom_id = button.format(pledge_id)
            answer = seen(await grace.click(await post(community, custom_id), custom_id=custom_id))
            assert GONE in answer.text or "Nothing waits" in answer.text, custom_id


async def test_a_forged_choice_is_not_found(community: Community) -> None:
    grace = keeper(community)
    await one_pledge(community, grace)
    for value in ("", "x", "٣", "9" * 80, "0"):
        listed = await pledges(community, grace)
        assert len(options(listed)) == 1
        with forged(community, value):
            assert GONE in (await pick(grace, listed)).text, value


async def test_everything_works_after_a_restart(community: Community) -> None:
    grace = keeper(community)
    await furnish(community, 6)
    listed = await pledges(community, grace, search="good thing")
    form_card = await opened(community, grace)
    form = await press(grace, form_card, "Hide it")

    await community.restart()

    assert (await give(grace, form)).text.startswith("It is hidden.")
    further = seen(await press(grace, listed, "Further"))
    assert quoted(further) == [thing(0)]
    assert quoted(await pick(grace, further)) == [thing(0)]
