"""/pledge mine: what a member promised stays theirs, to change, to show and to take back."""

from typing import Any

import pytest

from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    GRAVE_ACTION,
    WORDS,
    custom_id,
    fields_of,
    filled_in,
    form_of,
    mine,
    miscounted,
    own_app,
    pledge,
    post,
    quoted,
    send,
    slash,
    stats,
    wall,
)

pytestmark = pytest.mark.usefixtures("env")


async def turned(community: Community, card: Seen, label: str) -> Seen:
    """The card after Amina pressed one of its buttons."""
    return seen(await press(community.amina, card, label))


async def test_who_has_none_is_invited(community: Community) -> None:
    card = await mine(community)

    assert card.text == "You have no pledge in force here. Making one takes a minute."
    assert card.is_private
    assert (await turned(community, card, "Make a pledge")).title == "What is your pledge about?"


async def test_one_card_shows_a_pledge_with_theme_date_and_who_reads_it(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    card = await mine(community)

    assert card.title == "Your pledge 1 of 1"
    assert quoted(card) == [WORDS]
    assert card.text.splitlines()[-1] == "-# At home · made on January 1, 2026 · only you can read it"
    assert card.is_private
    assert card.buttons == ("Edit", "Put on the wall", "Withdraw")


async def test_several_are_turned_like_pages_newest_first_and_round_again(community: Community) -> None:
    for number in range(3):
        await pledge(community.amina, community.general, words=f"I will do good thing № {number}.")

    card, shown = await mine(community), []
    for _ in range(4):
        shown.append((card.title, quoted(card)[0]))
        card = await turned(community, card, "Next")

    assert shown[0] == ("Your pledge 1 of 3", "I will do good thing № 2.")
    assert shown[1:3] == [
        ("Your pledge 2 of 3", "I will do good thing № 1."),
        ("Your pledge 3 of 3", "I will do good thing № 0."),
    ]
    assert shown[3] == shown[0]


async def test_what_speaks_of_violence_ends_with_the_way_to_help(community: Community) -> None:
    await pledge(community.amina, community.general, theme="violence", action=GRAVE_ACTION)

    assert "/support" in (await mine(community)).text.splitlines()[-1]


# Change.


async def test_edit_opens_the_form_as_it_was_and_changes_words_and_wall(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya")
    form = await press(community.amina, await mine(community), "Edit")
    assert filled_in(form) == {"action": None, "words": WORDS, "country": "Kenya", "wall": False}

    changed = await send(community.amina, form, words="I will listen twice as long.", wall=True)

    assert changed.title == "Your pledge is changed"
    assert quoted(changed) == ["I will listen twice as long."]
    assert "on the pledge wall, with your name and country" in changed.text
    assert changed.is_private
    assert quoted(await wall(community)) == ["I will listen twice as long."]
    assert "**1** pledge is in force" in (await stats(community)).text
    assert await miscounted(community) == []


async def test_edit_can_turn_own_words_into_an_action_and_move_to_another_country(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    form = await press(community.amina, await mine(community), "Edit")

    changed = await send(community.amina, form, words="", action=ACTION, country="Fiji")

    assert quoted(changed) == [ACTION_TEXT]
    form = await press(community.amina, await mine(community), "Edit")
    assert filled_in(form) == {"action": ACTION, "words": "", "country": "Fiji", "wall": True}
    assert "Oceania 1 of 14" in (await stats(community)).text
    assert "Fiji" in (await wall(community)).text
    assert await miscounted(community) == []


async def test_edit_to_the_same_as_another_pledge_is_refused_and_the_words_given_back(community: Community) -> None:
    await pledge(community.amina, community.general, action=ACTION)
    await pledge(community.amina, community.general, words=WORDS)
    other = await pledge(community.amina, community.general, words="I will speak second, always.")
    assert other.title.startswith("Your pledge counts")

    form = await press(community.amina, await mine(community), "Edit")
    refused = await send(community.amina, form, words=f"{WORDS} ")

    assert "Another of your pledges says the same already." in refused.text
    assert WORDS in refused.text
    assert quoted(await mine(community)) == ["I will speak second, always."]


async def test_edit_to_what_cannot_be_a_pledge_changes_nothing_and_the_form_opens_again(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    form = await press(community.amina, await mine(community), "Edit")

    refused = await send(community.amina, form, words="I won't", country="Kenya", wall=True)

    assert refused.title == "Not quite yet"
    assert quoted(refused) == ["I won't"]
    assert quoted(await mine(community)) == [WORDS]
    anew = await press(community.amina, await mine(community), "Edit")
    assert filled_in(anew) == {"action": None, "words": WORDS, "country": "", "wall": False}, "Edit shows what there is"
    again = await press(community.amina, refused, "Open the form again")
    assert filled_in(again) == {"action": None, "words": "I won't", "country": "Kenya", "wall": True}
    assert filled_in(await form_of(community.amina, community.general))["words"] == "", "a new pledge begins empty"
    changed = await send(community.amina, again, words="I won't look away.")
    assert quoted(changed) == ["I won't look away."]
    edited = await press(community.amina, await mine(community), "Edit")
    assert filled_in(edited)["words"] == "I won't look away."


async def test_edit_after_a_restart_is_saved(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    form = await press(community.amina, await mine(community), "Edit")

    await community.restart()

    assert (await send(community.amina, form, words="I will listen twice.")).title == "Your pledge is changed"
    assert quoted(await mine(community)) == ["I will listen twice."]


async def test_a_slip_in_the_country_is_asked_for_after_an_edit_too(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    form = await press(community.amina, await mine(community), "Edit")

    changed = await send(community.amina, form, country="Zamb")

    assert "I don't know a country called “Zamb”. Did you mean Zambia?" in changed.text
    await turned(community, changed, "Zambia")
    assert "Zambia" in (await wall(community)).text


# Show.


async def test_on_the_wall_and_off_again_with_one_press(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    card = await mine(community)

    on = await turned(community, card, "Put on the wall")
    assert on.text.startswith("It is on the wall now.")
    assert "on the wall" in on.text.splitlines()[-1]
    assert quoted(await wall(community)) == [WORDS]

    off = await turned(community, on, "Take off the wall")
    assert off.text.startswith("It is off the wall now.")
    assert "only you can read it" in off.text.splitlines()[-1]
    assert quoted(await wall(community)) == []
    assert "**1** pledge is in force" in (await stats(community)).text, "hidden, it counts all the same"
    assert await miscounted(community) == []


async def test_the_card_stays_on_the_pledge_that_was_pressed(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    await pledge(community.amina, community.general, action=ACTION)
    second = await turned(community, await mine(community), "Next")

    assert quoted(await turned(community, second, "Put on the wall")) == [WORDS]
    assert quoted(await wall(community)) == [WORDS]


# Take back.


async def test_withdraw_asks_first_and_keep_keeps(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await pledge(community.amina, community.general, action=ACTION)
    second = await turned(community, await mine(community), "Next")

    asked = await turned(community, second, "Withdraw")

    assert asked.title == "Take this pledge back?"
    assert quoted(asked) == [WORDS]
    assert "can't be brought back" in asked.text
    kept = await turned(community, asked, "No, keep it")
    assert (kept.title, quoted(kept)) == ("Your pledge 2 of 2", [WORDS])
    assert quoted(await wall(community)) == [WORDS]


async def test_withdrawn_it_leaves_the_wall_and_every_count(community: Community) -> None:
    await pledge(community.joseph, community.general, words="I will stay.", country="Fiji", wall=True)
    before = (await wall(community)).text, (await stats(community)).text, (await stats(community, everywhere=True)).text
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    assert (await stats(community)).text != before[1]

    asked = await turned(community, await mine(community), "Withdraw")
    done = await turned(community, asked, "Yes, withdraw it")

    assert done.text == "### Your pledge is withdrawn\nNothing of it is kept."
    assert done.buttons == ("Make another pledge",)
    after = (await wall(community)).text, (await stats(community)).text, (await stats(community, everywhere=True)).text
    assert after == before
    assert await miscounted(community) == []


async def test_withdrawn_nothing_is_left_of_a_change_that_was_not_sent_either(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    form = await press(community.amina, await mine(community), "Edit")
    await send(community.amina, form, words="A secret!")
    drafts = community.bot.services.drafts
    assert [draft.words for draft in drafts.all_of(community.amina.id)] == ["A secret!"]

    asked = seen(await press(community.amina, await mine(community), "Withdraw"))
    await press(community.amina, asked, "Yes, withdraw it")

    assert drafts.all_of(community.amina.id) == []


async def test_withdrawn_on_another_device_the_card_here_says_so(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    here, there = await mine(community), await mine(community)
    form = await press(community.amina, here, "Edit")
    await turned(community, await turned(community, there, "Withdraw"), "Yes, withdraw it")

    for label in ("Edit", "Put on the wall", "Withdraw"):
        refused = await turned(community, here, label)
        assert "This pledge is not yours, or you have withdrawn it." in refused.text
        assert refused.is_private
    sent = await send(community.amina, form, words="I will listen twice.")
    assert "you have withdrawn it" in sent.text
    assert "I will listen twice." in sent.text, "the words are given back"
    assert "You have no pledge in force here" in (await mine(community)).text


# Whose it is.


async def test_nobody_changes_what_is_somebody_elses(community: Community) -> None:
    """A private card can't be pressed by others; the same buttons in public, as if they were forged."""
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    card = await mine(community)
    ids = [custom_id(card, label) for label in ("Edit", "Take off the wall", "Withdraw")]
    ids.append(custom_id(await turned(community, card, "Withdraw"), "Yes, withdraw it"))
    message = await post(community, *ids)

    for button in ids:
        refused = seen(await community.joseph.click(message, custom_id=button))
        assert "This pledge is not yours, or you have withdrawn it. You find your own with `/pledge mine`." in (
            refused.text
        )
        assert refused.is_private
        assert WORDS not in refused.text

    assert quoted(await wall(community)) == [WORDS]
    assert quoted(await mine(community)) == [WORDS]


async def test_what_is_private_stays_so_whatever_card_it_is_asked_on(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    card = await mine(community)
    ids = [custom_id(card, label) for label in ("Put on the wall", "Withdraw")]
    message = await post(community, "mine:turn:0", f"mine:keep:{ids[0].rpartition(':')[2]}", *ids)
    as_posted = seen(message).text

    for button in ("mine:turn:0", *ids):
        answer = seen(await community.amina.click(message, custom_id=button))
        assert answer.is_private
        assert quoted(answer) == [WORDS]

    [still] = community.general.history(viewer=community.joseph)
    assert seen(still).text == as_posted


@pytest.mark.parametrize("button", ["mine:edit:0", "mine:on:1", "mine:ask:899999999999999999", "mine:withdraw:00"])
async def test_a_pledge_that_never_was_is_nobodys(community: Community, button: str) -> None:
    answer = seen(await community.amina.click(await post(community, button), custom_id=button))

    assert answer.is_private
    assert "not yours" in answer.text or "no longer in my collection" in answer.text


async def test_each_server_shows_its_own_and_direct_messages_all(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    there = elsewhere.add_member(community.amina_user)
    await pledge(community.amina, community.general, words=WORDS)
    await pledge(there, channel, words="I will speak up over there.")
    await pledge(community.amina_user, words="I will tell nobody but you.")

    own = [await mine(community), seen(await slash(there, channel, "pledge mine"))]
    assert [quoted(card) for card in own] == [[WORDS], ["I will speak up over there."]]

    card: Any = seen(await community.amina_user.slash("pledge mine"))
    assert card.is_private
    assert card.title == "Your pledge 1 of 3"
    assert "counted for the whole campaign" in card.text
    assert card.buttons == ("Edit", "Withdraw", "Next"), "what counts for the campaign only has no wall"


async def test_editing_in_direct_messages_keeps_the_wish_for_the_wall(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    card = seen(await community.amina_user.slash("pledge mine"))
    form = await press(community.amina_user, card, "Edit")
    assert filled_in(form)["wall"] is True

    changed = await send(community.amina_user, form, words="I will listen from afar.")

    assert "The moderators of its server look at it before everybody there can read it" in changed.text
    [own] = await community.bot.services.pledges.own(community.amina.id, None)
    await community.bot.services.moderation.restore(community.guild.id, community.joseph.id, own.id)
    assert quoted(await wall(community)) == ["I will listen from afar."]
    assert await miscounted(community) == []


async def test_from_ones_own_account_all_are_shown_and_none_to_others(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    with own_app(community):
        card = await mine(community)
        form = await press(community.amina, card, "Edit")

    assert quoted(card) == [WORDS]
    assert card.is_private
    assert "wall" in fields_of(form), "it is the server's pledge still"
