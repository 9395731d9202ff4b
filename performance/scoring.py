"""From a value to a score, points, and the total. Pure, Decimal, no database.

The assessment computes the same set-wise in SQL (`performance.assessing`); the suite holds the two against each other.
Every rounding is half up and named: a score, points and the total to a tenth.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

ZERO, ONE, HUNDRED, TENTH = Decimal(0), Decimal(1), Decimal(100), Decimal("0.1")


class Scale(Protocol):
    """Where points begin and where they are full; see `TemplateMeasure`, `ScorecardLine`."""

    zero_at: Decimal
    full_at: Decimal
    full_until: Decimal | None
    zero_again_at: Decimal | None
    floor: Decimal | None


class Grade(Protocol):
    letter: str
    from_score: Decimal


def tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)


def score(value: Decimal, scale: Scale) -> Decimal:
    """0 to 100. Never more than 100: beating one goal cannot hide missing another."""
    if scale.floor is not None and _is_short_of(value, scale.floor, scale):
        return tenth(ZERO)
    if scale.full_until is not None and scale.zero_again_at is not None and value > scale.full_until:
        share = (scale.zero_again_at - value) / (scale.zero_again_at - scale.full_until)
    else:
        share = (value - scale.zero_at) / (scale.full_at - scale.zero_at)
    return tenth(min(max(share, ZERO), ONE) * HUNDRED)


def _is_short_of(value: Decimal, mark: Decimal, scale: Scale) -> bool:
    """Below the mark; above it where less is better."""
    return value > mark if less_is_better(scale) else value < mark


def less_is_better(scale: Scale) -> bool:
    return scale.zero_at > scale.full_at


def points(of_score: Decimal, weight: Decimal) -> Decimal:
    """What a measure brings to the total before that is brought to 100."""
    return tenth(of_score * weight / HUNDRED)


def total(earned: Iterable[Decimal], weight_with_data: Decimal) -> Decimal | None:
    """The points of the measures with data, brought to 100. None when none has data: neither 0 nor 100.

    Not above 100, which points rounded up one by one could otherwise pass by a tenth.
    """
    if weight_with_data == ZERO:
        return None
    return min(tenth(sum(earned, ZERO) / weight_with_data * HUNDRED), HUNDRED)


def grade(of_score: Decimal, grades: Sequence[Grade]) -> str:
    """The letter of the highest mark reached (equal to or above); empty below the lowest."""
    reached = [one for one in grades if one.from_score <= of_score]
    return max(reached, key=lambda one: one.from_score).letter if reached else ""


def value_for_full(value: Decimal, scale: Scale) -> Decimal | None:
    """The nearest value with full points; None where they are full already."""
    if score(value, scale) == HUNDRED:
        return None
    if scale.full_until is not None and value > scale.full_until:
        return scale.full_until
    return scale.full_at
