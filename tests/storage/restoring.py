"""Backups and restores as tests make them, and what they find afterwards."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.storage.backup import back_up
from bot.storage.errors import Unusable
from bot.storage.restore import Restored, restore
from tests.storage.files import ask
from tests.storage.world import NOON, faults, open_database, url_of

WORDS = "I promise to tell my brother what I have seen"
ERASED, STAYS = 201, 202
REPLACED = "uplift.db.replaced-2026-11-24T130000Z"
HOUR = timedelta(hours=1)


def make(path: Path, now: datetime = NOON) -> Path:
    return back_up(url_of(path), None, now=now).path


def put_back(path: Path, backup: Path, *, over: bool = True, **options: bool) -> Restored:
    return restore(url_of(path), backup, now=NOON + HOUR, over=over, **options)


def refusal(path: Path, backup: Path, **options: bool) -> str:
    with pytest.raises(Unusable) as refused:
        put_back(path, backup, **options)
    return str(refused.value)


def write(path: Path, *deeds: Any) -> None:
    async def story() -> None:
        async with open_database(path) as db:
            for deed in deeds:
                await db.write(deed)
            await db.scrub(whole=True)

    asyncio.run(story())


def faults_in(path: Path) -> list[str]:
    async def look() -> list[str]:
        async with open_database(path) as db:
            return await faults(db)

    return asyncio.run(look())


def pledges_in(path: Path) -> set[object]:
    return {id for (id,) in ask(path, "SELECT id FROM pledge")}


def backup_of(path: Path) -> Path:
    [made] = (path.parent / "backups").glob("*.db")
    return made


def spoil(path: Path) -> None:
    path.write_bytes(b"no database at all " * 1000)
