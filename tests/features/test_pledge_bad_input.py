"""Whatever is typed, forged or broken around a pledge: answered clearly, with nothing lost and nobody disturbed."""

import re
import sys
import unicodedata
from typing import Any

import pytest
import simcord

from bot.text import clean, has_address
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    WORDS,
    fields_of,
    filled_in,
    form_of,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    pledge,
    post,
    quoted,
    send,
    slash,
    stats,
    wall,
)

pytestmark = pytest.mark.usefixtures("env")

INVISIBLE = "\u200b\u200e\u202e\u2060\u2066\u00ad\ufeff"
LONG = ("Ich höre zu. " * 400)[:5000]

NEITHER = "Choose one of the actions, or say in your own words what you will do."
LENGTH = "Your own words need at least 10 characters and at most 300; these have {}."
ADDRESS = "Links, invitations and mentions can't stand in a pledge. Please leave them out."


def unbounded(form: simcord.InteractionResult) -> simcord.InteractionResult:
    """The form as an earlier version might have shown it: without a limit to the words."""
    del form._interaction.modal["components"][1]["component"]["max_length"]
    return form


# Words that can't be a pledge.


async def test_both_an_action_and_words_are_one_too_many(community: Community) -> None:
    refused = await pledge(community.amina, community.general, action=ACTION, words=WORDS, country="Kenya", wall=True)

    assert refused.title == "Not quite yet"
    assert "Choose one of the actions or write your own words, not both" in refused.text
    assert quoted(refused) == [WORDS]
    assert refused.is_private
    form = await press(community.amina, refused, "Open the form again")
    assert filled_in(form) == {"action": ACTION, "words": WORDS, "country": "Kenya", "wall": True}
    assert quoted(await send(community.amina, form, words="")) == [ACTION_TEXT]
    assert quoted(await wall(community)) == [ACTION_TEXT]


@pytest.mark.parametrize("words", ["", " \n\u3000\t ", INVISIBLE, "\u200d\u200c\u200d", "\u202e \u2066\u2069"])
async def test_neither_an_action_nor_words_is_none(community: Community, words: str) -> None:
    refused = await pledge(community.amina, community.general, words=words)

    assert refused.text == f"### Not quite yet\n{NEITHER}"
    assert refused.is_private
    assert (await press(community.amina, refused, "Open the form again")).modal


@IN_ENGLISH
async def test_words_are_counted_as_people_see_them(community: Community) -> None:
    counts = {
        "I try hard": 10,
        "I try 1t.": 9,
        "  I   try 1t.  ": 9,
        f"I{INVISIBLE} try 1t.": 9,
        "你好" * 150: 300,
        "🙂" * 300: 300,
    }
    with in_a_hurry():
        for words, count in counts.items():
            answer = await pledge(newcomer(community, "somebody"), community.general, words=words)
            if 10 <= count <= 300:
                assert quoted(answer) == [clean(words, 300)]
            else:
                assert LENGTH.format(count) in answer.text
                assert quoted(answer) == [clean(words, 300)], "it is given back"


async def test_discord_itself_takes_no_more_than_three_hundred_characters(community: Community) -> None:
    form = await form_of(community.amina, community.general)

    with pytest.raises(simcord.SetupError, match="max_length=300"):
        await send(community.amina, form, words=LONG[:301])


@IN_ENGLISH
@pytest.mark.parametrize(("words", "count"), [(LONG[:300] + "!", 301), (LONG[:4000].strip(), 3999), ("*" * 4000, 4000)])
async def test_what_is_too_long_all_the_same_is_given_back_and_the_form_opens_again(
    community: Community, words: str, count: int
) -> None:
    refused = await send(community.amina, unbounded(await form_of(community.amina, community.general)), words=words)

    assert LENGTH.format(count) in refused.text
    [given_back] = quoted(refused)
    assert given_back.replace("\\", "") == words[:1500].strip()
    again = await press(community.amina, refused, "Open the form again")
    assert filled_in(again)["words"] == words[:300], "as much as the form can hold"


