"""The fact or quote of the day as it is posted, and what *More* and *Another* below it tell."""

from dataclasses import replace

import pytest

from tests.support.community import IN_BOTH, IN_ENGLISH, Community, press, seen
from tests.support.rendering import MODERATOR, body, choose, plan_of, planned, posted, rendered, texts, walk
from tests.wire.judge import faults_of

pytestmark = pytest.mark.usefixtures("env")

DAY = "2026-03-05"


@IN_BOTH
@pytest.mark.parametrize(
    ("kind", "every", "title"),
    [
        ("fact", "daily", "Fact of the day"),
        ("fact", "weekly", "Fact of the week"),
        ("quote", "daily", "Quote of the day"),
        ("quote", "weekly", "Quote of the week"),
    ],
)
async def test_it_says_what_it_is_and_shows_its_source(community: Community, kind: str, every: str, title: str) -> None:
    await choose(community, "daily_kind", kind)
    await choose(community, "daily_every", every)

    post = await posted(community, await planned(community, "daily", DAY, "daily"))

    assert post.text.startswith(f"**{title}**\n{'### ' if kind == 'fact' else '> '}")
    assert "Source: " in post.text
    assert post.buttons[0] == "Another"
    assert "More" in post.buttons
    assert not post.is_private


@IN_ENGLISH
async def test_every_fact_and_quote_comes_once_before_one_comes_again(community: Community) -> None:
    for kind, items in (
        ("fact", community.bot.services.campaign.facts),
        ("quote", community.bot.services.campaign.quotes),
    ):
        await choose(community, "daily_kind", kind)
        row = await planned(community, "daily", DAY, "daily")
        shown = {texts(await body(community, row)).replace("\\", "") for _ in items}
        assert len(shown) == len(items)


@IN_ENGLISH
async def test_a_preview_uses_nothing_up(community: Community) -> None:
    await choose(community, "daily_kind", "quote")
    plan = plan_of(community, "daily", DAY, "daily")

    assert texts(await body(community, plan)) == texts(await body(community, plan))


@IN_ENGLISH
async def test_a_command_in_the_channel_and_the_post_of_the_day_know_of_each_other(community: Community) -> None:
    quotes = community.bot.services.campaign.quotes
    await choose(community, "daily_kind", "quote")
    for quote in quotes[2:]:
        await community.bot.services.guilds.mute(community.guild.id, MODERATOR, "quote", quote.id, muted=True)

    asked = seen(await community.amina.slash(community.general, "quote"))
    text = texts(await body(community, await planned(community, "daily", DAY, "daily")))

    others = [quote.speaker_role for quote in quotes[:2] if quote.text not in asked.text]
    assert others
    assert not any(line in asked.text for line in text.splitlines() if line.startswith("> "))


async def test_where_none_is_chosen_or_all_is_muted_nothing_is_posted(community: Community) -> None:
    row = await planned(community, "daily", DAY, "daily")
    assert await rendered(community, row) is None

    await choose(community, "daily_kind", "quote")
    for quote in community.bot.services.campaign.quotes:
        await community.bot.services.guilds.mute(community.guild.id, MODERATOR, "quote", quote.id, muted=True)
    assert await rendered(community, row) is None
    assert await rendered(community, plan_of(community, "daily", DAY, "daily")) is None


@IN_ENGLISH
async def test_each_of_them_is_a_post_that_discord_takes_and_that_mentions_nobody(community: Community) -> None:
    await choose(community, "daily_kind", "fact")
    await choose(community, "ping_role_id", community.guild.id)
    for _ in community.bot.services.campaign.facts:
        sent = await body(community, await planned(community, "daily", DAY, "daily"))
        assert faults_of("POST", f"/channels/{community.general.id}/messages", sent) == []
        assert sent["allowed_mentions"] == {"parse": []}
        assert "@everyone" not in texts(sent)
        assert len([part for part in walk(sent["components"]) if part["type"] == 2]) <= 5


async def test_another_leaves_the_post_to_all_and_answers_whoever_asked(community: Community) -> None:
    await choose(community, "daily_kind", "quote")
    post = await posted(community, await planned(community, "daily", DAY, "daily"))

    other = seen(await press(community.amina, post, "Another"))

    assert other.is_private
    assert "of the day" not in other.text


@pytest.mark.parametrize("kind", ["fact", "quote"])
async def test_more_is_about_its_source_even_after_a_restart_and_without_its_row(
    community: Community, kind: str
) -> None:
    await choose(community, "daily_kind", kind)
    known = await posted(community, await planned(community, "daily", DAY, "daily"))
    forgotten = await posted(community, plan_of(community, "daily", "2020-01-01", "daily"))
    await community.restart()

    for post in (known, forgotten):
        more = seen(await press(community.joseph, post, "More"))

        assert more.is_private
        assert more.title == "How sure is this?"
        quoted = more.text.splitlines()[1].removeprefix("> ")
        assert quoted in post.text
        assert "Source: " in more.text


@IN_ENGLISH
async def test_more_of_a_fact_that_the_collection_no_longer_has_says_so_kindly(community: Community) -> None:
    await choose(community, "daily_kind", "fact")
    post = await posted(community, await planned(community, "daily", DAY, "daily"))
    services = community.bot.services
    kept = tuple(fact for fact in services.campaign.facts if fact.text not in post.text.replace("\\", ""))
    assert len(kept) == len(services.campaign.facts) - 1
    community.bot.services = replace(services, campaign=replace(services.campaign, facts=kept))  # a later version's

    more = seen(await press(community.joseph, post, "More"))

    assert "I no longer have what belongs to this post" in more.text
