"""Tiered rebates against worked examples with published results, and against laws they must obey."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import RebateTerm
from contracts.tiers import Tier, both_readings, earn, next_tier

SLICES, WHOLE = RebateTerm.Method.BY_SLICES, RebateTerm.Method.WHOLE_AMOUNT


def table(*rows: tuple[str, str]) -> list[Tier]:
    return [Tier(Decimal(threshold), Decimal(rate)) for threshold, rate in rows]


DYNAMICS = table(("0", "0.10"), ("1000", "0.25"))


def test_the_same_table_pays_350_by_slices_and_500_on_the_whole_amount() -> None:
    """Microsoft's example of a deal with 10% up to 1,000 and 25% up to 2,500, turnover 2,000."""
    by_slices, whole = both_readings(Decimal(2000), DYNAMICS, "USD")
    assert [step.base for step in by_slices.steps] == [1000, 1000]
    assert [step.rate for step in by_slices.steps] == [Decimal("0.10"), Decimal("0.25")]
    assert by_slices.total == 350 and whole.total == 500


@pytest.mark.parametrize(("turnover", "earned"), [(6000, 300), (8000, 400), (20000, 1500)])
def test_brackets_on_spend(turnover: int, earned: int) -> None:
    """Phocas: 5% on the first 10,000, 10% from there to 50,000."""
    brackets = table(("0", "0.05"), ("10000", "0.10"))
    assert earn(Decimal(turnover), brackets, SLICES, "USD").total == earned


@pytest.mark.parametrize(("bought", "earned"), [(3000, 0), (7000, 140), (27000, 1080)])
def test_settling_month_by_month_pays_earned_to_date_less_settled(bought: int, earned: int) -> None:
    """SAP: 2% from 5,000, then 4%. October 0, November 140, the final settlement pays the rest: 940."""
    condition = table(("5000", "0.02"), ("27000", "0.04"))
    assert earn(Decimal(bought), condition, WHOLE, "EUR").total == earned


@pytest.mark.parametrize(
    ("turnover", "whole"),
    [("599999.99", "0.00"), ("600000.00", "12000.00"), ("919999.99", "18400.00"), ("920000", "36800.00")],
)
def test_reached_means_equal_to_or_above(turnover: str, whole: str) -> None:
    tiers = table(("600000", "0.02"), ("920000", "0.04"))
    assert earn(Decimal(turnover), tiers, WHOLE, "CNY").total == Decimal(whole)


@pytest.mark.parametrize("method", [SLICES, WHOLE])
@pytest.mark.parametrize("turnover", ["0", "-1", "-50000"])
def test_selling_and_returning_everything_earns_nothing(method: str, turnover: str) -> None:
    earning = earn(Decimal(turnover), table(("0", "0.05"), ("1000", "0.10")), method, "CNY")
    assert earning.total == 0 and earning.steps == ()


def test_a_cap_is_the_most_and_says_so() -> None:
    capped = earn(Decimal(2000), DYNAMICS, WHOLE, "USD", cap=Decimal(450))
    assert capped.total == 450 and capped.is_capped
    assert not earn(Decimal(2000), DYNAMICS, WHOLE, "USD", cap=Decimal(500)).is_capped


def test_the_next_tier_is_worth_what_it_adds() -> None:
    tiers = table(("600000", "0.02"), ("920000", "0.04"))
    following = next_tier(Decimal(892400), tiers, WHOLE, "CNY")
    assert following is not None
    assert [following.missing, following.now, following.then] == [27600, 17848, 36800]
    assert following.worth == 18952
    assert next_tier(Decimal(920000), tiers, WHOLE, "CNY") is None


cents = st.integers(0, 10**12).map(lambda n: Decimal(n) / 100)
rows_of = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 3000)), min_size=1, max_size=6, unique_by=lambda row: row[0]
)
tiers_of = rows_of.map(lambda rows: [Tier(Decimal(at), Decimal(rate) / 10000) for at, rate in sorted(rows)])


@given(cents, tiers_of)
def test_by_slices_equals_an_independent_sum(turnover: Decimal, tiers: list[Tier]) -> None:
    """Every cent earns the rate of the tier it lies in: counted the other way round, with fractions."""
    exact = Fraction(0)
    below = Fraction(0)
    for tier in tiers:
        part = max(Fraction(turnover) - Fraction(tier.threshold), Fraction(0))
        exact += part * (Fraction(tier.rate) - below)
        below = Fraction(tier.rate)
    told = Fraction(earn(turnover, tiers, SLICES, "CNY").total)
    assert abs(told - exact) <= Fraction(1, 200)


@given(cents, tiers_of)
def test_more_turnover_never_earns_less_where_rates_rise(turnover: Decimal, tiers: list[Tier]) -> None:
    rising = [Tier(t.threshold, rate) for t, rate in zip(tiers, sorted(t.rate for t in tiers), strict=True)]
    for method in (SLICES, WHOLE):
        less = earn(turnover, rising, method, "CNY").total
        assert earn(turnover + 1, rising, method, "CNY").total >= less
