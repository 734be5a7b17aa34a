"""What a program imports stands in its own list of packages, not only in the one for development."""

import json
import re
import subprocess
import sys

import pytest

from bot import ROOT

LOADED = """
import importlib.metadata, json, sys
{run}
known = importlib.metadata.packages_distributions()
names = {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps(sorted({{dist for name in names for dist in known.get(name, [])}})))
"""

RUN = """
import asyncio, tempfile
import bot.start, uvloop
from bot.campaign.load import load_campaign
from bot.storage.check import faults_of
from bot.storage.migrate import migrate
with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite+aiosqlite:///{folder}/a.db"
    migrate(url)
    assert asyncio.run(faults_of(url)) == ([], 0)
"""

DEMO = RUN + "import bot.demo.server\n"


@pytest.mark.parametrize(("program", "file"), [(RUN, "requirements.txt"), (DEMO, "requirements-demo.txt")])
def test_all_that_is_loaded_is_locked(program: str, file: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED.format(run=program)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lock = (ROOT / file).read_text(encoding="utf-8")
    locked = {_plain(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", lock, re.MULTILINE)}
    needed = {_plain(name) for name in json.loads(loaded.stdout.splitlines()[-1])}
    assert needed - {"pip", "setuptools"} <= locked


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
