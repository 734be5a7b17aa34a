"""What is counted is changed in one place, and no statement forgets whose rows it is about."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import ROOT

MODULES = [path for folder in ("bot", "cogs") for path in sorted((ROOT / folder).rglob("*.py"))]
STORAGE = ROOT / "bot" / "storage"
LEDGER = STORAGE / "ledger.py"
COUNTED = {"pledge", "member", "tally"}
CHANGES = {"insert", "update", "delete", "upsert"}
OWNERS = {"guild_id", "member_id"}
READS = re.compile(r"select\(\*?(pledge|PLEDGE_COLUMNS)")


def named(node: ast.expr) -> str:
    """The last name of `a`, `a.b` or `a.b.c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def changes_in(source: str) -> Iterator[tuple[int, str]]:
    """Statements that change what is counted: `insert(pledge)`, `pledge.update()`, or in SQL."""
    tree = ast.parse(source)
    aliases = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = named(node.func)
            is_change = aliases.get(function, function) in CHANGES or function in CHANGES
            tables = {aliases.get(named(argument), named(argument)) for argument in node.args[:1]}
            if isinstance(node.func, ast.Attribute):
                owner = named(node.func.value)
                tables.add(aliases.get(owner, owner))
            if is_change and tables & COUNTED:
                yield node.lineno, ast.unparse(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.replace('"', " ").casefold().split()
            for verb, _, table in (("insert", "into", 2), ("delete", "from", 2), ("update", "", 1), ("replace", "", 2)):
                if words[:1] == [verb] and words[table : table + 1] and words[table].split("(")[0] in COUNTED:
                    yield node.lineno, node.value


def imports_of(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
        elif isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
    return found


def reads_of_pledges(source: str) -> Iterator[tuple[str, set[str]]]:
    """Each statement that reads pledges, with the columns by which it asks whose rows it wants.

    A condition may stand beside the statement, in a list that it is given.
    """
    for function in ast.walk(ast.parse(source)):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lists = {
            named(statement.target): statement.value
            for statement in ast.walk(function)
            if isinstance(statement, ast.AnnAssign) and statement.value
        }
        for statement in ast.walk(function):
            if isinstance(statement, ast.Assign | ast.Return | ast.Expr) and READS.search(ast.unparse(statement)):
                parts = [part for part in ast.walk(statement) if isinstance(part, ast.expr)]
                given = {named(part.value) for part in parts if isinstance(part, ast.Starred)}
                parts += [part for name in given if name in lists for part in ast.walk(lists[name])]
                compared = {
                    part.left.attr
                    for part in parts
                    if isinstance(part, ast.Compare)
                    and isinstance(part.ops[0], ast.Eq)
                    and isinstance(part.left, ast.Attribute)
                }
                yield ast.unparse(statement), compared & OWNERS


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_ledger_changes_what_is_counted(path: Path) -> None:
    changes = list(changes_in(path.read_text(encoding="utf-8")))
    assert path == LEDGER or path.is_relative_to(STORAGE / "migrations") or changes == []


def test_the_rule_finds_what_it_forbids() -> None:
    assert len(list(changes_in(LEDGER.read_text(encoding="utf-8")))) >= 6
    for forbidden in (
        "insert(pledge)",
        "from x import insert as put\nput(tables.pledge)",
        "from t import tally as t\nt.update()",
        "tables.member.delete()",
        "execute('DELETE FROM pledge WHERE 1')",
        "execute('update tally set count = 1')",
        "execute('''\n  INSERT INTO pledge(id) VALUES (1)''')",
    ):
        assert list(changes_in(forbidden)), forbidden
    for allowed in ("insert(guild)", "select(pledge)", "seen.update(pledges)", "'update your pledge'"):
        assert not list(changes_in(allowed)), allowed


def test_every_statement_on_pledges_says_whose() -> None:
    reads = list(reads_of_pledges((STORAGE / "reading.py").read_text(encoding="utf-8")))
    assert len(reads) >= 3
    assert [statement for statement, owners in reads if not owners] == []


def test_the_rule_finds_a_statement_that_does_not_say_whose() -> None:
    forgetful = "def all():\n    found = select(*PLEDGE_COLUMNS).where(pledge.c.theme == theme)"
    mindful = "def some():\n    mine: list[x] = [pledge.c.guild_id == 1]\n    found = select(pledge).where(*mine)"
    assert [owners for _, owners in reads_of_pledges(forgetful)] == [set()]
    assert [owners for _, owners in reads_of_pledges(mindful)] == [{"guild_id"}]


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not path.is_relative_to(STORAGE)], ids=lambda path: str(path.relative_to(ROOT))
)
def test_only_storage_speaks_with_the_database(path: Path) -> None:
    allowed = {"bot/services/shown.py"}  # knows the library's error: a place that can't be read is as good as new
    reached = imports_of(path.read_text(encoding="utf-8")) & {"sqlalchemy", "aiosqlite", "sqlite3", "alembic"}
    assert not reached or str(path.relative_to(ROOT)) in allowed
