"""Uplift: a Discord bot for campaign engagement."""

from pathlib import Path
from typing import Final

__version__: Final = "0.1.0"

ROOT: Final = Path(__file__).resolve().parent.parent
"""The folder that holds `bot/`, `cogs/` and `data/`; paths never depend on the working directory."""

DATA: Final = ROOT / "data"
