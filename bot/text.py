"""Text made safe to show: normalised, bounded, and escaped so that Discord shows it as it was written. Pure.

Order matters: clean and bound first, escape last, since escaping makes a text longer.
"""

import re
import unicodedata
from collections.abc import Iterator

MOST_MARKS = 3
"""Combining marks kept on one base character: real writing needs no more, 'zalgo' has dozens."""
LONGEST_RUN = 30  # of marks, before they are put in order; the figure of Unicode's stream-safe text (UAX #15)

_PLAIN = re.compile(r"[\n -~\u00a1-\u00ac\u00ae-\u024f]*")
"""Latin letters, figures, signs: nothing of it is dropped, composed or put in order, so it need not be read closely."""
_GAP = re.compile(r"[\n ]+")

_JOINERS = "\u200c\u200d"  # Persian and Indic writing, and composed emoji, need them
_DROPPED = {"Cc", "Cf", "Cs", "Co"}
_MARKS = {"Mn", "Me"}
_IGNORABLE = re.compile(r"[\u2065\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e0fff]")

_SPECIAL = re.compile(r"[\\*_~|`\[\]<]")
_BLOCK = re.compile(r"^[^\S\n]*(?=[#>+-])|^[^\S\n]*[0-9]+(?=[.)])", re.MULTILINE)  # headings, quotes, lists
_LINK = re.compile(r"(?<=:)(?=//)")
_MENTION = re.compile(r"(?<=@)(?=everyone|here)")


def clean(text: str, limit: int) -> str:
    """`text` as one line of at most `limit` characters: NFC, no control, bidi or private characters, few marks.

    Runs of white space become one space. At most four times `limit` characters are read, so the work is bounded.
    """
    text = text[: limit * 4]
    kept = _GAP.sub(" ", text) if _PLAIN.fullmatch(text) else _kept(text)
    return kept[:limit].strip(f" {_JOINERS}")


def _kept(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", "".join(_shown(text))):
        if unicodedata.category(char) in _MARKS:
            marks += 1
            if marks > MOST_MARKS:
                continue
        elif char not in _JOINERS:
            marks = 0
        if char in f" {_JOINERS}" and kept[-1:] == [char]:
            continue
        kept.append(char)
    # Once more: what was dropped may have stood between two characters that compose.
    return unicodedata.normalize("NFC", "".join(kept))


def _shown(text: str) -> Iterator[str]:
    """The characters that are shown, or join others. Of a run of marks only a part: NFC sorts it, in quadratic time."""
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        if char.isspace():
            char = " "
        elif char not in _JOINERS and (category in _DROPPED or (category == "Cn" and _never_shown(char))):
            continue
        marks = marks + 1 if category in _MARKS or unicodedata.combining(char) else 0
        if marks <= LONGEST_RUN:
            yield char


def _never_shown(char: str) -> bool:
    """Of what this Python's Unicode does not know: not this year's emoji, but what will never be a character to see."""
    return _IGNORABLE.match(char) is not None or ord(char) & 0xFFFE == 0xFFFE


def escape(text: str) -> str:
    """`text` so that Discord's markdown, mentions and automatic links leave it as it is. Linear in the length."""
    text = _SPECIAL.sub(r"\\\g<0>", text)
    text = _BLOCK.sub(r"\g<0>\\", text)
    text = _LINK.sub(r"\\", text)
    return _MENTION.sub("\u200b", text)


_ADDRESS = re.compile(
    r"\w://|www\.|<[@#:]|</[^>]{1,70}:\d|@(?:everyone|here)\b"
    r"|\b[^\W_](?:[\w-]{0,61}[^\W_])?\.(?:app|biz|com|dev|gg|info|io|net|org|xyz)\b",
    re.IGNORECASE,
)


def has_address(text: str) -> bool:
    """Whether a text names a web address, an invitation, or somebody to be called, as Discord would make one clickable.

    Looked for in the form that Discord's own reading comes to: without invisible characters, full-width ones folded.
    """
    return _ADDRESS.search(unicodedata.normalize("NFKC", clean(text, len(text) + 1))) is not None


_CALL = re.compile(
    r"<[@#:]|</[^>]{1,70}:\d|@(?:everyone|here)\b|\bdsc\.gg\b|\bdiscord(?:app)?\.(?:gg|me|com/invite)\b", re.IGNORECASE
)


def has_call(text: str) -> bool:
    """Whether a text names somebody to be called, or an invitation to another server; other addresses are no matter."""
    return _CALL.search(unicodedata.normalize("NFKC", clean(text, len(text) + 1))) is not None


_PLAIN_LINK = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:[/?#][\w./?#&=%+~:;,@!$*-]*)?", re.I
)


def escape_but_links(text: str) -> str:
    """As `escape`, but plain web addresses can be pressed; Discord shows no preview of them."""
    shown, end = "", 0
    for found in _PLAIN_LINK.finditer(text):
        shown += f"{escape(text[end : found.start()])}<{found[0]}>"
        end = found.end()
    return shown + escape(text[end:])


def link(title: str, url: str | None) -> str:
    """A masked link, or the title alone where there is no address."""
    if url is None:
        return escape(title)
    return f"[{escape(title)}]({url.replace('(', '%28').replace(')', '%29')})"
