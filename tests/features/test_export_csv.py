"""/moderate export: a server's pledges as a table that spreadsheets read, whatever stands in it and however much."""

import asyncio
import csv
import io
import random
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import simcord
from sqlalchemy.engine import make_url

from bot import ROOT
from bot.cards import exports as cards
from bot.services.exports import A_PAGE, COLUMNS, MOST_EXPORTS, MOST_FILES, Exports, TooLargeToSend
from bot.services.limits import TooFast
from bot.services.pledges import Draft
from tests.storage.world import stored
from tests.support.community import IN_BOTH, Community, press, seen
from tests.support.pledges import ACTION, WORDS, in_a_hurry, mine, pledge, send
from tests.support.setting_up import deeds, moderator

pytestmark = pytest.mark.usefixtures("env")

MEGABYTE = 1024 * 1024
FIRST = 10**18
"""The ids of many pledges begin here."""


def keeper(community: Community, name: str = "grace") -> simcord.MemberActor:
    return moderator(community, name, manage_guild=True, manage_messages=True)


def read(data: bytes) -> list[dict[str, str]]:
    """The table as a program reads it."""
    assert data.startswith(b"\xef\xbb\xbf"), "spreadsheets know by it that it is UTF-8"
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert tuple(rows.fieldnames or ()) == COLUMNS
    return list(rows)


async def exported(community: Community, actor: simcord.MemberActor) -> list[dict[str, str]]:
    """What a moderator gets, read."""
    answer = await actor.slash(community.general, "moderate export")
    assert seen(answer).is_private
    [file] = answer.response.attachments
    assert file.filename == "pledges.csv"
    return read(await file.read())


