"""On which days the meetings of an agreed rhythm fall due. Pure: calendar and clock are parameters."""

import calendar as months
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from contracts.models import ReviewRhythm
from core.periods import months_later
from core.working_days import Calendar

STEPS = {
    ReviewRhythm.Every.MONTH: 1,
    ReviewRhythm.Every.QUARTER: 3,
    ReviewRhythm.Every.HALF_YEAR: 6,
    ReviewRhythm.Every.YEAR: 12,
}
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One meeting of a series: the month it is for, which never changes, and the day it falls on."""

    period: str
    on: date


def due(rhythm: ReviewRhythm, *, start: date, end: date, calendar: Calendar) -> Iterator[Due]:
    """The meetings of a contract that runs from `start` to `end`, soonest first; one a month of the rhythm at most.

    A day on which nobody works is moved to the next working day of its month, else to the one before: the month of a
    review is what was agreed. What falls outside the term is none.
    """
    step = STEPS[ReviewRhythm.Every(rhythm.every)]
    first = start.replace(day=1)
    first = months_later(first, ((rhythm.month or start.month) - start.month) % step)
    while first <= end:
        last = months_later(first, 1) - _ONE_DAY
        on = calendar.nearest(_wanted(rhythm, first), first=first, last=last)
        if on is not None and start <= on <= end:
            yield Due(f"{first:%Y-%m}", on)
        first = months_later(first, step)


def _wanted(rhythm: ReviewRhythm, first: date) -> date:
    """The day both sides prefer, before anybody looks at a calendar."""
    length = months.monthrange(first.year, first.month)[1]
    day = first.replace(day=min(rhythm.day, length))
    if rhythm.weekday is None:
        return day
    day += timedelta(days=(rhythm.weekday - day.isoweekday()) % 7)
    return day if day.month == first.month else day - timedelta(days=7)


def same(one: ReviewRhythm, other: ReviewRhythm) -> bool:
    """Whether both ask for the same meetings, whichever text of an agreement they stand in."""
    return _pattern(one) == _pattern(other)


def _pattern(rhythm: ReviewRhythm) -> tuple[object, ...]:
    month = first_month(rhythm) % STEPS[ReviewRhythm.Every(rhythm.every)]
    return rhythm.level, rhythm.every, month, rhythm.mode, rhythm.day, rhythm.weekday, rhythm.at


def first_month(rhythm: ReviewRhythm) -> int:
    """1 to 12: the one that was agreed, else that in which the contract begins."""
    return rhythm.month or rhythm.contract.starts_on.month


def moment_of(one: Due, rhythm: ReviewRhythm, zone: str) -> datetime:
    """When it begins, by the dealer's clock; where the clocks jump over it, an hour later."""
    return datetime.combine(one.on, rhythm.at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
