"""The days of an agreed meeting rhythm: every month of it once, on a working day, by the dealer's clock."""

import calendar as months
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from contracts import rhythms
from contracts.models import ReviewRhythm
from contracts.rhythms import STEPS, Due
from core.working_days import Calendar

ZONES = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kathmandu",
    "Asia/Kolkata", "Europe/Berlin", "UTC", "America/Sao_Paulo", "America/St_Johns", "Pacific/Pago_Pago",
)  # fmt: skip
Every = ReviewRhythm.Every
# Spring Festival and National Day of 2026, with the weekends that are worked for them.
CHINA = Calendar(
    free=frozenset(
        [date(2026, 2, 15) + timedelta(days=offset) for offset in range(9)]
        + [date(2026, 10, 1) + timedelta(days=offset) for offset in range(7)]
    ),
    worked=frozenset([date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)]),
)
EASY = Calendar()


def rhythm(every: str = Every.MONTH, **fields: object) -> ReviewRhythm:
    return ReviewRhythm(level="working", every=every, **fields)


def days(one: ReviewRhythm, start: date, end: date, calendar: Calendar = EASY) -> list[Due]:
    return list(rhythms.due(one, start=start, end=end, calendar=calendar))


def test_a_quarterly_rhythm_follows_the_month_both_sides_prefer() -> None:
    found = days(rhythm(Every.QUARTER, month=2, day=10), date(2026, 1, 1), date(2026, 12, 31))
    assert [one.on for one in found] == [date(2026, 2, 10), date(2026, 5, 11), date(2026, 8, 10), date(2026, 11, 10)]
    assert [one.period for one in found] == ["2026-02", "2026-05", "2026-08", "2026-11"]
    assert [one.period for one in days(rhythm(Every.HALF_YEAR), date(2026, 3, 1), date(2027, 2, 28))] == [
        "2026-03", "2026-09"
    ]  # fmt: skip
    assert [one.period for one in days(rhythm(Every.YEAR, month=1), date(2026, 3, 1), date(2027, 2, 28))] == ["2027-01"]


def test_the_last_day_of_the_month_is_that_of_each_month_also_in_leap_years() -> None:
    found = days(rhythm(day=31), date(2027, 12, 1), date(2028, 4, 30))
    assert [one.on for one in found] == [
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31),
        date(2028, 4, 28),  # the 30th is a Sunday: back, for the month was agreed
    ]  # fmt: skip


def test_a_preferred_weekday_is_the_first_on_or_after_the_day() -> None:
    found = days(rhythm(day=8, weekday=2), date(2026, 3, 1), date(2026, 5, 31))
    assert [one.on for one in found] == [date(2026, 3, 10), date(2026, 4, 14), date(2026, 5, 12)]
    assert days(rhythm(day=31, weekday=1), date(2026, 3, 1), date(2026, 3, 31)) == [Due("2026-03", date(2026, 3, 30))]


@pytest.mark.parametrize(
    ("day", "on"),
    [
        (14, date(2026, 2, 14)),  # a Saturday that is worked
        (16, date(2026, 2, 24)),  # over the whole festival
        (28, date(2026, 2, 28)),  # a Saturday that is worked, and the end of the month
    ],
)
def test_moved_weekends_are_working_days_and_festivals_are_stepped_over(day: int, on: date) -> None:
    assert days(rhythm(day=day), date(2026, 2, 1), date(2026, 2, 28), CHINA) == [Due("2026-02", on)]


@examples(max_examples=300, deadline=None)
@given(
    every=some.sampled_from(list(Every)),
    month=some.none() | some.integers(1, 12),
    day=some.integers(1, 31),
    weekday=some.none() | some.integers(1, 7),
    start=some.dates(date(2024, 1, 1), date(2030, 12, 31)) | some.sampled_from([date(2024, 2, 29), date(2026, 1, 31)]),
    length=some.integers(0, 1500),
    calendar=some.sampled_from([EASY, CHINA, Calendar(weekend=frozenset({4, 5}))]),
)
def test_each_month_of_a_rhythm_has_one_day_that_is_worked(
    every: Every, month: int | None, day: int, weekday: int | None, start: date, length: int, calendar: Calendar
) -> None:
    end = start + timedelta(days=length)
    one = rhythm(every, month=month, day=day, weekday=weekday)
    found = days(one, start, end, calendar)
    assert [due.on for due in found] == sorted({due.on for due in found}), "soonest first, none twice"
    assert all(start <= due.on <= end and calendar.is_working(due.on) for due in found)
    assert all(f"{due.on:%Y-%m}" == due.period for due in found), "a moved day stays in the month that was agreed"
    step, anchor = STEPS[every], month or start.month
    assert all((due.on.month - anchor) % step == 0 for due in found)
    # no month of the rhythm that lies wholly within the term is left out
    first, whole = start.replace(day=1), set()
    while first <= end:
        last = first.replace(day=months.monthrange(first.year, first.month)[1])
        if first >= start and last <= end and (first.month - anchor) % step == 0:
            whole.add(f"{first:%Y-%m}")
        first = last + timedelta(days=1)
    assert whole <= {due.period for due in found}
    # asked again with a longer term, what was due stays as it was
    assert found == [due for due in days(one, start, end + timedelta(days=400), calendar) if due.on <= end]


@examples(max_examples=200, deadline=None)
@given(
    zone=some.sampled_from(ZONES),
    at=some.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0)) | some.sampled_from([time(2, 30)]),
    on=some.dates(date(2025, 1, 1), date(2031, 12, 31))
    | some.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2028, 2, 29)]),
)  # fmt: skip
def test_a_meeting_begins_by_the_dealers_clock_whatever_the_clocks_do(zone: str, at: time, on: date) -> None:
    moment = rhythms.moment_of(Due(f"{on:%Y-%m}", on), rhythm(at=at), zone)
    assert moment.utcoffset() == timedelta(0)
    local = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert local.date() == on
    said = datetime.combine(on, at)
    if local != said:  # the clocks jump over it: not asked to come at a time that is none
        skipped = datetime.combine(on, at, tzinfo=ZoneInfo(zone))
        assert skipped.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local != said
        assert timedelta(0) < local - said <= timedelta(hours=1)
