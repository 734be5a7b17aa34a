"""The wire speaks Discord: an unmodified discord.py works on it, and meets the refusals that it would meet there."""

import asyncio
import io
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import discord
import orjson
import pytest
import pytest_asyncio
from discord.http import Route

from tests.wire.client import Guild, Wire, WireError
from tests.wire.permissions import BITS, USUAL

ANOTHER_PROGRAM = """
import os
import discord
from discord import app_commands
from discord.http import Route

Route.BASE = os.environ["API"]
bot = discord.AutoShardedClient(intents=discord.Intents.default())
tree = app_commands.CommandTree(bot)

@tree.command(description="Greets")
async def hello(interaction: discord.Interaction, name: str, times: int = 1):
    await interaction.response.send_message(f"Hello {name} in {interaction.channel}" * times)
    await interaction.followup.send(file=discord.File(__file__, "me.py"), ephemeral=True)

@tree.context_menu(name="Count letters")
async def count(interaction: discord.Interaction, message: discord.Message):
    await interaction.response.defer(ephemeral=True)
    await interaction.edit_original_response(content=f"{len(message.content)} letters")

@bot.event
async def setup_hook():
    await tree.sync()

bot.run(os.environ["TOKEN"], log_handler=None)
"""

NOWHERE = "12345"


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def _strangers_need_not_follow_our_rules(wire: Wire) -> None:
    """Uplift mentions nobody, for one; discord.py itself does."""
    await wire.do("settings", judges=False)


async def test_a_program_that_knows_nothing_of_it_logs_in_and_answers(wire: Wire, tmp_path: Path) -> None:
    program = tmp_path / "another.py"
    program.write_text(ANOTHER_PROGRAM, encoding="utf-8")
    env = {"API": wire.api_url, "TOKEN": wire.token, "PATH": os.environ["PATH"]}
    guild = await wire.guild()
    amina = await wire.member(guild, "amina")
    process = await asyncio.create_subprocess_exec(sys.executable, str(program), env=env, cwd=tmp_path)
    try:
        await wire.until_up()
        hello = await wire.slash(amina, guild.general, "hello", name="Amina", times=2)
        counted = await wire.context_menu(amina, "Count letters", hello)
        greeted = await wire.slash(amina, guild.general, "hello", name="you")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()

    assert hello.text == "Hello Amina in generalHello Amina in general"
    assert counted.text == "44 letters"
    assert (counted.was_deferred, counted.is_private) == (True, True)
    assert (await wire.messages(guild.general))[-1].text == greeted.text, "what is private stands in no channel"


