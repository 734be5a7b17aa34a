"""A database is made, brought up to date, or refused in words; and nothing that happens on the way harms it."""

import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from bot import ROOT
from bot.storage.errors import Unusable
from bot.storage.migrate import MIGRATIONS, migrate
from bot.storage.reading import numbers, own_pledges
from bot.storage.shown import shown_in
from bot.storage.tables import SCHEMA, metadata
from tests.storage.old_database import FOLDER, tell_story
from tests.storage.world import DM, HERE, THERE, TODAY, Fresh, faults, open_database, stored, url_of

OLD = sorted(FOLDER.glob("uplift-*.db"))


def ask(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement, values).fetchall()


def rows_in(path: Path) -> dict[object, object]:
    """How many rows each table has."""
    tables = ask(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return {table: ask(path, f"SELECT count(*) FROM {table}")[0][0] for (table,) in tables}  # noqa: S608


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def refusal(path: Path) -> str:
    with pytest.raises(Unusable) as refused:
        migrate(url_of(path))
    return str(refused.value)


def run(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A program of its own, which says what went wrong on standard error."""
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_new_database_is_made_with_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "uplift.db"
    assert migrate(url_of(path)) is None, "there is nothing to lay aside"
    assert ask(path, "SELECT version_num FROM alembic_version") == [(SCHEMA,)]
    assert ask(path, "PRAGMA journal_mode") == [("wal",)]
    assert [file.name for file in path.parent.iterdir()] == ["uplift.db"]


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    path = tmp_path / "ünï cødé #1 100%" / "a %20 b;c.db"
    migrate(url_of(path))
    migrate(url_of(path))
    assert [file.name for file in path.parent.iterdir()] == ["a %20 b;c.db"]


def test_the_migrations_make_the_tables_that_the_code_speaks_of(path: Path) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


def test_the_migrations_make_the_very_indexes_that_the_code_speaks_of(path: Path, tmp_path: Path) -> None:
    """Alembic does not compare what an index is limited to."""
    other = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    metadata.create_all(other)
    other.dispose()
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    assert ask(path, asked) == ask(tmp_path / "other.db", asked)


def test_the_newest_migration_is_the_one_the_code_asks_for() -> None:
    names = sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("*.py"))
    assert names[-1] == SCHEMA
    assert (FOLDER / f"uplift-{SCHEMA}.db") in OLD, "each schema leaves a small database behind for later ones"


def test_a_database_that_is_up_to_date_opens_without_alembic(path: Path) -> None:
    script = (
        "import sys\n"
        "from bot.storage.migrate import migrate\n"
        "assert migrate(sys.argv[1]) is None\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')]\n"
    )
    ended = run(script, url_of(path))
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("old", OLD, ids=lambda old: old.stem)
async def test_what_an_older_version_wrote_is_all_there(old: Path, fresh: Fresh, tmp_path: Path) -> None:
    path = tmp_path / "uplift.db"
    shutil.copy(old, path)
    copy = migrate(url_of(path))
    assert (copy is None) == (old.stem == f"uplift-{SCHEMA}")
    schema = "SELECT name, sql FROM sqlite_master ORDER BY name"
    assert ask(path, schema) == ask(fresh(), schema)
    assert {table: rows for table, rows in rows_in(path).items() if table in rows_in(old)} == rows_in(old)
    async with open_database(path) as db:
        assert await faults(db) == []
        assert set(await stored(db)) == {1, 2, 3, 4, 5, 6}
        async with db.read() as connection:
            here, there = await numbers(connection, HERE, TODAY), await numbers(connection, THERE, TODAY)
            campaign = await numbers(connection, DM, TODAY)
            first = (await own_pledges(connection, 101, HERE))[0]
            assert await shown_in(connection, 900, "fact") == ["a-fact"]
    assert (here.supporters, here.pledges, here.on_wall, here.countries) == (3, 3, 2, {"KE": 1, "TV": 2})
    assert (there.supporters, there.pledges, there.on_wall, there.countries) == (1, 1, 0, {"KE": 1})
    assert (campaign.supporters, campaign.pledges, campaign.countries) == (4, 6, {"KE": 1, "TV": 2, "FR": 1})
    assert here.days[-2:] == (1, 1)
    assert "我会倾听" in (first.words or "")


@pytest.mark.parametrize("address", ["", "uplift.db", "sqlite://", "sqlite:///:memory:", "postgresql://host/name"])
def test_an_address_that_names_no_file_is_refused(address: str) -> None:
    with pytest.raises(Unusable, match=r"DATABASE_URL must name a SQLite file, such as"):
        migrate(address)


def test_a_newer_database_is_refused(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '0999'")
    told = refusal(path)
    assert "newer version" in told
    assert "0999" in told
    assert "restore the copy" in told


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE recipe (id INTEGER)"],
        ["CREATE TABLE alembic_version (version_num VARCHAR(32))"],
        [
            "CREATE TABLE alembic_version (version_num VARCHAR(32))",
            "INSERT INTO alembic_version VALUES ('ae1027a6acf')",
        ],
    ],
    ids=["no versions", "no version", "another program's version"],
)
def test_somebody_else_s_database_is_refused_and_not_touched(tmp_path: Path, statements: list[str]) -> None:
    path = tmp_path / "recipes.db"
    change(path, *statements)
    before = path.read_bytes()
    assert "not one of Uplift's" in refusal(path)
    assert path.read_bytes() == before


def test_a_version_that_never_was_is_called_damage(path: Path) -> None:
    change(path, "UPDATE alembic_version SET version_num = '0000'")
    assert "damaged" in refusal(path)


def test_what_is_no_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 1000, encoding="utf-8")
    assert "damaged" in refusal(path)
    assert path.read_text(encoding="utf-8") == "Dear diary, " * 1000


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder" in refusal(tmp_path)


def test_a_place_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't be written" in refusal(tmp_path / "file" / "uplift.db")


async def test_a_damaged_file_is_refused_in_words_or_is_whole(fresh: Fresh, tmp_path: Path) -> None:
    path = fresh()
    await tell_story(path)
    dice = random.Random(8)
    used = [place for place, byte in enumerate(path.read_bytes()) if byte]
    header = [(place, dice.randrange(1, 256)) for place in range(100)]
    anywhere = [(dice.choice(used), dice.randrange(1, 256)) for _ in range(300)]
    schema = [(place, 1 << dice.randrange(8)) for place in range(100, 4096, 13)]
    verdicts = Counter(
        state_of_damaged(path, tmp_path / f"{place}.db", place, flip) for place, flip in header + anywhere + schema
    )
    assert verdicts["refused"] > 100
    assert verdicts["whole"] > 100
    assert set(verdicts) == {"refused", "whole"}


def state_of_damaged(path: Path, damaged: Path, place: int, flip: int) -> str:
    """How `migrate` finds a copy in which the bits `flip` are turned at one place."""
    content = bytearray(path.read_bytes())
    content[place] ^= flip
    damaged.write_bytes(content)
    try:
        migrate(url_of(damaged))
    except Unusable as refused:
        return "refused" if str(damaged) in str(refused) else f"refused with no name: {refused}"
    return "whole" if ask(damaged, "PRAGMA quick_check") == [("ok",)] else "not noticed"


@pytest.mark.parametrize("size", [50, 100, 512, 4095, 4096, 5000, 20_000])
def test_a_file_cut_short_is_refused(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])
    assert str(path) in refusal(path)


@contextmanager
def another_process(path: Path, statement: str) -> Iterator[None]:
    """Holds `path` by a statement meanwhile."""
    script = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "connection.execute(sys.argv[2])\n"
        "print('holding', flush=True)\n"
        "sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(path), statement]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        yield


def test_a_database_in_use_by_another_process_is_refused(path: Path) -> None:
    with another_process(path, "BEGIN IMMEDIATE"):
        assert "in use by another process" in refusal(path)
    assert migrate(url_of(path)) is None


@pytest.mark.parametrize("what", ["file", "folder", "new"])
def test_what_may_not_be_written_is_refused(fresh: Fresh, what: str) -> None:
    script = (
        "import os, sys, alembic.command\n"
        "from bot.storage.migrate import migrate, Unusable\n"
        "if os.geteuid() == 0:\n"
        "    os.setegid(65534)\n"
        "    os.seteuid(65534)  # rights don't bind root\n"
        "try:\n"
        "    migrate(sys.argv[1])\n"
        "except Unusable as refused:\n"
        "    print(refused)\n"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "uplift.db"
        if what != "new":
            shutil.copy(fresh(), path)
            change(path, "PRAGMA journal_mode=DELETE" if what == "folder" else "PRAGMA journal_mode")
            path.chmod(0o666 if what == "folder" else 0o444)
        folder.chmod(0o777 if what == "file" else 0o555)
        ended = run(script, url_of(path))
        folder.chmod(0o755)
    assert ended.stderr == ""
    assert "can't be written. Check the rights" in ended.stdout


# An upgrade: today's migrations and one more, which takes several statements and moves every row

NEXT = '''"""A later version's."""

import sqlalchemy as sa
from alembic import op

revision = "0999"
down_revision = "SCHEMA"


def upgrade() -> None:
    op.create_table("later", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("word", sa.String(10)))
    op.execute("INSERT INTO later SELECT id, 'moved' FROM pledge")
    with op.batch_alter_table("pledge") as pledge:
        pledge.add_column(sa.Column("mood", sa.String(10)))
    op.execute("UPDATE pledge SET mood = 'glad'")
    op.execute("DELETE FROM shown")
'''.replace("SCHEMA", SCHEMA)

LATER_VERSION = """
import os, random, signal, shutil, sys
from pathlib import Path

import alembic.command
from sqlalchemy import Engine, event

from bot.storage import migrate as later
from tests.storage.world import url_of

later.MIGRATIONS = Path(sys.argv[1])
if later.MIGRATIONS.parent.name != "storage":
    later.SCHEMA = "0999"
"""
"""A version of the bot that knows one more migration."""

UPGRADES = f"{LATER_VERSION}\nprint(later.migrate(url_of(Path(sys.argv[2]))), end='')"

DIES_EVERYWHERE = f"""{LATER_VERSION}
template, work = Path(sys.argv[2]), Path(sys.argv[3])
count = {{"statement": 0, "step": 0}}

def watch(kind, last):
    # A step is one instruction of SQLite's: most fall into the middle of a statement.
    def one_more(*_):
        count[kind] += 1
        if count[kind] == last:
            os.kill(os.getpid(), signal.SIGKILL)
    if kind == "step":
        event.listen(Engine, "connect", lambda connection, _: connection.set_progress_handler(one_more, 1))
    else:
        for moment in ("before_cursor_execute", "commit"):
            event.listen(Engine, moment, one_more)

def attempt(name, kinds):
    folder = work / name
    folder.mkdir()
    if template.exists():
        shutil.copy(template, folder / "uplift.db")
    child = os.fork()
    if not child:
        for kind, last in kinds.items():
            watch(kind, last)
        later.migrate(url_of(folder / "uplift.db"))
        (folder / "counts").write_text(" ".join(map(str, count.values())))
        os._exit(0)
    return os.waitpid(child, 0)[1]

assert attempt("whole", {{"statement": 0, "step": 0}}) == 0
statements, steps = map(int, (work / "whole" / "counts").read_text().split())
(work / "whole" / "counts").unlink()
for number in range(1, statements + 1):
    assert attempt(f"at-statement-{{number}}", {{"statement": number}}) == signal.SIGKILL
for number in random.Random(35).sample(range(1, steps + 1), 25):
    assert attempt(f"at-step-{{number}}", {{"step": number}}) == signal.SIGKILL
"""
"""Upgrades a copy of a database again and again, and dies each time at another point: prints nothing."""


def contents(path: Path) -> list[str]:
    """All of the schema and all rows; empty when there are none."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return list(connection.iterdump())


@pytest.fixture
def later_migrations(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "0999_later.py").write_text(NEXT, encoding="utf-8")
    return folder


async def test_before_an_upgrade_a_whole_copy_is_laid_aside(fresh: Fresh, later_migrations: Path) -> None:
    path = fresh()
    await tell_story(path)
    before = contents(path)
    copy = path.with_name(f"uplift.db.before-0999-was-{SCHEMA}")
    copy.with_name(f"{copy.name}.part").write_text("of an attempt that was killed", encoding="utf-8")

    upgraded = run(UPGRADES, later_migrations, path)

    assert upgraded.stdout == str(copy), upgraded.stderr
    assert contents(copy) == before
    assert ask(path, "SELECT version_num FROM alembic_version") == [("0999",)]
    assert ask(path, "SELECT DISTINCT mood FROM pledge") == [("glad",)]
    assert sorted(file.name for file in path.parent.iterdir()) == ["uplift.db", copy.name]
    assert "newer version" in refusal(path)
    migrate(url_of(copy))  # which the version before works with


def attempts(migrations: Path, template: Path, work: Path) -> tuple[Path, list[Path]]:
    """A database whose upgrade came to its end, and those whose did not."""
    work.mkdir()
    ended = run(DIES_EVERYWHERE, migrations, template, work)
    assert ended.returncode == 0, ended.stderr
    whole = work / "whole" / "uplift.db"
    killed = [folder / "uplift.db" for folder in work.iterdir() if folder.name != "whole"]
    assert len(killed) > 30
    return whole, killed


async def test_an_upgrade_killed_anywhere_leaves_the_old_schema_or_the_new_one_and_can_be_done_again(
    fresh: Fresh, later_migrations: Path, tmp_path: Path
) -> None:
    template = fresh()
    await tell_story(template)
    old = contents(template)
    whole, killed = attempts(later_migrations, template, tmp_path / "work")
    new = contents(whole)
    assert new != old
    for path in killed:
        assert contents(path) in (old, new), path
        for copy in path.parent.glob("*.before-*[0-9]"):
            assert contents(copy) == old
    unfinished = [path for path in killed if contents(path) == old]
    assert len(unfinished) > 20
    for path in (unfinished[0], unfinished[-1]):
        assert run(UPGRADES, later_migrations, path).returncode == 0
        assert contents(path) == new


def test_a_new_database_killed_in_the_making_is_empty_or_whole_and_can_be_made_again(tmp_path: Path) -> None:
    whole, killed = attempts(MIGRATIONS, tmp_path / "there is none", tmp_path / "work")
    new = contents(whole)
    empty = ["BEGIN TRANSACTION;", "COMMIT;"]
    for path in killed:
        if contents(path) not in (empty, new):  # between two migrations it is whole, too, and says how far it is
            assert ask(path, "SELECT version_num < ? FROM alembic_version", SCHEMA) == [(1,)], path
        migrate(url_of(path))
        assert contents(path) == new
