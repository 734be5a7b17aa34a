"""What moderators chose and decided, as those who pledge meet it: links, review, blocks, floods, and being told."""

import asyncio
from typing import Any

import pytest

from bot.services.pledges import MOST_CHANGES, MOST_PUBLIC, Draft, NotWelcome
from bot.storage.guilds import Setting
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.moderating import moderators_channel, stored
from tests.support.pledges import (
    WORDS,
    form_of,
    in_a_hurry,
    mine,
    miscounted,
    newcomer,
    pledge,
    quoted,
    send,
    slash,
    wall,
)
from tests.support.reporting import posts
from tests.support.setting_up import moderator

pytestmark = pytest.mark.usefixtures("env")

LINKED = "I will read https://example.org/a_b(c)?x=1 with *two* friends."


THEIR_REASON = "Please leave names out."


async def hide(community: Community) -> None:
    """Moderators hide Amina's newest pledge."""
    own = (await community.bot.services.pledges.own(community.amina.id, community.guild.id))[0]
    await community.bot.services.moderation.hide(community.guild.id, community.joseph.id, own.id, THEIR_REASON)


async def block(community: Community) -> Any:
    moderation = community.bot.services.moderation
    return await moderation.block(community.guild.id, community.joseph.id, community.amina.id, "*unkind* to others")


async def choose(community: Community, setting: Setting, value: int | bool) -> None:
    await community.bot.services.guilds.choose(community.guild.id, community.joseph.id, setting, value)


@IN_ENGLISH
async def test_links_stand_on_the_wall_where_moderators_allow_them_and_can_be_pressed(community: Community) -> None:
    refused = await pledge(community.amina, community.general, words=LINKED, wall=True)
    assert "Links, invitations and mentions can't stand in a pledge" in refused.text

    await choose(community, "allows_links", True)
    assert "counts" in (await pledge(community.amina, community.general, words=LINKED, wall=True)).title
    shown = r"I will read <https://example.org/a_b>(c)?x=1 with \*two\* friends."
    assert quoted(await wall(community)) == [shown]

    await choose(community, "allows_links", False)
    assert "<https" not in (await wall(community)).text, "what is allowed no more can't be pressed any more"


@pytest.mark.parametrize("call", ["discord.gg/abcdef", "https://discord.com/invite/abc", "@everyone", "ｄiscord.gg/x"])
async def test_invitations_and_calls_stand_nowhere(community: Community, call: str) -> None:
    await choose(community, "allows_links", True)
    refused = await pledge(community.amina, community.general, words=f"I will bring you all to {call}", wall=True)
    assert "Invitations and mentions can't stand in a pledge" in refused.text


async def test_a_reviewed_pledge_counts_at_once_and_is_seen_later(community: Community) -> None:
    await choose(community, "reviews_pledges", True)

    thanks = await pledge(community.amina, community.general, words=WORDS, wall=True)

    assert "You are number **1** to stand up here." in thanks.text
    assert "The moderators of this server look at it before everybody can read it" in thanks.text
    assert "waits for the moderators" in (await mine(community)).text
    assert quoted(await wall(community)) == []
    assert await miscounted(community) == []
    assert "on the wall" not in (await pledge(community.amina, community.general, words="I will whisper it.")).text


async def test_moderators_are_shown_what_waits_as_soon_as_it_does(community: Community) -> None:
    desk = community.guild.create_text_channel("moderators")
    await choose(community, "review_channel_id", desk.id)
    await choose(community, "reviews_pledges", True)

    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await pledge(community.amina, community.general, words="I will whisper it.")
    assert [quoted(seen(message)) for message in desk.history()] == [[WORDS]]

    await press(community.amina, await mine(community), "Put on the wall")
    form = await press(community.amina, await mine(community), "Edit")
    await send(community.amina, form, words="I will whisper it twice.")
    cards = [quoted(seen(message)) for message in desk.history()]
    assert cards == [[WORDS], ["I will whisper it twice."]], "its card there is brought up to date"


