"""Targets from last year's facts, split by its season without a lost cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.seasons import grown, months_between, spread
from core.money import minor_unit

YEAR = months_between(date(2026, 1, 1), date(2026, 12, 31))


def test_a_time_touches_its_months() -> None:
    assert len(YEAR) == 12
    ends = months_between(date(2026, 11, 20), date(2027, 1, 3))
    assert ends == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)]


def test_the_house_rule_puts_thirty_per_cent_on_top() -> None:
    assert grown(Decimal("1000000.50")) == 1_300_001
    assert grown(Decimal("8.10"), Decimal("0.05")) == 9


def test_a_season_repeats_itself() -> None:
    last = {date(2025, 1, 1): Decimal(100), date(2025, 6, 1): Decimal(300)}
    shares = spread(Decimal(1000), YEAR, last, "CNY")
    assert shares[0] == 250 and shares[5] == 750 and sum(shares) == 1000


def test_without_a_year_before_every_month_is_the_same_but_for_the_last_cents() -> None:
    shares = spread(Decimal("100.00"), YEAR, {}, "CNY")
    assert shares == [Decimal("8.34")] * 4 + [Decimal("8.33")] * 8


def test_a_month_of_returns_counts_as_none() -> None:
    shares = spread(Decimal(10), YEAR, {date(2025, 3, 1): Decimal(-500), date(2025, 4, 1): Decimal(1)}, "CNY")
    assert shares[2] == 0 and shares[3] == 10


@given(
    st.integers(1, 10**13),
    st.lists(st.decimals(-(10**6), 10**9, places=4), min_size=12, max_size=12),
    st.sampled_from(["CNY", "JPY", "KWD"]),
)
def test_no_cent_is_lost_and_no_month_is_off_by_one(units: int, facts: list[Decimal], currency: str) -> None:
    step = minor_unit(currency)
    total = units * step
    last = {month.replace(year=2025): fact for month, fact in zip(YEAR, facts, strict=True)}
    shares = spread(total, YEAR, last, currency)
    assert sum(shares) == total
    weights = [max(fact, Decimal(0)) for fact in facts] if any(fact > 0 for fact in facts) else [Decimal(1)] * 12
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < step * sum(weights)


@pytest.mark.parametrize("total", [Decimal("0.001"), Decimal("10.005")])
def test_a_total_below_the_smallest_unit_is_refused(total: Decimal) -> None:
    with pytest.raises(ValueError, match="whole number"):
        spread(total, YEAR, {}, "CNY")
