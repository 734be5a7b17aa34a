"""A server that has just added the bot is greeted once, where the bot may write, or not at all."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import discord
import pytest
import simcord
from simcord.backend import serializers
from simcord.backend.models import Overwrite

from bot.jobs import DAY
from tests.support.community import IN_BOTH, IN_ENGLISH, Community, Seen, seen
from tests.support.pseudo import odd, odd_languages

pytestmark = pytest.mark.usefixtures("env")


class Newcomer:
    """A server that adds the bot."""

    def __init__(self, community: Community, **details: Any) -> None:
        self.community, self.backend = community, community.env.backend
        with community.env.time_context():
            self.handle = community.env.create_guild("Second", **details)
        self.guild = self.backend.guilds[self.handle.id]

    def channel(self, name: str, *, writable: bool = True, for_all: bool = True) -> simcord.ChannelHandle:
        """A channel in which the bot may write, or not; and in which everybody may, or only read."""
        with self.community.env.time_context():
            channel = self.handle.create_text_channel(name)
        talk = discord.Permissions(send_messages=True).value
        me = self.backend.bot_user.id
        allow, deny = (talk, 0) if writable else (0, talk)
        self.backend.set_overwrite(channel.id, Overwrite(target_id=me, type=1, allow=allow, deny=deny))
        if not for_all:
            everyone = self.handle.id
            self.backend.set_overwrite(channel.id, Overwrite(target_id=everyone, type=0, allow=0, deny=talk))
        return channel

    async def adds_bot(self) -> None:
        payload = serializers.guild_create_payload(self.backend, self.guild)
        payload.pop("unavailable")  # so Discord tells of a server that has just added the bot
        self.backend.emit("GUILD_CREATE", payload)
        await self.community.env.advance_time(0)

    async def removes_bot(self) -> None:
        """When it comes back, it finds a channel that it has not written in."""
        guild = self.community.bot.get_guild(self.handle.id)
        assert guild is not None
        await guild.leave()
        await self.community.env.advance_time(0)
        self.backend.guilds[self.handle.id] = self.guild
        self.guild.channel_ids.clear()
        self.channel("new")


def greetings(community: Community) -> int:
    """How often the bot has written into a channel."""
    return sum(entry.path.endswith("/messages") for entry in community.env.http_requests)


def read(*channels: simcord.ChannelHandle) -> list[Seen]:
    """What the bot has written there."""
    return [seen(message) for channel in channels for message in channel.history()]


@pytest.fixture
def newcomer(community: Community) -> Newcomer:
    return Newcomer(community)


@IN_BOTH
async def test_it_says_what_it_is_how_to_begin_and_whose_it_is_not(community: Community, newcomer: Newcomer) -> None:
    talk = newcomer.channel("talk")

    await newcomer.adds_bot()

    [greeting] = read(talk)
    info, mention = community.bot.services.campaign.info, community.bot.mention_of
    assert greeting.title == f"Hello! I am Uplift, for {info.name}."
    assert f"Moderators begin with {mention('setup')}. What everybody can do stands in {mention('help')}." in (
        greeting.text
    )
    assert "By myself I post nothing until moderators choose where and when." in greeting.text
    assert info.disclaimer in greeting.text
    assert len(greeting.text) < 800
    assert not greeting.is_private
    [body] = [entry.json for entry in community.env.http_requests if entry.path.endswith(f"/{talk.id}/messages")]
    assert body["allowed_mentions"]["parse"] == []


async def test_the_system_channel_comes_first(newcomer: Newcomer) -> None:
    first, system = newcomer.channel("first"), newcomer.channel("system")
    newcomer.guild.system_channel_id = system.id

    await newcomer.adds_bot()

    assert (len(read(first)), len(read(system))) == (0, 1)


async def test_where_it_may_not_write_in_the_system_channel_it_takes_another(newcomer: Newcomer) -> None:
    system, shut, rules = (
        newcomer.channel("system", writable=False),
        newcomer.channel("shut", writable=False),
        newcomer.channel("rules", for_all=False),
    )
    talk, more = newcomer.channel("talk"), newcomer.channel("more")
    newcomer.guild.system_channel_id = system.id

    await newcomer.adds_bot()

    assert read(system, shut, rules, more) == []
    assert len(read(talk)) == 1


async def test_where_members_only_read_it_writes_as_long_as_nothing_else_is_open(newcomer: Newcomer) -> None:
    shut, rules = newcomer.channel("shut", writable=False), newcomer.channel("rules", for_all=False)

    await newcomer.adds_bot()

    assert read(shut) == []
    assert len(read(rules)) == 1


async def test_where_it_may_write_nowhere_it_stays_silent_and_nothing_goes_wrong(
    community: Community, newcomer: Newcomer
) -> None:
    shut = newcomer.channel("shut", writable=False)

    await newcomer.adds_bot()

    assert read(shut) == []
    assert greetings(community) == 0


async def test_added_again_it_is_greeted_no_more_also_after_a_restart(community: Community, newcomer: Newcomer) -> None:
    newcomer.channel("talk")
    await newcomer.adds_bot()
    assert greetings(community) == 1

    await newcomer.adds_bot()
    await newcomer.removes_bot()
    await newcomer.adds_bot()
    await community.restart()
    await newcomer.removes_bot()
    await newcomer.adds_bot()

    assert greetings(community) == 1


async def test_forgotten_it_is_new_again(community: Community, newcomer: Newcomer) -> None:
    newcomer.channel("talk")
    await newcomer.adds_bot()
    await newcomer.removes_bot()
    for days in (1.1, 31):
        community.set_clock(community.bot.services.clock.now() + timedelta(days=days))
        await community.env.advance_time(DAY.total_seconds() + 1)

    await newcomer.adds_bot()

    assert greetings(community) == 2


async def test_at_its_start_and_after_a_break_the_bot_greets_nobody(community: Community) -> None:
    await community.restart()
    await community.env.advance_time(60)

    assert read(community.general) == []


async def test_a_channel_that_discord_shuts_at_the_last_moment_costs_nothing(
    community: Community, newcomer: Newcomer
) -> None:
    talk = newcomer.channel("talk")
    may_write = serializers.guild_create_payload(newcomer.backend, newcomer.guild)
    may_write.pop("unavailable")
    talk_only = discord.Permissions(send_messages=True).value
    me = newcomer.backend.bot_user.id
    newcomer.backend.channels[talk.id].overwrites = [Overwrite(target_id=me, type=1, allow=0, deny=talk_only)]

    newcomer.backend.emit("GUILD_CREATE", may_write)
    await community.env.advance_time(0)

    assert (read(talk), greetings(community)) == ([], 1), "it tried, and was refused"
    assert "HeForShe" in seen(await community.amina.slash(community.general, "about")).text


async def test_the_operator_s_privacy_policy_is_linked(community: Community, newcomer: Newcomer) -> None:
    community.bot.services.privacy.policy_url = "https://example.org/privacy"
    talk = newcomer.channel("talk")

    await newcomer.adds_bot()

    assert read(talk)[0].links == ("https://example.org/privacy",)


@IN_ENGLISH
async def test_it_speaks_the_server_s_language(community: Community) -> None:
    community.bot.services = replace(community.bot.services, languages=odd_languages())
    said: list[str] = []
    for locale in ("en-GB", "de"):
        newcomer = Newcomer(community, preferred_locale=locale)
        talk = newcomer.channel("talk")
        await newcomer.adds_bot()
        said += [str(message.components[0].to_dict()) for message in talk.history()]

    assert [odd("Hello!") in text for text in said] == [True, False], "there is a catalogue for the first alone"
    assert ["Hello!" in text for text in said] == [False, True]
