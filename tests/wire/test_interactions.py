"""Interactions as only a real wire delivers them: late, twice, at once, forged; and answers that get lost."""

import asyncio
import json
import re
from typing import Any

import pytest

from tests.wire.child import Child
from tests.wire.client import Answer, Guild, Member, Wire
from tests.wire.pledging import ALREADY, THANKS, WORDS, form, kept, pledge, send

CALLBACK = "/interactions/*/callback"
FOLLOWUP = "/webhooks/*"


async def community(wire: Wire, **about: Any) -> tuple[Guild, Member]:
    """A server, and Amina in it."""
    guild = await wire.guild(**about)
    return guild, await wire.member(guild, "amina")


# Late and twice.


async def test_what_comes_too_late_to_be_answered_is_not_done(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)
    mine = await pledge(bot, amina, guild.general, words="I will cook on Sundays.")
    own = await wire.slash(amina, guild.general, "pledge mine")
    asked = await wire.press(amina, own, "Withdraw")

    late = [
        await send(bot, amina, opened, late=5).delivered(),
        await wire.press(amina, asked, "Yes, withdraw it", late=5).delivered(),
        await wire.press(amina, mine, "nobody:knows:this", late=5).delivered(),
        await wire.slash(amina, guild.general, "fact", late=5).delivered(),
    ]
    await wire.slash(amina, guild.general, "fact")  # events keep their order: the late ones were looked at

    assert [(await each.now()).kind for each in late] == [0, 0, 0, 0]
    assert len(await wire.requests("POST", "/interactions")) == 6, "nobody tried to answer them either"
    assert kept(bot, guild) == 1
    assert (await send(bot, amina, opened)).title == THANKS, "her second try counts"


async def test_a_form_that_is_replayed_too_late_after_a_lost_connection_makes_no_pledge(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)
    before = await wire.gateway()

    await wire.do("cut", reset=True)
    late = await send(bot, amina, opened, late=5).delivered()
    await wire.until("resumed", before["resumed"] + 1)
    await wire.slash(amina, guild.general, "fact")

    assert (await late.now()).kind == 0
    assert kept(bot, guild) == 0


async def test_an_interaction_under_way_for_two_seconds_is_answered(bot: Child) -> None:
    guild, amina = await community(bot.wire)
    opened = await form(bot, amina, guild.general)

    assert (await send(bot, amina, opened, late=2)).title == THANKS


async def test_a_machine_whose_clock_is_wrong_answers_all_the_same(wire: Wire, child: Child) -> None:
    await wire.do("settings", offset=-90.0)
    guild, amina = await community(wire)
    await child.start()

    assert (await pledge(child, amina, guild.general)).title == THANKS
    late = await wire.slash(amina, guild.general, "fact", late=5).delivered()
    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text
    assert (await late.now()).kind == 0


async def test_an_interaction_that_is_delivered_twice_makes_one_pledge(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)

    sent = await send(bot, amina, opened).delivered()
    await sent.again()
    await sent.again()

    assert (await sent).title in (THANKS, ALREADY)
    assert kept(bot, guild) == 1
    assert (await wire.slash(amina, guild.general, "pledge wall")).card.quoted == []


async def test_fifty_clicks_make_one_pledge(bot: Child) -> None:
    guild, amina = await community(bot.wire)
    opened = await form(bot, amina, guild.general)

    answers = await asyncio.gather(*(send(bot, amina, opened).answered() for _ in range(50)))

    assert len(answers) == 50, "each click is answered"
    assert [answer.title for answer in answers].count(THANKS) == 1
    assert kept(bot, guild) == 1


async def test_two_members_at_once_are_never_crossed(bot: Child) -> None:
    wire = bot.wire
    guild = await wire.guild()
    members = {f"I will listen to {name} at the table.": await wire.member(guild, name) for name in ("Ada", "Bo", "Cy")}
    forms = await asyncio.gather(*(form(bot, member, guild.general) for member in members.values()))

    sent = zip(members.items(), forms, strict=True)
    answers = await asyncio.gather(
        *(send(bot, member, opened, words=words).answered() for (words, member), opened in sent)
    )

    assert [answer.card.quoted for answer in answers] == [[words] for words in members]
    for words, member in members.items():
        assert (await wire.slash(member, guild.general, "pledge mine")).card.quoted == [words]


# Answers that get lost.

LOST: dict[str, tuple[str, dict[str, Any]]] = {
    "10062": ("fails", {"status": 404, "code": 10062}),
    "40060": ("fails", {"status": 400, "code": 40060}),
    "403": ("fails", {"status": 403, "code": 50013}),
    "reset before": ("resets", {}),
    "reset after": ("resets", {"applied": True}),
    "closed before": ("drops", {}),
    "closed after": ("drops", {"applied": True}),
}


