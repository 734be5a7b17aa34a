"""The privacy policy tells of everything that is kept of people, and of nothing that is not."""

import re
from datetime import timedelta

from bot import ROOT
from bot.services.leaving import FORGOTTEN_AFTER
from bot.storage.disk import LONGEST_KEPT
from bot.storage.tables import PERSON, metadata

POLICY = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")

PEOPLE = {table.name for table in metadata.sorted_tables if any(column.info is PERSON for column in table.c)}


def test_every_table_with_people_in_it_is_named_and_no_other() -> None:
    rows = [line for line in POLICY.splitlines() if line.startswith("|")][2:]
    assert {re.findall(r"`(\w+)`", row)[-1] for row in rows} == PEOPLE
    assert {len(row.split("|")) for row in rows} == {7}, "what, why, who sees it, and how long are said of each"


def test_the_days_it_promises_are_those_that_are_kept() -> None:
    assert timedelta(days=LONGEST_KEPT) == FORGOTTEN_AFTER
    assert set(re.findall(r"(\d+) days", POLICY)) == {str(LONGEST_KEPT)}


def test_it_names_every_way_to_ones_own_data() -> None:
    assert set(re.findall(r"`/(privacy \w+)`", POLICY)) == {"privacy show", "privacy export", "privacy erase"}


def test_it_says_whom_it_does_not_speak_for_and_whom_to_ask() -> None:
    for promise in ("not affiliated with, or endorsed by, UN Women", "**Contact:**", "encrypted"):
        assert promise in " ".join(POLICY.split())
