"""Words in the reader's language: sentences and plurals from the catalogues, dates and numbers from CLDR."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Languages, msg

POLISH = r"""
msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

msgid "Find help"
msgstr "Znajdź pomoc"

msgid "{n} year after {date}"
msgid_plural "{n} years after {date}"
msgstr[0] "{n} rok od {date}"
msgstr[1] "{n} lata od {date}"
msgstr[2] "{n} lat od {date}"

#, fuzzy
msgid "Another"
msgstr "Inna"
"""

PORTUGUESE = r"""
msgid ""
msgstr ""
"Language: pt\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Find help"
msgstr "Procurar ajuda"
"""

BRAZILIAN = PORTUGUESE.replace("Procurar ajuda", "Buscar ajuda").replace("Language: pt", "Language: pt_BR")


@pytest.fixture
def languages(tmp_path: Path) -> Languages:
    """Polish and Portuguese, as translators hand them in."""
    write(tmp_path, "pl", POLISH)
    write(tmp_path, "pt", PORTUGUESE)
    return Languages(tmp_path)


def write(folder: Path, language: str, catalogue: str) -> None:
    file = folder / language / "LC_MESSAGES" / "uplift.po"
    file.parent.mkdir(parents=True)
    file.write_text(catalogue, encoding="utf-8")


# English, which is written in the code.


@pytest.mark.parametrize(("n", "said"), [(0, "0 facts"), (1, "1 fact"), (2, "2 facts"), (1234, "1,234 facts")])
def test_english_has_two_forms(languages: Languages, n: int, said: str) -> None:
    assert languages.words("en-US").ngettext("{n} fact", "{n} facts", n) == said


@pytest.mark.parametrize(
    ("locale", "day", "whole", "month", "yearly", "listed"),
    [
        (
            "en-US",
            "Sunday, September 20, 2026",
            "September 20, 2014",
            "September 2014",
            "February 29",
            "a, b, and c",
        ),
        ("en-GB", "Sunday, 20 September 2026", "20 September 2014", "September 2014", "29 February", "a, b and c"),
    ],
)
def test_dates_and_lists_are_written_as_the_reader_writes_them(
    languages: Languages, locale: str, day: str, whole: str, month: str, yearly: str, listed: str
) -> None:
    words = languages.words(locale)

    assert words.day(date(2026, 9, 20)) == day
    assert words.date(2014, 9, 20) == whole
    assert words.date(2014, 9) == month
    assert words.date(2014) == "2014"
    assert words.month_day(2, 29) == yearly
    assert words.list(["a", "b", "c"]) == listed


@pytest.mark.parametrize("locale", ["fr", "de", "ja", "zh-CN", "xx", "", "not a locale", "en-XX-YY-ZZ", "😀"])
def test_a_language_without_a_catalogue_is_english_through_and_through(languages: Languages, locale: str) -> None:
    words = languages.words(locale)

    assert words.gettext("Find help") == "Find help"
    assert words.number(1234) == "1,234"
    assert words.day(date(2026, 9, 20)) == "Sunday, September 20, 2026"


# Other languages, each one file.


def test_a_catalogue_serves_its_language_dates_and_numbers_included(languages: Languages) -> None:
    words = languages.words("pl")

    assert words.gettext("Find help") == "Znajdź pomoc"
    assert words.date(2014, 9, 20) == "20 września 2014"
    assert words.number(12345) == "12\u00a0345"
    assert words.list(["a", "b", "c"]) == "a, b i c"


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 rok od X"), (2, "2 lata od X"), (5, "5 lat od X"), (12, "12 lat od X"), (22, "22 lata od X")]
)
def test_a_language_may_have_more_than_two_forms(languages: Languages, n: int, said: str) -> None:
    assert languages.words("pl").ngettext("{n} year after {date}", "{n} years after {date}", n, date="X") == said


def test_what_is_not_translated_or_not_for_certain_is_english(languages: Languages) -> None:
    words = languages.words("pl")

    assert words.gettext("Later") == "Later"
    assert words.gettext("Another") == "Another", "a fuzzy translation is a guess"


def test_brazilian_readers_get_portuguese_until_there_is_brazilian(tmp_path: Path) -> None:
    write(tmp_path, "pt", PORTUGUESE)
    assert Languages(tmp_path).words("pt-BR").gettext("Find help") == "Procurar ajuda"

    write(tmp_path, "pt_BR", BRAZILIAN)
    assert Languages(tmp_path).words("pt-BR").gettext("Find help") == "Buscar ajuda"


def test_commands_are_only_translated_where_there_is_a_catalogue(languages: Languages) -> None:
    assert languages.catalogue("fr") is None
    assert languages.catalogue("en-US") is None, "English is what they are written in"
    catalogue = languages.catalogue("pl")
    assert catalogue is not None
    assert catalogue.gettext("Find help") == "Znajdź pomoc"


def test_without_any_catalogue_there_is_english(tmp_path: Path) -> None:
    assert Languages(tmp_path / "nowhere").words("pl").gettext("Find help") == "Find help"


# Values.


@given(st.text())
def test_a_value_is_put_in_as_it_is_and_never_read_as_a_format(value: str) -> None:
    words = Languages(Path("nowhere")).words("en-US")

    assert words.gettext("I found “{words}”.", words=value) == f"I found “{value}”."
    assert words.ngettext("{n} of {words}", "{n} of {words}", 3, words=value) == f"3 of {value}"
    assert words.say(msg("I found “{words}”.", words=value)) == f"I found “{value}”."


def test_braces_in_a_value_give_nothing_away(languages: Languages) -> None:
    said = languages.words("en-US").say(msg("{typed}", typed="{typed.__class__} {0} {} {n!r:>9}"))

    assert said == "{typed.__class__} {0} {} {n!r:>9}"


def test_a_sentence_within_a_sentence_is_translated_too(languages: Languages) -> None:
    message = msg("{button}: {count}", button=msg("Find help"), count=3)

    assert languages.words("pl").say(message) == "Znajdź pomoc: 3"
    assert languages.words("en-GB").say(message) == "Find help: 3"
