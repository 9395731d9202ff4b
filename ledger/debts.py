"""Who owes us how much, dealer by dealer and summed by the database. One currency at a time: they are never added."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dealers.models import Dealer
from ledger.receivables import BUCKETS, E4

_DUE = ("0", *(str(end) for end in BUCKETS))  # a bucket begins after so many days past due


class Sort(StrEnum):
    """What the largest of is wanted first."""

    OVERDUE = "overdue"
    TOTAL = "total"
    OLDEST = "oldest"


_ORDER = {
    Sort.OVERDUE: "overdue desc, total desc",
    Sort.TOTAL: "total desc, overdue desc",
    Sort.OLDEST: "oldest nulls last, overdue desc",
}


@dataclass(frozen=True, slots=True)
class Debtor:
    """What one dealer owes in one currency, or all of them together. `buckets` follow `receivables.BUCKETS` and one
    more; `oldest` is the earliest day on which something was due that is still open and late."""

    dealer_id: int | None
    count: int
    total: Decimal
    not_due: Decimal
    buckets: tuple[Decimal, ...]
    undated: Decimal
    oldest: date | None

    @property
    def overdue(self) -> Decimal:
        return sum(self.buckets, Decimal(0))

    @property
    def parts(self) -> tuple[Decimal, ...]:
        """What adds up to `total`, from the youngest to the oldest; undated debts are not late."""
        return (self.not_due + self.undated, *self.buckets)


def currencies(dealers: QuerySet[Dealer], *, on: date) -> dict[str, int]:
    """In which currencies these dealers owe, with how many dealers each; the most common first."""
    chosen, params = _chosen(dealers)
    found = _rows(
        "select currency, count(distinct dealer_id) from ledger_open_items(%s) "
        f"where open_e4 > 0 and dealer_id in ({chosen}) group by 1 order by 2 desc, 1",
        [on, *params],
    )
    return dict(found)


def debtors(
    dealers: QuerySet[Dealer],
    currency: str,
    *,
    on: date,
    sort: Sort = Sort.OVERDUE,
    late_only: bool = False,
    start: int = 0,
    most: int | None = None,
) -> list[Debtor]:
    """The dealers who owe in this currency, from the place `start` on and no more than `most`."""
    found = _rows(
        f"{_summed(dealers)} select * from summed {'where overdue > 0' if late_only else ''} "
        f"order by {_ORDER[sort]}, dealer_id offset %s limit %s",
        [*_params(dealers, currency, on), start, most],
    )
    return [_debtor(row) for row in found]


def together(dealers: QuerySet[Dealer], currency: str, *, on: date, late_only: bool = False) -> tuple[int, Debtor]:
    """How many dealers owe in this currency, and what they owe together."""
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in ("count", "total", "not_due", *_BUCKET_NAMES, "undated"))
    [(many, *row)] = _rows(
        f"{_summed(dealers)} select count(*), null, {sums}, min(oldest), null from summed "
        f"{'where overdue > 0' if late_only else ''}",
        _params(dealers, currency, on),
    )
    return int(many), _debtor(row)


_BUCKET_NAMES = tuple(f"late_{number}" for number in range(len(_DUE)))


def _summed(dealers: QuerySet[Dealer]) -> str:
    """`summed`: one row a dealer. The day is given by the parameters of `_params`."""
    chosen, _ = _chosen(dealers)
    ends = [*_DUE[1:], ""]
    buckets = [
        f"coalesce(sum(open_e4) filter (where late > {begin}{f' and late <= {end}' if end else ''}), 0) as {name}"
        for name, begin, end in zip(_BUCKET_NAMES, _DUE, ends, strict=True)
    ]
    return f"""
        with items as (
            select dealer_id, open_e4, due_on, %s::date - due_on as late
            from ledger_open_items(%s) where open_e4 > 0 and currency = %s and dealer_id in ({chosen})
        ),
        summed as (
            select dealer_id, count(*) as count, sum(open_e4) as total,
                   coalesce(sum(open_e4) filter (where late <= 0), 0) as not_due, {", ".join(buckets)},
                   coalesce(sum(open_e4) filter (where due_on is null), 0) as undated,
                   min(due_on) filter (where late > 0) as oldest,
                   coalesce(sum(open_e4) filter (where late > 0), 0) as overdue
            from items group by dealer_id
        )"""


def _params(dealers: QuerySet[Dealer], currency: str, on: date) -> list[Any]:
    return [on, on, currency, *_chosen(dealers)[1]]


def _debtor(row: Sequence[Any]) -> Debtor:
    dealer, count, total, not_due, *buckets, undated, oldest, _overdue = row
    return Debtor(
        dealer, int(count), total / E4, not_due / E4, tuple(one / E4 for one in buckets), undated / E4, oldest
    )


def _chosen(dealers: QuerySet[Dealer]) -> tuple[str, Sequence[Any]]:
    return dealers.order_by().values("pk").query.sql_with_params()


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params))
        return list(cursor.fetchall())