def fill(community: Community, count: int) -> Path:
    """Many pledges at once, past everything that counts them, half of them on the wall; returns the database."""
    path = Path(str(make_url(community.bot.settings.database_url).database))
    chance = random.Random(7)
    rows = (
        (FIRST + n, 5, community.guild.id, "home", chance.randbytes(70).hex(), 1, "2026-01-01 00:00:00.000000", n % 2)
        for n in range(count)
    )
    with sqlite3.connect(path) as database:
        database.execute("INSERT INTO member (id, added_at) VALUES (5, '2026-01-01 00:00:00.000000')")
        database.executemany(
            "INSERT INTO pledge (id, member_id, guild_id, theme, words, is_public, made_at, on_wall)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
    database.close()
    return path


def exports_of(community: Community, page: int = A_PAGE) -> Exports:
    return Exports(community.bot.services.guilds._db, community.bot.services.clock, page)


async def files_of(community: Community, folder: Path, limit: int, page: int = A_PAGE) -> list[Path]:
    export = await exports_of(community, page).pledges(community.guild.id, 1, folder, limit)
    assert all(file.stat().st_size <= limit for file in export.files)
    return export.files


def unzipped(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{path.stem}.csv"]
        return archive.read(f"{path.stem}.csv")


# What stands in it


@IN_BOTH
async def test_a_moderator_takes_the_pledges_away(community: Community) -> None:
    grace = keeper(community)
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    await pledge(community.joseph, community.general, theme="home", action=ACTION, wall=True)

    first, second = await exported(community, grace)

    [made, _] = (await stored(community.bot.services.guilds._db)).values()
    assert first == {
        "id": str(made.id),
        "made_at": made.made_at.isoformat(timespec="seconds"),
        "edited_at": "",
        "member_id": str(community.amina.id),
        "theme": "home",
        "action": "",
        "words": WORDS,
        "country": "KE",
        "on_wall": "yes",
        "state": "open",
        "reason": "",
    }
    assert (second["action"], second["words"], second["country"]) == (ACTION, "", "")
    [deed] = await deeds(community)
    assert (deed.action, deed.moderator_id, deed.details) == ("export", grace.id, "2")


async def test_the_answer_says_how_many_and_what_is_left_out(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS)

    answer = seen(await keeper(community).slash(community.general, "moderate export"))

    assert answer.text == (
        "### The pledges of this server\n**1** pledge stands here. "
        "Of private ones it tells when and about what they were made, and nothing else."
    )


async def test_of_private_pledges_only_when_and_about_what_is_told(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya")
    await pledge(community.joseph, community.general, action=ACTION)
    await pledge(community.joseph, community.general, words="I will do it.", country="Fiji")
    form = await press(community.joseph, await mine(community, community.joseph), "Edit")
    await send(community.joseph, form, words="I will do it even better.")

    own, other, changed = await exported(community, keeper(community))

    for row in (own, other, changed):
        assert {name for name, cell in row.items() if cell} == {"id", "made_at", "theme", "on_wall"}
        assert row["on_wall"] == "no"


async def test_a_pledge_taken_off_the_wall_after_it_was_hidden_tells_no_reason(community: Community) -> None:
    grace, services = keeper(community), community.bot.services
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    [made] = (await stored(services.guilds._db)).values()
    await services.moderation.hide(community.guild.id, grace.id, made.id, "It names a neighbour.")
    [row] = await exported(community, grace)
    assert (row["state"], row["reason"], row["words"]) == ("hidden", "It names a neighbour.", WORDS)

    await services.pledges.show(made.id, community.amina.id, is_public=False, from_guild=community.guild.id)

    [row] = await exported(community, grace)
    assert (row["state"], row["reason"], row["words"], row["member_id"]) == ("", "", "", "")


@pytest.mark.parametrize(
    ("words", "cell"),
    [
        ("=1+1 is a promise", "'=1+1 is a promise"),
        ("＝1+1 is a promise", "'＝1+1 is a promise"),
        ("-I will not give up", "'-I will not give up"),
        ("@SUM(A1:A9) I promise", "'@SUM(A1:A9) I promise"),
        ('I will say "no", and mean it; really', 'I will say "no", and mean it; really'),
        ("سأستمع أولا ثم أتكلم 🙂", "سأستمع أولا ثم أتكلم 🙂"),
    ],
)
async def test_what_people_wrote_is_text_in_a_spreadsheet(community: Community, words: str, cell: str) -> None:
    await pledge(community.amina, community.general, words=words, wall=True)

    [row] = await exported(community, keeper(community))

    assert row["words"] == cell


async def test_it_holds_this_server_s_pledges_and_no_other(community: Community) -> None:
    elsewhere = community.env.create_guild("Second")
    talk = elsewhere.create_text_channel("talk")
    stranger = elsewhere.add_member(community.env.create_user("stranger"))
    await pledge(stranger, talk, words="I will speak up over there.", wall=True)
    await pledge(community.amina_user, words="I will do this for the campaign.")
    assert await exported(community, keeper(community)) == []

    await pledge(community.amina, community.general, words=WORDS, wall=True)

    assert [row["words"] for row in await exported(community, keeper(community, "noor"))] == [WORDS]


async def test_only_moderators_get_it(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    eve = moderator(community, "eve", manage_messages=True)

    answer = await eve.slash(community.general, "moderate export")

    assert "This is for moderators" in seen(answer).text
    assert answer.response.attachments == []
    assert await deeds(community) == []


# However much it is


EXPORTING = """
import asyncio, resource, sys
from pathlib import Path
from bot.clock import Clock
from bot.services.exports import Exports
from bot.storage.database import Database

async def main(path, guild_id, folder):
    db = Database(f"sqlite+aiosqlite:///{path}")
    exports = Exports(db, Clock())
    none = Path(folder, "none")
    none.mkdir()
    await exports.pledges(1, 1, none, 10**9)  # of a server that has none: all is imported now
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await exports.pledges(int(guild_id), 1, Path(folder), 10**9)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    await db.close()

asyncio.run(main(*sys.argv[1:]))
"""
"""Prints by how much the process has grown at most: in kilobytes, on a Mac in bytes."""


async def test_a_hundred_thousand_pledges_do_not_fill_the_memory(community: Community, tmp_path: Path) -> None:
    path = fill(community, 100_000)
    words = (sys.executable, "-c", EXPORTING, str(path), str(community.guild.id), str(tmp_path))
    ended = await asyncio.to_thread(
        subprocess.run, words, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    growth = int(ended.stdout) * (1 if sys.platform == "darwin" else 1024)

    table = await asyncio.to_thread((tmp_path / "pledges.csv").read_bytes)
    assert len(table) > 19 * MEGABYTE
    assert growth < 15 * MEGABYTE
    assert [int(row["id"]) for row in read(table)] == list(range(FIRST, FIRST + 100_000))


async def test_the_bot_answers_while_it_writes(community: Community, tmp_path: Path) -> None:
    fill(community, 5000)
    pauses: list[float] = []
    done = asyncio.create_task(files_of(community, tmp_path, 100 * MEGABYTE))
    loop = asyncio.get_running_loop()
    while not done.done():
        before = loop.time()
        await asyncio.sleep(0)
        pauses.append(loop.time() - before)
    await done

    assert len(pauses) > 100
    assert max(pauses) < 0.5


async def test_too_large_for_one_file_it_is_zipped(community: Community, tmp_path: Path) -> None:
    fill(community, 1000)

    [file] = await files_of(community, tmp_path, 150_000, page=50)

    assert file.name == "pledges.zip"
    assert [int(row["id"]) for row in read(unzipped(file))] == list(range(FIRST, FIRST + 1000))


async def test_too_large_for_that_it_is_parted_into_tables_that_each_stand_alone(
    community: Community, tmp_path: Path
) -> None:
    fill(community, 1000)

    files = await files_of(community, tmp_path, 30_000, page=50)

    assert 2 < len(files) <= MOST_FILES
    assert [file.name for file in files] == [f"pledges-{n}.zip" for n in range(1, len(files) + 1)]
    ids = [int(row["id"]) for file in files for row in read(unzipped(file))]
    assert ids == list(range(FIRST, FIRST + 1000)), "none is missing, and none stands there twice"


async def test_too_large_for_ten_files_the_moderator_is_told_whom_to_ask(community: Community, tmp_path: Path) -> None:
    fill(community, 1000)

    with pytest.raises(TooLargeToSend, match="ask whoever runs me"):
        await files_of(community, tmp_path, 9000, page=50)
    assert await deeds(community) == []


async def test_several_files_stand_under_one_answer(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(community, 1000)
    services = community.bot.services
    monkeypatch.setattr(services.exports, "_page", 50)
    monkeypatch.setattr(cards, "LEAST_LIMIT", 30_000)
    with small_uploads(community):
        answer = await keeper(community).slash(community.general, "moderate export")

    names = [file.filename for file in answer.response.attachments]
    assert len(names) > 1
    assert names == [f"pledges-{n}.zip" for n in range(1, len(names) + 1)]


@contextmanager
def small_uploads(community: Community) -> Iterator[None]:
    """Discord says that no file may be larger than a byte."""

    def tell(event: str, payload: dict[str, Any]) -> None:
        if event == "INTERACTION_CREATE":
            payload["attachment_size_limit"] = 1

    subscribers = community.env.backend.subscribers
    subscribers.insert(0, tell)
    yield
    subscribers.remove(tell)


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 100])
async def test_no_row_is_lost_at_the_edge_of_a_page(community: Community, tmp_path: Path, count: int) -> None:
    fill(community, count)

    [file] = await files_of(community, tmp_path, MEGABYTE, page=50)

    assert len(read(file.read_bytes())) == count


# While others go on


async def test_an_export_while_pledges_are_made_shown_and_withdrawn_is_whole(community: Community) -> None:
    fill(community, 200)
    pledges, here = community.bot.services.pledges, community.guild.id
    draft = Draft("home", None, WORDS, "", is_public=True)
    moving = [FIRST + 1000, FIRST + 1001]
    for id in moving:
        await pledges.make(draft, id=id, member_id=id, guild_id=here, country=None)
    ids: list[int] = []
    later = FIRST + 2000
    async for page in exports_of(community, page=10)._pages(here):
        ids += [one.id for one in page]
        later += 1
        await pledges.make(draft, id=later, member_id=later, guild_id=here, country=None)
        if later % 3 == 0:
            await pledges.withdraw(later, later)
        if len(ids) == 50:
            await pledges.withdraw(moving[1], moving[1])
        await pledges.show(moving[0], moving[0], is_public=bool(later % 2), from_guild=here)

    assert ids == [*range(FIRST, FIRST + 200), moving[0]]


async def test_nothing_is_left_of_it_on_the_disk(community: Community, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    await pledge(community.amina, community.general, words=WORDS, wall=True)

    assert len(await exported(community, keeper(community))) == 1

    assert list(await asyncio.to_thread(tmp_path.iterdir)) == []


async def test_one_server_can_t_keep_the_bot_busy_with_it(community: Community, tmp_path: Path) -> None:
    grace = keeper(community)
    with in_a_hurry():
        for _ in range(MOST_EXPORTS):
            assert await exported(community, grace) == []
        refused = await grace.slash(community.general, "moderate export")
    assert seen(refused).text == str(TooFast())
    assert refused.response.attachments == []


async def test_an_edited_pledge_tells_when(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, wall=True)
    form = await press(community.amina, await mine(community), "Edit")
    await send(community.amina, form, words="I will do even better.")

    [row] = await exported(community, keeper(community))

    assert row["edited_at"] >= row["made_at"] > "2026"
    assert row["words"] == "I will do even better."
