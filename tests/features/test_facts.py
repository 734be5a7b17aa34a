"""/fact, as members use it."""

import discord
import pytest
import simcord

from bot.campaign.models import Fact
from bot.services.decks import LONGEST_SEARCH
from tests.support.community import IN_BOTH, Community, Seen, press, seen

pytestmark = [pytest.mark.usefixtures("env"), IN_BOTH]

ARTS = "arts"  # a topic with three facts


def fact_of(community: Community, card: Seen) -> Fact:
    """The fact on a card, by its text."""
    plain = card.text.replace("\\", "")
    return next(fact for fact in community.bot.services.campaign.facts if fact.text in plain)


def ids_about(community: Community, topic: str) -> set[str]:
    return {fact.id for fact in community.bot.services.campaign.facts if fact.topic == topic}


async def test_a_fact_comes_with_its_topic_date_and_source(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "fact", search="new zeland vote"))

    fact = fact_of(community, card)
    assert fact.id == "history-new-zealand-vote-1893"
    assert card.title == "History of women's rights"
    assert "September 19, 1893" in card.text
    assert f"Source: [{fact.source_title}]({fact.source_url})" in card.text
    assert not card.is_private


async def test_a_figure_that_changes_comes_with_the_date_it_was_true(community: Community) -> None:
    card = seen(await community.amina.slash(community.general, "fact", search="1.2 billion conversations"))

    assert fact_of(community, card).id == "article-1-2-billion-conversations"
    assert "As of September 2014" in card.text
    assert "Source: One Year After Emma Watson's HeForShe Speech" in card.text


async def test_nothing_repeats_in_a_channel_before_all_that_match_were_shown(community: Community) -> None:
    everything = ids_about(community, ARTS)

    shown = [
        fact_of(community, seen(await community.amina.slash(community.general, "fact", topic=ARTS))).id
        for _ in range(len(everything) + 2)
    ]

    assert set(shown[: len(everything)]) == everything
    assert shown[len(everything) :] == shown[:2], "after all were shown, the one shown longest ago comes first"


async def test_a_restart_forgets_nothing_of_what_was_shown(community: Community) -> None:
    everything = ids_about(community, ARTS)
    shown: list[str] = []
    for _ in range(len(everything) + 1):
        shown.append(fact_of(community, seen(await community.amina.slash(community.general, "fact", topic=ARTS))).id)
        await community.env.advance_time(1)
        await community.restart()

    assert set(shown[:-1]) == everything
    assert shown[-1] == shown[0]


async def test_another_channel_has_a_memory_of_its_own(community: Community) -> None:
    elsewhere = community.guild.create_text_channel("elsewhere")
    first = seen(await community.amina.slash(community.general, "fact", search="cedaw"))
    second = seen(await community.amina.slash(elsewhere, "fact", search="cedaw"))

    assert fact_of(community, first) == fact_of(community, second)


async def test_another_turns_the_card_of_whoever_asked_for_it(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", topic=ARTS))

    turned = seen(await press(community.amina, asked, "Another"))

    assert turned.message.id == asked.message.id
    assert fact_of(community, turned) != fact_of(community, asked)
    assert fact_of(community, turned).topic == ARTS, "Another keeps to what was asked for"


async def test_another_pressed_by_somebody_else_leaves_the_card_and_answers_privately(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", topic=ARTS))

    own = seen(await press(community.joseph, asked, "Another"))

    assert own.is_private
    assert own.message.id != asked.message.id
    assert "Share here" in own.buttons
    [still] = community.general.history(viewer=community.amina)
    assert seen(still).text == asked.text


async def test_a_search_comes_best_match_first_and_goes_on_with_another(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="1.2 billion"))
    turned = seen(await press(community.amina, asked, "Another"))

    found = {fact_of(community, card).id for card in (asked, turned)}
    assert found == {"article-1-2-billion-conversations", "reach-twitter-impressions"}


async def test_how_sure_tells_what_is_disputed_to_whoever_asks(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="100,000 men signed three days"))
    fact = fact_of(community, asked)
    assert fact.contested is not None

    answer = seen(await press(community.joseph, asked, "How sure is this?"))

    assert answer.is_private
    assert fact.contested in answer.text.replace("\\", "")
    assert "Source:" in answer.text


async def test_a_fact_that_nobody_disputes_has_no_such_button(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="new zealand vote"))

    assert fact_of(community, asked).contested is None
    assert "How sure is this?" not in asked.buttons


