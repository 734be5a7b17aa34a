"""What the bot does by itself from time to time: old copies and old memories go."""

import os
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from bot.storage.migrate import file_of
from tests.support.community import Community, seen

pytestmark = pytest.mark.usefixtures("env")


async def test_backups_and_copies_that_are_too_old_go_by_themselves(community: Community) -> None:
    now = community.env.now()
    path = file_of(community.bot.settings.database_url)
    (path.parent / "backups").mkdir()
    for days in (29, 40):
        at = now - timedelta(days=days)
        for name in (f"backups/uplift-{at:%Y-%m-%dT%H%M%SZ}.db", f"{path.name}.replaced-{at:%Y-%m-%dT%H%M%SZ}"):
            (path.parent / name).touch()
            os.utime(path.parent / name, (at.timestamp(),) * 2)

    await community.env.advance_time(120)

    left = {file.name for file in path.parent.rglob("*") if "backups" in file.parts or "replaced" in file.name}
    young = now - timedelta(days=29)
    assert left - {"backups"} == {
        f"uplift-{young:%Y-%m-%dT%H%M%SZ}.db",
        f"{path.name}.replaced-{young:%Y-%m-%dT%H%M%SZ}",
    }


async def test_what_was_shown_in_a_channel_is_not_remembered_for_ever(community: Community) -> None:
    began = community.env.now()

    def remembered() -> int:
        with closing(sqlite3.connect(file_of(community.bot.settings.database_url))) as reader:
            return reader.execute("SELECT count(*) FROM shown").fetchone()[0]

    assert seen(await community.amina.slash(community.general, "fact")).text
    for days, left in ((390, 1), (410, 0)):
        community.set_clock(began + timedelta(days=days))
        await community.env.advance_time(86_500)
        assert remembered() == left
