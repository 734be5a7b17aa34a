"""A language for tests: English in odd letters, so that a sentence which is in no catalogue shows at once.

Each plain letter has one odd letter that no content uses, so that a test can read the bot's answers back.
"""

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.messages.pofile import write_po
from pydantic import BaseModel

from bot.campaign.models import Campaign
from bot.i18n import Languages
from bot.services.zones import described
from bot.text import clean, escape
from scripts.catalogue import build
from tests.support.once import once

_PLAIN = "abcdefghijklmnopqrstuvwxyz"
_ODD = "ȁḇḉḏȅƒḡḫȉĵḵḻṃṉȍṗɋȑṩṯȕṿẉẋẏẕ"
_TO_ODD = str.maketrans(_PLAIN + _PLAIN.upper(), _ODD + _ODD.upper())
_TO_PLAIN = str.maketrans(_ODD + _ODD.upper(), _PLAIN + _PLAIN.upper())

_READ_BY_PEOPLE = {"content", "label", "placeholder", "description", "title"}
_NOT_WORDS = re.compile(r"https?://\S+|<t:\d+:\w>|</[\w -]+:\d+>|`[0-9a-f]{6}`|`/[\w ]+`")
_ZONE = re.compile(r"[A-Z]\w+(?:/[\w\\+-]+)+")
_EVERYONE = re.compile("@\u200b?everyone")  # taken out last: people write it, too
_THREE_PLAIN_LETTERS = re.compile(r"[A-Za-z]{3,}")


def odd(sentence: str) -> str:
    """The sentence in odd letters; the names of its values stay, since the code fills them in."""
    return "".join(
        part if part.startswith("{") else part.translate(_TO_ODD) for part in re.split(r"(\{\w+\})", sentence)
    )


def plain(text: str) -> str:
    """Reads odd letters back; a text without them stays as it is."""
    return text.translate(_TO_PLAIN)


@cache
def odd_languages() -> Languages:
    """Languages in which English readers get odd letters."""
    folder = Path(mkdtemp())
    catalogue = build()
    for message in catalogue:
        if isinstance(message.id, tuple):
            message.string = tuple(odd(form) for form in message.id)
        elif message.id:
            message.string = odd(message.id)
    catalogue.locale = Locale("en")
    target = folder / "en" / "LC_MESSAGES" / "uplift.po"
    target.parent.mkdir(parents=True)
    with target.open("wb") as file:
        write_po(file, catalogue)
    languages = Languages(folder)
    shutil.rmtree(folder)
    return languages


def untranslated(bodies: Iterable[Any], campaign: Campaign, typed: Iterable[str]) -> list[str]:
    """Runs of three plain letters in what was sent that are neither content, nor a person's own, nor a date's name."""
    own = {clean(text, limit) for text in typed for limit in (50, 200)}
    known = {*_shown_of(list(vars(campaign).values())), *own, *map(escape, own)}
    in_order = sorted((text for text in known if len(text) > 2), key=len, reverse=True)
    found: list[str] = []
    for text in _read_by_people(bodies):
        rest = _ZONE.sub(_unless_a_zone, _NOT_WORDS.sub(" ", text))
        if not _THREE_PLAIN_LETTERS.search(rest):
            continue  # nor will there be any when parts have been taken out
        if "(UTC" in rest:
            rest = _zones_with_time().sub(" ", rest)  # before the country alone is taken out of it
        for part in in_order:
            rest = rest.replace(part, " ")
        rest = _names_of_places().sub(" ", _names_of_dates().sub(" ", _EVERYONE.sub(" ", rest)))
        found += [f"{run} in: {text}" for run in _THREE_PLAIN_LETTERS.findall(rest)]
    return found


@once
def _shown_of(content: list[Any]) -> set[str]:
    """The texts of a campaign's parts, as they stand in the files and as they are shown."""
    texts = set(_texts_of(content))
    return texts | set(map(escape, texts))


def _read_by_people(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        for name, value in body.items():
            if name in _READ_BY_PEOPLE and isinstance(value, str):
                yield value
            else:
                yield from _read_by_people(value)
    elif isinstance(body, list | tuple):
        for part in body:
            yield from _read_by_people(part)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield from _texts_of(dict(value))
    elif isinstance(value, Mapping):
        yield from _texts_of(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts_of(part)


@cache
def _names_of_dates() -> re.Pattern[str]:
    english = Locale("en", "US")
    names = [*english.months["format"]["wide"].values(), *english.days["format"]["wide"].values(), "and"]
    return re.compile(r"\b(?:" + "|".join(names) + r")\b")


def _unless_a_zone(found: re.Match[str]) -> str:
    """tzdata's names are the same in every language."""
    return " " if found[0].replace("\\", "") in _zone_names() else found[0]


@cache
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _zones_with_time() -> re.Pattern[str]:
    """As they are suggested: city and country, then the time there."""
    return re.compile(_any_of(_places()).pattern + r"(?= · )")


@cache
def _names_of_places() -> re.Pattern[str]:
    """Of the cities and countries of time zones: they come from CLDR, in the reader's language."""
    return _any_of([*_zone_names(), *(part for place in _places() for part in (place, *place.split(", ")))])


@cache
def _places() -> list[str]:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [described(name, now).partition(" · ")[0] for name in _zone_names() if "/" in name]


def _any_of(names: Iterable[str]) -> re.Pattern[str]:
    shown = sorted({form for name in names for form in (name, escape(name))}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, shown)) + r")(?!\w)")
