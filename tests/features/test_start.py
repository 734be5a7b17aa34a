"""`python -m bot` as whoever runs it meets it: a real process, and a Discord on the loopback."""

import asyncio
import re
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from bot import DATA
from bot.exits import Exit
from tests.support.loopback import TOKEN, Loopback, answering, loopback
from tests.support.operator import PATIENCE, Operator

WITHOUT_TIME_ZONES = """
import runpy, sys
sys.modules["tzdata"] = None
runpy.run_module("bot", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
async def operator(tmp_path: Path) -> AsyncIterator[Operator]:
    operator = Operator(tmp_path)
    yield operator
    await operator.leaves()


@pytest.fixture
async def discord() -> AsyncIterator[Loopback]:
    async with loopback() as discord:
        yield discord


@pytest.fixture
def closed_port() -> Iterator[str]:
    """The API address of a machine on which nobody listens."""
    with socket.socket() as taken:  # taken, so that nobody else begins to listen there meanwhile
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/api/v10"


@pytest.fixture
def broken_campaign(tmp_path: Path) -> Path:
    folder = shutil.copytree(DATA / "heforshe", tmp_path / "campaign")
    (folder / "pledges.toml").unlink()
    facts = folder / "facts.toml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace('topic = "launch"', 'topic = "lunch"', 1), encoding="utf-8"
    )
    return folder


FAULTS = [
    "pledges.toml: the file is missing",
    "facts.toml, 'article-launch-speech', field 'topic': 'lunch' is not among the topics of campaign.toml;"
    " did you mean 'launch'?",
]


# Settings.


@pytest.mark.parametrize("empty_file", [False, True])
async def test_without_a_token_it_says_what_is_missing_how_to_get_it_and_what_needs_none(
    operator: Operator, empty_file: bool
) -> None:
    if empty_file:
        operator.env_file.write_text("DISCORD_TOKEN=\n", encoding="utf-8")

    end = await operator.runs()

    assert end.code == Exit.SETTINGS
    assert end.err.startswith("DISCORD_TOKEN is missing")
    assert "https://discord.com/developers/applications" in end.err
    assert end.err.endswith("To try Uplift without a token: make demo\n")
    assert "Traceback" not in end.err


@pytest.mark.parametrize("words", [(), ("check",)])
async def test_all_wrong_settings_are_named_at_once(operator: Operator, words: tuple[str, ...]) -> None:
    wrong = {"LOG_LEVEL": "LOUD", "SHARD_COUNT": "many", "CAMPAIGN_DIR": "nowhere", "DISCORD_API_URL": "x"}

    end = await operator.runs(*words, DISCORD_TOKEN=TOKEN, **wrong)

    assert end.code == Exit.SETTINGS
    assert set(re.findall(r"^  ([A-Z_]+) ", end.err, re.MULTILINE)) == set(wrong)
    assert "Traceback" not in end.err


async def test_what_looks_wrong_with_the_env_file_is_told_and_stops_nothing(
    operator: Operator, closed_port: str
) -> None:
    operator.env_file.write_text(
        f"DISCORD_TOKEN={TOKEN}\nDISCORD_API_URL={closed_port}\nLOGLEVEL=DEBUG\n'{TOKEN}\n", encoding="utf-8"
    )
    operator.env_file.chmod(0o644)

    end = await operator.runs()

    assert end.code == Exit.UNREACHABLE, "the token and the address were taken from the file"
    assert "chmod 600 bot.env" in end.err
    assert "bot.env sets LOGLEVEL, which Uplift does not know. Did you mean LOG_LEVEL?" in end.err


# Content.


async def test_check_counts_what_there_is_and_needs_no_token(operator: Operator) -> None:
    end = await operator.runs("check")

    assert (end.code, end.err) == (0, "")
    assert end.out.startswith("HeForShe: 91 facts, 77 quotes, 72 dates")


async def test_broken_content_is_refused_by_check_and_at_start_in_the_same_words(
    operator: Operator, broken_campaign: Path, closed_port: str
) -> None:
    campaign = {"CAMPAIGN_DIR": broken_campaign}
    checked = await operator.runs("check", **campaign)
    started = await operator.runs(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=closed_port, **campaign)
    logged = await operator.runs(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=closed_port, LOG_FORMAT="json", **campaign)

    assert checked.code == started.code == logged.code == Exit.CONTENT
    assert checked.err == "The campaign's content has 2 fault(s):\n" + "".join(f"  {fault}\n" for fault in FAULTS)
    assert started.err == checked.err
    assert [entry["fault"] for entry in logged.logged] == FAULTS


# Discord.


@pytest.mark.parametrize("style", ["console", "json"])
async def test_a_wrong_token_is_told_from_everything_else(operator: Operator, discord: Loopback, style: str) -> None:
    wrong = TOKEN[::-1]

    end = await operator.runs(DISCORD_TOKEN=wrong, DISCORD_API_URL=discord.api_url, LOG_LEVEL="DEBUG", LOG_FORMAT=style)

    assert end.code == Exit.TOKEN
    last = str(end.logged[-1]["event"]) if style == "json" else end.err.splitlines()[-1]
    assert last.startswith("Discord does not accept DISCORD_TOKEN.")
    assert wrong not in end.err
    assert "Traceback" not in end.err


async def test_without_a_way_to_discord_it_says_so_within_seconds(operator: Operator, closed_port: str) -> None:
    end = await (await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=closed_port)).end(within=10)

    assert end.code == Exit.UNREACHABLE
    assert "Discord can't be reached (Cannot connect to host 127.0.0.1" in end.err
    assert "Traceback" not in end.err


ODD_ANSWERS: dict[str, Callable[[], web.Response]] = {
    "out of order": lambda: web.Response(status=503, text="upstream connect error"),
    "a page": lambda: web.Response(text="<h1>Sign in to the hotel's network</h1>", content_type="text/html"),
    "no JSON": lambda: web.Response(body=b"{", content_type="application/json"),
    "other JSON": lambda: web.Response(body=b'{"hello": []}', content_type="application/json"),
    "a list": lambda: web.Response(body=b"[]", content_type="application/json"),
}


@pytest.mark.parametrize("odd", ODD_ANSWERS)
async def test_what_does_not_answer_as_discord_does_is_told_as_unreachable(operator: Operator, odd: str) -> None:
    async with answering(ODD_ANSWERS[odd]) as address:
        end = await operator.runs(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=address)

    assert end.code == Exit.UNREACHABLE
    why = "it answered 503" if odd == "out of order" else "it does not answer as Discord does"
    assert f"Discord can't be reached ({why})." in end.err
    assert "Traceback" not in end.err


async def test_a_bot_that_waits_for_an_answer_can_be_stopped(operator: Operator) -> None:
    asked = asyncio.Event()

    async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        bot = await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=f"http://{host}:{port}")
        await asyncio.wait_for(asked.wait(), PATIENCE)
        end = await bot.stop(by=signal.SIGTERM)

    assert end.code == 0
    assert "Traceback" not in end.err


async def test_on_a_machine_without_time_zones_it_refuses_and_says_what_to_install(operator: Operator) -> None:
    end = await operator.runs(program=WITHOUT_TIME_ZONES, DISCORD_TOKEN=TOKEN, PYTHONTZPATH="")

    assert end.code == Exit.MACHINE
    assert "python -m pip install tzdata" in end.err
    assert "Traceback" not in end.err


@pytest.mark.parametrize(
    ("code", "end_code", "words"),
    [
        (4004, Exit.TOKEN, "Discord does not accept DISCORD_TOKEN."),
        (4013, Exit.REFUSED, "Discord ended the connection and will not have it back (code 4013)."),
        (4014, Exit.REFUSED, "Discord ended the connection and will not have it back: Shard ID 0"),
    ],
)
async def test_a_gateway_that_will_not_have_it_back_ends_it(
    operator: Operator, discord: Loopback, code: int, end_code: Exit, words: str
) -> None:
    discord.refuses_with = code

    end = await operator.runs(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url)

    assert end.code == end_code
    assert end.err.splitlines()[-1].startswith(words)
    assert len(discord.identified) == 1, "it does not knock again: Discord counts"
    assert "Traceback" not in end.err


# Running.


@pytest.mark.parametrize(
    ("by", "variables"),
    [
        (signal.SIGTERM, {"LOG_LEVEL": "DEBUG"}),
        (signal.SIGINT, {"SHARD_COUNT": 1, "LOG_FORMAT": "json", "LOG_LEVEL": "DEBUG"}),
    ],
    ids=["SIGTERM", "SIGINT, with a shard count"],
)
async def test_it_logs_in_where_it_is_told_gets_ready_and_ends_cleanly(
    operator: Operator, discord: Loopback, by: signal.Signals, variables: dict[str, object]
) -> None:
    bot = await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url, **variables)
    await bot.says("ready")
    end = await bot.stop(by)

    assert end.code == 0
    [identified] = discord.identified
    assert identified["token"] == TOKEN
    assert identified["shard"] == [0, 1]
    assert discord.closed == [1000], "Discord was told goodbye"
    assert "Traceback" not in end.err
    assert "warning" not in end.err, "a clean run has nothing to warn of"
    for said in ("commands registered", "ready", "asked to stop", "stopped"):
        assert said in end.err
    if "LOG_FORMAT" in variables:
        assert {entry["level"] for entry in end.logged} == {"info"}
        assert [entry["shards"] for entry in end.logged if entry["event"] == "ready"] == [1]


async def test_a_second_start_registers_no_commands_since_none_has_changed(
    operator: Operator, discord: Loopback
) -> None:
    for said in ("commands registered", "commands unchanged"):
        bot = await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url)
        await bot.says(said)
        assert (await bot.stop(by=signal.SIGTERM)).code == 0

    path = "/applications/4242/commands"
    assert (discord.count("GET", path), discord.count("PUT", path)) == (2, 1)
    assert "fact" in {command["name"] for command in discord.commands}
