"""Real databases in files: an empty one of today's schema, made once and copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.erasure import EraseMember
from bot.storage.migrate import migrate
from tests.storage.old_database import tell_story
from tests.storage.restoring import ERASED, HOUR, STAYS, WORDS, make, write
from tests.storage.world import NOON, Fresh, pledging, url_of


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Makes empty databases, each in a folder of its own."""
    template = tmp_path_factory.mktemp("template") / "uplift.db"
    migrate(url_of(template))

    def make() -> Path:
        path = tmp_path_factory.mktemp("database") / "uplift.db"
        shutil.copy(template, path)
        return path

    return make


@pytest.fixture
def path(fresh: Fresh) -> Path:
    """The file of an empty database."""
    return fresh()


@pytest.fixture
async def db(path: Path) -> AsyncIterator[Database]:
    """An empty database, open."""
    db = Database(url_of(path))
    yield db
    await db.close()


@pytest.fixture
def told(fresh: Fresh) -> Path:
    """The file of a database in which something has happened."""
    path = fresh()
    asyncio.run(tell_story(path))
    return path


@pytest.fixture
def erased(fresh: Fresh) -> Path:
    """The file of a database that has a backup with the pledges of two people, of whom one was erased since."""
    path = fresh()
    write(path, pledging(1, ERASED, words=WORDS, country="KE", at=NOON - HOUR), pledging(2, STAYS, at=NOON - HOUR))
    make(path)
    write(path, EraseMember(ERASED, NOON + timedelta(minutes=5)))
    return path