@pytest_asyncio.fixture(loop_scope="session")
async def client(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[discord.Client]:
    """discord.py, logged in, without a gateway."""
    monkeypatch.setattr(Route, "BASE", wire.api_url)
    async with discord.AutoShardedClient(intents=discord.Intents.none()) as client:
        await client.login(wire.token)
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def guild(wire: Wire) -> Guild:
    return await wire.guild(rights=USUAL | BITS["manage_roles"])


async def _channel(client: discord.Client, channel: str) -> discord.TextChannel:
    found = await client.fetch_channel(int(channel))
    assert isinstance(found, discord.TextChannel)
    return found


# Messages.


async def test_a_nonce_is_good_for_one_message_in_whatever_channel_while_it_is_remembered(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    other = await _channel(client, await wire.channel(guild, "other"))
    general = await _channel(client, guild.general)

    first = await general.send("one", nonce="row-1")
    again = await general.send("one", nonce="row-1")
    elsewhere = await other.send("two", nonce="row-1")
    another = await general.send("three", nonce="row-2")
    assert first.id == again.id == elsewhere.id != another.id
    assert elsewhere.nonce == "row-1"
    assert [message.nonce async for message in general.history()] == [None, None], "the history does not tell it"

    await wire.do("settings", nonce_window=0.0)
    assert (await general.send("one", nonce="row-1")).id != first.id

    with pytest.raises(discord.HTTPException, match="nonce"):
        await general.send("x", nonce="n" * 26)


async def test_a_nonce_whose_message_was_deleted_finds_nothing(client: discord.Client, guild: Guild) -> None:
    general = await _channel(client, guild.general)
    await (await general.send("one", nonce="row-1")).delete()

    with pytest.raises(discord.NotFound) as refused:
        await general.send("one", nonce="row-1")
    assert refused.value.code == 10008


async def test_the_history_is_read_from_both_ends_and_is_empty_without_the_right(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    general = await _channel(client, guild.general)
    sent = [await general.send(str(number)) for number in range(7)]

    assert [m.content async for m in general.history(limit=3)] == ["6", "5", "4"]
    assert [m.content async for m in general.history(limit=2, before=sent[3])] == ["2", "1"]
    assert [m.content async for m in general.history(limit=2, after=sent[3])] == ["4", "5"]
    assert {m.content async for m in general.history(limit=3, around=sent[3])} == {"2", "3", "4"}
    assert (await general.fetch_message(sent[3].id)).content == "3"

    await wire.allow(guild.general, wire.me, read_message_history=False)
    assert [m async for m in general.history()] == []
    await wire.allow(guild.general, wire.me, view_channel=False)
    with pytest.raises(discord.Forbidden) as refused:
        _ = [m async for m in general.history()]
    assert refused.value.code == 50001


async def test_messages_are_edited_published_and_deleted_and_files_come_with_them(
    client: discord.Client, guild: Guild
) -> None:
    general = await _channel(client, guild.general)
    message = await general.send(
        "a map", file=discord.File(io.BytesIO(b"\x89PNG"), "map.png", description="The world"), silent=True
    )

    assert [(each.filename, each.description) for each in message.attachments] == [("map.png", "The world")]
    async with aiohttp.ClientSession() as reader, reader.get(message.attachments[0].url) as answer:
        assert await answer.read() == b"\x89PNG"
    assert (await message.edit(content="the map")).content == "the map"
    assert (await message.publish(), (await general.fetch_message(message.id)).flags.crossposted) == (None, True)
    await message.delete()
    with pytest.raises(discord.NotFound) as refused:
        await general.fetch_message(message.id)
    assert refused.value.code == 10008


async def test_what_may_not_be_done_is_refused_with_discords_codes(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    general = await _channel(client, guild.general)
    codes: list[int] = []
    await wire.allow(guild.general, wire.me, send_messages=False)
    steps = [
        lambda: general.send("x"),
        lambda: client.fetch_channel(int(NOWHERE)),
        lambda: client.fetch_guild(int(NOWHERE)),
        lambda: client.get_partial_messageable(int(NOWHERE)).send("x"),
        lambda: general.get_partial_message(int(NOWHERE)).edit(content="x"),
        lambda: client.fetch_user(int(NOWHERE)),
        lambda: client.get_partial_messageable(int(guild.general)).send("x" * 2001),
    ]
    for step in steps:
        with pytest.raises(discord.HTTPException) as refused:
            await step()
        codes.append(refused.value.code)
        if step is steps[0]:
            await wire.allow(guild.general, wire.me, send_messages=True)

    assert codes == [50013, 10003, 10004, 10003, 10008, 10013, 50035]
    assert await wire.do("invalid") == 1, "the one 403"


async def test_roles_threads_and_direct_messages(wire: Wire, client: discord.Client, guild: Guild) -> None:
    amina = await wire.member(guild, "amina")
    low, high = await wire.role(guild, "supporter"), await wire.role(guild, "boss", position=9)
    place = await client.fetch_guild(int(guild.id))
    member = await place.fetch_member(int(amina.id))

    await member.add_roles(discord.Object(int(low)), atomic=True)
    assert await wire.do("roles_of", guild=guild.id, user_id=amina.id) == [low]
    with pytest.raises(discord.Forbidden):
        await member.add_roles(discord.Object(int(high)), atomic=True)
    await member.remove_roles(discord.Object(int(low)), atomic=True)
    assert await wire.do("roles_of", guild=guild.id, user_id=amina.id) == []

    thread = await (await (await _channel(client, guild.general)).send("begin")).create_thread(name="a thread")
    assert (await thread.send("inside")).content == "inside"
    assert (await (await client.fetch_user(int(amina.id))).send("hello")).channel.id == int(await wire.dm(amina))

    await wire.do("leave", guild=guild.id, user_id=amina.id)
    with pytest.raises(discord.NotFound) as refused:
        await place.fetch_member(int(amina.id))
    assert refused.value.code == 10007


# Interactions' tokens.


async def test_interactions_are_answered_once_in_time_and_their_tokens_die(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    amina = await wire.member(guild, "amina")
    said = {"type": 4, "data": {"content": "hello"}}
    await client.http.bulk_upsert_global_commands(int(wire.me), [{"name": "fact", "description": "A fact"}])  # type: ignore[list-item]
    with pytest.raises(WireError, match="no bot listens"):
        await wire.slash(amina, guild.general, "fact")
    entered = asyncio.create_task(client.connect())
    await wire.until_up()

    async def answers(path: str, body: object) -> int:
        async with (
            aiohttp.ClientSession() as other,
            other.post(f"{wire.api_url}{path}", data=orjson.dumps(body)) as got,
        ):
            return int((await got.json())["code"]) if got.status >= 400 else got.status

    async def use(late: float = 0.0) -> tuple[str, str]:
        done = await wire.slash(amina, guild.general, "fact", late=late).delivered()
        token = (await done.now()).token
        return f"/interactions/{done.id}/{token}/callback", f"/webhooks/{wire.me}/{token}"

    callback, webhook = await use()
    assert await answers(webhook, said["data"]) == 10015, "nothing follows what was not answered"
    assert [await answers(callback, said) for _ in range(2)] == [204, 40060]
    assert await answers(webhook, said["data"]) == 200
    late, _ = await use(late=3.5)
    assert await answers(late, said) == 10062
    assert await answers(f"/interactions/{NOWHERE}/token/callback", said) == 10062
    await wire.do("settings", offset=901.0)
    assert await answers(webhook, said["data"]) == 50027
    await client.close()
    await entered


# Trouble.


@pytest.mark.parametrize("scope", ["user", "global", "shared"])
async def test_discord_py_waits_as_long_as_a_rate_limit_says(
    wire: Wire, client: discord.Client, guild: Guild, scope: str
) -> None:
    general = await _channel(client, guild.general)
    limited = await wire.limits("POST", "/channels/*/messages", scope, retry_after=0.3)
    began = time.monotonic()

    await general.send("x")

    assert time.monotonic() - began >= 0.3
    assert await limited.lift() == 1
    assert len(await wire.messages(guild.general)) == 1


async def test_a_limit_without_via_is_raised_at_once(wire: Wire, client: discord.Client, guild: Guild) -> None:
    general = await _channel(client, guild.general)
    await wire.limits("POST", "/channels/*/messages", via=False)

    with pytest.raises(discord.HTTPException) as refused:
        await general.send("x")
    assert refused.value.status == 429


async def test_full_buckets_are_left_alone_until_they_are_empty_again(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    general = await _channel(client, guild.general)
    await wire.do("limit", method="POST", path="/channels/*/messages", most=2, seconds=0.3)
    began = time.monotonic()

    for number in range(5):
        await general.send(str(number))

    assert time.monotonic() - began >= 0.6
    assert await wire.do("invalid") == 0, "discord.py reads the headers"


@pytest.mark.parametrize("trouble", ["resets", "drops"])
@pytest.mark.parametrize("applied", [False, True])
async def test_a_lost_connection_may_or_may_not_have_done_it(
    wire: Wire, client: discord.Client, guild: Guild, trouble: str, applied: bool
) -> None:
    general = await _channel(client, guild.general)
    await getattr(wire, trouble)("POST", "/channels/*/messages", applied=applied)

    with pytest.raises((OSError, aiohttp.ClientError)):
        await general.send("x")
    assert len(await wire.messages(guild.general)) == int(applied)


async def test_what_is_applied_stays_applied_when_the_client_hangs_up(
    wire: Wire, client: discord.Client, guild: Guild
) -> None:
    general = await _channel(client, guild.general)
    slow = await wire.hangs("POST", "/channels/*/messages")
    sending = asyncio.create_task(general.send("x"))
    await slow.happened()
    sending.cancel()
    await asyncio.wait({sending})

    applied = await wire.watch("POST", "/channels/*/messages", "applied")
    await slow.lift()
    await applied.lift()
    await wire.do("until_messages", channel=guild.general, count=1)


async def test_a_route_that_nobody_wrote_is_loud(wire: Wire, client: discord.Client, guild: Guild) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await client.http.request(Route("GET", "/guilds/{guild_id}/nothing", guild_id=guild.id))

    assert refused.value.status == 501
    [fault] = await wire.faults(forget=True)
    assert "there is no such route" in fault


async def test_the_wrong_token_opens_nothing(wire: Wire) -> None:
    wrong = {"Authorization": "Bot wrong"}
    async with aiohttp.ClientSession() as other, other.get(f"{wire.api_url}/users/@me", headers=wrong) as answer:
        assert answer.status == 401
    assert await wire.do("invalid") == 1


async def test_two_discords_know_nothing_of_each_other(
    wire: Wire, client: discord.Client, guild: Guild, wire_session: aiohttp.ClientSession
) -> None:
    other = await Wire.new(wire_session, wire.address)
    theirs = await other.guild()

    with pytest.raises(discord.NotFound):
        await client.fetch_channel(int(theirs.general))
    await other.do("end")


async def test_the_transcript_tells_what_went_over_the_wire(wire: Wire, client: discord.Client, guild: Guild) -> None:
    await (await _channel(client, guild.general)).send("a word")

    lines = await wire.transcript()

    assert any("-> POST /channels/" in line and "a word" in line for line in lines)
    assert any("<- #" in line and " 200 " in line for line in lines)
