"""/moderate mute and unmute: what a server does not want to see is not shown there, and nowhere else is it missed."""

from sqlite3 import DatabaseError
from typing import Any

import pytest
import simcord
from sqlalchemy import event

from bot.storage.guilds import Mute
from tests.support.community import IN_BOTH, Community, Seen, press, seen
from tests.support.pledges import in_a_hurry, slash
from tests.support.pseudo import plain
from tests.support.setting_up import deeds, demote, moderator

pytestmark = pytest.mark.usefixtures("env")

ARTS = "arts"  # a topic with three facts
ARTS_NAME = "Arts"


def keeper(community: Community, name: str = "grace") -> simcord.MemberActor:
    return moderator(community, name, manage_guild=True, manage_messages=True)


def facts_about(community: Community, topic: str) -> list[Any]:
    return [fact for fact in community.bot.services.campaign.facts if fact.topic == topic]


async def mute(community: Community, actor: simcord.MemberActor, item: str, name: str = "mute") -> Seen:
    return seen(await actor.slash(community.general, f"moderate {name}", item=item))


async def offered(community: Community, actor: simcord.MemberActor, name: str, typed: str) -> dict[str, str]:
    """What the list under the option offers: names by their values."""
    choices = await actor.autocomplete(community.general, f"moderate {name}", "item", typed)
    return {choice["value"]: plain(choice["name"]) for choice in choices}


async def shown(community: Community, times: int, **options: Any) -> list[str]:
    """The ids of the facts that are shown one after the other."""
    facts = {fact.text: fact.id for fact in community.bot.services.campaign.facts}
    found: list[str] = []
    for _ in range(times):
        text = (await fact(community, **options)).text.replace("\\", "")
        found += [facts[one] for one in facts if one in text]
    return found


async def fact(community: Community, **options: Any) -> Seen:
    return seen(await slash(community.amina, community.general, "fact", **options))


@IN_BOTH
async def test_a_muted_fact_is_shown_no_more_in_that_server_until_it_is_unmuted(community: Community) -> None:
    grace = keeper(community)
    muted, *others = facts_about(community, ARTS)

    said = await mute(community, grace, f"fact:{muted.id}")
    assert said.text.endswith(
        "This fact is not shown in this server any more. "
        f"To have it back: {community.bot.mention_of('moderate unmute')}."
    )
    assert said.is_private
    assert set(await shown(community, 5, topic=ARTS)) == {one.id for one in others}

    said = await mute(community, grace, f"fact:{muted.id}", "unmute")
    assert said.text.endswith("This fact is shown in this server again.")
    assert muted.id in await shown(community, 3, topic=ARTS)
    assert [(deed.action, deed.moderator_id, deed.details) for deed in await deeds(community)] == [
        ("mute", grace.id, f"fact={muted.id}"),
        ("unmute", grace.id, f"fact={muted.id}"),
    ]


async def test_another_and_share_leave_it_out_too(community: Community) -> None:
    grace = keeper(community)
    first, second, third = facts_about(community, ARTS)
    card = await fact(community, topic=ARTS)
    private = await fact(community, topic=ARTS, private=True)
    with in_a_hurry():
        for one in (first, second):
            await mute(community, grace, f"fact:{one.id}")
        await press(community.amina, card, "Another")
        for _ in range(3):
            turned = seen(await press(community.amina, card, "Another"))
            assert third.text in turned.text.replace("\\", "")
        await mute(community, grace, f"fact:{third.id}")

    refused = seen(await press(community.amina, private, "Share here"))
    assert refused.text == "The moderators of this server have chosen not to show this here."
    assert refused.is_private
    assert "not to show what fits here" in seen(await press(community.amina, card, "Another")).text


async def test_a_muted_topic_takes_its_facts_and_quotes_along(community: Community) -> None:
    grace = keeper(community)
    campaign = community.bot.services.campaign
    topic = next(
        topic.id
        for topic in campaign.topics.values()
        if any(fact.topic == topic.id for fact in campaign.facts) and any(topic.id in q.topics for q in campaign.quotes)
    )

    said = await mute(community, grace, f"topic:{topic}")

    assert "Facts and quotes about it are not shown in this server any more." in said.text
    refused = await fact(community, topic=topic)
    assert refused.is_private
    assert refused.text.startswith("The moderators of this server have chosen not to show what fits here. Other topics")
    assert plain(campaign.topics[topic].name) not in refused.text.partition("Other topics")[2].split(" · ")
    refused = seen(await slash(community.amina, community.general, "quote", topic=topic))
    assert refused.text.startswith("The moderators of this server have chosen not to show what fits here.")
    for name in ("fact", "quote"):
        choices = await community.amina.autocomplete(community.general, name, "topic", "")
        assert topic not in {choice["value"] for choice in choices}
    assert topic not in {one.topic for id in await shown(community, 30) for one in campaign.facts if one.id == id}, (
        "without a topic neither"
    )


async def test_other_servers_and_direct_messages_go_on_as_before(community: Community) -> None:
    grace = keeper(community)
    elsewhere = community.env.create_guild("Second")
    talk = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    await mute(community, grace, f"topic:{ARTS}")

    for answer in (
        await stranger.slash(talk, "fact", topic=ARTS),
        await community.amina_user.slash("fact", topic=ARTS),
    ):
        assert seen(answer).title == ARTS_NAME


async def test_when_everything_is_muted_it_says_so(community: Community) -> None:
    grace, campaign = keeper(community), community.bot.services.campaign
    for topic in campaign.topics:
        await community.bot.services.guilds.mute(community.guild.id, grace.id, "topic", topic, muted=True)

    assert (await fact(community)).text == "The moderators of this server have chosen not to show this here."


