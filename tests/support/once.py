"""What each bot of a test would make anew, and exactly alike, is made once in a process.

A campaign's content is immutable; an index or a vocabulary is built once, then only read: bots may share them.
"""

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import bot.client
import bot.services
from bot import DATA
from bot.campaign.models import Campaign

SHIPPED = DATA / "heforshe"


def once(make: Callable[..., Any]) -> Callable[..., Any]:
    """As `make`, but what it made of the very same things is returned again.

    The things are its first argument's, and told by identity: they must not change. The others must follow from them.
    """
    kept: dict[tuple[int, ...], tuple[Iterable[Any], Any]] = {}

    def made(things: Iterable[Any], *others: Any) -> Any:
        key = tuple(map(id, things))
        if key not in kept:
            kept[key] = things, make(things, *others)  # what is kept has its identity to itself
        return kept[key][1]

    return made


@cache
def _shipped() -> Campaign:
    return _load_campaign(SHIPPED)


def _campaign(folder: Path) -> Campaign:
    """The campaign in `folder`. Only of the shipped one is it certain that no test changes the files."""
    return _shipped() if folder == SHIPPED else _load_campaign(folder)


_load_campaign = bot.client.load_campaign


@cache
def share_content() -> None:
    """From now on, bots of this process share what they only read."""
    bot.client.load_campaign = _campaign
    bot.services.index_of_facts = once(bot.services.index_of_facts)
    bot.services.index_of_quotes = once(bot.services.index_of_quotes)
    bot.services.Countries = once(bot.services.Countries)
