"""Schedules: each period once, across the change of the clocks, standstills and jumping clocks."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from core import schedules
from core.models import Change, Job, Schedule
from core.schedules import periods
from tests.core import kinds

Every = Schedule.Every
BERLIN = "Europe/Berlin"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


def every(how: Schedule.Every, **facts: Any) -> Schedule:
    return Schedule(**{"name": "suite", "kind": "suite.mark", "every": how, "swept_until": utc(2026, 1, 1)} | facts)


def due(schedule: Schedule, after: datetime, until: datetime) -> list[tuple[str, datetime]]:
    return [(period.key, period.due_at) for period in periods(schedule, after=after, until=until)]


@pytest.fixture(autouse=True)
def quiet(request: pytest.FixtureRequest) -> Iterator[None]:
    kinds.during.clear()
    yield


# ---- the calendar ----------------------------------------------------------------------------
def test_a_time_that_does_not_exist_in_spring_comes_once_an_hour_later() -> None:
    nightly = every(Every.DAY, at=time(2, 30), time_zone=BERLIN)
    assert due(nightly, utc(2026, 3, 28, 12), utc(2026, 3, 30, 12)) == [
        ("2026-03-29", utc(2026, 3, 29, 1, 30)),  # 03:30 on the clocks
        ("2026-03-30", utc(2026, 3, 30, 0, 30)),
    ]


def test_a_time_that_comes_twice_in_autumn_counts_once() -> None:
    nightly = every(Every.DAY, at=time(2, 30), time_zone=BERLIN)
    assert due(nightly, utc(2026, 10, 24, 12), utc(2026, 10, 25, 12)) == [("2026-10-25", utc(2026, 10, 25, 0, 30))]


def test_every_hour_of_the_long_day_in_autumn_counts() -> None:
    hourly = every(Every.HOUR, at=time(0, 15), time_zone=BERLIN)
    found = due(hourly, utc(2026, 10, 24, 22), utc(2026, 10, 25, 23))
    assert len(found) == len({key for key, _due_at in found}) == 25


def test_every_quarter_of_an_hour_counts_whatever_the_clocks_do() -> None:
    often = every(Every.QUARTER_HOUR, time_zone=BERLIN)
    found = due(often, utc(2026, 10, 25, 0, 7), utc(2026, 10, 25, 2, 0))
    assert found[0] == ("2026-10-25T00:15Z", utc(2026, 10, 25, 0, 15))
    assert len(found) == len({key for key, _due_at in found}) == 8


def test_a_week_a_month_and_a_quarter_fall_due_on_their_day() -> None:
    weekly = every(Every.WEEK, weekday=Schedule.Weekday.FRIDAY, at=time(18, 0))
    assert due(weekly, utc(2026, 12, 20), utc(2027, 1, 5)) == [
        ("2026-W52", utc(2026, 12, 25, 18)),
        ("2026-W53", utc(2027, 1, 1, 18)),
    ]
    monthly = every(Every.MONTH, day=31)
    assert [key for key, _due_at in due(monthly, utc(2026, 1, 1), utc(2026, 4, 30))] == [
        "2026-01", "2026-02", "2026-03", "2026-04",
    ]  # fmt: skip
    assert due(monthly, utc(2026, 2, 1), utc(2026, 3, 1)) == [("2026-02", utc(2026, 2, 28))]
    quarterly = every(Every.QUARTER, day=5)
    assert due(quarterly, utc(2026, 1, 5), utc(2026, 10, 5)) == [
        ("2026-Q2", utc(2026, 4, 5)),
        ("2026-Q3", utc(2026, 7, 5)),
        ("2026-Q4", utc(2026, 10, 5)),
    ]
    yearly = every(Every.YEAR, day=15)
    assert due(yearly, utc(2025, 1, 15), utc(2027, 1, 14)) == [("2026", utc(2026, 1, 15))]


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "UTC", BERLIN, "Asia/Shanghai", "Pacific/Tongatapu"])
@pytest.mark.parametrize("how", Every)
def test_looking_often_or_seldom_finds_the_same_periods(zone: str, how: Schedule.Every) -> None:
    schedule = every(how, at=time(23, 50), day=30, weekday=7, time_zone=zone)
    start, end = utc(2026, 2, 20), utc(2026, 4, 10)
    seldom = due(schedule, start, end)
    often, moment = [], start
    while moment < end:
        after = min(moment + timedelta(hours=7), end)
        often += due(schedule, moment, after)
        moment = after
    assert often == seldom
    assert len({key for key, _due_at in seldom}) == len(seldom)


# ---- turned into jobs ------------------------------------------------------------------------
def keys() -> list[str]:
    return [
        key.partition(": ")[2]
        for key in Job.objects.filter(kind="suite.mark").order_by("pk").values_list("key", flat=True)
    ]


def made(how: Schedule.Every, **facts: Any) -> Schedule:
    schedule = every(how, **facts)
    schedule.save()
    return schedule


def test_each_period_becomes_one_job_however_often_it_is_swept(db: None) -> None:
    made(Every.DAY, at=time(3, 0))
    for _beat in range(2):
        schedules.sweep(now=utc(2026, 1, 1, 3))
        schedules.sweep(now=utc(2026, 1, 1, 23))
    assert keys() == ["2026-01-01"]


def test_a_beat_dead_for_26_hours_makes_up_for_each_missed_period_once(db: None) -> None:
    schedule = made(Every.DAY, at=time(3, 0))
    schedules.sweep(now=utc(2026, 1, 1, 2))
    schedules.sweep(now=utc(2026, 1, 2, 4))
    schedules.sweep(now=utc(2026, 1, 2, 4))
    assert keys() == ["2026-01-01", "2026-01-02"]
    schedule.refresh_from_db()
    assert schedule.last_period == "2026-01-02"


def test_where_only_the_latest_counts_a_standstill_makes_one_job(db: None) -> None:
    made(Every.HOUR, makes_up=False)
    schedules.sweep(now=utc(2026, 1, 2, 2, 30))
    assert keys() == ["2026-01-02T02Z"]


def test_a_clock_that_jumps_ahead_and_back_runs_no_period_twice_and_leaves_none_out(db: None) -> None:
    made(Every.DAY, at=time(3, 0))
    for moment in (utc(2026, 1, 1, 4), utc(2026, 1, 2, 4), utc(2026, 1, 1, 4), utc(2026, 1, 2, 4), utc(2026, 1, 3, 4)):
        schedules.sweep(now=moment)
    assert keys() == ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_another_time_on_the_same_day_is_the_same_period(db: None) -> None:
    schedule = made(Every.DAY, at=time(3, 0))
    schedules.sweep(now=utc(2026, 1, 1, 4))
    Schedule.objects.filter(pk=schedule.pk).update(at=time(6, 0))
    schedules.sweep(now=utc(2026, 1, 1, 7))
    assert keys() == ["2026-01-01"]


def test_an_inactive_schedule_lets_its_periods_pass(db: None) -> None:
    schedule = made(Every.DAY, is_active=False)
    schedules.sweep(now=utc(2026, 1, 5, 1))
    Schedule.objects.filter(pk=schedule.pk).update(is_active=True)
    schedules.sweep(now=utc(2026, 1, 6, 1))
    assert keys() == ["2026-01-06"]


def test_a_new_schedule_begins_with_its_next_period(db: None) -> None:
    schedule = Schedule.objects.create(name="suite", kind="suite.mark", every=Every.DAY)
    schedule.refresh_from_db()
    schedules.sweep(now=schedule.swept_until)
    assert keys() == []


def test_a_schedule_names_a_kind_and_a_zone_that_exist(db: None) -> None:
    with pytest.raises(ValidationError) as refusal:
        every(Every.DAY, kind="suite.none", time_zone="Mars/Olympus").full_clean()
    assert set(refusal.value.message_dict) == {"kind", "time_zone"}


def test_history_keeps_what_people_decide_and_not_each_period(db: None) -> None:
    schedule = made(Every.DAY)
    schedules.sweep(now=utc(2026, 1, 5, 1))
    of_it = Change.objects.filter(table="core_schedule", row_id=schedule.pk, operation="UPDATE")
    assert not of_it.exists()
    Schedule.objects.filter(pk=schedule.pk).update(is_active=False)
    assert of_it.count() == 1


def test_an_installation_starts_with_the_schedules_its_rooms_bring(db: None) -> None:
    schedules.seed()
    assert Schedule.objects.filter(name="Tidy up", kind="core.tidy", is_active=True).count() == 1
