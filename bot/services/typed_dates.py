"""Days as people type them, in their own language: read only where they can mean one day. Pure."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import cast

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names

from bot.i18n import Words, msg
from bot.services.errors import DomainError
from bot.services.naming import LONGEST_SEARCH
from bot.text import clean, escape

_LEAP_YEAR = 2024

_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "e", "o", "a", "of", "the"})
"""What stands beside a day's number, in forms that CLDR does not write."""

_YEAR_FIRST = re.compile(r"(?P<year>[0-9]{4})([-./]) ?(?P<month>[0-9]{1,2})\2 ?(?P<day>[0-9]{1,2})\.?")
_ISO_DAY = re.compile(r"(?:--)?(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_EAST_ASIAN = re.compile(
    r"(?:(?P<year>[0-9]{4}) ?[年년] ?)?(?P<month>[0-9]{1,2}) ?[月월] ?(?P<day>[0-9]{1,2}) ?[日일]?"
)
_TWO_NUMBERS = re.compile(
    r"(?P<one>[0-9]{1,2}) ?(?P<sign>[-./]) ?(?P<other>[0-9]{1,2})(?:\.|\.? ?(?P=sign)? ?(?P<year>[0-9]{4}))?"
)
_FIGURES, _LETTERS = re.compile(r"[0-9]+"), re.compile(r"[^\W\d_]+")


class NotADay(DomainError):
    """What was typed is no day, or could be several."""


@dataclass(frozen=True, slots=True)
class TypedDay:
    """A day of every year, or the day of one year on which something happened."""

    month: int
    day: int
    year: int | None = None

    def exists(self) -> bool:
        try:
            date(_LEAP_YEAR if self.year is None else self.year, self.month, self.day)
        except ValueError:
            return False
        return True


def typed_day(typed: str, words: Words, app_locale: str) -> TypedDay:
    """The day that was typed: `2014-09-20`, `09-20`, `20.9.`, or with a month's name in the reader's language.

    `app_locale` is Discord's name for the language of their app, which may have more readers than catalogues. Raises
    NotADay for what can't be read, could be two days, or does not exist.
    """
    text = _plain(clean(typed, LONGEST_SEARCH))
    locales = _locales(app_locale, words)
    found = _in_numbers(text, locales[0], typed, words) or _by_name(text, locales)
    if found is None:
        raise NotADay(
            msg(
                "I can't read “{typed}” as a date. Write it like {whole}, {yearly} or {bare}.",
                typed=_shown(typed),
                whole=words.date(2014, 9, 20),
                yearly=words.month_day(9, 20),
                bare="2014-09-20",
            )
        )
    if not found.exists():
        raise NotADay(msg("There is no such day: {typed}.", typed=_shown(typed)))
    return found


def _shown(typed: str) -> str:
    return escape(clean(typed, LONGEST_SEARCH))


def _plain(text: str) -> str:
    """In one case, without accents, in ASCII figures: as different people type the same."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    kept = (char for char in folded if not "\u0300" <= char <= "\u036f")  # other scripts' marks are not accents
    figures = (str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)
    return unicodedata.normalize("NFC", "".join(figures))


def _in_numbers(text: str, locale: Locale, typed: str, words: Words) -> TypedDay | None:
    for pattern in (_YEAR_FIRST, _ISO_DAY, _EAST_ASIAN):
        if match := pattern.fullmatch(text):
            year = match.groupdict().get("year")
            return TypedDay(int(match["month"]), int(match["day"]), int(year) if year else None)
    match = _TWO_NUMBERS.fullmatch(text)
    if match is None or (match["sign"] == "-" and match["year"] is None):
        return None
    one, other, year = int(match["one"]), int(match["other"]), int(match["year"]) if match["year"] else None
    day_first, month_first = TypedDay(other, one, year), TypedDay(one, other, year)
    if match["sign"] == "." and not _puts_month_first(locale):
        return day_first
    readings = [reading for reading in dict.fromkeys((day_first, month_first)) if reading.exists()]
    if len(readings) == 2:
        raise NotADay(
            msg(
                "“{typed}” can mean {one} or {other}. Please write the month as a word.",
                typed=_shown(typed),
                one=words.month_day(day_first.month, day_first.day),
                other=words.month_day(month_first.month, month_first.day),
            )
        )
    return readings[0] if readings else day_first


def _puts_month_first(locale: Locale) -> bool:
    pattern = str(locale.date_formats["short"].pattern)
    return pattern.find("M") < pattern.find("d")


def _by_name(text: str, locales: Sequence[Locale]) -> TypedDay | None:
    for locale in locales:
        months, pattern, fillers = _months(str(locale))
        names = list(pattern.finditer(text))
        if len(names) != 1:
            continue
        rest = text[: names[0].start()] + " " + text[names[0].end() :]
        parts: list[str] = [*_FIGURES.findall(rest), *_LETTERS.findall(rest)]
        days = [part for part in parts if part.isdecimal() and len(part) <= 2]
        years = [part for part in parts if part.isdecimal() and len(part) == 4]
        left = set(parts) - set(days) - set(years) - fillers
        if len(days) == 1 and len(years) <= 1 and not left:
            return TypedDay(months[names[0][0]], int(days[0]), int(years[0]) if years else None)
    return None


@lru_cache(maxsize=64)
def _months(locale: str) -> tuple[Mapping[str, int], re.Pattern[str], frozenset[str]]:
    """Months by their names, what finds a name in a text, and the small words that a written date has beside it."""
    named: dict[str, set[int]] = {}
    for width in ("wide", "abbreviated"):
        for context in ("format", "stand-alone"):
            names = cast(Mapping[int, str], get_month_names(width, context, locale))
            for month, name in names.items():
                named.setdefault(_plain(name).rstrip("."), set()).add(month)
    months = {name: min(numbers) for name, numbers in named.items() if len(numbers) == 1}
    longest_first = sorted(months, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
    formats, eras = Locale.parse(locale).date_formats, Locale.parse(locale).eras
    beside = [*re.findall(r"'([^']+)'", str(formats["long"].pattern)), str(eras["abbreviated"][1])]
    return months, pattern, _ORDINALS | {word for words in beside for word in _LETTERS.findall(_plain(words))}


def _locales(app_locale: str, words: Words) -> list[Locale]:
    try:
        own = Locale.parse(app_locale, sep="-")
    except (UnknownLocaleError, ValueError):
        own = words.locale
    return list(dict.fromkeys((own, words.locale, *(Locale.parse(english) for english in ("en_US", "en_GB")))))
