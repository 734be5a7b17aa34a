"""Makes .venv/NAME from its locked requirements; does nothing when it is there and up to date.

    python3 scripts/venv.py run|demo|dev

Only the standard library, in a grammar that Python 3.6 reads: whoever starts it with an old Python gets a
sentence, not a SyntaxError. (The Makefile turns away what is older still.)
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterable, Iterator, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = {"run": "requirements.txt", "demo": "requirements-demo.txt", "dev": "requirements-dev.txt"}
MAKE = {"run": "make run", "demo": "make demo", "dev": "make test"}
OLDEST = (3, 11)
OTHERS = ("python3.13", "python3.12", "python3.11", "python3.14")  # tested ones first
STAMP = "made-from"  # in the environment, written last: without it the environment is half made

PROBE = """
import sys
print(*sys.version_info[:3])
import ensurepip, venv  # Debian packages these apart from Python
ensurepip.version()
print("venv")
"""


class SetupError(Exception):
    """What went wrong and what helps, in words for the person at the terminal."""


class Interpreter(NamedTuple):
    path: str
    version: "tuple[int, ...]"
    has_venv: bool


def look(path: str) -> "Interpreter | None":
    """None when nothing answers there: no such file, or a version manager's stand-in for a missing Python."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", PROBE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            universal_newlines=True,
        )
    except OSError:
        return None
    lines = answer.stdout.splitlines()
    if not lines:
        return None
    return Interpreter(path, tuple(int(part) for part in lines[0].split()), lines[1:] == ["venv"])


def choose(asked: Interpreter, others: "Iterable[Interpreter | None]") -> Interpreter:
    """The interpreter asked for, unless it is too old and a newer one is at hand."""
    if asked.version >= OLDEST:
        return asked
    return next((other for other in others if other and not complaint(other, "")), asked)


def complaint(python: Interpreter, command: str) -> "str | None":
    """Why this interpreter will not do, and what helps; None when it will do."""
    version = ".".join(map(str, python.version))
    if python.version < OLDEST:
        return (
            f"Uplift needs Python 3.11 or newer; {python.path} is {version}.\n"
            "Install a newer one from your system's packages or python.org. If one is there, name it:\n"
            f"  {command} PYTHON=/path/to/python3.11"
        )
    if not python.has_venv:
        major, minor = python.version[:2]
        return (
            f"{python.path} ({version}) lacks venv or ensurepip, which make the project's own environment.\n"
            f"Debian and Ubuntu: apt install python{major}.{minor}-venv  (or python3-venv)\n"
            f"Then again: {command}. Or name another Python: {command} PYTHON=/path/to/python3.11"
        )
    return None


def stamp_for(requirements: Path, version: "tuple[int, ...]") -> str:
    """What an environment is made from. A hash, because git gives every file the time of the checkout."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    return f"Python {version[0]}.{version[1]}, {requirements.name} {digest}\n"


def is_current(venv: Path, stamp: str, version: "tuple[int, ...]") -> bool:
    try:
        if (venv / STAMP).read_text() != stamp:
            return False
    except OSError:
        return False
    python = look(str(venv / "bin" / "python"))  # the Python it was made with may be gone, or another by now
    return python is not None and python.version[:2] == version[:2]


def progress(lines: "Iterable[str]", total: int) -> "Iterator[tuple[int, int, str]]":
    """What pip is doing, from its output: (how many, of how many, which)."""
    done = 0
    for line in lines:
        if line.startswith("Ignoring "):  # meant for another system or Python
            total -= 1
        elif line.startswith("Collecting "):
            done += 1
            yield done, total, re.split("[=@ ;]", line.split()[1])[0]
        elif line.startswith("Installing collected packages"):
            yield total, total, "unpacking"
        elif line.startswith("WARNING: Retrying"):
            yield done, total, "no answer from the package index, trying again"


@contextlib.contextmanager
def running(command: "list[str]") -> "Iterator[subprocess.Popen[str]]":
    """A process in a session of its own: Ctrl-C reaches only us, and we end it with all that it has started."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
        process.wait()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


def install(venv: Path, requirements: Path, command: str) -> None:
    """The list is complete, hence --no-deps. Wheels only: building from source would fetch unlocked tools."""
    pins = len(re.findall(r"^[\w.-]+==", requirements.read_text(), re.MULTILINE))
    # --no-user: a person may have set `user = true`, which no virtual environment accepts
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-user"]
    pip += ["--only-binary", ":all:", "--no-input", "--progress-bar", "off", "--disable-pip-version-check"]
    on_terminal = sys.stdout.isatty()
    output = []
    with running([*pip, "-r", str(requirements)]) as process:
        for done, total, what in progress(_keep(process.stdout, output), pins):
            text = f"  {done}/{total} {what}"
            if on_terminal:
                print("\r" + text.ljust(70)[:70], end="", flush=True)
            elif done % 10 == 0 or what == "unpacking":
                print(text, flush=True)
    if on_terminal:
        print("\r" + " " * 70, end="\r")
    if process.returncode:
        raise SetupError(
            "".join(output[-15:]).rstrip() + "\n\n"
            f"pip could not install {requirements.name}; the end of what it said is above. What to try:\n"
            "  - is this machine online? pip's own settings (index, proxy, certificates) are used\n"
            "  - is the disk full? up to 800 MB are needed\n"
            "  - no package for this Python or machine? Python 3.11 to 3.13 are tested:\n"
            f"      {command} PYTHON=/path/to/python3.13\n"
            f"Nothing half made is left behind. Then again: {command}"
        )


def _keep(lines: "Iterable[str]", kept: "list[str]") -> "Iterator[str]":
    for line in lines:
        kept.append(line)
        yield line


def remove(venv: Path) -> None:
    with contextlib.suppress(OSError):  # first, so that a removal that is cut short leaves nothing that looks whole
        (venv / STAMP).unlink()
    shutil.rmtree(str(venv), ignore_errors=True)


def make(python: Interpreter, venv: Path, requirements: Path, stamp: str, command: str) -> None:
    started = time.monotonic()
    version = ".".join(map(str, python.version))
    print(f"Making {venv.relative_to(ROOT)} with {python.path} ({version}); this happens once.", flush=True)
    remove(venv)
    try:
        with running([python.path, "-m", "venv", str(venv)]) as process:
            said = process.stdout.read()
        if process.returncode:
            raise SetupError(f"{said.rstrip()}\n\n{python.path} could not make {venv}; its words are above.")
        install(venv, requirements, command)
        (venv / STAMP).write_text(stamp)
    except BaseException:
        remove(venv)
        raise
    print(f"  ready after {time.monotonic() - started:.0f} s", flush=True)


def main(name: str) -> None:
    requirements = ROOT / REQUIREMENTS[name]
    venv = ROOT / ".venv" / name
    this = Interpreter(sys.executable, tuple(sys.version_info[:3]), True)
    python = choose(look(sys.executable) or this, map(look, OTHERS))
    trouble = complaint(python, MAKE[name])
    if trouble:
        raise SetupError(trouble)
    venv.parent.mkdir(exist_ok=True)
    with (venv.parent / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second make waits here, then finds the work done
        stamp = stamp_for(requirements, python.version)
        if not is_current(venv, stamp, python.version):
            make(python, venv, requirements, stamp, MAKE[name])


if __name__ == "__main__":
    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal tidies up like Ctrl-C
        signal.signal(ending, signal.default_int_handler)
    try:
        main(sys.argv[1])
    except SetupError as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped; what was half made is removed.", file=sys.stderr)
        sys.exit(130)
