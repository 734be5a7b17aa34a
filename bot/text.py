"""Text made safe to show: normalised, bounded, and escaped so that Discord shows it as it was written. Pure.

Order matters: clean and bound first, escape last, since escaping makes a text longer.
"""

import re
import unicodedata

MOST_MARKS = 3
"""Combining marks kept on one base character: real writing needs no more, 'zalgo' has dozens."""

_JOINERS = "\u200c\u200d"  # Persian and Indic writing, and composed emoji, need them
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_MARKS = {"Mn", "Me"}

_SPECIAL = re.compile(r"[\\*_~|`\[\]<]")
_BLOCK = re.compile(r"^(?=[#>+-])|(?<=^\d)(?=[.)])|(?<=^\d\d)(?=[.)])", re.MULTILINE)  # headings, quotes, lists
_LINK = re.compile(r"(?<=:)(?=//)")
_MENTION = re.compile(r"(?<=@)(?=everyone|here)")


def clean(text: str, limit: int) -> str:
    """`text` as one line of at most `limit` characters: NFC, no control, bidi or private characters, few marks.

    Runs of white space become one space. At most four times `limit` characters are read, so the work is bounded.
    """
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text[: limit * 4]):
        category = unicodedata.category(char)
        if char.isspace():
            char = " "
        elif category in _DROPPED and char not in _JOINERS:
            continue
        if category in _MARKS:
            marks += 1
            if marks > MOST_MARKS:
                continue
        elif char not in _JOINERS:
            marks = 0
        if char in f" {_JOINERS}" and kept[-1:] == [char]:
            continue
        kept.append(char)
    return "".join(kept)[:limit].strip(f" {_JOINERS}")


def escape(text: str) -> str:
    """`text` so that Discord's markdown, mentions and automatic links leave it as it is. Linear in the length."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _BLOCK.sub(r"\\", text)
    text = _LINK.sub(r"\\", text)
    return _MENTION.sub("\u200b", text)


def link(title: str, url: str | None) -> str:
    """A masked link, or the title alone where there is no address."""
    if url is None:
        return escape(title)
    return f"[{escape(title)}]({url.replace('(', '%28').replace(')', '%29')})"
