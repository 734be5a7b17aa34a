"""/pledge wall: what people here promised where all can read it, and nothing else."""

import pytest

from tests.support.community import Community, Seen, press, seen
from tests.support.pledges import (
    ACTION,
    ACTION_TEXT,
    WORDS,
    in_a_hurry,
    mine,
    newcomer,
    own_app,
    pledge,
    post,
    quoted,
    wall,
)

pytestmark = pytest.mark.usefixtures("env")


def thing(number: int) -> str:
    return f"I will do good thing № {number}."


async def furnish(community: Community, count: int) -> list[str]:
    """That many pledges on the wall, of two people; returns them, newest first."""
    with in_a_hurry():
        for number in range(count):
            actor = (community.amina, community.joseph)[number % 2]
            await pledge(actor, community.general, words=thing(number), wall=True)
    return [thing(number) for number in reversed(range(count))]


async def turned(community: Community, card: Seen, label: str) -> Seen:
    """The card after Joseph, who asked for it, pressed one of its buttons."""
    return seen(await press(community.joseph, card, label))


async def test_an_empty_wall_invites(community: Community) -> None:
    card = await wall(community)

    assert card.text == "### The pledge wall\nNothing stands here yet. Yours could be the first."
    assert card.buttons == ("Make a pledge",)
    assert not card.is_private


async def test_an_entry_says_what_who_whence_and_when(community: Community) -> None:
    await pledge(community.amina, community.general, action=ACTION, country="Kenya", wall=True)
    await pledge(community.joseph, community.general, words=WORDS, wall=True)

    lines = (await wall(community)).text.splitlines()

    assert lines[:3] == ["### The pledge wall", f"> {WORDS}", lines[2]]
    assert lines[2].startswith(f"-# <@{community.joseph.id}> · <t:")
    assert lines[2].endswith(":R>")
    assert lines[3] == f"> {ACTION_TEXT}"
    assert lines[4].startswith(f"-# <@{community.amina.id}> · Kenya · <t:")


async def test_only_what_its_author_put_there_stands_on_the_wall(community: Community) -> None:
    await pledge(community.amina, community.general, words="I will do this quietly.")
    await pledge(community.amina_user, words="I will do this for the campaign.")
    await pledge(community.joseph, community.general, words=WORDS, wall=True)

    assert quoted(await wall(community)) == [WORDS]


async def test_five_a_page_newest_first_to_the_oldest_and_back(community: Community) -> None:
    everything = await furnish(community, 12)

    first = await wall(community)
    assert quoted(first) == everything[:5]
    assert first.buttons == ("Older", "Oldest", "Make a pledge", "Report"), "there is nothing newer"
    second = await turned(community, first, "Older")
    assert quoted(second) == everything[5:10]
    assert second.buttons == ("Newer", "Older", "Oldest", "Make a pledge", "Report")
    third = await turned(community, second, "Older")
    assert quoted(third) == everything[10:]
    assert third.buttons == ("Newer", "Make a pledge", "Report")
    assert quoted(await turned(community, third, "Newer")) == everything[5:10]
    assert quoted(await turned(community, second, "Oldest")) == everything[7:]
    assert first.message.id == third.message.id, "one card, turned in place"


async def test_a_page_that_fits_has_nothing_to_turn(community: Community) -> None:
    await furnish(community, 5)

    assert (await wall(community)).buttons == ("Make a pledge", "Report")


async def test_pages_hold_their_place_while_others_pledge(community: Community) -> None:
    everything = await furnish(community, 7)
    first = await wall(community)
    await pledge(community.joseph, community.general, words=WORDS, wall=True)

    second = await turned(community, first, "Older")

    assert quoted(second) == everything[5:]
    assert quoted(await turned(community, second, "Newer")) == everything[:5]


async def test_where_a_page_was_withdrawn_meanwhile_what_is_left_is_shown(community: Community) -> None:
    everything = await furnish(community, 6)
    first = await wall(community)
    own = await mine(community)
    while quoted(own) != [everything[5]]:
        own = seen(await press(community.amina, own, "Next"))
    await press(community.amina, seen(await press(community.amina, own, "Withdraw")), "Yes, withdraw it")

    turned_card = await turned(community, first, "Older")

    assert quoted(turned_card) == everything[:5]
    assert turned_card.buttons == ("Make a pledge", "Report")


