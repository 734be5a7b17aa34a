"""The architecture holds: dependencies point one way (the contracts stand in pyproject.toml)."""

import os
import subprocess
import sys

from bot import ROOT


def test_dependencies_point_one_way() -> None:
    linter = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checked = subprocess.run(
        [sys.executable, "-c", linter, "--no-cache"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