@pytest.mark.parametrize("way", [("Take off the wall",), ("Withdraw", "Yes, withdraw it"), ("Edit",)])
async def test_what_its_author_takes_back_stands_in_the_review_channel_no_more(
    community: Community, way: tuple[str, ...]
) -> None:
    desk = community.guild.create_text_channel("moderators")
    await choose(community, "review_channel_id", desk.id)
    await choose(community, "reviews_pledges", True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    card = await mine(community)
    for label in way:
        pressed = await press(community.amina, card, label)
        card = await send(community.amina, pressed, wall=False) if pressed.modal else seen(pressed)

    [asked] = desk.history()
    assert WORDS not in seen(asked).text
    assert seen(asked).buttons == ()


async def test_putting_it_on_the_wall_later_is_looked_at_as_well(community: Community) -> None:
    await choose(community, "reviews_pledges", True)
    await pledge(community.amina, community.general, words=WORDS)

    card = seen(await press(community.amina, await mine(community), "Put on the wall"))

    assert card.text.startswith("The moderators look at it first.")
    assert quoted(await wall(community)) == []


@IN_ENGLISH
async def test_who_is_blocked_is_told_kindly_and_can_pledge_elsewhere(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    form = await form_of(community.amina, community.general)
    await block(community)

    refused = await send(community.amina, form, words="I will do even more.")

    assert "don't take pledges from you at the moment. Their reason: \\*unkind\\* to others" in refused.text
    again = seen(await press(community.amina, await mine(community), "Put on the wall"))
    assert "don't take pledges from you at the moment" in again.text
    assert "counts" in (await pledge(community.amina_user, words="I will do even more.")).title
    assert seen(await press(community.amina, await mine(community), "Withdraw")).title == "Take this pledge back?"


@IN_ENGLISH
@pytest.mark.parametrize("theme", ["home", ""])
async def test_who_is_blocked_fills_in_no_form_in_vain(community: Community, theme: str) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await block(community)

    options = {"theme": theme} if theme else {}
    refused = await slash(community.amina, community.general, "pledge make", **options)

    assert refused.modal is None
    assert "Their reason:" in seen(refused).text
    form = await press(community.amina, await mine(community), "Edit")
    assert "Only you can read it" in (await send(community.amina, form, wall=False)).text, "to take it off is allowed"


async def test_what_is_sent_in_the_moment_of_a_block_is_refused_too(community: Community) -> None:
    services, here, amina = community.bot.services, community.guild.id, community.amina.id
    draft = Draft("home", None, WORDS, "", is_public=True)
    await pledge(community.amina, community.general, words="I will whisper it.")
    [own] = await stored(community)
    assert not (await services.guilds.of(here)).blocked

    making = services.pledges.make(draft, id=7, member_id=amina, guild_id=here, country=None)
    _, made = await asyncio.gather(block(community), making, return_exceptions=True)

    assert isinstance(made, NotWelcome)
    assert made.message.values["reason"] == r"\*unkind\* to others"
    assert await stored(community) == [own]


@IN_ENGLISH
async def test_withdrawing_and_pledging_again_undoes_no_decision(community: Community) -> None:
    channel = await moderators_channel(community, moderator(community, "grace"))
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await hide(community)
    asked = seen(await press(community.amina, await mine(community), "Withdraw"))
    await press(community.amina, asked, "Yes, withdraw it")

    again = await pledge(community.amina, community.general, words=WORDS, wall=True)

    assert "You are number **1** to stand up here." in again.text
    assert "look at it before everybody can read it" in again.text
    assert quoted(await wall(community)) == []
    assert quoted(posts(channel)[-1]) == [WORDS], "moderators are asked"


@IN_ENGLISH
async def test_a_hidden_pledge_that_is_made_again_or_edited_for_nothing_says_why_it_is_hidden(
    community: Community,
) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await hide(community)

    again = await pledge(community.amina, community.general, words=WORDS, wall=True)
    edited = await send(community.amina, await press(community.amina, await mine(community), "Edit"))

    for card in (again, edited):
        assert f"Their reason: {THEIR_REASON}" in card.text
        assert "look at it before" not in card.text


async def from_afar(community: Community, *labels: str, **filled: Any) -> str:
    """What Amina reads in direct messages after these buttons on her pledge, and the form that the last one opens."""
    actor = community.amina_user
    card = await mine(community, actor)
    for label in labels:
        pressed = await press(actor, card, label)
        card = await send(actor, pressed, **filled) if pressed.modal else seen(pressed)
    return card.text


@IN_ENGLISH
@pytest.mark.parametrize("wall_before", [True, False])
async def test_what_is_written_from_direct_messages_waits_for_the_servers_moderators(
    community: Community, wall_before: bool
) -> None:
    """Its author may have left the server, or been banned from it."""
    await pledge(community.amina, community.general, words=WORDS, wall=wall_before)

    changed = await from_afar(community, "Edit", words="I will write what I like.", wall=True)

    assert "The moderators of its server look at it before everybody there can read it" in changed
    assert quoted(await wall(community)) == []
    [one] = await stored(community)
    assert (one.words, one.state) == ("I will write what I like.", "waiting")


@IN_ENGLISH
async def test_from_there_it_is_put_on_the_wall_only_by_moderators_and_taken_off_by_its_author(
    community: Community,
) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    assert "The moderators look at it first." in await from_afar(community, "Put on the wall")
    assert quoted(await wall(community)) == []

    await pledge(community.amina, community.general, words="I will say it aloud.", wall=True)
    assert "It is off the wall now." in await from_afar(community, "Take off the wall")
    assert "Nothing of it is kept." in await from_afar(community, "Withdraw", "Yes, withdraw it")


@IN_ENGLISH
async def test_in_direct_messages_this_server_is_not_spoken_of(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await hide(community)

    there = (await mine(community, community.amina_user)).text

    assert "The moderators of its server have taken this pledge off the wall." in there
    assert "this server" not in there


async def test_who_is_erased_is_not_remembered_for_what_they_did_often(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    services, amina = community.bot.services, community.amina.id
    services.reports._of_members.take(amina)
    services.supporter_roles._limits.take(amina)
    remembering = [services.pledges._of_members, services.reports._of_members, services.supporter_roles._limits]
    assert [amina in one._uses for one in remembering] == [True] * 3

    await services.privacy.erase(amina)

    assert [amina in one._uses for one in remembering] == [False] * 3


async def test_a_member_in_a_frenzy_is_asked_to_wait_and_loses_nothing(community: Community) -> None:
    card = await pledge(community.amina, community.general, words=WORDS)
    room = community.bot.services.pledges._of_members.has_room
    assert [room(community.amina.id) for _ in range(MOST_CHANGES)].count(True) == MOST_CHANGES - 1

    calm_down = await pledge(community.amina, community.general, words="I will do one thing more.")
    assert calm_down.text.startswith("That was a lot in a short time.")
    assert "I will do one thing more." in calm_down.text
    assert quoted(await mine(community)) == quoted(card) == [WORDS]

    await community.env.advance_time(3600)
    form = await form_of(community.amina, community.general)
    assert (await send(community.amina, form)).title.startswith("Your pledge counts"), "the form still knew it"


async def test_a_server_in_a_flood_counts_all_and_shows_the_rest_when_somebody_looked(community: Community) -> None:
    services = community.bot.services
    room = services.pledges._of_servers.has_room
    with in_a_hurry():
        await pledge(community.amina, community.general, words=WORDS, wall=True)
        assert [room(community.guild.id) for _ in range(MOST_PUBLIC)].count(True) == MOST_PUBLIC - 1
        late = await pledge(newcomer(community, "late"), community.general, words="I will come last.", wall=True)
    assert "You are number **2** to stand up here." in late.text
    assert quoted(await wall(community)) == [WORDS]
    assert await miscounted(community) == []


@IN_ENGLISH
async def test_an_author_reads_kindly_why_it_was_hidden_and_the_way_back(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await hide(community)

    await form_of(community.amina, community.general)
    told = [message for message in community.general.history(viewer=community.amina) if message.flags.ephemeral][-1]
    words = seen(told).text
    assert quoted(seen(told)) == [WORDS]
    assert "The moderators of this server have taken this pledge off the wall. It still counts." in words
    assert "Their reason: Please leave names out." in words

    before = len(community.sent())
    await form_of(community.amina, community.general)
    assert len(community.sent()) == before + 1, "it is told once"
    card = await mine(community)
    assert "Their reason: Please leave names out." in card.text, "and stands where it is looked for"
    assert card.buttons == ("Edit", "Withdraw")

    form = await press(community.amina, card, "Edit")
    changed = await send(community.amina, form, words="I will listen to all of you.")
    assert "look at it before everybody can read it" in changed.text
    assert "Their reason" not in (await mine(community)).text
    assert quoted(await wall(community)) == []
    assert await miscounted(community) == []


async def test_taking_it_off_the_wall_and_putting_it_back_shows_nothing_that_was_hidden(community: Community) -> None:
    await choose(community, "reviews_pledges", True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await choose(community, "reviews_pledges", False)
    for label in ("Take off the wall", "Put on the wall"):
        await press(community.amina, await mine(community), label)
    assert quoted(await wall(community)) == []
    [own] = await community.bot.services.pledges.own(community.amina.id, community.guild.id)
    assert (own.is_public, own.state, own.queued_at is None) == (True, "waiting", False)
