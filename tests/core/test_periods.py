"""Months, quarters and years, also where the fiscal year begins in another month."""

from datetime import date, timedelta

import pytest
from django.test import override_settings
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from core.periods import Length, Period, months_later


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("2013-06", date(2013, 6, 1), date(2013, 6, 30)),
        ("2012-02", date(2012, 2, 1), date(2012, 2, 29)),
        ("2013-Q2", date(2013, 4, 1), date(2013, 6, 30)),
        ("2013", date(2013, 1, 1), date(2013, 12, 31)),
    ],
)
def test_a_key_says_first_and_last_day(key: str, start: date, end: date) -> None:
    period = Period.parse(key)
    assert (period.start, period.end, period.key) == (start, end, key)


@override_settings(FISCAL_YEAR_FIRST_MONTH=4)
def test_a_fiscal_year_is_named_after_the_year_it_starts_in() -> None:
    assert Period.parse("2013").start == date(2013, 4, 1)
    assert (Period.parse("2013-Q4").start, Period.parse("2013-Q4").end) == (date(2014, 1, 1), date(2014, 3, 31))
    assert Period.of(date(2014, 3, 31), Length.YEAR).key == "2013"


@pytest.mark.parametrize("key", ["", "2013-Q5", "2013-13", "13-Q1", "2013-6", "2013-Q2 x", "٢٠١٣"])
def test_what_is_no_period_is_refused_with_an_example(key: str) -> None:
    with pytest.raises(ValueError, match="2013-Q2"):
        Period.parse(key)


def test_it_knows_its_neighbours_and_the_year_before() -> None:
    quarter = Period.parse("2013-Q1")
    assert [quarter.previous.key, quarter.next.key, quarter.year_before.key] == ["2012-Q4", "2013-Q2", "2012-Q1"]
    assert [f"{month:%m}" for month in quarter.months()] == ["01", "02", "03"]


def test_days_left_count_the_days_after_today() -> None:
    quarter = Period.parse("2026-Q1")
    assert [quarter.days_left(on=date(2026, 3, day)) for day in (20, 31)] == [11, 0]
    assert quarter.days_left(on=date(2026, 5, 1)) == 0


def test_it_reads_in_both_languages() -> None:
    period = Period.parse("2013-Q2")
    assert (str(period), period.short) == ("second quarter 2013", "Q2 2013")
    with override("zh-hans"):
        for key, words in (("2013-Q2", "2013年第二季度"), ("2013-06", "2013年6月"), ("2013", "2013年")):
            read = Period.parse(key)
            assert (str(read), read.short) == (words, words), "Chinese writes a period in one way"


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.sampled_from(Length), st.integers(1, 12))
def test_every_day_lies_in_one_period_and_its_key_leads_back(day: date, length: Length, first: int) -> None:
    with override_settings(FISCAL_YEAR_FIRST_MONTH=first):
        period = Period.of(day, length)
        assert day in period and Period.parse(period.key) == period
        assert period.previous.end + timedelta(days=1) == period.start
        assert period.next.start == period.end + timedelta(days=1)
        assert sum(1 for _month in period.months()) == {"month": 1, "quarter": 3, "year": 12}[length]


def test_months_later_crosses_years() -> None:
    assert months_later(date(2013, 11, 1), 3) == date(2014, 2, 1)
    assert months_later(date(2013, 1, 1), -1) == date(2012, 12, 1)