async def test_a_private_fact_is_shared_once_and_only_when_its_reader_wants(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="cedaw", private=True))
    assert asked.is_private
    assert community.general.history(viewer=community.joseph) == []

    pressed = await press(community.amina, asked, "Share here")

    [post] = community.general.history(viewer=community.joseph)
    assert fact_of(community, seen(post)) == fact_of(community, asked)
    assert f"Shared by {community.amina.mention}" in seen(post).text
    kept = seen(pressed)
    assert "Share here" not in kept.buttons, "it is done"
    assert "Another" in kept.buttons
    turned = seen(await press(community.amina, kept, "Another"))
    assert turned.is_private


async def test_share_pressed_on_two_devices_posts_once(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", private=True))
    as_it_was = asked.message.components
    await press(community.amina, asked, "Share here")
    community.restore(asked.message, as_it_was)  # the second device has not heard of the first press yet

    second = seen(await press(community.amina, asked, "Share here"))

    assert "already shared" in second.text
    assert len(community.general.history(viewer=community.joseph)) == 1


async def test_what_speaks_of_violence_ends_with_the_way_to_help(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="husband school zimbabwe"))
    assert fact_of(community, asked).support
    assert "/support" in asked.text.splitlines()[-1]

    help_ = seen(await press(community.joseph, asked, "Find help"))

    assert help_.is_private
    assert help_.title == "Where to find help"


async def test_buttons_outlive_a_restart(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", search="100,000 men signed three days"))
    private = seen(await community.amina.slash(community.general, "fact", search="cedaw", private=True))

    await community.restart()

    assert seen(await press(community.joseph, asked, "How sure is this?")).is_private
    assert seen(await press(community.amina, asked, "Another")).text
    await press(community.amina, private, "Share here")
    shared = seen(community.general.history(viewer=community.joseph)[-1])
    assert fact_of(community, shared).id == "history-cedaw-1979"


async def test_facts_are_told_in_direct_messages_too(community: Community) -> None:
    user = community.amina_user
    asked = seen(await user.slash("fact", search="cedaw"))
    turned = seen(await press(user, asked, "Another"))

    assert fact_of(community, asked).id == "history-cedaw-1979"
    assert turned.message.id == asked.message.id


async def test_the_topic_is_offered_while_one_types_and_known_by_its_name(community: Community) -> None:
    offered = await community.amina.autocomplete(community.general, "fact", "topic", "wom")
    assert [choice["name"] for choice in offered] == ["History of women's rights"]

    card = seen(await community.amina.slash(community.general, "fact", topic="history of womens rights"))
    assert card.title == "History of women's rights"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"search": "pizza"}, "I found nothing for “pizza”. I know these topics: Arts · "),
        ({"topic": "cooking"}, "I have no topic called “cooking”. I know these: Arts · "),
        ({"topic": "arts", "search": "new zealand vote"}, "nothing that fits all of your choices"),
        ({"search": "🍕🍕"}, "I search by words"),
        ({"search": "\u200b\u202e\u2066"}, "I search by words"),
        ({"search": "   "}, "I search by words"),
        ({"topic": "\u202e@everyone **bold**"}, "no topic called “@\u200beveryone \\*\\*bold\\*\\*”"),
        ({"search": "مساواة"}, "I found nothing for “مساواة”"),
        ({"topic": "x" * 6000}, f"no topic called “{'x' * LONGEST_SEARCH}”"),
    ],
)
async def test_what_leads_nowhere_is_answered_clearly_and_privately(
    community: Community, options: dict[str, str], says: str
) -> None:
    card = seen(await community.amina.slash(community.general, "fact", **options))

    assert says in card.text
    assert card.is_private


async def test_a_search_longer_than_a_button_can_carry_is_refused_by_discord_already(community: Community) -> None:
    with pytest.raises(simcord.SetupError, match="search"):
        await community.amina.slash(community.general, "fact", search="a" * (LONGEST_SEARCH + 1))


async def test_where_the_bot_may_not_post_only_the_member_sees_the_answer_and_why(community: Community) -> None:
    community.forbid_bot(community.general, send_messages=True)
    asked = seen(await community.amina.slash(community.general, "fact"))

    assert asked.is_private
    assert "I am not allowed to post in this channel" in asked.text
    assert "Share here" not in asked.buttons


async def test_a_card_can_no_longer_be_shared_where_the_bot_lost_its_right(community: Community) -> None:
    asked = seen(await community.amina.slash(community.general, "fact", private=True))
    community.forbid_bot(community.general, send_messages=True)

    refused = seen(await press(community.amina, asked, "Share here"))

    assert "I am not allowed to post in this channel" in refused.text
    assert community.general.history(viewer=community.joseph) == []


async def test_where_members_only_read_they_cannot_post_through_the_bot(community: Community) -> None:
    only_read = discord.PermissionOverwrite(send_messages=False)
    news = community.guild.create_text_channel("news", overwrites={community.guild.default_role: only_read})

    asked = seen(await community.amina.slash(news, "fact"))

    assert asked.is_private
    assert "you can read, but not write" in asked.text