async def test_a_search_skips_what_is_muted(community: Community) -> None:
    grace = keeper(community)
    [best, *_] = await shown(community, 1, search="cedaw")
    await mute(community, grace, f"fact:{best}")

    refused = await fact(community, search="cedaw")

    assert best not in refused.text
    assert "have chosen not to show what fits here" in refused.text


# The list that opens while one types


@IN_BOTH
async def test_topics_facts_and_quotes_are_offered_by_their_words(community: Community) -> None:
    grace = keeper(community)
    everything = await offered(community, grace, "mute", "")
    assert len(everything) == 25
    assert everything[f"topic:{ARTS}"] == f"Topic: {ARTS_NAME}"

    found = await offered(community, grace, "mute", "zealand wom")
    assert list(found) == ["fact:history-new-zealand-vote-1893"]
    assert found["fact:history-new-zealand-vote-1893"].startswith("Fact: ")
    assert [key.partition(":")[0] for key in await offered(community, grace, "mute", "mandela")] == ["quote"]

    for typed in ("a", "w", "the", "🙂", "x" * 100):
        choices = await offered(community, grace, "mute", typed)
        assert len(choices) <= 25
        assert all(1 <= len(name.encode("utf-16-le")) // 2 <= 100 for name in choices.values())


async def test_what_is_muted_is_offered_to_be_unmuted_and_no_more_to_be_muted(community: Community) -> None:
    grace = keeper(community)
    await mute(community, grace, f"topic:{ARTS}")
    await mute(community, grace, "fact:history-new-zealand-vote-1893")

    assert list(await offered(community, grace, "unmute", "")) == [
        f"topic:{ARTS}",
        "fact:history-new-zealand-vote-1893",
    ]
    assert list(await offered(community, grace, "unmute", "zealand")) == ["fact:history-new-zealand-vote-1893"]
    assert await offered(community, grace, "mute", "zealand wom") == {}
    assert f"topic:{ARTS}" not in await offered(community, grace, "mute", "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Arts", "topic=arts"),
        ("  ÀRTS ", "topic=arts"),
        ("topic:arts", "topic=arts"),
        ("zealand wom", "fact=history-new-zealand-vote-1893"),
    ],
)
async def test_it_may_be_typed_as_well(community: Community, typed: str, meant: str) -> None:
    await mute(community, keeper(community), typed)

    assert [deed.details for deed in await deeds(community)] == [meant]


@pytest.mark.parametrize("typed", ["women", "xyzzy", "!!", "fact:", "fact:no-such", "topic:" + "x" * 90, "@everyone"])
async def test_what_could_be_anything_is_asked_for_again(community: Community, typed: str) -> None:
    refused = await mute(community, keeper(community), typed)

    assert refused.text.startswith("I can't tell what you mean by “")
    assert refused.is_private
    assert await deeds(community) == []


async def test_twice_is_once_and_unmuting_what_is_shown_says_so(community: Community) -> None:
    grace = keeper(community)
    await mute(community, grace, f"topic:{ARTS}")
    assert (await mute(community, grace, f"topic:{ARTS}")).text == "This is not shown here already."
    await mute(community, grace, f"topic:{ARTS}", "unmute")
    assert (await mute(community, grace, f"topic:{ARTS}", "unmute")).text == "This is not muted here."
    assert [deed.action for deed in await deeds(community)] == ["mute", "unmute"]


async def test_what_the_content_no_longer_has_can_be_unmuted_still(community: Community) -> None:
    grace = keeper(community)
    await community.bot.services.guilds.mute(community.guild.id, grace.id, "fact", "9x", muted=True)

    assert await offered(community, grace, "unmute", "9") == {"fact:9x": "Fact: 9x"}
    assert "shown in this server again" in (await mute(community, grace, "fact:9x", "unmute")).text
    assert await offered(community, grace, "unmute", "") == {}


# Who may


async def test_only_moderators_mute_and_only_they_are_told_what_is_muted(community: Community) -> None:
    grace, eve = keeper(community), moderator(community, "eve", manage_messages=True)
    await mute(community, grace, f"topic:{ARTS}")
    demote(community, grace)
    for name in ("mute", "unmute"):
        refused = await mute(community, eve, f"topic:{ARTS}", name)
        assert "This is for moderators" in refused.text
        assert refused.is_private
        assert await offered(community, eve, name, "") == {}
    assert [deed.action for deed in await deeds(community)] == ["mute"]


# What it costs


async def test_the_database_is_asked_once_a_server_and_then_no_more(community: Community) -> None:
    asked: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        asked.append(statement)

    engine = community.bot.services.guilds._db._readers.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await fact(community)
    first = len(asked)
    for _ in range(5):
        await fact(community)
        await community.amina.autocomplete(community.general, "fact", "topic", "a")
    event.remove(engine, "before_cursor_execute", note)

    assert first > 0
    assert len(asked) == first


async def test_a_database_that_can_t_be_read_costs_no_fact(community: Community) -> None:
    services, here = community.bot.services, community.guild.id
    await services.guilds._db.write(Mute(here, 1, "topic", ARTS, True, community.env.now()))
    services.guilds.forget(here)

    def refuse(*_: Any) -> None:
        raise DatabaseError("disk image is malformed")

    engine = services.guilds._db._readers.sync_engine
    event.listen(engine, "before_cursor_execute", refuse)
    assert (await fact(community, topic=ARTS)).title == ARTS_NAME
    event.remove(engine, "before_cursor_execute", refuse)
    assert "have chosen not to show" in (await fact(community, topic=ARTS)).text
