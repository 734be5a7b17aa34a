"""All that people read stands in the catalogue, ready to be translated."""

from string import Formatter

from babel.messages.pofile import read_po

from bot.i18n import Languages
from scripts.catalogue import TEMPLATE, build


def test_the_template_holds_every_sentence_and_no_other() -> None:
    with TEMPLATE.open("rb") as file:
        written = {message.id for message in read_po(file) if message.id}
    assert written == {message.id for message in build() if message.id}, "run: python -m scripts.catalogue"


def test_every_sentence_can_be_said_in_english() -> None:
    """Each is a format string that only names its values: no stray brace, no position, no attribute."""
    english = Languages().words("en-US")
    for message in build():
        sentences = message.id if isinstance(message.id, tuple) else (message.id,)
        for sentence in filter(None, sentences):
            names = dict.fromkeys(english_names(sentence), "x")
            assert english.gettext(sentence, **names)


def english_names(sentence: str) -> set[str]:
    names = {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}
    assert all(name.isidentifier() for name in names), sentence
    return names
