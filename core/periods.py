"""Months, quarters and years of the fiscal year, as people write them: 2013-06, 2013-Q2, 2013.

The first month of the fiscal year is a setting. A fiscal year is named after the calendar year in which it starts, so
that with April as the first month 2013-Q4 is January to March 2014.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core.formatting import is_chinese

_ONE_DAY = timedelta(days=1)
_KEY = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?", re.ASCII)


class Length(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


# For fields that say how long a period is.
LENGTHS = [
    (Length.MONTH.value, pgettext_lazy("period", "Month")),
    (Length.QUARTER.value, pgettext_lazy("period", "Quarter")),
    (Length.YEAR.value, pgettext_lazy("period", "Year")),
]


def _first_month() -> int:
    return int(settings.FISCAL_YEAR_FIRST_MONTH)


_MONTHS = {Length.MONTH: 1, Length.QUARTER: 3, Length.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the last, both included."""

    start: date
    end: date
    length: Length

    @classmethod
    def parse(cls, key: str) -> Self:
        """Read a period's key. Raises ValueError with a sentence that says how keys look."""
        match = _KEY.fullmatch(key.strip())
        if match is None:
            raise ValueError(_("“%(key)s” is no period. Examples: 2013-06, 2013-Q2, 2013.") % {"key": key})
        year = int(match["year"])
        if match["month"]:
            return cls._from(date(year, int(match["month"]), 1), Length.MONTH)
        first = date(year, _first_month(), 1)
        if match["quarter"]:
            return cls._from(months_later(first, 3 * (int(match["quarter"]) - 1)), Length.QUARTER)
        return cls._from(first, Length.YEAR)

    @classmethod
    def of(cls, day: date, length: Length) -> Self:
        """The period of this length that holds the day."""
        since_first = (day.month - _first_month()) % 12
        into = since_first % _MONTHS[length]
        return cls._from(months_later(day.replace(day=1), -into), length)

    @classmethod
    def _from(cls, start: date, length: Length) -> Self:
        return cls(start, months_later(start, _MONTHS[length]) - _ONE_DAY, length)

    @property
    def key(self) -> str:
        if self.length is Length.MONTH:
            return f"{self.start:%Y-%m}"
        year = self.fiscal_year
        return f"{year}" if self.length is Length.YEAR else f"{year}-Q{self.number}"

    @property
    def fiscal_year(self) -> int:
        return self.start.year if self.start.month >= _first_month() else self.start.year - 1

    @property
    def number(self) -> int:
        """Which one of its length within the fiscal year, from 1."""
        since_first = (self.start.month - _first_month()) % 12
        return since_first // _MONTHS[self.length] + 1

    @property
    def previous(self) -> Self:
        return self._from(months_later(self.start, -_MONTHS[self.length]), self.length)

    @property
    def next(self) -> Self:
        return self._from(self.end + _ONE_DAY, self.length)

    @property
    def year_before(self) -> Self:
        return self._from(months_later(self.start, -12), self.length)

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def days_left(self, *, on: date) -> int:
        """Days after `on` until the last one; none once it is over."""
        return max((self.end - on).days, 0)

    def months(self) -> Iterator[date]:
        """The first day of each month in it."""
        for offset in range(_MONTHS[self.length]):
            yield months_later(self.start, offset)

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        """June 2013, second quarter 2013, 2013; in Chinese 2013年6月, 2013年第二季度, 2013年."""
        if self.length is Length.MONTH:
            return format_date(self.start, "Y年n月" if is_chinese() else "F Y")
        if self.length is Length.YEAR:
            return _("year %(year)s") % {"year": self.fiscal_year}
        names = {
            1: _("first quarter %(year)s"),
            2: _("second quarter %(year)s"),
            3: _("third quarter %(year)s"),
            4: _("fourth quarter %(year)s"),
        }
        return names[self.number] % {"year": self.fiscal_year}

    @property
    def short(self) -> str:
        """Jun 2013, Q2 2013, 2013: for table heads and axes. Chinese has one way to write a period."""
        if is_chinese():
            return str(self)
        if self.length is Length.MONTH:
            return format_date(self.start, "M Y")
        if self.length is Length.YEAR:
            return f"{self.fiscal_year}"
        return _("Q%(quarter)d %(year)s") % {"quarter": self.number, "year": self.fiscal_year}


def months_later(first_of_month: date, months: int) -> date:
    """The first of the month so many months later (or earlier)."""
    count = first_of_month.year * 12 + first_of_month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
