"""The Chromium that drives the demo's page: found on this machine, or else installed.

`make test` runs it first, as `python -m tests.support.chromium`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium-headless-shell",
)
APPLICATIONS = (  # macOS puts browsers on no PATH
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
OFF_THE_NETWORK = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
# A process of its own: Playwright's plain interface refuses to work where an event loop runs, as in most tests.
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright as start\n"
    "with start() as playwright: print(playwright.chromium.executable_path)"
)
HELP = """\
The tests drive the demo's page in Chromium; none is here, and none could be installed. One of these does it:
  apt install chromium                                               Debian, as root
  dnf install chromium                                               Fedora, as root
  brew install --cask google-chrome                                  macOS
  .venv/dev/bin/python -m playwright install --with-deps chromium    Ubuntu and others
Then again: make test"""


def find_chromium() -> Path | None:
    """The first Chromium that starts. Not every file of the name does: Ubuntu's may only ask for a snap."""
    return next((path for path in _candidates() if _starts(path)), None)


def launch_options() -> dict[str, object]:
    """What Playwright's `chromium.launch` is given: headless, silent on the network, also as root."""
    path = find_chromium()
    if path is None:
        raise LookupError("No Chromium that starts; `make test` installs one")
    sandbox = ["--no-sandbox"] if _is_root() else []  # Chromium's sandbox refuses to work for root
    return {"executable_path": str(path), "args": [*OFF_THE_NETWORK, *sandbox], "headless": True}


def main() -> int:
    if find_chromium():
        return 0
    for name, commands in _installers():
        print(f"No Chromium here. Installing {name}; it takes a minute or two.", flush=True)
        for command in commands:
            _run(command)
        if path := find_chromium():
            print(f"  ready: {path}", flush=True)
            return 0
    print(HELP, file=sys.stderr)
    return 1


def _candidates() -> Iterator[Path]:
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    yield from (path for path in APPLICATIONS if path.exists())
    asked = subprocess.run([sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False)
    if asked.returncode == 0:
        yield Path(asked.stdout.strip())


def _starts(path: Path) -> bool:
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _installers() -> Iterator[tuple[str, list[list[str]]]]:
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if _is_root() and shutil.which("apt-get"):
        apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
        packages = ["chromium", "fonts-dejavu-core", "fonts-noto-color-emoji"]
        yield (
            "the system's package with apt-get",
            [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]],
        )
        playwright.append("--with-deps")
    yield "Playwright's own in your home folder", [playwright]


def _run(command: list[str]) -> None:
    """Its output is shown only when it fails. A failure is no end: what counts is whether a browser is there."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        env={
            **os.environ,
            "DEBIAN_FRONTEND": "noninteractive",
            "PATH": os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin",  # where dpkg's helpers are
        },
    )
    if done.returncode:
        last = "".join(f"    {line}\n" for line in done.stdout.splitlines()[-8:])
        print(f"  {' '.join(command)}: failed, saying\n{last}", end="", flush=True)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


if __name__ == "__main__":
    sys.exit(main())
