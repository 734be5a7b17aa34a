"""Does one thing on copies of a folder, again and again, and dies each time at another point; prints nothing.

`python -m tests.storage.dying backup|restore TEMPLATE WORK`: WORK/whole is the copy on which it came to its end.
"""

import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.storage.backup import back_up, folder_of_backups
from bot.storage.restore import restore
from tests.storage.world import NOON, url_of

AT_FILES = ("open", "os.", "shutil.", "tempfile.", "sqlite3.connect")
"""Python announces what is done with files before it is done."""

SAMPLED = 25
"""Of the instructions of SQLite: most of them fall into the middle of a statement."""


def backup(folder: Path, step: Callable[[], None]) -> None:
    back_up(url_of(folder / "uplift.db"), None, now=NOON, tell=lambda *_: step())


def restoring(folder: Path, step: Callable[[], None]) -> None:
    path = folder / "uplift.db"
    [made] = folder_of_backups(path).glob("*.db")
    restore(url_of(path), made, now=NOON + timedelta(hours=1), over=True, tell=lambda *_: step())


class Death:
    """Counts what happens, and ends the process with the file or the step of that number; 0 stands for never."""

    def __init__(self, at_file: int = 0, at_step: int = 0) -> None:
        self.files, self.steps = 0, 0
        self._at_file, self._at_step = at_file, at_step
        sys.addaudithook(self._hear)
        self._connect, sqlite3.connect = sqlite3.connect, self._connecting

    def step(self) -> None:
        self.steps += 1
        if self.steps == self._at_step:
            os.kill(os.getpid(), signal.SIGKILL)

    def _connecting(self, *arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = self._connect(*arguments, **options)
        connection.set_progress_handler(self.step, 50)
        return connection

    def _hear(self, event: str, _: tuple[object, ...]) -> None:
        if event.startswith(AT_FILES):
            self.files += 1
            if self.files == self._at_file:
                os.kill(os.getpid(), signal.SIGKILL)


def attempt(name: str, **fate: int) -> int:
    folder = WORK / name
    shutil.copytree(TEMPLATE, folder)
    child = os.fork()
    if not child:
        death = Death(**fate)
        DEED(folder, death.step)
        (WORK / "counts").write_text(f"{death.files} {death.steps}")
        os._exit(0)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    DEED = {"backup": backup, "restore": restoring}[sys.argv[1]]
    TEMPLATE, WORK = map(Path, sys.argv[2:])
    WORK.mkdir()
    shutil.copytree(TEMPLATE, WORK / "rehearsal")
    DEED(WORK / "rehearsal", lambda: None)  # so that all is imported
    shutil.rmtree(WORK / "rehearsal")
    assert attempt("whole") == 0
    files, steps = map(int, (WORK / "counts").read_text().split())
    (WORK / "counts").unlink()
    for number in range(1, files):  # the last one writes the counts
        assert attempt(f"at-file-{number}", at_file=number) == signal.SIGKILL
    for number in random.Random(36).sample(range(1, steps + 1), min(SAMPLED, steps)):
        assert attempt(f"at-step-{number}", at_step=number) == signal.SIGKILL