@pytest.mark.parametrize("trouble", LOST)
async def test_a_pledge_whose_answer_is_lost_is_kept_and_the_second_try_says_so(bot: Child, trouble: str) -> None:
    wire = bot.wire
    bot.expects_trouble = True  # a 403 is nothing that the bot foresees: it logs it
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)
    verb, what = LOST[trouble]
    lost = await getattr(wire, verb)("POST", CALLBACK, **what)

    await send(bot, amina, opened).delivered()
    await lost.happened()

    assert kept(bot, guild) == 1
    await wire.calm()
    assert (await send(bot, amina, opened)).title == ALREADY
    assert kept(bot, guild) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_an_answer_that_meets_a_failing_discord_is_given_once_it_recovers(bot: Child, status: int) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)
    trouble = await wire.fails("POST", CALLBACK, status)

    answer = await send(bot, amina, opened)

    assert await trouble.lift() == 1
    assert answer.title == THANKS
    assert kept(bot, guild) == 1


async def test_an_answer_that_took_effect_but_was_called_a_failure_is_not_given_twice(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    opened = await form(bot, amina, guild.general)
    trouble = await wire.fails("POST", CALLBACK, 500, applied=True)
    watched = await wire.watch("POST", CALLBACK, skip=0, times=99)

    answer = await send(bot, amina, opened)
    await watched.happened()  # its second try, which is refused

    assert answer.title == THANKS
    assert answer.followups == []
    assert await trouble.lift() == 1
    assert kept(bot, guild) == 1


async def test_a_slow_discord_delays_nobody_else(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    hanging = await wire.hangs("POST", CALLBACK)
    waiting = await wire.slash(amina, guild.general, "fact").delivered()
    await hanging.happened()

    joseph = await wire.member(guild, "joseph")
    assert "Source" in (await wire.slash(joseph, guild.general, "fact")).text

    await hanging.lift()
    assert "Source" in (await waiting.answered()).text


# Where and who.


async def test_a_private_answer_speaks_the_members_language_and_a_public_one_the_servers(bot: Child) -> None:
    """Dates tell: Britain writes them otherwise than America."""
    wire = bot.wire
    guild, amina = await community(wire, locale="en-GB")
    iceland = {"search": "Iceland most mobilized"}

    public = await wire.slash(amina, guild.general, "fact", **iceland)
    private = await wire.slash(amina, guild.general, "fact", private=True, **iceland)
    in_german = await wire.slash(amina, guild.general, "fact", private=True, locale="de", **iceland)

    assert "As of 1 June 2015" in public.text
    assert "As of June 1, 2015" in private.text
    assert "As of June 1, 2015" in in_german.text, "without a catalogue all is in one language"
    assert (public.is_private, private.is_private) == (False, True)


async def test_from_ones_own_account_in_a_server_that_does_not_have_it_a_pledge_counts_for_the_campaign(
    bot: Child,
) -> None:
    wire = bot.wire
    guild, amina = await community(wire, with_bot=False)

    assert "Source" in (await wire.slash(amina, guild.general, "fact")).text
    opened = await form(bot, amina, guild.general)
    assert "wall" not in opened.fields
    answer = await send(bot, amina, opened)

    assert "to stand up in the whole campaign" in answer.text
    assert kept(bot, guild) == 0
    refused = await wire.slash(amina, guild.general, "pledge wall")
    assert "A pledge wall belongs to a server" in refused.text


async def test_from_ones_own_account_in_a_server_that_has_it_too_the_server_counts_it(bot: Child) -> None:
    guild, amina = await community(bot.wire)
    opened = await form(bot, amina, guild.general, installed="both")

    assert (await send(bot, amina, opened, installed="both")).title == THANKS
    assert kept(bot, guild) == 1


async def test_in_direct_messages_it_answers_too(bot: Child) -> None:
    wire = bot.wire
    amina = await wire.stranger("amina")
    channel = await wire.dm(amina)

    assert "Source" in (await wire.slash(amina, channel, "fact")).text
    assert (await pledge(bot, amina, channel)).title == THANKS


async def test_what_is_typed_is_completed(bot: Child) -> None:
    guild, amina = await community(bot.wire)

    answer = await bot.wire.autocomplete(amina, guild.general, "pledge make", "country", theme="home", country="Keny")

    assert answer.choices == {"Kenya": "KE"}


# Forged and foreign.

FORGED = [
    "mine:withdraw:" + "9" * 80,
    "mine:withdraw:٣٤",  # Arabic digits
    "mine:withdraw:0",
    "mine:withdraw:-1",
    "mine:edit:" + "8" * 19,
    "mine:on:1",
    "wall:newer:0:nothing:",
    "wall:older:" + "9" * 80 + "::",
    "wall:oldest:0::ZZ",
    "pledge:country:ZZ",
    "pledge:make:no-such-theme",
    "pledge:again:home:12345",
    "fact:share:no-such-fact",
    "fact:sure:no-such-fact",
    "x" * 100,
    "{0.__class__}",
]


async def test_forged_buttons_are_refused_kindly_and_change_nothing(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    await pledge(bot, amina, guild.general, wall=True)
    joseph = await wire.member(guild, "joseph")
    forged = await wire.post(guild.general, *FORGED)
    before = bot.rows("SELECT * FROM pledge ORDER BY id")

    for custom_id in FORGED:
        answer = await wire.press(joseph, forged, custom_id)
        assert answer.is_private, custom_id
        assert "Something went wrong" not in answer.text, custom_id

    assert bot.rows("SELECT * FROM pledge ORDER BY id") == before


async def test_what_belongs_to_another_member_or_another_server_is_not_touched(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    elsewhere, joseph = await community(wire)
    await pledge(bot, amina, guild.general, wall=True)
    await pledge(bot, joseph, elsewhere.general, "I will cook every other day.")
    own = await wire.slash(amina, guild.general, "pledge mine")
    ids = {label: own.card.custom_id(label) for label in ("Edit", "Take off the wall", "Withdraw")}
    [number] = re.findall(r"\d+", ids["Withdraw"])
    foreign = await wire.post(elsewhere.general, *ids.values(), f"mine:withdraw:{number}", f"mine:keep:{number}")
    before = bot.rows("SELECT * FROM pledge ORDER BY id")

    for custom_id in (*ids.values(), f"mine:withdraw:{number}"):
        answer = await wire.press(joseph, foreign, custom_id)
        assert answer.text.startswith("This pledge is not yours"), custom_id
    kept_card = await wire.press(joseph, foreign, f"mine:keep:{number}")
    assert WORDS not in kept_card.text

    assert bot.rows("SELECT * FROM pledge ORDER BY id") == before
    assert (await wire.slash(joseph, elsewhere.general, "pledge wall")).card.quoted == []


async def test_a_button_that_stands_on_no_message_does_nothing(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    await pledge(bot, amina, guild.general)
    fact = await wire.slash(amina, guild.general, "fact")
    [(number,)] = bot.rows("SELECT id FROM pledge WHERE guild_id = ?", int(guild.id))

    await wire.press(amina, fact, f"mine:withdraw:{number}").delivered()
    await wire.press(amina, fact, f"mine:withdraw:{number}", without=True).delivered()
    answer = await wire.slash(amina, guild.general, "pledge mine")

    assert answer.card.quoted == [WORDS]


FORMS: dict[str, dict[str, Any]] = {
    "another theme": {"custom_id": "pledge:new:no-such-theme"},
    "another's pledge": {"custom_id": "pledge:edit:home:12345"},
    "no number": {"custom_id": "pledge:edit:home:" + "9" * 80},
    "nothing known": {"custom_id": "story:new"},
    "no fields": {"components": []},
    "odd fields": {"components": [{"type": 18, "id": 1, "component": {"type": 4, "id": 2, "custom_id": "words"}}]},
    "another action": {"action": "no-such-action", "words": ""},
    "two kinds at once": {"action": "home-share-care"},
}


@pytest.mark.parametrize("forged", FORMS)
async def test_forged_forms_are_refused_kindly_and_change_nothing(bot: Child, forged: str) -> None:
    guild, amina = await community(bot.wire)
    opened = await form(bot, amina, guild.general)

    answer: Answer = await send(bot, amina, opened, **({"words": WORDS} | FORMS[forged]))

    assert answer.is_private
    assert "Something went wrong" not in answer.text
    assert kept(bot, guild) == 0


@pytest.mark.parametrize("options", [{"theme": "x" * 6000}, {"theme": "home", "country": "\u202e@everyone"}])
async def test_options_that_nobody_offered_are_answered(bot: Child, options: dict[str, str]) -> None:
    guild, amina = await community(bot.wire)

    answer = await bot.wire.slash(amina, guild.general, "pledge make", **options)

    assert answer.modal is not None or answer.is_private


async def test_nothing_that_it_sends_pings_anybody(bot: Child) -> None:
    wire = bot.wire
    guild, amina = await community(wire)
    await pledge(bot, amina, guild.general, words="I will listen to @\u202eeveryone and @here.", wall=True)
    await wire.slash(amina, guild.general, "pledge wall")

    bodies = [each["detail"] for each in await wire.requests("POST", "/interactions")]
    sent = [body["data"] for body in bodies if body["type"] == 4]
    assert sent
    assert all(data["allowed_mentions"] == {"parse": []} for data in sent), json.dumps(sent)