async def test_filtered_by_theme_it_stays_so_when_turned(community: Community) -> None:
    home = await furnish(community, 6)
    await pledge(community.amina, community.general, theme="work", words=WORDS, wall=True)

    work = await wall(community, theme="At work")
    assert work.title == "The pledge wall: At work"
    assert quoted(work) == [WORDS]
    first = await wall(community, theme="home")
    assert quoted(first) == home[:5]
    second = await turned(community, first, "Older")
    assert second.title == "The pledge wall: At home"
    assert quoted(second) == home[5:]


async def test_filtered_by_country_it_shows_whom_that_country_has_now(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    await pledge(community.joseph, community.general, action=ACTION, country="Fiji", wall=True)
    assert quoted(await wall(community, country="kenia")) == [WORDS]
    assert (await wall(community, country="FJ")).title == "The pledge wall: Fiji"

    await pledge(community.amina, community.general, words=thing(1), country="Fiji")

    assert quoted(await wall(community, country="Fiji")) == [ACTION_TEXT, WORDS], "with all that they promised"
    assert "Nothing stands here yet." in (await wall(community, country="Kenya")).text


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"theme": "cooking"}, "I have no theme called “cooking”. I know these: At home · "),
        ({"theme": "@everyone"}, "I have no theme called “@\u200beveryone”."),
        ({"country": "Korea"}, "Did you mean Democratic People's Republic of Korea · Republic of Korea?"),
        ({"country": "xyzzy"}, "I don't know a country called “xyzzy”. Choose it from the list"),
        ({"theme": "home", "country": "Kenya"}, "by theme or by country, one at a time"),
    ],
)
async def test_a_wall_that_there_is_none_of_is_answered_clearly(
    community: Community, options: dict[str, str], says: str
) -> None:
    card = await wall(community, **options)

    assert says in card.text
    assert card.is_private


async def test_somebody_elses_turning_leaves_the_card_and_answers_privately(community: Community) -> None:
    everything = await furnish(community, 6)
    asked = await wall(community)

    own = seen(await press(community.amina, asked, "Older"))

    assert own.is_private
    assert quoted(own) == everything[5:]
    still = community.general.history(viewer=community.joseph)[-1]
    assert quoted(seen(still)) == everything[:5]
    back = seen(await press(community.amina, own, "Newer"))
    assert back.message.id == own.message.id, "their own card turns in place"


async def test_turning_works_after_a_restart(community: Community) -> None:
    everything = await furnish(community, 6)
    asked = await wall(community)

    await community.restart()

    assert quoted(await turned(community, asked, "Older")) == everything[5:]


async def test_another_servers_wall_shows_nothing_of_it(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    channel = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    await pledge(stranger, channel, words="I will speak up over there.", country="Kenya", wall=True)

    for options in ({}, {"theme": "home"}, {"country": "Kenya"}):
        theirs = seen(await stranger.slash(channel, "pledge wall", **options))
        assert quoted(theirs) == ["I will speak up over there."]
        assert quoted(await wall(community, **options)) == [WORDS]


async def test_in_direct_messages_it_says_that_a_wall_belongs_to_a_server(community: Community) -> None:
    card = seen(await community.amina_user.slash("pledge wall"))

    assert card.text == "A pledge wall belongs to a server. Ask for it in a channel of one that I am in."
    with own_app(community):
        assert "belongs to a server" in (await wall(community)).text


@pytest.mark.parametrize(
    "button",
    ["wall:older:5:no-such-theme:", "wall:newer:5::ZZ", "wall:older:899999999999999999:home:KE", "wall:oldest:0::"],
)
async def test_a_forged_page_is_answered_and_shows_nothing_strange(community: Community, button: str) -> None:
    answer = seen(await community.amina.click(await post(community, button), custom_id=button))

    assert answer.is_private
    assert "no longer in my collection" in answer.text or "Nothing stands here yet." in answer.text


async def test_where_members_only_read_the_wall_is_for_whoever_asks(community: Community) -> None:
    community.forbid_bot(community.general, send_messages=True)
    await pledge(newcomer(community, "reader"), community.general, words=WORDS, wall=True)

    card = await wall(community)

    assert card.is_private
    assert quoted(card) == [WORDS]
