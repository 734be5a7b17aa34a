"""What the lists under an option offer while a member types. No I/O: it must answer within milliseconds."""

from collections.abc import Iterable
from typing import Any

from discord.app_commands import Choice

from bot.campaign.search import words_of
from bot.services.commitments import Commitments
from bot.services.decks import LONGEST_SEARCH, Deck

MOST_CHOICES = 25  # Discord shows no more


def topic_choices(deck: Deck[Any], typed: str) -> list[Choice[str]]:
    return _matching(((topic.id, topic.name) for topic in deck.topics), typed)


def speaker_choices(deck: Deck[Any], typed: str) -> list[Choice[str]]:
    return _matching(deck.speakers.items(), typed)


def maker_choices(commitments: Commitments, typed: str) -> list[Choice[str]]:
    # The value is what would be searched for if the member typed it.
    return _matching(((name[:LONGEST_SEARCH], name[:100]) for name in commitments.makers), typed)


def _matching(named: Iterable[tuple[str, str]], typed: str) -> list[Choice[str]]:
    """Those of whose words each typed one begins some word, in the given order."""
    starts = words_of(typed)
    fitting = (
        (key, name)
        for key, name in named
        if all(any(word.startswith(start) for word in words_of(name)) for start in starts)
    )
    return [Choice(name=name, value=key) for key, name in fitting][:MOST_CHOICES]
