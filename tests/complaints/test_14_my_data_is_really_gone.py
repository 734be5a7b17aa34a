"""'My data is not really gone': rows were left behind, counts went on counting, a backup brought it all back."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from bot.storage.backup import back_up
from bot.storage.restore import restore
from tests.support.community import Community, press, seen
from tests.support.pledges import WORDS, mine, miscounted, pledge, quoted, stats, wall
from tests.support.reporting import report, review_channel
from tests.support.supporters import offering, supporter

pytestmark = pytest.mark.usefixtures("env")

NOW = datetime(2026, 1, 2, tzinfo=UTC)
CANARY = "I will sing like a canary."


def database(community: Community) -> Path:
    return Path(str(make_url(community.bot.settings.database_url).database))


def tables_with(path: Path, person: int) -> Iterator[str]:
    """Where somebody stands, in any column of any table, as a number or within a text."""
    with closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            rows = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 (the schema's own names)
            if any(str(person) in str(value) for row in rows for value in row):
                yield name


async def live_a_little(community: Community) -> None:
    """Amina does all that one can do here."""
    await offering(community)
    await review_channel(community)
    await supporter(community, community.amina)
    await pledge(community.amina, community.general, words=CANARY, country="Kenya", wall=True)
    await report(community.joseph, await wall(community), "sings too loud")
    await pledge(community.amina_user, words=f"{CANARY} Everywhere.")
    await community.amina_user.slash("fact")
    await pledge(community.joseph, community.general, words="I will stay.", wall=True)
    await report(community.amina, await wall(community, community.amina), "stays too long")


async def erase(community: Community) -> None:
    question = seen(await community.amina.slash(community.general, "privacy erase"))
    assert (
        seen(await press(community.amina, question, "Yes, erase everything")).title == "Everything about you is erased"
    )


async def test_nothing_is_left_behind_in_any_table_or_file(community: Community) -> None:
    await live_a_little(community)
    path = database(community)
    assert set(tables_with(path, community.amina.id)) >= {"member", "pledge", "report", "role_holder", "shown"}

    await erase(community)

    assert list(tables_with(path, community.amina.id)) == ["tombstone"]
    assert [file.name for file in path.parent.iterdir() if CANARY.encode() in file.read_bytes()] == []
    assert quoted(await mine(community)) == []


async def test_what_is_gone_is_counted_nowhere(community: Community) -> None:
    await live_a_little(community)
    await erase(community)

    for card in (await stats(community), await stats(community, everywhere=True)):
        assert "**1** pledge is in force." in card.text
        assert "Kenya" not in card.text
    assert quoted(await wall(community)) == ["I will stay."]
    assert await miscounted(community) == []


async def test_a_backup_from_before_brings_nothing_back(community: Community) -> None:
    await live_a_little(community)
    url, path = community.bot.settings.database_url, database(community)
    made = await asyncio.to_thread(back_up, url, None, now=NOW)
    assert CANARY.encode() in made.path.read_bytes()
    community.set_clock(community.bot.services.clock.now() + timedelta(hours=1))
    await erase(community)

    await community.bot.close()
    restored = await asyncio.to_thread(restore, url, made.path, now=NOW, over=True)
    community.bot = community.new_bot()
    await community.env.restart_bot(community.bot)

    assert restored.erased == 1
    assert list(tables_with(path, community.amina.id)) == ["tombstone"]
    assert [file.name for file in path.parent.glob("*.*") if CANARY.encode() in file.read_bytes()] == []
    assert quoted(await wall(community)) == ["I will stay."]
    assert await miscounted(community) == []


async def test_what_stands_in_a_wall_channel_goes_too_also_when_a_backup_brings_it_back(community: Community) -> None:
    channel = community.guild.create_text_channel("wall")
    await community.bot.services.guilds.choose(community.guild.id, community.joseph.id, "wall_channel_id", channel.id)
    await live_a_little(community)
    await community.env.advance_time(1)
    assert [quoted(seen(message)) for message in channel.history()] == [[CANARY], ["I will stay."]]
    url, path = community.bot.settings.database_url, database(community)
    made = await asyncio.to_thread(back_up, url, None, now=NOW)
    community.turn_clock(community.bot.services.clock.now() + timedelta(hours=1))
    community.env.inject_error("DELETE", "/channels/*/messages/*", status=503, times=None)
    await erase(community)
    await community.env.advance_time(1)
    assert len(list(channel.history())) == 2, "Discord did not take it"

    await community.bot.close()
    await asyncio.to_thread(restore, url, made.path, now=NOW, over=True)
    community.env.backend.faults.clear()
    community.bot = community.new_bot()
    await community.env.restart_bot(community.bot)
    await community.env.advance_time(60)

    assert [quoted(seen(message)) for message in channel.history()] == [["I will stay."]]
    assert list(tables_with(path, community.amina.id)) == ["tombstone"]
    assert [file.name for file in path.parent.glob("*.*") if CANARY.encode() in file.read_bytes()] == []


async def test_what_one_withdraws_is_gone_as_well(community: Community) -> None:
    await pledge(community.amina, community.general, words=WORDS, country="Kenya", wall=True)
    own = await mine(community)
    await press(community.amina, seen(await press(community.amina, own, "Withdraw")), "Yes, withdraw it")

    assert quoted(await wall(community)) == []
    assert await miscounted(community) == []
    with closing(sqlite3.connect(database(community))) as connection:
        assert connection.execute("SELECT count(*) FROM pledge").fetchone() == (0,)