ADDRESSES = [
    "See http://example.org now",
    "See HTTPS://EXAMPLE.ORG now",
    "See https:\u200b//example.org now",
    "See ｈｔｔｐｓ://example.org now",
    "See [this](https://example.org) now",
    "See <https://example.org> now",
    "See www.example.org/x now",
    "See example.com for more",
    "Join discord.gg/abcdef today",
    "Join DISCORD.GG/abcdef today",
    "Join discord.com/invite/abcdef",
    "Join discord\u2024gg/abcdef today",
    "Open discord://-/channels/1/2",
    "Write to me@example.org please",
    "Wake up @everyone in here",
    "Wake up @here and listen",
    "Wake up @EVERYONE in here",
    "Wake up @\u200beveryone in here",
    "Wake up @\u202eeveryone in here",
    "Wake up @every\u2060one in here",
    "Wake up @e\u00adveryone in here",
    "Wake up ＠everyone in here",
    "Wake up ﹫here and listen",
    "Wake up @ｅｖｅｒｙｏｎｅ in here",
    "Wake up <@123456789012345678>",
    "Wake up <@!123456789012345678>",
    "Wake up <@&123456789012345678>",
    "Look into <#123456789012345678>",
    "Use </pledge make:123456789012345678>",
    "Use <\u200b@123456789012345678> now",
]


@IN_ENGLISH
async def test_links_invitations_and_mentions_are_refused_in_every_disguise(community: Community) -> None:
    with in_a_hurry():
        for words in ADDRESSES:
            refused = await pledge(community.amina, community.general, words=words, wall=True)
            assert ADDRESS in refused.text, words
            [given_back] = quoted(refused)
            assert given_back.replace("\\", "").replace("@\u200b", "@") == clean(words, 300), "it is given back"
    assert "The first pledge could be yours" in (await stats(community)).text
    assert all_quiet(community)


@IN_ENGLISH
async def test_no_invisible_character_hides_a_call_for_everybody(community: Community) -> None:
    invisible = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]
    joiners = "\u200c\u200d"  # real writing needs them, so they stay, between the letters, where no call is one

    hiding = [char for char in invisible if not has_address(f"Wake up @{char}everyone") and char not in joiners]

    assert len(invisible) > 150
    assert hiding == []
    with in_a_hurry():
        for char in (*joiners, "\u180e", "\U000e0065"):
            answer = await pledge(community.amina, community.general, words=f"Wake up @{char}everyone {ord(char)}")
            assert ADDRESS in answer.text or "@everyone" not in answer.text
    assert all_quiet(community)


# Words that look strange and are welcome.

WELCOME = {
    "I will listen.Then I will act": "I will listen.Then I will act",
    "I will do 50/50 at home, e.g. cook.": "I will do 50/50 at home, e.g. cook.",
    "I will email @amina: be kind (24/7)": "I will email @amina: be kind (24/7)",
    "I promise: no more jokes, ok? <3 </3": "I promise: no more jokes, ok? \\<3 \\</3",
    "I was silent:/ but not any more": "I was silent:/ but not any more",
    "# I will shout": "\\# I will shout",
    "-# I will whisper": "\\-# I will whisper",
    "> I will quote her": "\\> I will quote her",
    ">>> I will quote them all": "\\>>> I will quote them all",
    "- I will make lists": "\\- I will make lists",
    "1. I will come second": "1\\. I will come second",
    "```\nI will code\n```": "\\`\\`\\` I will code \\`\\`\\`",
    "I will ||tell|| **loudly** __and__ ~~not~~ *mutter*": (
        "I will \\|\\|tell\\|\\| \\*\\*loudly\\*\\* \\_\\_and\\_\\_ \\~\\~not\\~\\~ \\*mutter\\*"
    ),
    "I will [mask](nothing) \\ at all": "I will \\[mask\\](nothing) \\\\ at all",
    "I will be there <t:1767225600:R>": "I will be there \\<t:1767225600:R>",
    "I will\n\n### be one line\n- only": "I will ### be one line - only",
    "'); DROP TABLE pledge; --": "'); DROP TABLE pledge; --",
    "{n} % {country} %s \\0 $1": "{n} % {country} %s \\\\0 $1",
    "👩🏽‍🚀👩‍👩‍👧‍👦🏳️‍🌈 and me, too": "👩🏽‍🚀👩‍👩‍👧‍👦🏳️‍🌈 and me, too",
    "سأشارك في أعمال البيت كل يوم": "سأشارك في أعمال البيت كل يوم",
    "אני אקשיב יותר ואדבר פחות": "אני אקשיב יותר ואדבר פחות",
    "我会在家里做一半的家务，每天都做。": "我会在家里做一半的家务，每天都做。",
    "मैं घर का आधा काम करूँगा": "मैं घर का आधा काम करूँगा",
    "I\u202e will be\u2066 straight\u2069": "I will be straight",
    "I will Z" + "\u0335\u0348\u0353\u0301\u0302" * 9 + "ALGO": "I will \u0179\u0335\u0335\u0335ALGO",
    "I will\x00 n\x07ot beep\x1b[31m": "I will not beep\\[31m",
}


