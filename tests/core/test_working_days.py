"""Working days of a country: its weekend, its holidays, and the weekends that are worked in return."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.models import SpecialDay
from core.working_days import WEEKENDS, Calendar

FIRST, LAST = date(2026, 2, 9), date(2026, 3, 1)
WEEKS = [FIRST + timedelta(days=offset) for offset in range(21)]
SETS = some.integers(0, 2**21 - 1).map(lambda bits: frozenset(day for at, day in enumerate(WEEKS) if bits >> at & 1))


@pytest.mark.django_db
def test_chinas_moved_weekends_of_2026_are_known_from_the_start() -> None:
    china = SpecialDay.objects.calendars(["CN", "DE"], start=date(2026, 1, 1), end=date(2026, 12, 31))["CN"]
    assert not china.is_working(date(2026, 2, 16)) and not china.is_working(date(2026, 10, 1))
    assert china.is_working(date(2026, 2, 14)), "a Saturday that is worked for the Spring Festival"
    assert china.is_working(date(2026, 10, 10)) and not china.is_working(date(2026, 10, 11))


@pytest.mark.django_db
def test_a_calendar_holds_what_administrators_noted_for_its_country_and_nothing_else() -> None:
    SpecialDay.objects.create(country="DE", on=date(2026, 12, 25), name="Weihnachten")
    found = SpecialDay.objects.calendars(["DE", "IT", "SA"], start=date(2026, 12, 1), end=date(2026, 12, 31))
    assert not found["DE"].is_working(date(2026, 12, 25)) and found["IT"].is_working(date(2026, 12, 25))
    assert found["SA"].is_working(date(2026, 12, 27)) and not found["SA"].is_working(date(2026, 12, 25)), "a Friday"
    assert SpecialDay.objects.calendars(["DE"], start=date(2027, 1, 1), end=date(2027, 2, 1))["DE"].free == frozenset()


@given(
    day=some.sampled_from(WEEKS), free=SETS, worked=SETS | some.just(frozenset()),
    weekend=some.sampled_from([*set(WEEKENDS.values()), frozenset({5, 6})]),
)  # fmt: skip
def test_the_nearest_working_day_is_one_and_none_nearer_onwards_is_passed_by(
    day: date, free: frozenset[date], worked: frozenset[date], weekend: frozenset[int]
) -> None:
    calendar = Calendar(free=free, worked=worked, weekend=weekend)
    found = calendar.nearest(day, first=FIRST, last=LAST)
    onwards = [one for one in WEEKS if one >= day and calendar.is_working(one)]
    before = [one for one in WEEKS if one < day and calendar.is_working(one)]
    assert found == (onwards[0] if onwards else before[-1] if before else None)
    for one in WEEKS:
        assert calendar.is_working(one) == (one in worked or (one.weekday() not in weekend and one not in free))
