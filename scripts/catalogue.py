"""Writes data/locale/uplift.pot: every sentence that people read, for translators. Run: python -m scripts.catalogue

Babel's own extractor reads tokens, and before Python 3.12 an f-string is one token: sentences inside would be missed.
This one reads the syntax tree.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from bot import DATA, ROOT, __version__

TEMPLATE = DATA / "locale" / "uplift.pot"
SENTENCES = {"_", "gettext", "msg", "_l"}
PLURALS = {"n", "ngettext"}


def build() -> Catalog:
    """The catalogue of all sentences in the code, with the files where they stand (no line numbers: those move)."""
    catalogue = Catalog(project="Uplift", version=__version__, copyright_holder="Uplift contributors", fuzzy=False)
    catalogue.header_comment = "# Sentences of Uplift. Copy to <language>/LC_MESSAGES/uplift.po and translate."
    for path in sorted([*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]):
        for message in _sentences(path):
            catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), None)])  # type: ignore[list-item]
    return catalogue


def _sentences(path: Path) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in SENTENCES and texts:
            yield texts[0]
        elif name in PLURALS and len(texts) > 1:
            yield texts[0], texts[1]


def write() -> None:
    """Writes the template, unless only its date would change."""
    written = io.BytesIO()
    write_po(written, build(), sort_output=True)
    if _without_date(written.getvalue()) != _without_date(TEMPLATE.read_bytes()):
        TEMPLATE.write_bytes(written.getvalue())


def _without_date(template: bytes) -> bytes:
    return re.sub(rb'"POT-Creation-Date: .*\n', b"", template)


if __name__ == "__main__":
    write()
