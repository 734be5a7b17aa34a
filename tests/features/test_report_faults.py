"""Report to moderators in the menu of a message: of the wall, and of facts and quotes that are wrong."""

from typing import Any

import pytest
import simcord
import structlog

from bot.services.reports import MOST_FAULTS_IN_A_SERVER
from tests.support.community import IN_ENGLISH, Community, Seen, press, seen
from tests.support.pledges import WORDS, fields_of, in_a_hurry, newcomer, note_of, own_app, quoted, slash
from tests.support.reporting import MENU, choose, furnish, open_menu, posts, report, review_channel, send
from tests.support.setting_up import deeds, demote, moderator

pytestmark = pytest.mark.usefixtures("env")

NOT_MINE = "Here you can report what I post: pledges on the wall, facts and quotes."
OPERATOR = "Whoever runs me learns only which one it was, not what you wrote."
FAULT = "The figure is from an older report."


async def fact(community: Community, actor: simcord.MemberActor | None = None, name: str = "fact") -> Seen:
    return seen(await slash(actor or community.amina, community.general, name))


# From the menu of a message


async def test_a_wall_in_the_channel_can_be_reported_from_its_menu(community: Community) -> None:
    card = await furnish(community, WORDS, "I will do a second thing.")

    which = seen(await open_menu(community.joseph, community.general, card))

    assert which.title == "Which pledge?"
    assert quoted(which) == quoted(card)
    thanks = await send(community.joseph, await choose(community.joseph, which))
    assert thanks.text.startswith("Moderators will look at it. Thank you.")


@pytest.mark.parametrize("name", ["fact", "quote"])
async def test_a_fact_or_quote_is_reported_to_moderators_and_to_the_operator(community: Community, name: str) -> None:
    channel = await review_channel(community)
    card = await fact(community, name=name)

    form = await open_menu(community.joseph, community.general, card)
    assert form.modal is not None
    assert fields_of(form)["words"]["min_length"] == 10
    assert "no channel" not in note_of(form)
    with structlog.testing.capture_logs() as logs:
        thanks = await send(community.joseph, form, FAULT)

    assert thanks.text == f"Moderators of this server will read it. Thank you. {OPERATOR}"
    assert thanks.is_private
    [told] = [entry for entry in logs if entry["event"] == "reported as wrong"]
    assert (told["kind"], told["guild"], told["characters"]) == (name, community.guild.id, len(FAULT))
    assert FAULT not in str(logs)
    [report] = posts(channel)
    assert report.title == f"Somebody says that this {name} is wrong"
    item = community.bot.services.facts if name == "fact" else community.bot.services.quotes
    shown = item.get(told["item"])
    assert f"`{shown.id}`" in report.text
    assert FAULT in report.text
    assert report.buttons == ("Don't show this here any more",)
    assert report.links == ((shown.source_url,) if shown.source_url else ())
    assert str(community.joseph.id) not in report.text


async def test_a_shared_fact_is_known_as_well(community: Community) -> None:
    private = seen(await slash(community.amina, community.general, "fact", private=True))
    await press(community.amina, private, "Share here")
    shared = posts(community.general)[-1]

    assert (await open_menu(community.joseph, community.general, shared)).modal


async def test_without_a_review_channel_only_the_operator_learns_of_a_fault(community: Community) -> None:
    with structlog.testing.capture_logs() as logs:
        form = await open_menu(community.joseph, community.general, await fact(community))
        beforehand = note_of(form)
        thanks = await send(community.joseph, form, FAULT)

    assert "This server has no channel for reports, so nobody here reads what you write." in beforehand
    assert "Whoever runs me learns only which one it is, not what you write." in beforehand
    nobody = "Thank you. This server has no channel for reports, so nobody here reads what you wrote."
    assert thanks.text == f"{nobody} {OPERATOR}"
    assert [entry["characters"] for entry in logs if entry["event"] == "reported as wrong"] == [len(FAULT)]


@pytest.mark.parametrize("fate", ["gone", "shut"])
async def test_a_review_channel_that_can_t_be_written_to_is_told_honestly(community: Community, fate: str) -> None:
    channel = await review_channel(community)
    if fate == "gone":
        community.env.backend.delete_channel(channel.id)
    else:
        community.forbid_bot(channel, send_messages=True)
    form = await open_menu(community.joseph, community.general, await fact(community))

    thanks = await send(community.joseph, form, FAULT)

    nobody = "Thank you. I can't write in this server's channel for reports, so nobody here reads what you wrote."
    assert thanks.text == f"{nobody} {OPERATOR}"


async def test_a_review_channel_that_is_shut_is_logged_once_whatever_is_for_it(community: Community) -> None:
    channel = await review_channel(community)
    community.forbid_bot(channel, send_messages=True)
    with structlog.testing.capture_logs() as logs:
        for name in ("fact", "quote"):
            form = await open_menu(community.joseph, community.general, await fact(community, name=name))
            await send(community.joseph, form, FAULT)
        await report(community.joseph, await furnish(community, WORDS), "unkind")

    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == [
        "the review channel can't be written to"
    ]


@IN_ENGLISH
@pytest.mark.parametrize(
    ("words", "count"), [("too short", 9), (f"\u200b {'a' * 8} \u202e ", 8), ("x" * 400, 400), ("*" * 4000, 4000)]
)
async def test_too_little_or_too_much_is_given_back(community: Community, words: str, count: int) -> None:
    form = await open_menu(community.joseph, community.general, await fact(community))
    field = form._interaction.modal["components"][1]["component"]
    field["min_length"], field["max_length"] = 1, 4000

    refused = await send(community.joseph, form, words)

    assert f"Please say what is wrong in 10 to 300 characters; these are {count}." in refused.text
    assert words.strip()[:100].replace("*", "") in refused.text.replace("\\*", "")


