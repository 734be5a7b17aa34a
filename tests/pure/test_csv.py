"""Tables for spreadsheets: whatever people wrote is text there, comes back as it was, and stays in its cell."""

import csv
import io
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.csvs import MARK, cell, table

STARTS = "=+-@＝＋－＠\t\r"
"""What spreadsheets take for the beginning of a formula, or did once."""

PIECES = [*STARTS, *";,|\"'\n\0 ", "1+1", "cmd|' /C calc'!A0", "HYPERLINK(", "🙂", "سلام", "\u2066"]
nasty = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=12).map("".join)


def begins_a_formula(text: str) -> bool:
    """Spreadsheets skip white space at the beginning, some of them."""
    return text.lstrip().startswith(tuple(STARTS.strip()))


rows = st.lists(st.lists(nasty, min_size=2, max_size=4), min_size=1, max_size=4)


def read(text: str, separator: str = ",") -> list[list[str]]:
    """As a program reads it, or a spreadsheet of a country where cells are parted otherwise."""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠SUM", "'＠SUM"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "'  =1"),
        ("well;=1+1", "well;'=1+1"),
        ('well; "=1+1', "well;' \"=1+1"),
        ("\0=1", "'=1"),
    ],
)
def test_what_begins_a_formula_gets_an_apostrophe(text: str, safe: str) -> None:
    assert cell(text) == safe


@pytest.mark.parametrize(
    "text",
    ["", "I will listen.", "2 + 2 = 4", "e-mail me", "half-half; always", "他们说=好", "a, b\nc", "'=1", '"quoted"'],
)
def test_what_begins_none_stays_as_it_is(text: str) -> None:
    assert cell(text) == text


@given(nasty)
@example("\0\0=")
@example("＝")
@example('""=1')
def test_no_cell_begins_a_formula_and_nothing_but_apostrophes_is_added(text: str) -> None:
    safe = cell(text)
    assert not safe.startswith(("\t", "\r"))
    assert not begins_a_formula(safe)
    assert safe.replace("'", "") == text.replace("\0", "").replace("'", "")
    assert cell(safe) == safe, "once is enough"


@given(rows)
def test_every_cell_comes_back_and_no_other(cells: list[list[str]]) -> None:
    assert read(table(cells)) == [[cell(text) for text in row] for row in cells]


@given(rows)
@example([["x", ";=1"]])
@example([["x", ';""=1'], ["y", '";"=1']])
def test_nor_does_a_formula_begin_where_cells_are_parted_otherwise(cells: list[list[str]]) -> None:
    for separator in ";\t|":
        for row in read(table(cells), separator):
            assert not any(begins_a_formula(text) for text in row), (separator, row)


def test_every_start_in_every_place() -> None:
    for start, before in product(STARTS, ("", " ", '"', "x;", "x; ", 'x;"', "x\n", "x\t")):
        text = f"{before}{start}1"
        for separator in ",;\t|":
            lines = read(table([["first", text, "last"]]), separator)
            assert not any(begins_a_formula(one) for line in lines for one in line), (separator, text)


def test_lines_end_as_the_standard_has_it() -> None:
    assert table([["a", "b"], ['say "no"', "x,y"]]) == 'a,b\r\n"say ""no""","x,y"\r\n'
    assert MARK.encode() == b"\xef\xbb\xbf"
