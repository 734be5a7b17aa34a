"""What docs/operations.md tells operators to type does what it says: typed word for word, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot import ROOT
from bot.exits import Exit
from bot.storage.erasure import EraseMember
from bot.storage.migrate import migrate
from bot.storage.pledges import MakePledge, WithdrawPledge
from tests.storage.files import ask, holding
from tests.storage.old_database import tell_story
from tests.storage.world import NOON, open_database, pledging, url_of

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
WORDS = "I promise to tell my brother what I have seen"

SUDO = """#!/bin/sh
exec "$@"
"""
SYSTEMCTL = """#!/bin/sh
# A service manager for one service: `stop` waits until the process has ended.
echo "systemctl $*" >> "$SERVICE/asked"
case "$*" in
"stop uplift") echo stop > "$SERVICE/told"; cat "$SERVICE/ended" > /dev/null ;;
"start uplift") ;;
*) exit 1 ;;
esac
"""
BOT = """
import asyncio, sys
from pathlib import Path
from tests.storage.world import open_database, pledging, stored, url_of

async def run(service):
    async with open_database(Path("var/uplift.db")) as db:
        await db.write(pledging(3001, member_id=301))
        print("ready", flush=True)
        await asyncio.to_thread((service / "told").read_text)
    (service / "ended").write_text("ended")

asyncio.run(run(Path(sys.argv[1])))
"""
"""Stands for the bot: it holds the database until it is told to stop."""


def commands_of(title: str) -> list[str]:
    """The commands of a section, block by block."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    blocks = re.findall(r"^( *)```sh\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    assert blocks, title
    return [re.sub(rf"^{indent}", "", block, flags=re.MULTILINE) for indent, block in blocks]


class Copy:
    """The project in another place, with an environment, a database and a service manager of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "uplift"
        self.service = folder / "service"
        self.tools = folder / "tools"
        for name in ("bot", "cogs", "data", "tests"):
            shutil.copytree(ROOT / name, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
        (self.root / ".venv").mkdir()
        (self.root / ".venv" / "run").symlink_to(sys.prefix, target_is_directory=True)
        self.tools.mkdir()
        for name, script in (("sudo", SUDO), ("systemctl", SYSTEMCTL)):
            (self.tools / name).write_text(script, encoding="utf-8")
            (self.tools / name).chmod(0o755)
        self.service.mkdir()
        for pipe in ("told", "ended"):
            os.mkfifo(self.service / pipe)

    @property
    def database(self) -> Path:
        return self.root / "var" / "uplift.db"

    def type(self, commands: str) -> str:
        """What a shell prints that is given the commands, and stops at the first that fails."""
        path = f"{self.tools}:/usr/bin:/bin"
        ended = subprocess.run(
            ["/bin/sh", "-eu"],
            input=commands,
            cwd=self.root,
            env={"PATH": path, "HOME": str(self.root), "LANG": "C.UTF-8", "SERVICE": str(self.service)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        assert ended.stderr == ""
        return ended.stdout

    @contextmanager
    def running_bot(self) -> Iterator[None]:
        command = [sys.executable, "-c", BOT, str(self.service)]
        with subprocess.Popen(command, cwd=self.root, stdout=subprocess.PIPE, text=True) as bot:
            assert bot.stdout is not None
            assert bot.stdout.readline() == "ready\n"
            try:
                yield
                bot.wait(timeout=20)
            except BaseException:
                bot.kill()
                raise


@pytest.fixture
async def copy(tmp_path: Path) -> Copy:
    copy = Copy(tmp_path)
    copy.database.parent.mkdir()
    migrate(url_of(copy.database))
    await tell_story(copy.database)
    return copy


async def do(path: Path, *deeds: MakePledge | WithdrawPledge | EraseMember) -> None:
    async with open_database(path) as db:
        for deed in deeds:
            await db.write(deed)
        await db.scrub(whole=True)


def pledges_in(path: Path) -> set[object]:
    return {id for (id,) in ask(path, "SELECT id FROM pledge")}


async def test_backing_up_and_restoring_as_the_page_tells(copy: Copy) -> None:
    await do(copy.database, pledging(2001, member_id=201, words=WORDS, at=NOON - timedelta(hours=1)))
    for block in commands_of("Backing up"):
        assert "It was opened and checked." in copy.type(block)
    [backup] = (copy.root / "var" / "backups").iterdir()
    assert re.fullmatch(r"uplift-\d{4}-\d\d-\d\dT\d{6}Z\.db", backup.name)
    assert len(list((copy.root / "var" / "before-the-update").iterdir())) == 1
    await do(copy.database, EraseMember(201, NOON), pledging(2002, member_id=202))

    with copy.running_bot():
        stop, restore, start = commands_of("Restoring")
        copy.type(stop)
    said = copy.type(restore)
    checked = copy.type(start)

    assert "Erased again, since 1 person had asked for it" in said
    assert "every count right. No faults." in checked
    assert (copy.service / "asked").read_text(encoding="utf-8") == "systemctl stop uplift\nsystemctl start uplift\n"
    assert pledges_in(copy.database) == {1, 2, 3, 4, 5, 6}
    assert set(holding(copy.root / "var", WORDS)) == {
        f"backups/{backup.name}",
        *(f"before-the-update/{file.name}" for file in (copy.root / "var" / "before-the-update").iterdir()),
    }
    [aside] = copy.database.parent.glob("uplift.db.replaced-*")
    assert pledges_in(aside) == {1, 2, 3, 4, 5, 6, 2002, 3001}


async def test_a_restore_while_the_bot_runs_is_refused_as_the_page_tells(copy: Copy) -> None:
    copy.type(commands_of("Backing up")[0])
    with pytest.raises(AssertionError, match=r"is in use\. Stop the bot first"), copy.running_bot():
        copy.type(commands_of("Restoring")[1])


def test_the_service_is_not_started_again_after_what_somebody_has_to_mend() -> None:
    [codes] = re.findall(r"^RestartPreventExitStatus=([\d ]+)$", PAGE, re.MULTILINE)
    assert set(map(int, codes.split())) == set(Exit) - {Exit.CONTENT, Exit.UNREACHABLE}


async def test_the_export_is_made_as_the_page_tells(copy: Copy) -> None:
    [block] = commands_of("The campaign in numbers")
    assert '"by": "campaign"' in copy.type(block)
    assert (copy.root / "campaign.csv").read_text(encoding="utf-8").startswith("by,country,")