async def test_what_is_written_calls_nobody_and_looks_as_it_was_written(community: Community) -> None:
    channel = await review_channel(community)
    form = await open_menu(community.joseph, community.general, await fact(community))

    await send(community.joseph, form, "# @everyone see [this](https://example.org) <@1>\n> and **that**")

    [report] = posts(channel)
    assert r"> \# @​everyone see \[this\](https:\//example.org) \<@1> > and \*\*that\*\*" in report.text
    assert report.message.mentions == []


async def test_on_anything_else_it_says_what_can_be_reported_here(community: Community) -> None:
    about = seen(await slash(community.amina, community.general, "anniversary next"))
    human = await community.amina.send(community.general, "Hello everybody.")
    claimed = await community.amina.send(community.general, (await fact(community)).text)

    for message in (about.message, human, claimed):
        answer = seen(await community.joseph.context_menu(community.general, MENU, message))
        assert answer.text.startswith(NOT_MINE)
        assert "Discord's own “Report Message” is the way" in answer.text
        assert answer.is_private


async def test_what_only_looks_like_a_post_of_the_bot_is_none(community: Community) -> None:
    for card in (await furnish(community, WORDS), await fact(community)):
        stored_one = community.env.backend.get_message(community.general.id, card.message.id)
        stored_one.author_id = community.amina.id  # as another bot, with the same components, might have posted it

        answer = await open_menu(community.joseph, community.general, card)

        assert answer.modal is None
        assert seen(answer).text.startswith(NOT_MINE)


async def test_where_the_bot_is_only_somebody_s_own_app_there_are_no_moderators(community: Community) -> None:
    card = await furnish(community, WORDS)
    shown = await fact(community)
    with own_app(community):
        for message in (card, shown):
            answer = seen(await open_menu(community.joseph, community.general, message))
            assert answer.text == "This belongs to a server. Use it in a channel of one that has added me."
        assert "belongs to a server" in seen(await press(community.joseph, card, "Report")).text


async def test_it_is_offered_in_servers_only_and_in_the_readers_language(community: Community) -> None:
    [command] = [
        one for one in await community.bot.http.get_global_commands(community.bot.application_id) if one["type"] == 3
    ]
    assert command["name"] == MENU
    assert command["contexts"] == [0]
    assert command["integration_types"] == [0]


# The card in the review channel


async def reported_fact(community: Community) -> tuple[simcord.ChannelHandle, Seen]:
    channel = await review_channel(community)
    form = await open_menu(community.joseph, community.general, await fact(community))
    await send(community.joseph, form, FAULT)
    return channel, posts(channel)[-1]


async def test_a_moderator_mutes_it_right_there_and_the_card_says_who(community: Community) -> None:
    channel, card = await reported_fact(community)
    noor = moderator(community, "noor")

    await press(noor, card, "Don't show this here any more")

    [after] = posts(channel)
    assert FAULT in after.text
    assert f"-# This fact is not shown in this server any more. <@{noor.id}> decided so." in after.text
    assert after.buttons == ()
    [muted] = (await community.bot.services.guilds.of(community.guild.id)).muted
    assert muted[0] == "fact"
    assert [deed.action for deed in await deeds(community)][-1] == "mute"


async def test_two_moderators_at_once_mute_it_once(community: Community) -> None:
    channel, card = await reported_fact(community)
    noor, eve = moderator(community, "noor"), moderator(community, "eve")
    before = card.message.components

    await press(noor, card, "Don't show this here any more")
    community.env.backend.get_message(channel.id, card.message.id).components = _raw(before)
    await press(eve, card, "Don't show this here any more")

    assert "-# This fact is not shown in this server any more." in posts(channel)[0].text
    assert f"<@{eve.id}>" not in posts(channel)[0].text
    assert [deed.action for deed in await deeds(community)].count("mute") == 1


def _raw(components: list[Any]) -> list[Any]:
    return [one if isinstance(one, dict) else one.to_dict() for one in components]


async def test_nobody_else_can_press_it_nor_who_was_demoted(community: Community) -> None:
    channel, card = await reported_fact(community)
    noor = moderator(community, "noor")
    demote(community, noor)

    for actor in (community.joseph, noor):
        answer = seen(await press(actor, card, "Don't show this here any more"))
        assert "This is for moderators" in answer.text
        assert answer.is_private
    assert (await community.bot.services.guilds.of(community.guild.id)).muted == frozenset()
    assert posts(channel)[0].buttons == card.buttons


# Floods


async def test_faults_do_not_flood_the_review_channel_and_what_was_written_is_given_back(community: Community) -> None:
    channel = await review_channel(community)
    card = await fact(community)
    with in_a_hurry():
        answers = [
            await send(actor, await open_menu(actor, community.general, card), f"{FAULT} {number}")
            for number in range(MOST_FAULTS_IN_A_SERVER + 3)
            if (actor := newcomer(community, f"reader{number}"))
        ]
    assert len(posts(channel)) == MOST_FAULTS_IN_A_SERVER
    for number, answer in list(enumerate(answers))[MOST_FAULTS_IN_A_SERVER:]:
        assert "Many reports have come in here in the last minutes." in answer.text
        assert f"{FAULT} {number}" in answer.text
