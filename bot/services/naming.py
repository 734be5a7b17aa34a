"""How people name what they mean, from a list or freely typed."""

from collections.abc import Mapping

from rapidfuzz import process

from bot.campaign.search import words_of
from bot.text import clean

LONGEST_SEARCH = 50
"""UTF-16 units of a search: a button has to carry it, beside a topic and a speaker, in the 100 that Discord allows."""


def named(typed: str, names: Mapping[str, str]) -> str | None:
    """The key that was chosen from a list, or whose name was typed, give or take a letter or an accent."""
    if typed in names:
        return typed
    plain = {key: " ".join(words_of(name)) for key, name in names.items()}
    close = process.extractOne(" ".join(words_of(clean(typed, LONGEST_SEARCH))), plain, score_cutoff=85)
    return close[2] if close else None


def searched(typed: str) -> str:
    """A search as it is made, and as a button carries it on: cleaned, and bounded in UTF-16 units."""
    return _within(LONGEST_SEARCH, clean(typed, LONGEST_SEARCH))


def _within(units: int, text: str) -> str:
    """As much of a clean text as fits into UTF-16 units: an emoji, or a letter of a rare script, takes two."""
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore").rstrip()


def shortened(text: str, units: int) -> str:
    """`text`, or as much of it as fits into UTF-16 units with an ellipsis at its end."""
    return text if len(text.encode("utf-16-le")) // 2 <= units else f"{_within(units - 1, text)}…"
