"""What is planned by date: the next of each kind, what was due since, nothing that was before it was wanted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import ROOT
from bot.announcements.occurrences import local_date
from bot.announcements.planner import LOOK_BACK, plans_for
from bot.campaign.calendar import Calendar
from bot.campaign.load import load_campaign
from bot.services.days import ServerDays
from bot.storage.announcements import Plan
from bot.storage.guilds import GuildRecord
from bot.storage.milestones import OwnDate

CALENDAR = Calendar(load_campaign(ROOT / "data" / "heforshe").milestones)
NINE = datetime(2026, 9, 20, 6, tzinfo=UTC)
"""The campaign's launch is remembered in Nairobi."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECORD = GuildRecord(7, announcement_channel_id=70, zone="Africa/Nairobi", posts_since=datetime(2026, 9, 1, tzinfo=UTC))


def days(*own: OwnDate, **chosen: object) -> ServerDays:
    return ServerDays(CALENDAR, replace(RECORD, **chosen), own)  # type: ignore[arg-type]


def own(id: int, month: int, day: int, post_at: int | None, year: int | None = None) -> OwnDate:
    return OwnDate(id, 7, f"Date {id}", month, day, year, "", post_at, in_march=False, added_at=NINE)


def planned(server: ServerDays, now: datetime, *settled: tuple[str, str, str]) -> list[tuple[str, str, datetime]]:
    return [(plan.kind, plan.occurrence, plan.due_at) for plan in plans_for(server, now, {*settled})]


def test_the_next_date_is_planned_and_no_other() -> None:
    [plan] = plans_for(days(posts_since=NINE - 2 * HOUR), NINE - HOUR, set())

    assert plan == Plan(7, "anniversary", "", "2026-09-20", NINE, NINE + 15 * HOUR, zone="Africa/Nairobi", post_at=540)


@pytest.mark.parametrize("chosen", [{"zone": None}, {"announcement_channel_id": None}, {"zone": "Atlantis/Poseidonis"}])
def test_without_zone_or_channel_nothing_is_planned(chosen: dict[str, object]) -> None:
    assert plans_for(days(**chosen), NINE, set()) == ()


def test_set_up_after_the_hour_nothing_is_posted_for_today() -> None:
    """A server set up at noon for nine o'clock hears of the next date."""
    found = planned(days(posts_since=NINE + 3 * HOUR), NINE + 3 * HOUR)

    assert len(found) == 1
    assert found[0][2] > NINE + 3 * HOUR


def test_what_was_due_since_is_planned_too_and_what_is_settled_is_not() -> None:
    late = NINE + 4 * HOUR
    assert planned(days(posts_since=NINE - HOUR), late)[0] == ("anniversary", "2026-09-20", NINE)
    assert all(
        on > "2026-09-20"
        for _, on, _ in planned(days(posts_since=NINE - HOUR), late, ("anniversary", "", "2026-09-20"))
    )


def test_another_hour_or_zone_on_a_day_that_was_posted_posts_it_no_second_time() -> None:
    settled = ("anniversary", "", "2026-09-20")
    for chosen in ({"post_at": 1200}, {"zone": "America/Los_Angeles"}, {"zone": "Pacific/Kiritimati"}):
        found = planned(days(**chosen), NINE + HOUR, settled)
        assert "2026-09-20" not in {on for _, on, _ in found}


def test_own_dates_with_an_hour_of_their_own_are_posts_for_themselves() -> None:
    server = days(own(1, 9, 21, 600), own(2, 9, 22, 600), own(3, 9, 20, None), posts_since=NINE - HOUR)
    found = plans_for(server, NINE - HOUR, set())

    assert [(plan.kind, plan.subject, plan.occurrence) for plan in found] == [
        ("anniversary", "", "2026-09-20"),
        ("own", "1", "2026-09-21"),
    ]


def test_an_own_date_is_posted_from_the_year_after_its_own() -> None:
    [*_, plan] = plans_for(days(own(1, 9, 21, 600, year=2026), posts_since=NINE), NINE, set())
    assert (plan.kind, plan.occurrence) == ("own", "2027-09-21")


@pytest.mark.parametrize(("every", "following"), [("daily", date(2026, 9, 21)), ("weekly", date(2026, 9, 21))])
def test_a_daily_fact_is_planned_for_today_and_the_next_time_and_for_no_day_before(every: str, following: date) -> None:
    server = days(daily_kind="fact", daily_channel_id=9, daily_every=every, announcement_channel_id=None)
    found = planned(server, NINE + HOUR)

    expected = [following.isoformat()] if every == "weekly" else ["2026-09-20", following.isoformat()]
    assert [on for _, on, _ in found] == expected
    assert following.weekday() == 0


def test_what_was_missed_is_looked_for_a_while_back_and_no_longer() -> None:
    found = planned(days(posts_since=datetime(2020, 1, 1, tzinfo=UTC), posts_minor=True), NINE)

    assert min(due for *_, due in found) >= NINE - LOOK_BACK - DAY
    assert sum(due > NINE for *_, due in found) == 1


ZONES = st.sampled_from(["Africa/Nairobi", "Pacific/Apia", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe"])


@given(
    ZONES,
    st.integers(0, 1439),
    st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: NINE + timedelta(minutes=minutes)),
    st.booleans(),
)
def test_planned_from_the_first_hour_on_each_day_comes_once_and_on_its_day(
    zone: str, post_at: int, now: datetime, minor: bool
) -> None:
    """Settled one after the other, as they come, for some months."""
    server = days(zone=zone, post_at=post_at, posts_since=now, posts_minor=minor)
    settled: set[tuple[str, str, str]] = set()
    for _ in range(6):
        plans = plans_for(server, now, settled)
        assert len(plans) == 1, "nothing is due, and one is ahead"
        [plan] = plans
        assert plan.due_at > now or not settled
        assert local_date(plan.due_at, ZoneInfo(zone)).isoformat() == plan.occurrence
        assert plan.expires_at is not None
        assert plan.due_at < plan.expires_at
        key = (plan.kind, plan.subject, plan.occurrence)
        assert key not in settled
        settled.add(key)
        now = plan.due_at
