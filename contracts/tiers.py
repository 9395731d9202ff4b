"""The arithmetic of tiered rebates. Pure, Decimal, no database.

Two readings of one table are in use, and the same table pays very different sums by them; so both are always worked
through with numbers, and the agreed one is marked. Sources of the readings: Microsoft's documentation of rebate
management deals ("stepped", "cumulative"), Enable's help pages ("incremental", "retrospective").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from contracts.models import RebateTerm
from core.money import half_up

ZERO = Decimal(0)
Method = RebateTerm.Method


@dataclass(frozen=True, slots=True)
class Tier:
    """From `threshold` on (equal to or above) `rate` applies; a rate of 2% is 0.02."""

    threshold: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the working: a part of the turnover, its rate, what it earns (not rounded)."""

    base: Decimal
    rate: Decimal

    @property
    def earned(self) -> Decimal:
        return self.base * self.rate


@dataclass(frozen=True, slots=True)
class Earning:
    """What a turnover earns, with its working. `total` is rounded once, half up, and capped."""

    turnover: Decimal
    method: str
    steps: tuple[Step, ...]
    total: Decimal
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class NextTier:
    """How far the next tier is, and what reaching it is worth: `then` less what is earned now."""

    tier: Tier
    missing: Decimal
    now: Decimal
    then: Decimal

    @property
    def worth(self) -> Decimal:
        return self.then - self.now


def earn(
    turnover: Decimal, tiers: Sequence[Tier], method: str, currency: str, *, cap: Decimal | None = None
) -> Earning:
    """What `turnover` (net of returns; may be negative) earns under one reading. `tiers` rise by threshold."""
    steps = _slices(turnover, tiers) if method == Method.BY_SLICES else _whole(turnover, tiers)
    total = half_up(sum((step.earned for step in steps), ZERO), currency)
    if cap is not None and total > cap:
        return Earning(turnover, method, steps, cap, is_capped=True)
    return Earning(turnover, method, steps, total)


def both_readings(turnover: Decimal, tiers: Sequence[Tier], currency: str) -> tuple[Earning, Earning]:
    """The worked example: by slices and on the whole amount, without a cap, which belongs to neither."""
    return (
        earn(turnover, tiers, Method.BY_SLICES, currency),
        earn(turnover, tiers, Method.WHOLE_AMOUNT, currency),
    )


def next_tier(
    turnover: Decimal, tiers: Sequence[Tier], method: str, currency: str, *, cap: Decimal | None = None
) -> NextTier | None:
    """The tier above the turnover; None when the highest is reached."""
    above = [tier for tier in tiers if tier.threshold > turnover]
    if not above:
        return None
    tier = above[0]
    now = earn(turnover, tiers, method, currency, cap=cap).total
    then = earn(tier.threshold, tiers, method, currency, cap=cap).total
    return NextTier(tier, tier.threshold - turnover, now, then)


def _slices(turnover: Decimal, tiers: Sequence[Tier]) -> tuple[Step, ...]:
    """Each tier pays on the part of the turnover between its threshold and the next."""
    ends = [tier.threshold for tier in tiers[1:]] + [None]
    steps = []
    for tier, end in zip(tiers, ends, strict=True):
        top = turnover if end is None else min(turnover, end)
        if top > tier.threshold:
            steps.append(Step(top - tier.threshold, tier.rate))
    return tuple(steps)


def _whole(turnover: Decimal, tiers: Sequence[Tier]) -> tuple[Step, ...]:
    reached = [tier for tier in tiers if tier.threshold <= turnover]
    if not reached or turnover <= ZERO:
        return ()
    return (Step(turnover, reached[-1].rate),)
