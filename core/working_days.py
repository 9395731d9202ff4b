"""Counting in working days. Saturday and Sunday are free; the calendars of countries narrow this further."""

from collections.abc import Set
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


def is_working_day(day: date, *, free: Set[date] = frozenset()) -> bool:
    return day.weekday() < _SATURDAY and day not in free


def working_days_after(start: date, days: int, *, free: Set[date] = frozenset()) -> date:
    """The day on which `days` working days after `start` are over."""
    day = start
    while days > 0:
        day += _ONE_DAY
        if is_working_day(day, free=free):
            days -= 1
    return day
