"""What moderators chose and decided, as those who pledge meet it: links, review, blocks, floods, and being told."""

import pytest

from bot.services.pledges import MOST_CHANGES, MOST_PUBLIC
from bot.storage.guilds import Setting
from tests.support.community import IN_ENGLISH, Community, press, seen
from tests.support.pledges import WORDS, form_of, in_a_hurry, mine, miscounted, newcomer, pledge, quoted, send, wall

pytestmark = pytest.mark.usefixtures("env")

LINKED = "I will read https://example.org/a_b(c)?x=1 with *two* friends."


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


@pytest.mark.parametrize("way", [("Take off the wall",), ("Withdraw", "Yes, withdraw it")])
async def test_what_its_author_takes_back_stands_in_the_review_channel_no_more(
    community: Community, way: tuple[str, ...]
) -> None:
    desk = community.guild.create_text_channel("moderators")
    await choose(community, "review_channel_id", desk.id)
    await choose(community, "reviews_pledges", True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    card = await mine(community)
    for label in way:
        card = seen(await press(community.amina, card, label))

    [asked] = desk.history()
    assert WORDS not in seen(asked).text
    assert seen(asked).buttons == ()


async def test_putting_it_on_the_wall_later_is_looked_at_as_well(community: Community) -> None:
    await choose(community, "reviews_pledges", True)
    await pledge(community.amina, community.general, words=WORDS)

    card = seen(await press(community.amina, await mine(community), "Put on the wall"))

    assert card.text.startswith("The moderators look at it first.")
    assert quoted(await wall(community)) == []


async def test_who_is_blocked_is_told_kindly_and_can_pledge_elsewhere(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)
    moderation = community.bot.services.moderation
    await moderation.block(community.guild.id, community.joseph.id, community.amina.id, "unkind")

    refused = await pledge(community.amina, community.general, words="I will do even more.")

    assert "don't take pledges from you at the moment" in refused.text
    again = seen(await press(community.amina, await mine(community), "Put on the wall"))
    assert "don't take pledges from you at the moment" in again.text
    assert "counts" in (await pledge(community.amina_user, words="I will do even more.")).title
    assert seen(await press(community.amina, await mine(community), "Withdraw")).title == "Take this pledge back?"


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
    [own] = await community.bot.services.pledges.own(community.amina.id, community.guild.id)
    moderation = community.bot.services.moderation
    await moderation.hide(community.guild.id, community.joseph.id, own.id, "Please leave names out.")

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
