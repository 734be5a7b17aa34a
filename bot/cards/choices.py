"""What the lists under an option offer while a member types. No I/O: it must answer within milliseconds."""

from collections.abc import Collection, Iterable
from typing import Any

from babel import Locale
from discord.app_commands import Choice

from bot.campaign.countries import Countries
from bot.campaign.search import words_of
from bot.services.commitments import Commitments
from bot.services.decks import Deck, Shunned
from bot.services.naming import LONGEST_SEARCH
from bot.services.pledges import Pledges

MOST_CHOICES = 25  # Discord shows no more


def topic_choices(deck: Deck[Any], typed: str, without: Collection[Shunned] = ()) -> list[Choice[str]]:
    shown = ((topic.id, topic.name) for topic in deck.topics if ("topic", topic.id) not in without)
    return _matching(shown, typed)


def speaker_choices(deck: Deck[Any], typed: str) -> list[Choice[str]]:
    return _matching(deck.speakers.items(), typed)


def maker_choices(commitments: Commitments, typed: str) -> list[Choice[str]]:
    # The value is what would be searched for if the member typed it.
    return _matching(((name[:LONGEST_SEARCH], name[:100]) for name in commitments.makers), typed)


def theme_choices(pledges: Pledges, typed: str) -> list[Choice[str]]:
    return _matching(((theme.id, theme.name) for theme in pledges.themes), typed)


def country_choices(countries: Countries, typed: str, locale: Locale) -> list[Choice[str]]:
    return [Choice(name=name, value=iso2) for iso2, name in countries.choices(typed, locale, MOST_CHOICES)]


def _matching(named: Iterable[tuple[str, str]], typed: str) -> list[Choice[str]]:
    """Those of whose words each typed one begins some word, in the given order."""
    starts = words_of(typed)
    fitting = (
        (key, name)
        for key, name in named
        if all(any(word.startswith(start) for word in words_of(name)) for start in starts)
    )
    return [Choice(name=name, value=key) for key, name in fitting][:MOST_CHOICES]
