"""What a fresh clone stands on: locked requirements, and the scripts that make its environments."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts import venv

ROOT = Path(__file__).resolve().parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
EXTRAS = {"requirements.txt": (), "requirements-demo.txt": ("demo",), "requirements-dev.txt": ("dev",)}
FILES = sorted(EXTRAS)

PIN = re.compile(r"(?P<pin>[\w.-]+==[\w.+!]+( ; [^\\/]+)?) \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
COMMENT = re.compile(r"(( {4})?# [\w ()\[\].,:-]*)?")  # why it is there; holds no address and no path


def pins(file: str) -> dict[str, Requirement]:
    lines = (ROOT / file).read_text().splitlines()
    found = [Requirement(match["pin"]) for line in lines if (match := PIN.fullmatch(line))]
    return {requirement.name: requirement for requirement in found}


def declared(file: str) -> list[Requirement]:
    texts = [*PROJECT["dependencies"]]
    for extra in EXTRAS[file]:
        texts += PROJECT["optional-dependencies"][extra]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("file", FILES)
def test_a_requirements_file_holds_hashed_pins_and_reasons_and_nothing_else(file: str) -> None:
    lines = (ROOT / file).read_text().splitlines()

    strange = [line for line in lines if not any(kind.fullmatch(line) for kind in (PIN, HASH, COMMENT))]
    assert strange == []
    after_pins = [lines[number + 1] for number, line in enumerate(lines) if PIN.fullmatch(line)]
    assert after_pins
    assert all(HASH.fullmatch(line) for line in after_pins)


@pytest.mark.parametrize("file", FILES)
def test_every_dependency_is_locked_at_a_version_that_pyproject_allows(file: str) -> None:
    locked = pins(file)

    for wanted in declared(file):
        name = wanted.name.replace(".", "-").lower()
        (pin,) = locked[name].specifier
        assert wanted.specifier.contains(pin.version), f"{name} {pin.version} in {file}: run `make lock`"


def test_the_three_files_lock_the_same_versions() -> None:
    everything = pins("requirements-dev.txt")

    for file in FILES:
        for name, pin in pins(file).items():
            if name in everything:
                assert pin.specifier == everything[name].specifier, f"{name} differs in {file}"


def test_every_dependency_says_why_it_is_there() -> None:
    extras = PROJECT["optional-dependencies"]
    texts = [*PROJECT["dependencies"], *(text for extra in extras.values() for text in extra)]

    for text in texts:
        (line,) = {line for line in PYPROJECT.splitlines() if line.startswith(f'    "{text}"')}
        assert re.search(r'", +# \S', line), f"no reason given: {text}"


def test_the_environment_script_reads_on_a_python_that_is_far_too_old() -> None:
    ast.parse((ROOT / "scripts" / "venv.py").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 9, 18), (3, 10, 13)])
def test_an_old_python_is_told_what_is_needed_and_how_to_name_another(version: tuple[int, ...]) -> None:
    said = venv.complaint(venv.Interpreter("python3", version, True), "make demo")

    assert said is not None
    assert "needs Python 3.11 or newer; python3 is " + ".".join(map(str, version)) in said
    assert "make demo PYTHON=/path/to/python3.11" in said


def test_a_python_without_ensurepip_is_told_which_package_brings_it() -> None:
    said = venv.complaint(venv.Interpreter("/usr/bin/python3", (3, 12, 3), False), "make test")

    assert said is not None
    assert "apt install python3.12-venv" in said
    assert "make test" in said


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 0)])
def test_a_python_that_is_new_enough_is_taken_without_a_word(version: tuple[int, ...]) -> None:
    assert venv.complaint(venv.Interpreter("python3", version, True), "make demo") is None


def test_when_the_default_python_is_old_the_next_one_that_will_do_is_taken() -> None:
    old = venv.Interpreter("python3", (3, 9, 18), True)
    bare = venv.Interpreter("python3.13", (3, 13, 0), False)
    good = venv.Interpreter("python3.11", (3, 11, 7), True)

    assert venv.choose(old, [None, bare, good]) == good
    assert venv.choose(old, [None, bare]) == old
    assert venv.choose(good, [bare]) == good


def test_a_command_that_is_no_python_counts_as_none(tmp_path: Path) -> None:
    shim = tmp_path / "python3.12"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)

    assert venv.look(str(shim)) is None
    assert venv.look(str(tmp_path / "nothing")) is None


def test_an_environment_is_current_until_its_requirements_or_its_python_change(tmp_path: Path) -> None:
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("babel==2.17.0\n")
    version = tuple(sys.version_info[:3])
    stamp = venv.stamp_for(requirements, version)
    environment = tmp_path / "env"
    python = environment / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)

    assert not venv.is_current(environment, stamp, version), "half made: the stamp is missing"
    (environment / venv.STAMP).write_text(stamp)
    assert venv.is_current(environment, stamp, version)

    other = (3, version[1] + 1, 0)
    assert not venv.is_current(environment, venv.stamp_for(requirements, other), other)
    requirements.write_text("babel==2.18.0\n")
    assert not venv.is_current(environment, venv.stamp_for(requirements, version), version)
    python.unlink()
    assert not venv.is_current(environment, stamp, version), "its Python is gone"


def test_progress_counts_what_is_meant_for_this_machine() -> None:
    said = [
        "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment\n",
        "Collecting aiohttp==3.14.5 (from -r requirements.txt (line 9))\n",
        "  Downloading aiohttp-3.14.5-py3-none-any.whl (1.9 MB)\n",
        "Collecting babel==2.18.0 (from -r requirements.txt (line 99))\n",
        "Installing collected packages: babel, aiohttp\n",
    ]

    assert list(venv.progress(said, 3)) == [(1, 2, "aiohttp"), (2, 2, "babel"), (2, 2, "unpacking")]


def test_help_names_every_target_and_the_variables_that_matter() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)

    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    assert {"demo", "run", "test", "lint", "lock", "help"} <= set(targets)
    for target in targets:
        assert re.search(rf"make {target} +\w", shown), f"{target} is not explained"
    assert "DEMO_PORT" in shown
    assert "PYTHON" in shown
