"""Measures: what can be scored. Any room brings its own in a module named `kpis.py`::

    register(Measure("collection", title=_("Collection"), unit=Unit.SHARE, query=collection, ...))

A measure is one statement over all dealers assessed. It gives for each a value or the reason why there is none, and
the numbers put in; whatever is shown later, formula, numbers and lines, is told from these.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from core.periods import Period

type Text = "str | Promise"

# The temporary table of those assessed: dealer_id, contract_id, template_id, currency. One row a dealer.
ASSESSED = "performance_assessed"


class Unit(StrEnum):
    SHARE = "share"  # 0.91, shown as 91.0%
    CHANGE = "change"  # 0.096, shown as +9.6%
    DAYS = "days"
    COUNT = "count"
    AMOUNT = "amount"  # in the contract's currency


@dataclass(frozen=True, slots=True)
class View:
    """What a run looks at: which period, and which postings count (those made by `known_at`)."""

    period: Period
    known_at: datetime

    @property
    def values(self) -> dict[str, Any]:
        """The named parameters that every statement may use."""
        before = self.period.year_before
        return {
            "start": self.period.start,
            "end": self.period.end,
            "before_start": before.start,
            "before_end": before.end,
            "known_at": self.known_at,
        }


@dataclass(frozen=True, slots=True)
class Input:
    """One number put into the formula, by its name in `inputs`."""

    name: str
    title: Text
    unit: Unit


@dataclass(frozen=True, slots=True)
class Behind:
    """Where the lines behind a value are: a kind of entry, narrowed as the statement narrowed it."""

    kind: str  # "movements", "invoices", "payments", "stock", "reports"
    start: date
    end: date
    known_at: datetime
    narrow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measure:
    """`query` selects dealer_id, value, missing, inputs (jsonb) from `ASSESSED`: one row a dealer, set-wise.

    `formula` says it in words ("Attainment = sell-in ÷ target"); `working` is the same with the names of inputs in
    braces ("{sell_in} ÷ {target}"). `missing` has the sentence for each reason that `query` may give. A measure with
    internal inputs (our margin) may not stand in a published card.
    """

    code: str
    title: Text
    summary: Text
    unit: Unit
    query: str
    formula: Text
    working: str
    inputs: Sequence[Input]
    missing: Mapping[str, Text]
    behind: Callable[[View, Mapping[str, Any]], Sequence[Behind]]
    advice: Text = ""  # what would raise it, with %(more)s for how much
    caution: Text = ""  # what is not sound of it, with %(unbalanced)s of %(counts)s, where inputs have them
    is_internal: bool = False
    order: int = 100


_measures: dict[str, Measure] = {}


def register(*measures: Measure) -> None:
    for measure in measures:
        if measure.code in _measures:
            raise ValueError(f"The measure {measure.code} is registered twice")
        _measures[measure.code] = measure


def find(code: str) -> Measure | None:
    """The measure; None where the room that brought it is no longer installed."""
    return _measures.get(code)


def all_measures() -> list[Measure]:
    return sorted(_measures.values(), key=lambda one: (one.order, one.code))


def discover() -> None:
    autodiscover_modules("kpis")


def numbers(inputs: Mapping[str, Any], names: Sequence[Input]) -> dict[str, Decimal]:
    """The numbers put in, exact; what is not there is left out."""
    return {one.name: Decimal(inputs[one.name]) for one in names if inputs.get(one.name) is not None}
