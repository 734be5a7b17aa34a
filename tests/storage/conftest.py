"""Real databases in files: an empty one of today's schema, made once and copied for each test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.database import Database
from bot.storage.migrate import migrate
from tests.storage.world import Fresh, url_of


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
