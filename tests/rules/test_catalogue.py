"""All that people read stands in the catalogue, ready to be translated."""

import io
import re
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot import DATA
from scripts.catalogue import TEMPLATE, build


def values_in(sentence: str) -> set[str]:
    """The names in braces. Raises ValueError for a brace that is not closed."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def forms_of(texts: str | tuple[str, ...] | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def faults_in(catalogue: Catalog) -> list[str]:
    """Translations that would fail when they are said: a value lost, or one that the code does not give."""
    return [
        f"{message.id!r} -> {translated!r}"
        for message in catalogue
        if message.id
        for translated in forms_of(message.string)
        if translated and values_in(translated) != values_in(forms_of(message.id)[0])
    ]


def test_the_template_holds_every_sentence_and_no_other() -> None:
    with TEMPLATE.open("rb") as file:
        written = {message.id for message in read_po(file) if message.id}
    assert written == {message.id for message in build() if message.id}, "run: python -m scripts.catalogue"


def test_every_sentence_only_names_its_values() -> None:
    for message in build():
        for sentence in filter(None, forms_of(message.id)):
            assert all(re.fullmatch(r"[a-z_]+", name) for name in values_in(sentence)), sentence


def test_no_translation_lost_a_value() -> None:
    for path in (DATA / "locale").glob("*/LC_MESSAGES/uplift.po"):
        assert faults_in(read_po(io.BytesIO(path.read_bytes()))) == [], path


def test_a_translation_that_lost_a_value_is_found() -> None:
    lost = b'msgid "As of {date}"\nmsgstr "Stand: {datum}"\n\nmsgid "today"\nmsgstr "heute"\n'
    assert len(faults_in(read_po(io.BytesIO(lost)))) == 1
