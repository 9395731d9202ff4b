"""The arithmetic of the screening sheet: pure, no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

BEST = 5
WHOLE = 100
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Total:
    """What an applicant has of 100. `covered` is the weight of what is marked; until that is all it is provisional."""

    value: Decimal | None
    covered: int
    whole: int = WHOLE

    @property
    def is_provisional(self) -> bool:
        return self.covered < self.whole


def total(marked: Iterable[tuple[int, int | None]]) -> Total:
    """Of (weight, mark 1 to 5 or None): the weighted share of the best marks, over what is marked.

    What is not marked is neither 0 nor 5: it counts when it is known.
    """
    rows = list(marked)
    known = [(weight, mark) for weight, mark in rows if mark is not None]
    covered, whole = sum(weight for weight, _mark in known), sum(weight for weight, _mark in rows)
    if not covered:
        return Total(None, 0, whole)
    earned = sum(weight * mark for weight, mark in known)
    value = Decimal(WHOLE * earned) / (BEST * covered)
    return Total(value.quantize(_ONE, ROUND_HALF_UP), covered, whole)
