"""/privacy: what is stored about oneself, in words and as a file, and erased for good."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import simcord
import structlog
from sqlalchemy.engine import make_url

from bot.cards.privacy import FILE
from bot.services.shown import ShownForGood
from bot.storage.database import Database
from bot.storage.erasure import EraseMember
from bot.storage.migrate import file_of
from tests.support.community import IN_BOTH, IN_ENGLISH, Community, Seen, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    WORDS,
    Actor,
    filled_in,
    form_of,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    own_app,
    pledge,
    post,
    quoted,
    slash,
    stats,
    trouble,
    wall,
)
from tests.support.reporting import posts, report, review_channel
from tests.support.setting_up import choose_role, lift, moderator, setup
from tests.support.supporters import holds, offering, supporter

pytestmark = pytest.mark.usefixtures("env")

YES, NO = "Yes, erase everything", "No, keep it"


async def show(community: Community, actor: Actor | None = None) -> Seen:
    return seen(await slash(actor or community.amina, community.general, "privacy show"))


async def asked(community: Community, actor: Actor | None = None) -> Seen:
    return seen(await slash(actor or community.amina, community.general, "privacy erase"))


async def erase(community: Community, actor: Actor | None = None) -> Seen:
    actor = actor or community.amina
    return seen(await press(actor, await asked(community, actor), YES))


async def exported(answer: simcord.InteractionResult) -> dict[str, Any]:
    assert seen(answer).is_private
    [file] = answer.response.attachments
    assert file.filename == FILE
    return json.loads(await file.read())


def kept(card: Seen) -> list[str]:
    """What the card says is kept, a line each."""
    return [line.removeprefix("- ") for line in card.text.partition("**What I do not keep**")[0].splitlines()[1:]]


def files_with(community: Community, text: str) -> list[str]:
    database = Path(str(make_url(community.bot.settings.database_url).database))
    return sorted(file.name for file in database.parent.iterdir() if text.encode() in file.read_bytes())


# Show.


@IN_BOTH
async def test_of_whom_nothing_is_kept_it_says_so_and_offers_nothing(community: Community) -> None:
    card = await show(community)

    assert card.is_private
    assert card.title == "What I keep about you"
    assert kept(card) == ["Nothing."]
    assert "I can't read your messages" in card.text
    assert "Backups are kept for 30 days at most." in card.text
    assert card.buttons == ()


@IN_BOTH
async def test_each_kind_of_thing_that_is_kept_is_told(community: Community) -> None:
    await offering(community)
    await review_channel(community)
    await supporter(community, community.amina)
    await pledge(community.amina_user, words="I will do this for the campaign.", country="Kenya")
    await pledge(community.joseph, community.general, words="I will brag on the wall.", wall=True)
    await report(community.amina, await wall(community, community.amina), "they brag")
    await community.amina_user.slash("fact")
    await community.bot.services.moderation.block(community.guild.id, community.joseph.id, community.amina.id, "rude")
    await community.bot.services.guilds.choose(community.guild.id, community.amina.id, "allows_links", True)

    card = await show(community)

    assert kept(card) == [
        "Your Discord id, a number, and your country: Kenya.",
        "2 pledges: what you promised, where, and when.",
        "1 report that you sent to moderators.",
        "1 server whose moderators have blocked you, and why.",
        "Your yes to the supporter role of 1 server.",
        "1 fact or quote that I showed you in direct messages, so that I do not repeat it.",
        "1 line about you in the log of a server's moderators.",
        "1 line in such a log about what you did as a moderator.",
    ]
    assert card.buttons == ("Export as a file", "Erase …")


async def test_a_form_that_could_not_be_sent_is_told_too(community: Community) -> None:
    await pledge(community.amina, community.general, words="hm")

    assert kept(await show(community)) == ["1 form that you could not send, in memory until I restart."]
    [form] = (await exported(await community.amina.slash(community.general, "privacy export")))[
        "forms_you_could_not_send"
    ]
    assert form["own_words"] == "hm"


async def test_it_is_the_same_and_private_in_direct_messages_and_from_ones_own_app(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    for card in (await show(community), await show(community, community.amina_user)):
        assert card.is_private
        assert kept(card)[1] == "1 pledge: what you promised, where, and when."
    with own_app(community):
        assert (await show(community)).is_private
    assert kept(await show(community, community.joseph)) == ["Nothing."], "nobody sees somebody else's"


@IN_BOTH
async def test_about_leads_to_ones_own_data_and_to_the_end_of_it(community: Community) -> None:
    about = seen(await community.amina.slash(community.general, "about"))
    assert "</privacy erase:" in about.text

    card = seen(await press(community.amina, about, "My data"))

    assert card.title == "What I keep about you"
    assert card.is_private
    assert card.message.id != about.message.id


# Export.


async def test_an_export_holds_all_that_is_theirs_and_nobody_elses(community: Community) -> None:
    await review_channel(community)
    await pledge(community.amina, community.general, action=ACTION, country="Kenya", wall=True)
    await pledge(community.amina_user, words="I will do this for the campaign.")
    await report(community.joseph, await wall(community), "suspicious")
    await pledge(community.joseph, community.general, words=WORDS, wall=True)
    await community.amina_user.slash("quote")

    answer = await community.amina.slash(community.general, "privacy export")

    data = await exported(answer)
    assert data["your_id"] == str(community.amina.id)
    [about] = data["about_you"]
    assert about["country"] == "KE"
    first, second = data["pledges"]
    assert (first["text"], first["ready_made_action"], first["own_words"]) == (ACTION_TEXT, ACTION, None)
    assert (first["server_id"], first["you_made_it_public"]) == (str(community.guild.id), True)
    assert (second["text"], second["server_id"]) == ("I will do this for the campaign.", None)
    assert first["made_at"].startswith("2026-01-01T00:00")
    assert first["made_at"].endswith("+00:00")
    assert [shown["kind"] for shown in data["shown_in_direct_messages"]] == ["quote"]
    assert data["reports_you_sent"] == []
    whole = json.dumps(data)
    for foreign in (str(community.joseph.id), WORDS, "suspicious"):
        assert foreign not in whole
    assert all(isinstance(value, str | bool | None) for row in data["pledges"] for value in row.values())


async def test_an_export_can_be_had_from_the_card_and_in_direct_messages(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    from_card = await exported(await press(community.amina, await show(community), "Export as a file"))
    from_dm = await exported(await community.amina_user.slash("privacy export"))

    assert from_card["pledges"] == from_dm["pledges"]
    assert len(from_dm["pledges"]) == 1


async def test_of_whom_nothing_is_kept_the_export_is_empty(community: Community) -> None:
    data = await exported(await community.amina.slash(community.general, "privacy export"))

    assert not any(value for value in data.values() if isinstance(value, list))


# Erase.


@IN_BOTH
async def test_before_it_erases_it_says_what_that_means_and_no_keeps_all(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    question = await asked(community)

    assert question.is_private
    assert question.title == "Erase everything about you?"
    assert "Your 1 pledge leaves every count and every wall." in question.text
    assert "supporter role" not in question.text, "there is none"
    assert "What stands in backups disappears within 30 days." in question.text
    assert "stay on a list of erasures, so that a restored backup is erased again" in question.text
    assert question.buttons == (YES, NO)
    card = seen(await press(community.amina, question, NO))
    assert card.text.startswith("Nothing was erased.")
    assert card.message.id == question.message.id
    assert quoted(await mine(community)) == [WORDS]


@IN_BOTH
async def test_erased_it_is_gone_from_every_place_and_count(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    await pledge(community.amina_user, words="I will do this for the campaign.")
    await pledge(community.joseph, community.general, words="I will stay.", wall=True)

    done = await erase(community)

    assert done.title == "Everything about you is erased"
    assert "2 pledges have left every count." in done.text
    assert done.buttons == ()
    assert quoted(await wall(community)) == ["I will stay."]
    assert "You have no pledge in force here." in (await mine(community)).text
    assert (await stats(community)).title == "1 person stands up here"
    assert "**1** pledge is in force." in (await stats(community, everywhere=True)).text
    assert await miscounted(community) == []
    assert kept(await show(community)) == [
        "Your Discord id on the list of those who had their data erased, since January 1, 2026. "
        "When an older backup is restored, it is erased again."
    ]
    assert (await show(community)).buttons == ()


async def test_no_byte_of_what_they_wrote_is_left_in_the_files_or_in_memory(community: Community) -> None:
    canary = "Ich werde zuhören wie ein Kanarienvogel."
    await pledge(community.amina, community.general, words=canary)
    await pledge(community.amina, community.general, words="hm")
    await community.amina_user.slash("fact")
    services = community.bot.services
    assert files_with(community, canary)

    await erase(community)

    assert files_with(community, canary) == []
    assert services.drafts.all_of(community.amina.id) == []
    shown = [memory for memory in services.privacy._memories if isinstance(memory, ShownForGood)]
    assert [memory._memory.knows(community.amina.id) for memory in shown] == [False, False]
    assert filled_in(await form_of(community.amina, community.general))["words"] == ""


async def test_facts_in_direct_messages_are_remembered_by_person_and_begin_anew(community: Community) -> None:
    with in_a_hurry():
        before = {seen(await community.amina_user.slash("fact", topic="launch")).text for _ in range(3)}
    assert len(before) == 3
    assert "3 facts and quotes" in (await show(community)).text

    await erase(community)

    await community.amina_user.slash("fact", topic="launch")
    assert "1 fact or quote" in (await show(community)).text


@IN_ENGLISH
async def test_a_server_forgets_its_block_at_once(community: Community) -> None:
    moderation = community.bot.services.moderation
    await moderation.block(community.guild.id, community.joseph.id, community.amina.id, "rude")
    refused = seen(await slash(community.amina, community.general, "pledge make", theme="home"))
    assert "don't take pledges from you" in refused.text
    assert "Where moderators have blocked you, that goes as well." in (await asked(community)).text

    await erase(community)

    assert "counts" in (await pledge(community.amina, community.general, words=WORDS)).title


async def test_the_supporter_role_goes_with_it(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    question = await asked(community)
    assert "You lose the supporter role, wherever I gave it to you." in question.text

    done = seen(await press(community.amina, question, YES))

    assert not holds(community, community.amina, role)
    assert "could not" not in done.text


async def test_a_role_that_can_not_be_taken_off_stops_nothing_and_is_told(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    lift(community, role)

    done = await erase(community)

    assert done.title == "Everything about you is erased"
    assert "In 1 server I could not take the supporter role off you. Its moderators can: please ask them." in done.text
    assert holds(community, community.amina, role)
    assert quoted(await mine(community)) == []


@IN_ENGLISH
async def test_cut_short_after_the_roles_are_off_all_else_is_there_and_the_next_erasure_ends_it(
    community: Community,
) -> None:
    community.expects_errors = True
    role = await offering(community)
    await supporter(community, community.amina)
    question = await asked(community)

    with trouble(community, "query_only=ON", "query_only=OFF"), structlog.testing.capture_logs():
        answer = seen(await press(community.amina, question, YES))

    assert "not saved" in answer.text
    assert not holds(community, community.amina, role)
    assert "Your yes to the supporter role of 1 server." in kept(await show(community))
    await erase(community)
    assert kept(await show(community))[0].startswith("Your Discord id on the list of those who had their data erased")


async def test_a_role_of_before_goes_too_and_one_from_a_moderators_hand_stays(community: Community) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    joy, champions = moderator(community, "joy"), community.guild.create_role("Champions")
    await choose_role(joy, await setup(community, joy), "supporter", champions)
    community.env.backend.add_member_role(community.guild.id, community.amina.id, champions.id)

    await erase(community)

    assert (holds(community, community.amina, role), holds(community, community.amina, champions)) == (False, True)


async def test_the_yes_is_there_until_the_role_is_off(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    role = await offering(community)
    await supporter(community, community.amina)
    at_the_erasure: list[bool] = []
    writing = Database.write

    async def look_and_write(db: Database, operation: Any) -> Any:
        if isinstance(operation, EraseMember):
            at_the_erasure.append(holds(community, community.amina, role))
        return await writing(db, operation)

    monkeypatch.setattr(Database, "write", look_and_write)
    await erase(community)

    assert at_the_erasure == [False]


@IN_ENGLISH
async def test_of_many_erasures_in_a_minute_one_rewrites_the_file_and_the_others_are_done_with_the_next_round(
    community: Community,
) -> None:
    people = [community.amina, community.joseph, newcomer(community, "hana"), newcomer(community, "ida")]
    words = {person.id: f"Ich höre zu wie Kanarienvogel {number}." for number, person in enumerate(people)}
    for person in people:
        await pledge(person, community.general, words=words[person.id])
    community.set_clock(community.bot.services.clock.now())
    begun = rewritings(community)

    for person in people[:3]:
        await erase(community, person)
        assert files_with(community, words[person.id]) == [], "what is deleted is overwritten at once all the same"
    assert rewritings(community) == begun + 1
    assert wants_rewriting(community)

    community.set_clock(community.bot.services.clock.now() + timedelta(seconds=61))
    await erase(community, people[3])
    assert rewritings(community) == begun + 2
    assert not wants_rewriting(community), "it takes with it what was left by those before"


async def test_what_waits_for_its_rewriting_is_done_with_the_next_tidying(community: Community) -> None:
    for person in (community.amina, community.joseph):
        await pledge(person, community.general, words=WORDS)
        await erase(community, person)
    assert wants_rewriting(community)

    await community.env.advance_time(86_500)

    assert not wants_rewriting(community)
    assert files_with(community, WORDS) == []


def pragma(community: Community, name: str) -> int:
    with closing(sqlite3.connect(file_of(community.bot.settings.database_url))) as reader:
        return reader.execute(f"PRAGMA {name}").fetchone()[0]


def wants_rewriting(community: Community) -> bool:
    return pragma(community, "user_version") == 1


def rewritings(community: Community) -> int:
    """How often the file was rewritten: SQLite counts it among the changes of the schema."""
    return pragma(community, "schema_version")


async def test_in_the_review_channel_the_words_go_too(community: Community) -> None:
    review = await review_channel(community)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await report(community.joseph, await wall(community), "suspicious")
    assert WORDS in posts(review)[-1].text

    await erase(community)

    assert not any(WORDS in card.text for card in posts(review))


@IN_ENGLISH
async def test_what_a_moderator_did_stays_in_the_log_without_them(community: Community) -> None:
    grace = moderator(community, "grace", manage_guild=True, manage_messages=True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    [own] = await community.bot.services.pledges.own(community.amina.id, None)
    await community.bot.services.moderation.hide(community.guild.id, grace.id, own.id, "spam")
    assert f"<@{grace.id}>" in seen(await grace.slash(community.general, "moderate log")).text

    await erase(community, grace)

    log = seen(await grace.slash(community.general, "moderate log")).text
    assert f"<@{grace.id}>" not in log
    assert "spam" in log


async def test_a_button_that_was_forged_for_all_to_see_erases_only_who_pressed_it(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    await pledge(community.joseph, community.general, words="I will stay.")
    message = await post(community, "privacy:erase", "privacy:show", "privacy:ask", "privacy:keep", "privacy:export")

    for number in range(1, 5):
        assert seen(await community.joseph.click(message, label=str(number))).is_private
    answer = seen(await community.joseph.click(message, label="0"))

    assert answer.is_private
    assert quoted(await mine(community)) == [WORDS]
    assert quoted(await mine(community, community.joseph)) == []
    assert community.general.history()[-1].components[0].to_dict()["components"], "the message stays as it was"


async def test_the_question_of_before_a_restart_still_erases(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    question = await asked(community)

    await community.restart()
    await press(community.amina, question, YES)

    assert quoted(await mine(community)) == []


async def test_there_is_nothing_to_ask_where_there_is_nothing_to_erase(community: Community) -> None:
    card = await asked(community)

    assert card.text.startswith("There is nothing to erase.")
    assert card.buttons == ()


async def test_pressed_twice_it_is_erased_once(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    question = await asked(community)
    first = seen(await press(community.amina, question, YES))
    await community.amina.slash(community.general, "about")
    message = await post(community, "privacy:erase")
    again = seen(await community.amina.click(message, label="0"))

    assert first.title == again.title
    assert "pledge" not in again.text
    assert await miscounted(community) == []


async def test_who_comes_back_is_new(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya")
    await erase(community)

    thanks = await pledge(community.amina, community.general, words=WORDS)

    assert "You are number **1** to stand up here." in thanks.text
    assert filled_in(await form_of(community.amina, community.general))["country"] == ""


async def test_when_it_can_not_be_saved_nothing_is_erased_and_it_is_said(community: Community) -> None:
    community.expects_errors = True
    await pledge(community.amina, community.general, words=WORDS)
    question = await asked(community)

    with trouble(community, "query_only=ON", "query_only=OFF"), structlog.testing.capture_logs():
        answer = seen(await press(community.amina, question, YES))

    assert "not saved" in answer.text
    assert quoted(await mine(community)) == [WORDS]
    assert "erased" in (await erase(community)).title
