"""Tables for spreadsheets: what people wrote stays text there, whatever it begins with. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""What a file begins with so that spreadsheets read it as UTF-8."""

# Spreadsheets of many countries part cells at semicolons, also within what is quoted for commas. So what follows one
# is looked at as if a cell began there.
_FORMULA = re.compile(r"""(?:^|(?<=[;|\t\r\n]))(?=[\s"]*[=+\-@＝＋－＠]|[\t\r\n])""")


def cell(text: str) -> str:
    """`text` with an apostrophe before whatever a spreadsheet would take for a formula."""
    return _FORMULA.sub("'", text.replace("\0", ""))


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as lines of CSV (RFC 4180), each cell made safe."""
    lines = io.StringIO()
    csv.writer(lines).writerows([cell(text) for text in row] for row in rows)
    return lines.getvalue()
