"""Counting in working days. Saturday and Sunday are free, elsewhere other days; the calendars of countries narrow this
further: holidays, and weekends that are worked because a holiday was lengthened by them."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
_FRIDAY_SATURDAY = frozenset({4, 5})
# Where the weekend is not Saturday and Sunday; days as `date.weekday()` counts them.
WEEKENDS: Mapping[str, frozenset[int]] = {
    **dict.fromkeys(("BH", "DZ", "EG", "IL", "IQ", "JO", "KW", "LY", "OM", "QA", "SA", "SD", "SY"), _FRIDAY_SATURDAY),
    "BD": _FRIDAY_SATURDAY,
    "IR": frozenset({4}),
    "NP": frozenset({5}),
}


@dataclass(frozen=True, slots=True)
class Calendar:
    """The working days of one country. `worked` are days of the weekend on which people work, and win over all else."""

    free: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.weekday() not in self.weekend and day not in self.free)

    def nearest(self, day: date, *, first: date, last: date) -> date | None:
        """The day itself, else the next working day up to `last`, else the last one before it since `first`.

        None where nobody works on any of them."""
        return next(filter(self.is_working, _onwards(day, last)), None) or next(
            filter(self.is_working, _backwards(day, first)), None
        )


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


def _onwards(day: date, last: date) -> Iterator[date]:
    while day <= last:
        yield day
        day += _ONE_DAY


def _backwards(day: date, first: date) -> Iterator[date]:
    while day >= first:
        yield day
        day -= _ONE_DAY