@IN_ENGLISH
async def test_whatever_else_people_write_stands_on_the_wall_as_it_was_written(community: Community) -> None:
    with in_a_hurry():
        await pledge(community.joseph, community.general, words=WORDS, wall=True)
        for at, (words, shown) in enumerate(WELCOME.items()):
            actor = newcomer(community, f"writer{at}")
            answer = await pledge(actor, community.general, words=words, wall=True)
            assert quoted(answer) == [shown]
            assert quoted(await mine(community, actor)) == [shown]
            card = await wall(community)
            assert quoted(card)[0] == shown
            assert_whole(card.text)
        oldest = await press(community.joseph, card, "Oldest")
    assert quoted(seen(oldest))[-1] == WORDS
    assert f"{len(WELCOME) + 1} people stand up here" in (await stats(community)).text
    assert await miscounted(community) == []
    assert all_quiet(community)


def assert_whole(text: str) -> None:
    """A wall is its title, and two lines an entry: the words as a quotation, and in small print who and when."""
    title, *lines = text.splitlines()
    assert title == "### The pledge wall"
    assert all(line.startswith("> ") for line in lines[::2])
    assert all(re.fullmatch(r"-# <@\d+>( · [^·]+)? · <t:\d+:R>", line) for line in lines[1::2])
    assert len(lines) % 2 == 0


@IN_ENGLISH
async def test_five_of_the_longest_fit_on_one_page(community: Community) -> None:
    country = "Saint Helena, Ascension and Tristan da Cunha"
    with in_a_hurry():
        for number in range(6):
            words = f"{number}" + "*" * 299
            actor = newcomer(community, f"writer{number}")
            await pledge(actor, community.general, words=words, country=country, wall=True)

    card = await wall(community)

    assert len(quoted(card)) == 5
    assert_whole(card.text)


def all_quiet(community: Community) -> bool:
    """Whether nothing that was sent may ping anybody, whatever stands in it."""
    bodies = [body.get("data", body) for body in community.sent() if isinstance(body, dict)]
    messages = [body for body in bodies if "components" in body and "custom_id" not in body]
    assert messages
    return all(body.get("allowed_mentions") == {"parse": []} for body in messages)


async def test_no_card_of_all_the_stories_of_a_pledge_may_ping_anybody(community: Community) -> None:
    """The wall names people; a name in a card is no call."""
    await pledge(community.amina, community.general, words=WORDS, country="Guinea Bissau or Congo", wall=True)
    card = await wall(community)
    assert f"<@{community.amina.id}>" in card.text
    await press(community.joseph, card, "Make a pledge")
    own = await mine(community)
    await press(community.amina, own, "Take off the wall")
    await send(community.amina, await press(community.amina, own, "Edit"), words="short")
    await press(community.amina, seen(await press(community.amina, own, "Withdraw")), "Yes, withdraw it")
    await press(community.joseph, await stats(community), "The whole campaign")
    await slash(community.amina, community.general, "pledge make", theme="@everyone")

    assert all_quiet(community)


# Countries.


