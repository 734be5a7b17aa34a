"""Database files as they lie on the disk: looked at, changed and damaged past the product."""

import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from bot import ROOT

_LEASE = 'INSERT INTO "lease" VALUES('


def contents(path: Path) -> list[str]:
    """All of the schema and all rows, of a database that SQLite finds no fault with; but for who posts."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [line for line in connection.iterdump() if not line.startswith(_LEASE)]


def ask(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def swell(path: Path) -> None:
    """Makes the database so large, by 5 MB, that SQLite does not keep it in memory as a whole."""
    change(
        path,
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 50000)"
        "INSERT INTO shown SELECT n, 'fact', 'a fact that many have seen', '2026-11-24' FROM number",
    )


def damage(path: Path, table: str) -> None:
    """Spoils the page at which a table begins."""
    [(root,)] = ask(path, "SELECT rootpage FROM sqlite_master WHERE name = ?", table)
    assert isinstance(root, int)
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(b"\xff" * 4096)


def lose_from_index(path: Path, index: str, *deeds: str) -> None:
    """Changes rows without telling an index of it."""
    [row] = ask(path, "SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master WHERE name = ?", index)
    change(path, "PRAGMA writable_schema=ON", f"DELETE FROM sqlite_master WHERE name = '{index}'")  # noqa: S608
    change(path, *deeds)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)


def names_in(folder: Path) -> list[str]:
    """What lies in the folder and in its folders."""
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def holding(path: Path, text: str) -> list[str]:
    """The files in the folder, and in its folders, in which the text's bytes are."""
    return [name for name in names_in(path) if text.encode() in (path / name).read_bytes()]


def on_a_small_disk(size: int, script: str, *arguments: object) -> str:
    """What a program prints that can write no file larger than `size` bytes; it must end in peace."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python does: the write fails instead
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    ended = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stderr == ""
    return ended.stdout


def deaths(deed: str, template: Path, work: Path) -> tuple[Path, list[Path]]:
    """The folder in which `deed` (tests.storage.dying) came to its end, and those in which it was killed."""
    command = [sys.executable, "-m", "tests.storage.dying", deed, str(template), str(work)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    killed = [folder for folder in work.iterdir() if folder.name != "whole"]
    assert len(killed) > 30
    return work / "whole", killed
