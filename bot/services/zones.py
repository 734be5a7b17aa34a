"""Time zones as people name them: by city, country, their own name or how far they are from UTC.

What people type is looked up in tables and never handed to ZoneInfo, which takes it for the name of a file.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import islice
from typing import Final, cast
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.core import get_global
from babel.dates import format_time
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.campaign.words import words_of
from bot.i18n import SOURCE_LOCALE, msg
from bot.services.errors import NothingFound
from bot.text import clean, escape

LONGEST_TYPED: Final = 60
"""Characters of what is typed that are looked at."""

MOST_SUGGESTED: Final = 25
"""Choices of an autocomplete: Discord takes no more, of at most 100 characters each."""

_HALF_A_YEAR: Final = timedelta(days=182)

_NO_PLACES: Final = frozenset({"Factory", "localtime", "posixrules", "EST", "MST"})
"""Names that are no zone anybody lives in. Who says EST means New York, mostly, whose clocks change; EST's do not."""

_ENGLISH: Final = Locale.parse(SOURCE_LOCALE, sep="-")

_WELL_KNOWN: Final = (
    *("Africa/Nairobi", "Africa/Lagos", "Africa/Johannesburg", "Africa/Cairo", "Europe/London", "Europe/Paris"),
    *("Europe/Berlin", "Europe/Kyiv", "Europe/Istanbul", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka"),
    *("Asia/Jakarta", "Asia/Shanghai", "Asia/Manila", "Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland"),
    *("America/Sao_Paulo", "America/New_York", "America/Mexico_City", "America/Chicago", "America/Los_Angeles", "UTC"),
)
"""Offered before anything is typed, and before others that are as far from UTC."""

_ALSO_CALLED: Final = {"GB": ("UK", "Britain", "England"), "US": ("USA", "America"), "AE": ("UAE",)}
"""What people call countries beside their names and codes."""

_OFFSET: Final = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?")


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name that `zone_named` gave. Raises LookupError where this machine does not know it."""
    found = known_zone(name)
    if found is None:
        raise LookupError(name)
    return found


def known_zone(name: str | None) -> ZoneInfo | None:
    """The zone of this name, in exactly this form; None where there is none."""
    return _loaded(name) if name is not None and _names().get(name.casefold()) == name else None


def zone_named(typed: str, now: datetime, locale: Locale = _ENGLISH) -> str:
    """The IANA name of the zone that is meant: named itself, or by a city or country that has only one.

    Raises NothingFound, which says what may be meant. An offset alone means no zone: most places with it put their
    clocks forward in spring, and a fixed offset never does.
    """
    asked = clean(typed, LONGEST_TYPED)
    if itself := _names().get(asked.casefold().replace(" ", "_")):
        return itself
    found = _gazetteer(locale).called(_key(asked))
    if len(found) == 1:
        return found[0]
    near = [name for _shown, name in suggest(typed, now, locale)[:3]]
    shown = escape(asked)
    if not asked:
        raise NothingFound(msg("Name the largest city near you: it tells me the time zone."))
    if not near:
        raise NothingFound(
            msg("I know no time zone “{typed}”. Name the largest city near you, in its English spelling.", typed=shown)
        )
    raise NothingFound(
        msg(
            "I can't tell which time zone “{typed}” is. Did you mean {near}?",
            typed=shown,
            near=" · ".join(f"`{name}`" for name in near),
        )
    )


def suggest(typed: str, now: datetime, locale: Locale = _ENGLISH) -> list[tuple[str, str]]:
    """Zones that may be meant, best first and at most 25: each as it is shown, with its time at `now`, and its name.

    An offset (`+3`, `UTC+05:30`) gives the places that are so far from UTC at `now`, then the fixed offset itself.
    Nothing typed gives well-known places.
    """
    asked = clean(typed, LONGEST_TYPED)
    gazetteer = _gazetteer(locale)
    offset = _offset(asked)
    if not asked:
        names: Iterable[str] = (name for name in _WELL_KNOWN if known_zone(name))
    elif offset is not None:
        names = _at(offset, now, gazetteer) or _at(offset, now + _HALF_A_YEAR, gazetteer)
    else:
        names = gazetteer.search(asked)
    return [(_shown(name, gazetteer, now, locale), name) for name in islice(names, MOST_SUGGESTED)]


def described(name: str, now: datetime, locale: Locale = _ENGLISH) -> str:
    """A zone as people know it, with its time at `now`: 'Nairobi, Kenya · 2:05 PM (UTC+03:00)'."""
    return _shown(name, _gazetteer(locale), now, locale)


def offset_of(at: datetime, zone: ZoneInfo) -> str:
    """How far the zone's clock is from UTC at an instant: 'UTC+05:30'."""
    minutes = (at.astimezone(zone).utcoffset() or timedelta()) // timedelta(minutes=1)
    return f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@cache
def _loaded(name: str) -> ZoneInfo:
    """ZoneInfo itself keeps eight, and reads the rest from their files again and again."""
    return ZoneInfo(name)


@cache
def _names() -> Mapping[str, str]:
    """Every zone's name, by itself in lower case."""
    return {name.casefold(): name for name in sorted(available_timezones() - _NO_PLACES)}


@dataclass(frozen=True, slots=True)
class _Place:
    """One zone as people may name it."""

    shown: str
    """Its city and country in the reader's language."""
    keys: tuple[str, ...]
    """The cities that it is named for, in the reader's language and in English, also by older names."""
    countries: tuple[str, ...]
    words: frozenset[str]


class _Gazetteer:
    """All places, as one language and English name them. Built once, then only read."""

    def __init__(self, locale: Locale) -> None:
        older = _older_names()
        territories = cast("Mapping[str, str]", get_global("zone_territories"))
        found = sorted(name for name in {*territories, "UTC"} if known_zone(name))
        self.places = {name: _place(name, territories.get(name, ""), older.get(name, ()), locale) for name in found}
        """By the names that zones have today."""
        self._keys = [(key, name) for name, place in self.places.items() for key in place.keys]

    def called(self, key: str) -> list[str]:
        """The zones of a city of this name, else of a country."""
        of_cities = [name for at, name in self._keys if at == key]
        in_countries = (name for name, place in self.places.items() if key in place.countries)
        return list(dict.fromkeys(of_cities)) or list(in_countries)

    def search(self, asked: str) -> list[str]:
        """Best first: by how a city's name begins, then a country's, then by any word, then with typing errors."""
        key, words = _key(asked), words_of(asked.replace("_", " "))
        itself = _names().get(asked.casefold().replace(" ", "_"))
        ranks = {itself: -1} if itself else {}
        if not any(char.isalpha() for char in key):
            return list(ranks)
        for name, place in self.places.items():
            if name != itself and (rank := _rank(place, key, words)) is not None:
                ranks[name] = rank
        if not ranks and len(key) >= 4:
            keys = [at for at, _name in self._keys]
            near = process.extract(key, keys, scorer=OSA.distance, score_cutoff=2, limit=None)
            for _key_near, edits, at in sorted(near, key=lambda one: one[1]):
                ranks.setdefault(self._keys[at][1], int(edits))
        return sorted(ranks, key=lambda name: (ranks[name], _fame(name), name))


_gazetteer = lru_cache(maxsize=40)(_Gazetteer)  # Discord has some 33 languages


@cache
def _older_names() -> Mapping[str, Sequence[str]]:
    """The names that zones once had, by today's: 'Asia/Kolkata' was 'Asia/Calcutta'."""
    older: dict[str, list[str]] = {}
    for old, name in cast("Mapping[str, str]", get_global("zone_aliases")).items():
        older.setdefault(name, []).append(old)
    return older


def _place(name: str, territory: str, older: Sequence[str], locale: Locale) -> _Place:
    is_place = territory not in ("", "001", "ZZ")  # the world, and nowhere
    city, country = _city(name, locale), _country(territory, locale) if is_place else ""
    cities = [city, _city(name, _ENGLISH), *(one.rpartition("/")[2] for one in (name, *older) if "/" in one)]
    countries = [country, _country(territory, _ENGLISH), territory, *_ALSO_CALLED.get(territory, ())]
    words = {word for text in (*cities, *countries, name, *older) for word in words_of(text.replace("_", " "))}
    return _Place(
        f"{city}, {country}" if country not in ("", city) else city,
        tuple(dict.fromkeys(key for text in cities if (key := _key(text)))),
        tuple(dict.fromkeys(key for text in countries if (key := _key(text)))) if is_place else (),
        frozenset(words),
    )


def _city(name: str, locale: Locale) -> str:
    zones = cast("Mapping[str, Mapping[str, str]]", locale.time_zones)
    if name.startswith("Etc/") or "/" not in name:
        return name
    return zones.get(name, {}).get("city") or name.rpartition("/")[2].replace("_", " ")


def _country(territory: str, locale: Locale) -> str:
    return cast("Mapping[str, str]", locale.territories).get(territory, territory)


def _key(text: str) -> str:
    return "".join(words_of(text.replace("_", " ")))


def _rank(place: _Place, key: str, words: Sequence[str]) -> int | None:
    """0 for a city of this name, 1 for a country, 2 and 3 where they begin so, 4 for any words; None for neither."""
    if key in place.keys:
        return 0
    if key in place.countries:
        return 1
    if any(one.startswith(key) for one in place.keys):
        return 2
    if any(one.startswith(key) for one in place.countries):
        return 3
    if words and all(any(one.startswith(word) for one in place.words) for word in words):
        return 4
    return None


def _fame(name: str) -> int:
    return _WELL_KNOWN.index(name) if name in _WELL_KNOWN else len(_WELL_KNOWN)


def _offset(asked: str) -> timedelta | None:
    """How far from UTC, east counting forward; None for what is no offset, or farther than any place."""
    plain = asked.casefold().replace("−", "-").replace("–", "-").replace(" ", "")
    found = _OFFSET.fullmatch(plain)
    if found is None:
        return None
    off = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if off > timedelta(hours=14):
        return None
    return -off if found[1] == "-" else off


def _at(offset: timedelta, now: datetime, gazetteer: _Gazetteer) -> list[str]:
    """The places that are so far from UTC at an instant, well-known ones first; the fixed offset always among them."""
    hours, rest = divmod(offset, timedelta(hours=1))
    fixed = "UTC" if not hours else f"Etc/GMT{-hours:+d}"  # POSIX: west counts forward
    there = [
        name
        for name in gazetteer.places
        if "/" in name and not name.startswith("Etc/") and now.astimezone(_loaded(name)).utcoffset() == offset
    ]
    in_order = sorted(there, key=lambda name: (_fame(name), gazetteer.places[name].shown))
    return in_order if rest or known_zone(fixed) is None else [*in_order[: MOST_SUGGESTED - 1], fixed]


def _shown(name: str, gazetteer: _Gazetteer, now: datetime, locale: Locale) -> str:
    local = _loaded(name)
    time = format_time(now.astimezone(local), "short", locale=locale)
    place = gazetteer.places.get(name)
    return f"{(place.shown if place else name)[:70]} · {time} ({offset_of(now, local)})"
