"""A server that removes the bot is forgotten after 30 days, unless it returns; the others notice nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
import simcord
from simcord.backend import serializers
from sqlalchemy.engine import make_url

from bot.jobs import DAY
from tests.support.community import Community, seen
from tests.support.pledges import WORDS, in_a_hurry, miscounted, newcomer, pledge, quoted, trouble, wall
from tests.support.setting_up import moderator

pytestmark = pytest.mark.usefixtures("env")

ELSEWHERE = "I will speak up over there."


class Second:
    """Another server, with somebody who has pledged there and nowhere else."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.backend = community.env.backend
        self.handle = community.env.create_guild("Second")
        self.channel = self.handle.create_text_channel("talk")
        self.user = community.env.create_user("stranger")
        self.stranger = self.handle.add_member(self.user)
        self.guild = self.backend.guilds[self.handle.id]
        self.channels = {id: self.backend.channels[id] for id in self.guild.channel_ids}

    async def removes_bot(self) -> None:
        guild = self.community.bot.get_guild(self.handle.id)
        assert guild is not None
        await guild.leave()
        await self.community.env.advance_time(0)  # the event is heard

    async def removes_bot_while_it_is_away(self) -> None:
        """No event tells of it: at its next start the bot is not told of the server."""
        del self.backend.guilds[self.handle.id]
        await self.community.restart()

    def comes_back(self) -> None:
        """As Discord has it; no event tells of it."""
        self.backend.guilds[self.handle.id] = self.guild
        self.backend.channels.update(self.channels)
        self.backend.messages.update({id: {} for id in self.channels})

    async def adds_bot(self) -> None:
        self.comes_back()
        payload = serializers.guild_create_payload(self.backend, self.guild)
        payload.pop("unavailable")  # so Discord tells of a server that has just added the bot
        self.backend.emit("GUILD_CREATE", payload)
        await self.community.env.advance_time(0)

    async def is_known(self) -> bool:
        return bool(await self.community.bot.services.pledges.own(self.user.id, self.handle.id))


@pytest.fixture
async def second(community: Community, env: simcord.Env) -> Second:
    with env.time_context():
        second = Second(community)
    await pledge(second.stranger, second.channel, words=ELSEWHERE, country="Kenya", wall=True)
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    await days_pass(community, 1.1)
    return second


async def days_pass(community: Community, days: float) -> None:
    """The bot's clock moves on at once, and it has the time to do what it does by itself."""
    community.set_clock(community.bot.services.clock.now() + timedelta(days=days))
    await community.env.advance_time(DAY.total_seconds() + 1)


async def test_it_is_kept_for_thirty_days_and_then_gone_for_good(community: Community, second: Second) -> None:
    await second.removes_bot()

    await days_pass(community, 29.5)
    assert await second.is_known()
    await days_pass(community, 1.1)

    assert not await second.is_known()
    assert await miscounted(community) == []
    numbers = await community.bot.services.pledges.numbers(0)
    assert (numbers.supporters, numbers.countries) == (1, {}), "it has left the campaign's counts, too"
    assert quoted(await wall(community)) == [WORDS], "and another server has all it had"


async def test_no_byte_of_it_is_left_in_the_files(community: Community, second: Second) -> None:
    folder = Path(str(make_url(community.bot.settings.database_url).database)).parent
    await second.removes_bot()
    await days_pass(community, 31)

    assert [file.name for file in folder.iterdir() if ELSEWHERE.encode() in file.read_bytes()] == []


async def test_a_server_that_has_the_bot_is_never_forgotten(community: Community, second: Second) -> None:
    for _ in range(4):
        await days_pass(community, 31)

    assert await second.is_known()
    assert quoted(await wall(community)) == [WORDS]


async def test_one_that_returns_in_time_keeps_all(community: Community, second: Second) -> None:
    await second.removes_bot()
    await days_pass(community, 29)

    await second.adds_bot()
    await days_pass(community, 60)

    assert await second.is_known()
    await second.removes_bot()
    await days_pass(community, 29)
    assert await second.is_known(), "the days are counted anew"
    await days_pass(community, 2)
    assert not await second.is_known()


async def test_one_that_returns_too_late_begins_anew(community: Community, second: Second) -> None:
    grace = moderator(community)
    await community.bot.services.guilds.choose(second.handle.id, grace.id, "reviews_pledges", True)
    await second.removes_bot()
    await days_pass(community, 31)

    await second.adds_bot()

    record = await community.bot.services.guilds.of(second.handle.id)
    assert not record.reviews_pledges
    thanks = await pledge(second.stranger, second.handle.create_text_channel("new"), words=ELSEWHERE, wall=True)
    assert "You are number **1** to stand up here." in thanks.text


async def test_removed_while_the_bot_was_away_it_is_found_out_at_the_next_start(
    community: Community, second: Second
) -> None:
    await second.removes_bot_while_it_is_away()
    await days_pass(community, 1.1)

    await days_pass(community, 29)
    assert await second.is_known(), "the days are counted from when it was found out"
    await days_pass(community, 1.1)

    assert not await second.is_known()
    assert quoted(await wall(community)) == [WORDS]


async def test_added_again_while_the_bot_was_away_it_is_found_out_too(community: Community, second: Second) -> None:
    await second.removes_bot()
    await days_pass(community, 20)
    second.comes_back()

    await community.restart()
    for _ in range(2):
        await days_pass(community, 20)

    assert await second.is_known()


async def test_a_server_that_discord_can_not_serve_is_no_server_that_removed_the_bot(
    community: Community, second: Second
) -> None:
    second.backend.emit("GUILD_DELETE", {"id": str(second.handle.id), "unavailable": True})
    await community.env.advance_time(0)
    for _ in range(2):
        await days_pass(community, 31)

    assert await second.is_known()


async def test_when_it_could_not_be_saved_that_the_bot_was_removed_it_is_found_out_later(
    community: Community, second: Second
) -> None:
    community.expects_errors = True
    with trouble(community, "query_only=ON", "query_only=OFF"):
        await second.removes_bot()
    await days_pass(community, 1.1)

    await days_pass(community, 31)

    assert not await second.is_known()


async def test_a_large_server_goes_in_steps_and_others_go_on_meanwhile(community: Community, second: Second) -> None:
    with in_a_hurry():
        for number in range(8):
            someone = second.handle.add_member(community.env.create_user(f"member{number}"))
            await pledge(someone, second.channel, words=ELSEWHERE, wall=True)
    community.bot.services.leaving._most = 2
    await second.removes_bot()

    await days_pass(community, 31)
    await pledge(newcomer(community, "asha"), community.general, words="I will stay here.", wall=True)

    assert not await second.is_known()
    assert await miscounted(community) == []
    assert (await community.bot.services.pledges.numbers(0)).supporters == 2
    assert "I will stay here." in seen(await community.joseph.slash(community.general, "pledge wall")).text
