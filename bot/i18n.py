"""The words that people read: gettext catalogues, Discord's locales, and CLDR formats for dates, numbers and lists.

English is written in the code and is its own catalogue; a language is one file,
`data/locale/<language>/LC_MESSAGES/uplift.po`, read at start. Nothing has to be compiled.
"""

import gettext
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot import DATA

SOURCE_LOCALE = "en-US"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence that is still to be put into a reader's language, with the values that go into it."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


def msg(text: str, **values: object) -> Message:
    """Marks `text` for the catalogue and keeps its values: for sentences made where no reader is known."""
    return Message(text, values)


class Words:
    """One reader's language: sentences, dates, numbers and lists."""

    def __init__(self, locale: Locale, catalogue: gettext.NullTranslations) -> None:
        self.locale = locale
        self._catalogue = catalogue
        # CLDR's patterns take their time, and the same few numbers and dates are written again and again.
        self.number = lru_cache(maxsize=1024)(self._number)
        self.date = lru_cache(maxsize=1024)(self._date)

    def gettext(self, text: str, **values: object) -> str:
        """The sentence in this language. Values are put in afterwards and are never read as a format."""
        return self._catalogue.gettext(text).format(**values)

    def ngettext(self, one: str, many: str, n: int, **values: object) -> str:
        """The sentence in the form that `n` demands; `{n}` in it is the number as this language writes it."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def say(self, message: Message) -> str:
        return self.gettext(message.text, **{name: self._spoken(value) for name, value in message.values.items()})

    def _spoken(self, value: object) -> object:
        return self.say(value) if isinstance(value, Message) else value

    def _number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def list(self, parts: Sequence[str]) -> str:
        """'a, b and c' in this language."""
        return format_list(parts, locale=self.locale)

    def day(self, on: date) -> str:
        """A date with its weekday: 'Sunday, 20 September 2026'."""
        return format_date(on, format="full", locale=self.locale)

    def _date(self, year: int, month: int | None = None, day: int | None = None) -> str:
        """A date of which perhaps only the month or the year is known: '20 September 2014', '2014'."""
        if month is None:
            return str(year)
        if day is None:
            return format_skeleton("yMMMM", datetime(year, month, 1), locale=self.locale)  # noqa: DTZ001 (no instant)
        return format_date(date(year, month, day), format="long", locale=self.locale)

    def month_day(self, month: int, day: int) -> str:
        """A day of any year: '20 September'. A leap year carries it, so that 29 February can be written."""
        return format_skeleton("MMMMd", datetime(2024, month, day), locale=self.locale)  # noqa: DTZ001 (no instant)


class Languages:
    """All the catalogues there are, and the one that fits a reader best."""

    def __init__(self, folder: Path = DATA / "locale") -> None:
        self._catalogues = {
            path.parent.parent.name: _read_catalogue(path) for path in sorted(folder.glob("*/LC_MESSAGES/uplift.po"))
        }
        self.words = lru_cache(maxsize=64)(self._words)

    def catalogue(self, discord_locale: str) -> gettext.NullTranslations | None:
        """The translations for one of Discord's locales ('pt-BR'), of its language if need be; None: English serves."""
        language, _, _ = discord_locale.partition("-")
        return self._catalogues.get(discord_locale.replace("-", "_")) or self._catalogues.get(language)

    def _words(self, discord_locale: str) -> Words:
        """The reader's words; where there is no catalogue for the language, all of English, formats included.

        A sentence in one language with its dates in another would be worse than either.
        """
        catalogue = self.catalogue(discord_locale)
        named = discord_locale if catalogue or discord_locale.startswith("en") else SOURCE_LOCALE
        try:
            locale = Locale.parse(named, sep="-")
        except (UnknownLocaleError, ValueError):
            locale = Locale.parse(SOURCE_LOCALE, sep="-")
        return Words(locale, catalogue or gettext.NullTranslations())


def _read_catalogue(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
