"""Backups, restores and exports as whoever keeps the bot running makes them: real processes, from the command line."""

import asyncio
import csv
import itertools
import json
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.exits import Exit
from bot.storage.migrate import migrate
from tests.storage.files import ask, change, contents, names_in
from tests.storage.old_database import FOLDER, tell_story
from tests.storage.world import faults, open_database, pledging, stored, url_of
from tests.support.loopback import TOKEN, Loopback, loopback
from tests.support.operator import Operator


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
async def path(operator: Operator) -> Path:
    """The operator's database, in which something has happened."""
    path = operator.folder / "uplift.db"
    await asyncio.to_thread(migrate, url_of(path))
    await tell_story(path)
    return path


def backup_in(folder: Path) -> Path:
    [made] = (folder / "backups").iterdir()
    return made


async def test_a_backup_of_a_running_bot_is_made_and_restored_after_it_was_stopped(
    operator: Operator, discord: Loopback, path: Path
) -> None:
    bot = await operator.starts(DISCORD_TOKEN=TOKEN, DISCORD_API_URL=discord.api_url)
    await bot.says("ready")

    made = await operator.runs("backup")
    backup = backup_in(operator.folder)
    too_early = await operator.runs("restore", str(backup), "--over")

    assert (made.code, made.err) == (0, "")
    assert made.out == f"{backup}: 0.2 MB, 6 pledges. It was opened and checked.\n"
    assert too_early.code == Exit.DATABASE
    assert "is in use. Stop the bot first" in too_early.err
    assert (await bot.stop(by=signal.SIGTERM)).code == 0

    async with open_database(path) as db:
        await db.write(pledging(1001))
    unasked = await operator.runs("restore", str(backup))
    done = await operator.runs("restore", str(backup), "--over")

    assert unasked.code == Exit.DATABASE
    assert "add --over" in unasked.err
    assert (done.code, done.err) == (0, "")
    assert f"{path} is restored from {backup}: 6 pledges." in done.out
    assert contents(path) == contents(backup)
    [aside] = operator.folder.glob("uplift.db.replaced-*")
    assert str(aside) in done.out
    assert ask(aside, "SELECT count(*) FROM pledge") == [(7,)]


async def test_a_backup_during_a_thousand_writes_a_second_restores_with_nothing_acknowledged_lost(
    operator: Operator, path: Path
) -> None:
    acknowledged: set[int] = set(range(1, 7))
    ids = itertools.count(1001)
    is_over = False

    async with open_database(path) as db:

        async def go_on() -> None:
            while not is_over:
                id = next(ids)
                await db.write(pledging(id, member_id=id))
                acknowledged.add(id)

        writers = [asyncio.create_task(go_on()) for _ in range(64)]
        await db.write(pledging(1000, member_id=1000))
        before = set(acknowledged)
        made = await operator.runs("backup")
        is_over = True
        await asyncio.gather(*writers)
        assert set(await stored(db)) == acknowledged | {1000}
        assert await faults(db) == []
    assert made.code == 0
    assert len(acknowledged) - len(before) > 1000

    assert (await operator.runs("restore", str(backup_in(operator.folder)), "--over")).code == 0
    async with open_database(path) as db:
        assert before | {1000} <= set(await stored(db)) <= acknowledged | {1000}
        assert await faults(db) == []


async def test_what_goes_wrong_with_a_backup_is_told_in_words_with_a_code(operator: Operator, path: Path) -> None:
    end = await operator.runs("backup", str(path))
    assert end.code == Exit.DATABASE
    assert end.err == f"{path} is there already, and is not overwritten. Name another file.\n"
    assert (await operator.runs("backup", "--keep-days", "31")).code == Exit.SETTINGS
    assert names_in(operator.folder) == ["uplift.db"]

    change(path, "UPDATE tally SET count = count + 1 WHERE kind = 'pledges' AND scope = 0")
    end = await operator.runs("backup")
    assert end.code == Exit.CONTENT
    assert "counts there are wrong:\n  the whole campaign, pledges: tallied 7, counted 6\n" in end.err
    assert contents(backup_in(operator.folder)) == contents(path)


async def test_old_backups_are_removed_and_named(operator: Operator, path: Path) -> None:
    old = path.parent / "backups" / "uplift-2020-01-01T000000Z.db"
    old.parent.mkdir()
    shutil.copy(path, old)
    end = await operator.runs("backup", "--keep-days", "7")
    assert end.code == 0
    assert end.out.endswith(f"Older than 7 days, and removed: {old.name}\n")
    assert not old.exists()


async def test_erasures_that_can_not_be_read_stop_a_restore_until_they_are_waived(
    operator: Operator, path: Path
) -> None:
    backup = shutil.copy(FOLDER / "uplift-0001.db", operator.folder / "old.db")
    path.write_bytes(b"no database at all " * 1000)  # noqa: ASYNC240

    stopped = await operator.runs("restore", str(backup), "--over")
    done = await operator.runs("restore", str(backup), "--over", "--without-erasures")

    assert stopped.code == Exit.DATABASE
    assert "add --without-erasures" in stopped.err
    assert done.code == 0
    assert "what people erased since the newest backup is not known" in done.err
    assert ask(path, "SELECT count(*) FROM pledge") == [(6,)]


async def test_the_campaign_s_numbers_are_exported_as_csv_and_json(operator: Operator, path: Path) -> None:
    async with open_database(path) as db:
        for member in range(301, 304):
            await db.write(pledging(member, member_id=member, country="CI", words="I promise, by my own name"))

    printed = await operator.runs("export")
    as_json = await operator.runs("export", "--json")
    filed = await operator.runs("export", "--csv", "--out", "campaign.csv")
    again = await operator.runs("export", "--out", "campaign.csv")
    nowhere = await operator.runs("export", "--out", "no/where.csv")

    rows = list(csv.DictReader(printed.out.splitlines()))
    assert (printed.code, printed.err) == (0, "")
    assert rows[0] | {"supporters": "7", "pledges": "9"} == rows[0]
    [ivory] = [row for row in rows if row["by"] == "country" and row["country"] == "CI"]
    assert (ivory["country_name"], ivory["supporters"], ivory["pledges"]) == ("Côte d'Ivoire", "3", "3")
    assert {row["country"] for row in rows} == {"", "CI", "other"}
    parsed = json.loads(as_json.out)
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in parsed] == rows
    assert (filed.code, (operator.folder / "campaign.csv").read_text(encoding="utf-8")) == (0, printed.out)
    assert "campaign.csv: " in filed.out
    assert (again.code, nowhere.code) == (Exit.SETTINGS, Exit.MACHINE)
    assert "is not overwritten" in again.err
    assert "can't be written" in nowhere.err
    for told in (printed.out, as_json.out):
        assert "301" not in told
        assert "by my own name" not in told
