"""Whoever erased their data stays erased when an older backup is restored."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.storage.files import (
    ask,
    damage,
    holding,
    names_in,
)
from tests.storage.restoring import (
    ERASED,
    WORDS,
    backup_of,
    faults_in,
    make,
    pledges_in,
    put_back,
    refusal,
    spoil,
    write,
)
from tests.storage.world import NOON, pledging


def test_who_was_erased_after_the_backup_is_erased_again_to_the_last_byte(erased: Path) -> None:
    backup = backup_of(erased)
    assert holding(erased.parent, WORDS) == [f"backups/{backup.name}"]

    done = put_back(erased, backup)

    assert done.erased == 1
    assert holding(erased.parent, WORDS) == [f"backups/{backup.name}"]
    assert ask(erased, "SELECT member_id FROM tombstone") == [(ERASED,)]
    assert pledges_in(erased) == {2}
    assert faults_in(erased) == []


def test_it_stays_so_when_the_same_backup_is_restored_once_more(erased: Path) -> None:
    for _ in range(2):
        put_back(erased, backup_of(erased))
    assert pledges_in(erased) == {2}


def test_a_newer_backup_knows_of_erasures_too(erased: Path) -> None:
    backup = backup_of(erased)
    make(erased, NOON + timedelta(minutes=10))
    erased.unlink()
    done = put_back(erased, backup, over=False)
    assert done.erased == 1
    assert pledges_in(erased) == {2}


def test_backups_in_the_usual_place_are_asked_when_the_one_restored_lies_elsewhere(
    erased: Path, tmp_path: Path
) -> None:
    elsewhere = Path(shutil.move(backup_of(erased), tmp_path))
    make(erased, NOON + timedelta(minutes=10))
    erased.unlink()
    assert put_back(erased, elsewhere, over=False).erased == 1


def test_who_came_back_after_the_erasure_keeps_what_is_new(erased: Path) -> None:
    write(erased, pledging(3, ERASED, at=NOON + timedelta(minutes=20)))
    newer = make(erased, NOON + timedelta(minutes=30))
    done = put_back(erased, newer)
    assert (done.erased, done.pledges) == (0, 2)


@pytest.mark.parametrize("how", [spoil, lambda path: damage(path, "tombstone")], ids=["the file", "the table"])
def test_erasures_that_can_not_be_read_have_to_be_waived(erased: Path, how: Callable[[Path], None]) -> None:
    how(erased)
    before = erased.read_bytes()

    words = refusal(erased, backup_of(erased))

    assert f"{erased} can't be read" in words
    assert "add --without-erasures" in words
    assert holding(erased.parent, WORDS) == [f"backups/{backup_of(erased).name}"]
    done = put_back(erased, backup_of(erased), without_erasures=True)
    assert done.notes
    assert "what people erased since the newest backup is not known" in done.notes[0]
    assert done.replaced is not None
    assert len(done.replaced.read_bytes()) == len(before), "what is damaged is kept: somebody may mend it"
    assert pledges_in(erased) == {1, 2}


def test_damage_elsewhere_does_not_hide_erasures(erased: Path) -> None:
    damage(erased, "pledge")
    assert put_back(erased, backup_of(erased)).erased == 1


def test_another_backup_that_can_not_be_read_is_named_and_stops_nothing(erased: Path) -> None:
    backup = backup_of(erased)
    other = erased.parent / "backups" / "uplift-2026-11-24T121000Z.db"
    other.write_text("Dear diary", encoding="utf-8")
    done = put_back(erased, backup)
    assert done.erased == 1
    [note] = done.notes
    assert str(other) in note


def test_what_lies_beside_a_damaged_database_is_not_taken_for_the_new_one_s(erased: Path) -> None:
    spoil(erased)
    for suffix in ("-wal", "-journal"):
        erased.with_name(f"uplift.db{suffix}").write_text("no pages at all", encoding="utf-8")
    put_back(erased, backup_of(erased), without_erasures=True)
    assert not set(names_in(erased.parent)) & {"uplift.db-wal", "uplift.db-journal"}
    assert pledges_in(erased) == {1, 2}
