"""/milestone list: what comes in a year, what of it is not posted and why, and single dates muted and posted again."""

from datetime import UTC, datetime
from typing import Any

import pytest
import simcord

from tests.support.community import IN_BOTH, Community, Seen, press, seen
from tests.support.moderating import keeper
from tests.support.pseudo import plain
from tests.support.setting_up import deeds, demote, forged, moderator

pytestmark = pytest.mark.usefixtures("env")

NOW = datetime(2026, 9, 18, 22, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(community: Community) -> None:
    community.set_clock(NOW)


async def listed(community: Community, actor: simcord.MemberActor) -> Seen:
    return seen(await actor.slash(community.general, "milestone list"))


def menu(card: Seen) -> dict[str, tuple[str, str]]:
    """What can be chosen: value, label and description."""
    [found] = [part for part in _parts(card.message) if part.get("type") == 3]
    return {one["value"]: (plain(one["label"]), plain(one["description"])) for one in found["options"]}


def _parts(message: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    waiting = [part if isinstance(part, dict) else part.to_dict() for part in message.components]
    while waiting:
        part = waiting.pop()
        found.append(part)
        waiting += part.get("components", [])
    return found


async def pick(actor: simcord.MemberActor, card: Seen, value: str, page: int = 0) -> Seen:
    return seen(await actor.select(card.message, [value], custom_id=f"own:pick:{page}"))


def launch(community: Community) -> Any:
    [found] = [one for one in community.bot.services.campaign.milestones if one.date == LAUNCHED]
    return found


LAUNCHED = datetime(2014, 9, 20, tzinfo=UTC).date()


async def own(community: Community, actor: simcord.MemberActor, title: str, date: str, **more: str) -> None:
    await actor.slash(community.general, "milestone add", title=title, date=date, **more)


def entry(card: Seen, title: str) -> list[str]:
    """The two lines of the entry whose second one begins with this title."""
    lines = card.text.splitlines()
    [found] = [number for number, line in enumerate(lines) if line.startswith(title)]
    return lines[found - 1 : found + 1]


@IN_BOTH
async def test_it_lists_own_dates_and_the_campaign_s_with_their_next_days(community: Community) -> None:
    grace = moderator(community)
    guilds = community.bot.services.guilds
    await guilds.choose(community.guild.id, grace.id, "zone", "Africa/Nairobi")
    await guilds.choose(community.guild.id, grace.id, "announcement_channel_id", community.general.id)
    await own(community, grace, "Our founding", "19 September 2019")
    await own(community, grace, "Our walk", "20 September", time="18:30")
    title = launch(community).title

    card = await listed(community, grace)

    assert card.is_private
    assert card.title == "The dates of this server"
    assert f"They are posted in {community.general.mention} at 09:00." in card.text
    assert entry(card, "Our founding") == [
        "**Saturday, September 19, 2026** · today",
        "Our founding (2019) · your own",
    ], "it is the 19th in Nairobi already"
    at = int(datetime(2026, 9, 20, 6, tzinfo=UTC).timestamp())
    assert entry(card, "Our walk") == [
        f"**Sunday, September 20, 2026** · <t:{at}:R>",
        "Our walk · your own, at 18:30",
    ]
    assert entry(card, title) == [f"**Sunday, September 20, 2026** · <t:{at}:R>", f"{title} (2014)"]


async def test_every_date_stands_in_it_once_page_by_page(community: Community) -> None:
    grace, campaign = moderator(community), community.bot.services.campaign
    await own(community, grace, "Our leap", "29 February")
    card, keys = await listed(community, grace), list[str]()
    while True:
        keys += menu(card)
        if "Later" not in card.buttons:
            break
        card = seen(await press(grace, card, "Later"))
    [ours] = await community.bot.services.own_dates.of(community.guild.id)

    assert len(keys) == len(set(keys))
    assert set(keys) == {f"own:{ours.id}"} | {f"mute:{one.id}" for one in campaign.milestones}
    assert seen(await press(grace, card, "Earlier")).text != card.text
    assert len({one.message.id for one in (card, await listed(community, grace))}) == 2


async def test_a_server_without_anything_reads_what_to_do(community: Community) -> None:
    card = await listed(community, moderator(community))

    assert f"choose a channel and the time zone in {community.bot.mention_of('setup')}" in card.text
    assert f"None of them is your own yet: {community.bot.mention_of('milestone add')} adds one." in card.text


@IN_BOTH
async def test_a_single_date_is_muted_and_posted_again(community: Community) -> None:
    grace, one = keeper(community), launch(community)
    guilds = community.bot.services.guilds
    card = await listed(community, grace)
    assert menu(card)[f"mute:{one.id}"] == (one.title, "Don't post it here")

    card = await pick(grace, card, f"mute:{one.id}")
    assert card.title == f"“{one.title}” is not posted here any more."
    assert entry(card, one.title)[1] == f"{one.title} (2014) · **not posted here: you chose so**"
    assert menu(card)[f"unmute:{one.id}"] == (one.title, "Post it here again")
    assert ("milestone", one.id) in (await guilds.of(community.guild.id)).muted
    again = await pick(grace, card, f"unmute:{one.id}")

    assert again.title == f"“{one.title}” can be posted here again."
    assert again.message.id == card.message.id
    assert ("milestone", one.id) not in (await guilds.of(community.guild.id)).muted
    log = seen(await grace.slash(community.general, "moderate log"))
    assert [line.partition(" · ")[2] for line in log.text.splitlines()[1:]] == [
        f"{grace.mention} chose that the date “{one.title}” can be posted here again.",
        f"{grace.mention} chose that the date “{one.title}” is not posted here.",
    ]


async def test_what_was_muted_meanwhile_stays_so(community: Community) -> None:
    grace, one = moderator(community), launch(community)
    card = await listed(community, grace)
    await community.bot.services.guilds.mute(community.guild.id, 1, "milestone", one.id, muted=True)

    card = await pick(grace, card, f"mute:{one.id}")

    assert card.title == "Nothing to change: it is so already."
    assert len(await deeds(community)) == 1


async def test_dates_that_the_settings_leave_out_are_marked(community: Community) -> None:
    grace, one = moderator(community), launch(community)
    await community.bot.services.guilds.choose(community.guild.id, grace.id, "posts_campaign", False)

    card = await listed(community, grace)

    setup = community.bot.mention_of("setup")
    assert entry(card, one.title)[1].endswith(f"not posted: left out under “Which dates” in {setup}")


async def test_an_own_date_is_opened_beside_the_list(community: Community) -> None:
    grace = moderator(community)
    await own(community, grace, "Our walk", "20 September")
    [walk] = await community.bot.services.own_dates.of(community.guild.id)
    card = await listed(community, grace)
    assert menu(card)[f"own:{walk.id}"] == ("Our walk", "Your own: open it, to edit or remove it")

    opened = await pick(grace, card, f"own:{walk.id}")

    assert opened.title == "Our walk"
    assert opened.is_private
    assert opened.message.id != card.message.id


@pytest.mark.parametrize(
    "value", ["mute:no-such", "unmute:", "own:1", "own:٣", "own:" + "9" * 90, "", "drop:x", "mute:" + "x" * 95]
)
async def test_what_is_forged_changes_nothing(community: Community, value: str) -> None:
    grace = moderator(community)
    card = await listed(community, grace)

    with forged(community, value):
        answer = seen(await grace.select(card.message, [next(iter(menu(card)))], custom_id="own:pick:0"))

    assert answer.text.startswith(("This card is from an earlier version", "This server has no such date of its own"))
    assert await deeds(community) == []


async def test_a_demoted_moderator_changes_nothing(community: Community) -> None:
    grace, one = moderator(community), launch(community)
    card = await listed(community, grace)
    demote(community, grace)

    for answer in (await pick(grace, card, f"mute:{one.id}"), seen(await press(grace, card, "Later"))):
        assert answer.text.startswith("This is for moderators")
    assert await deeds(community) == []


@IN_BOTH
async def test_the_fullest_page_fits_into_a_message(community: Community) -> None:
    grace = moderator(community)
    for number in range(8):
        await own(community, grace, f"{number}" + "*" * 98 + "x", "19 September 2019", time="18:30")

    card = await listed(community, grace)

    assert len(menu(card)) == 8
