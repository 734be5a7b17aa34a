"""The bot's starts are spaced out: whatever crashes, and whatever becomes of the clock or of the file."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.restarts import (
    CALM,
    DAY,
    FREE_STARTS,
    LONGEST_PAUSE,
    MOST_SESSIONS,
    MOST_STARTS,
    Allowance,
    Restarts,
    Start,
    StartsFile,
    Why,
    not_after,
    pause_before,
)

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PLENTY = Allowance(1000, 1000, NOW)


def starts(*ages: timedelta, sessions: int = 1) -> list[Start]:
    """Starts so long before now, oldest first."""
    return [Start(at=NOW - age, sessions=sessions) for age in sorted(ages, reverse=True)]


def quick(count: int, last: timedelta = SECOND) -> list[Start]:
    return starts(*(last + number * 10 * SECOND for number in range(count)))


def wait(before: Sequence[Start], sessions: int = 1, allowance: Allowance = PLENTY) -> tuple[timedelta, Why] | None:
    """How long a start now has to wait, and why."""
    pause = pause_before(before, sessions, allowance, NOW)
    return (pause.until - NOW, pause.why) if pause else None


class Time(Clock):
    """A clock that stands still but while somebody naps."""

    def __init__(self, speed: float = 1.0) -> None:
        """`speed`: how many seconds pass for one of a nap."""
        super().__init__(lambda: self.moment)
        self.moment, self.napped, self._speed = NOW, 0.0, speed

    async def nap(self, seconds: float) -> None:
        self.napped += seconds
        self.moment += self._speed * seconds * SECOND


@pytest.fixture
def file(tmp_path: Path) -> StartsFile:
    return StartsFile(tmp_path / "uplift.db")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "uplift.starts.json"


# How long a start waits.


@pytest.mark.parametrize("count", range(FREE_STARTS))
def test_the_first_few_starts_wait_for_nothing(count: int) -> None:
    assert wait(quick(count)) is None


def test_further_quick_starts_wait_twice_as_long_each_time_up_to_some_minutes() -> None:
    waits = [wait(quick(count, last=timedelta(0))) for count in range(FREE_STARTS, 60)]

    seconds = [each[0].total_seconds() for each in waits if each]
    assert seconds[:8] == [5, 10, 20, 40, 80, 160, 320, 600]
    assert set(seconds[8:]) == {LONGEST_PAUSE.total_seconds()}
    assert {each[1] for each in waits if each} == {Why.QUICK}


def test_the_pause_is_counted_from_the_start_before_whatever_ran_meanwhile() -> None:
    assert wait(quick(FREE_STARTS, last=4 * SECOND)) == (SECOND, Why.QUICK)
    assert wait(quick(FREE_STARTS, last=6 * SECOND)) is None


def test_a_run_that_lived_long_ends_the_row_of_quick_starts_and_nothing_else() -> None:
    assert wait(quick(30, last=CALM - SECOND)) is None
    assert wait([*quick(30, last=CALM + 2 * SECOND), *starts(SECOND)]) is None
    begun = [*quick(MOST_SESSIONS - 1, last=CALM + 2 * SECOND), *starts(SECOND)]
    assert wait(begun) == (DAY - (begun[-1].at - begun[0].at) - SECOND, Why.DAY)


def test_a_pause_never_makes_the_next_start_look_calm() -> None:
    slow = starts(*(number * LONGEST_PAUSE for number in range(20)))

    assert wait(slow) == (LONGEST_PAUSE, Why.QUICK)


def test_at_a_hundred_starts_within_a_day_the_next_waits_until_the_oldest_leaves_it() -> None:
    minute = timedelta(minutes=1)
    all_day = starts(*((11 + 14 * number) * minute for number in range(MOST_SESSIONS)))

    assert wait(all_day) == (DAY - (11 + 14 * 99) * minute, Why.DAY)
    assert wait(all_day[1:]) is None


@pytest.mark.parametrize(("sessions", "most"), [(1, 100), (3, 33), (10, 10), (16, 10), (200, 10)])
def test_each_shard_counts_and_a_bot_of_many_may_still_start_some_times_a_day(sessions: int, most: int) -> None:
    calm = starts(*(number * timedelta(hours=1) / 5 for number in range(1, most + 1)), sessions=sessions)

    assert wait(calm[1:], sessions) is None
    assert wait(calm, sessions) == (DAY - most * timedelta(hours=1) / 5, Why.DAY)


@pytest.mark.parametrize(
    ("total", "remaining", "sessions", "waits"),
    [
        (1000, 1000, 1, False),
        (1000, 201, 1, False),
        (1000, 200, 1, True),
        (1000, 215, 16, True),
        (1000, 216, 16, False),
        (1000, 0, 1, True),
        (10, 10, 16, False),
    ],
)
def test_a_fifth_of_what_discord_allows_is_left(total: int, remaining: int, sessions: int, waits: bool) -> None:
    waited = wait([], sessions, Allowance(total, remaining, NOW + timedelta(hours=3)))

    assert waited == ((timedelta(hours=3), Why.DISCORD) if waits else None)


def test_of_several_reasons_the_one_that_takes_longest_is_told() -> None:
    low = Allowance(1000, 5, NOW + timedelta(hours=3))
    assert wait(quick(FREE_STARTS), 1, low) == (timedelta(hours=3), Why.DISCORD)
    assert wait(quick(FREE_STARTS), 1, low._replace(renewed_at=NOW + SECOND)) == (4 * SECOND, Why.QUICK)


# Crash loops.


def crash_loop(
    lives: Sequence[timedelta],
    set_back: Mapping[int, timedelta],
    sessions: int = 1,
    file: StartsFile | None = None,
) -> list[datetime]:
    """Starts a bot again as soon as it ends, and returns when that was, in true time.

    `set_back`: how far the clock is set back while the bot of that number runs. Without a file memory serves as one.
    """
    true, behind = NOW, timedelta(0)
    began: list[datetime] = []
    known: list[Start] = []
    for number, lived in enumerate(lives):
        known = file.read(true - behind) if file else not_after(true - behind, known)
        while pause := pause_before(known, sessions, PLENTY, true - behind):
            true = pause.until + behind
        began.append(true)
        known.append(Start(at=true - behind, sessions=sessions))
        if file:
            file.write(known)
        true, behind = true + lived, behind + set_back.get(number, timedelta(0))
    return began


def most_within_a_day(began: Sequence[datetime]) -> int:
    return max(sum(first <= moment < first + DAY for moment in began) for first in began)


def test_a_bot_that_crashes_at_once_three_hundred_times_starts_a_hundred_times_a_day(file: StartsFile) -> None:
    began = crash_loop([timedelta(0)] * 300, {}, file=file)

    assert most_within_a_day(began) == MOST_SESSIONS
    assert began[FREE_STARTS - 1] == NOW
    assert began[-1] - began[0] < 3 * DAY, "it goes on, all the same"


some_time = st.timedeltas(timedelta(0), timedelta(seconds=30)) | st.timedeltas(timedelta(0), timedelta(minutes=25))
hours = st.timedeltas(timedelta(0), timedelta(hours=30))


@settings(deadline=None, max_examples=30)
@given(
    lives=st.lists(some_time, min_size=150, max_size=150),
    set_back=st.dictionaries(st.integers(0, 149), hours, max_size=5),
    sessions=st.integers(1, 20),
)
def test_whatever_crashes_and_however_the_clock_is_set_back_no_day_has_more_than_a_hundred_starts(
    lives: list[timedelta], set_back: dict[int, timedelta], sessions: int
) -> None:
    began = crash_loop(lives, set_back, sessions)

    assert most_within_a_day(began) * sessions <= max(MOST_SESSIONS, MOST_STARTS * sessions)
    assert began == sorted(began)


# The file.


def test_what_was_written_is_read_again_but_what_is_a_day_old(file: StartsFile, path: Path) -> None:
    old, young = starts(DAY, DAY - SECOND, sessions=3)
    file.write([old, young])

    assert file.read(NOW) == [young]
    assert [entry.name for entry in path.parent.iterdir()] == [path.name], "nothing else is left there"


def test_without_a_file_there_were_no_starts(file: StartsFile) -> None:
    assert file.read(NOW) == []


DAMAGED = {
    "empty": b"",
    "half": b'[{"at":"2026-09-20T11:59:00Z","ses',
    "another form": b'{"starts": 7}',
    "no time": b'[{"at":"soon","sessions":1}]',
    "no zone": b'[{"at":"2026-09-20T11:59:00","sessions":1}]',
    "none": b'[{"at":"2026-09-20T11:59:00Z","sessions":0}]',
    "too many": b'[{"at":"2026-09-20T11:59:00Z","sessions":1e400}]',
    "not text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
}


def damage(path: Path, how: str) -> None:
    path.write_bytes(DAMAGED[how])


@pytest.mark.parametrize("how", DAMAGED)
async def test_a_damaged_file_is_told_and_replaced_and_keeps_nobody_from_starting(
    file: StartsFile, path: Path, how: str
) -> None:
    time = Time()
    damage(path, how)

    with structlog.testing.capture_logs() as logs:
        await Restarts(file, time).take_turn(plenty)

    assert [(entry["log_level"], entry["event"]) for entry in logs] == [
        ("warning", "the count of the bot's starts can't be read, and begins anew")
    ]
    assert file.read(NOW) == [Start(at=NOW, sessions=1)]


@pytest.mark.parametrize("in_the_way", ["uplift.starts.json", "uplift.starts.json.new"])
async def test_where_starts_cant_be_counted_the_bot_starts_all_the_same(
    file: StartsFile, tmp_path: Path, in_the_way: str
) -> None:
    (tmp_path / in_the_way).mkdir()
    time = Time()

    with structlog.testing.capture_logs() as logs:
        await Restarts(file, time).take_turn(plenty)

    assert "the bot's starts can't be counted" in {entry["event"] for entry in logs}
    assert time.napped == 0


def test_starts_from_a_clock_that_was_years_ahead_leave_the_count_after_a_day(file: StartsFile) -> None:
    file.write([Start(at=NOW + 3650 * DAY, sessions=1)] * MOST_SESSIONS)

    known = file.read(NOW)

    assert wait(known) == (DAY, Why.DAY)
    assert file.read(NOW + DAY) == [], "which was noted at once, and not anew at each start"


# Taking turns.


async def plenty() -> tuple[int, Allowance]:
    return 1, PLENTY


async def test_a_start_is_counted_with_its_sessions_when_its_turn_comes(file: StartsFile) -> None:
    time = Time()

    async def sharded() -> tuple[int, Allowance]:
        return 4, PLENTY

    await Restarts(file, time).take_turn(sharded)

    assert file.read(NOW) == [Start(at=NOW, sessions=4)]
    assert time.napped == 0


async def test_whoever_has_to_wait_waits_as_long_as_it_says_and_tells_so_once(file: StartsFile) -> None:
    time = Time()
    file.write(quick(FREE_STARTS + 3, last=timedelta(0)))

    with structlog.testing.capture_logs() as logs:
        await Restarts(file, time).take_turn(plenty)

    assert time.napped == 40
    [told] = logs
    assert told["log_level"] == "warning"
    assert told["event"] == Why.QUICK.value
    assert told["until"] == "2026-09-20T12:00:40+00:00"
    assert told["begun_today"] == FREE_STARTS + 3
    assert file.read(time.moment)[-1] == Start(at=NOW + 40 * SECOND, sessions=1)


async def test_a_full_day_is_an_error_told_once(file: StartsFile) -> None:
    time = Time(speed=3600)
    file.write(starts(*(timedelta(hours=20) + number * SECOND for number in range(MOST_SESSIONS))))

    with structlog.testing.capture_logs() as logs:
        await Restarts(file, time).take_turn(plenty)

    assert [(entry["log_level"], entry["event"]) for entry in logs] == [("error", Why.DAY.value)]
    assert NOW + timedelta(hours=3) < time.moment < NOW + timedelta(hours=6)


async def test_discord_is_asked_again_once_it_counts_anew(file: StartsFile) -> None:
    time = Time(speed=60)
    answers = [
        Allowance(1000, 150, NOW + timedelta(minutes=5)),
        Allowance(1000, 150, NOW + timedelta(minutes=10)),
        Allowance(1000, 1000, NOW),
    ]
    asked: list[datetime] = []

    async def ask() -> tuple[int, Allowance]:
        asked.append(time.moment)
        return 1, answers[len(asked) - 1]

    with structlog.testing.capture_logs() as logs:
        await Restarts(file, time).take_turn(ask)

    assert [moment - NOW for moment in asked] == [timedelta(minutes=minutes) for minutes in (0, 5, 10)]
    assert [(entry["log_level"], entry["left_by_discord"]) for entry in logs] == [("error", 150)]


async def test_a_clock_that_is_set_back_during_a_wait_makes_it_no_longer(file: StartsFile) -> None:
    class SetBack(Time):
        async def nap(self, seconds: float) -> None:
            if not self.napped:
                self.moment -= timedelta(hours=2)
            await super().nap(seconds)

    time = SetBack()
    file.write(quick(FREE_STARTS, last=timedelta(0)))

    await Restarts(file, time).take_turn(plenty)

    assert 5 <= time.napped <= 7
