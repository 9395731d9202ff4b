"""Proposing a target and splitting it over its months. Pure, Decimal, no database."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.money import split
from core.periods import months_later

ZERO = Decimal(0)
GROWTH = Decimal("0.30")  # the house rule: last year and 30% on top, unless agreed otherwise
_WHOLE = Decimal(1)


def months_between(start: date, end: date) -> list[date]:
    """The first day of each month that the time touches."""
    months = [start.replace(day=1)]
    while (following := months_later(months[-1], 1)) <= end:
        months.append(following)
    return months


def grown(last_year: Decimal, growth: Decimal = GROWTH) -> Decimal:
    """Last year's total and the growth on top, rounded half up to whole units: targets are not agreed in cents."""
    return (last_year * (1 + growth)).quantize(_WHOLE, ROUND_HALF_UP)


def spread(total: Decimal, months: Sequence[date], last_year: Mapping[date, Decimal], currency: str) -> list[Decimal]:
    """The share of each month: by what the same month brought last year, evenly where that says nothing.

    A month with net returns counts as none. The shares add up to the total, to the currency's smallest unit. The
    larger part of one and the same remainder goes to the earlier month (largest remainder).
    """
    weights = [max(last_year.get(months_later(month, -12), ZERO), ZERO) for month in months]
    if not any(weights):
        weights = [_WHOLE] * len(months)
    return split(total, weights, currency)