@pytest.mark.parametrize("country", ["@everyone", "**?**", "\u202e", "q" * 60, "'; --", "`x`", "Z\u0335\u0348" * 20])
async def test_a_strange_country_is_shown_as_written_and_loses_no_pledge(community: Community, country: str) -> None:
    answer = await pledge(community.amina, community.general, words=WORDS, country=country)

    assert answer.title == "Your pledge counts. Thank you!"
    if shown := clean(country, 60):
        assert f"called “{shown[:5]}" in answer.text.replace("\\", "").replace("@\u200b", "@")
    assert "**1** pledge is in force" in (await stats(community)).text


# What no honest Discord would send.


@pytest.mark.parametrize("theme", ["cooking", "", "x" * 6000, "@everyone", "\u202e"])
async def test_a_theme_that_there_is_none_of_is_answered_with_those_there_are(community: Community, theme: str) -> None:
    answer = seen(await slash(community.amina, community.general, "pledge make", theme=theme))

    if theme:
        assert "I have no theme called" in answer.text
        assert "At home · " in answer.text
    else:
        assert answer.title == "What is your pledge about?"
    assert answer.is_private


async def test_a_forged_theme_opens_no_form_and_saves_nothing(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "pledge make"))
    forged: Any = asked.message.components
    forged[0]["components"][-1]["components"][0]["options"][0]["value"] = "no-such-theme"
    community.restore(asked.message, forged)
    chosen = await community.amina.select(asked.message, ["no-such-theme"], custom_id="pledge:theme")
    assert "from an earlier version of me" in seen(chosen).text

    message = await post(community, "pledge:make:no-such-theme", "pledge:again:no-such-theme:0", "pledge:again:home:7")
    for button in ("pledge:make:no-such-theme", "pledge:again:no-such-theme:0"):
        assert "from an earlier version of me" in seen(await community.amina.click(message, custom_id=button)).text
    assert "not yours" in seen(await community.amina.click(message, custom_id="pledge:again:home:7")).text

    form = await form_of(community.amina, community.general)
    form._interaction.modal["custom_id"] = "pledge:new:no-such-theme"
    answer = await send(community.amina, form, words=WORDS)
    assert "This form is from an earlier version of me" in answer.text
    assert WORDS in answer.text
    assert "The first pledge could be yours" in (await stats(community)).text


async def test_an_action_that_is_gone_meanwhile_is_asked_for_anew(community: Community) -> None:
    form = await form_of(community.amina, community.general)
    options = form._interaction.modal["components"][0]["component"]["options"]
    options[0]["value"] = "home-no-longer-there"

    refused = await send(community.amina, form, action="home-no-longer-there")

    assert "This action is no longer on the list. Please choose another one." in refused.text
    again = await press(community.amina, refused, "Open the form again")
    assert filled_in(again)["action"] is None
    assert "home-no-longer-there" not in [option["value"] for option in fields_of(again)["action"]["options"]]


@pytest.mark.parametrize(
    "custom_id", ["pledge:v0", "pledge:new:", "pledge:edit:home:9999999999999999999999", "x" * 100]
)
async def test_a_form_of_an_earlier_version_gives_the_words_back(community: Community, custom_id: str) -> None:
    form = await form_of(community.amina, community.general)
    modal = form._interaction.modal
    modal["custom_id"] = custom_id
    text = {"type": 4, "custom_id": "promise", "style": 2, "label": "Promise", "required": False}
    modal["components"][-1] = {"type": 1, "id": 99, "components": [text]}  # a row, as forms once had

    answer = await send(community.amina, form, words=WORDS, promise="I will also *try* to sing.")

    assert "This form is from an earlier version of me, and I can't take it any more." in answer.text
    assert f"What you wrote:\n>>> {WORDS}\nI will also \\*try\\* to sing." in answer.text
    assert answer.is_private
    assert "The first pledge could be yours" in (await stats(community)).text


async def test_a_country_that_is_none_is_not_taken_from_a_forged_button(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    message = await post(community, "pledge:country:ZZ", "pledge:country:kenya")

    for button in ("pledge:country:ZZ", "pledge:country:kenya"):
        assert "earlier version" in seen(await community.amina.click(message, custom_id=button)).text
    assert "countries" not in (await stats(community)).text
