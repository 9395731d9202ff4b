"""What dealers owe and until when, as of any day. One rule of settlement for pages, measures and credit alike.

A payment that names its invoice settles that; everything else settles the oldest debt first (see the migration
`open_items`). Ageing is counted from the due date; amounts of different currencies are never added.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from dealers.models import Dealer

E4 = Decimal(10_000)
BUCKETS = (30, 60, 90)  # days past due at which a bucket ends; the last one is open


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice that is not fully paid. `due_on` is None where nobody said when it is due."""

    dealer_id: int
    currency: str
    number: str
    invoiced_on: date
    due_on: date | None
    amount: Decimal
    open: Decimal

    def days_late(self, *, on: date) -> int:
        """Days past due; none while it is not due, or where no due date is known."""
        return max((on - self.due_on).days, 0) if self.due_on else 0


@dataclass(frozen=True, slots=True)
class Ageing:
    """What one dealer owes in one currency. `buckets` follow `BUCKETS` and one more; all parts add up to `total`."""

    currency: str
    total: Decimal
    not_due: Decimal
    buckets: tuple[Decimal, ...]
    undated: Decimal

    @property
    def overdue(self) -> Decimal:
        return sum(self.buckets, Decimal(0))


def open_items(dealers: QuerySet[Dealer], *, on: date) -> list[OpenItem]:
    """The unpaid invoices of these dealers, oldest due first. `dealers` is the reader's own scope."""
    chosen, params = dealers.order_by().values("pk").query.sql_with_params()
    return [
        OpenItem(dealer, currency, number, invoiced, due, amount / E4, left / E4)
        for dealer, currency, number, invoiced, due, amount, left in _rows(
            f"select * from ledger_open_items(%s) where open_e4 > 0 and dealer_id in ({chosen}) "
            "order by due_on nulls last, invoiced_on, number",
            [on, *params],
        )
    ]


@dataclass(frozen=True, slots=True)
class Debt:
    """What one dealer owes beyond its day, in one currency."""

    dealer_id: int
    currency: str
    total: Decimal
    oldest: date


def overdue(dealers: QuerySet[Dealer], *, on: date, most: int) -> list[Debt]:
    """Overdue debts, summed by the database, the oldest first and no more than `most`."""
    chosen, params = dealers.order_by().values("pk").query.sql_with_params()
    return [
        Debt(dealer, currency, total / E4, oldest)
        for dealer, currency, total, oldest in _rows(
            "select dealer_id, currency, sum(open_e4), min(due_on) from ledger_open_items(%s) "
            f"where open_e4 > 0 and due_on < %s and dealer_id in ({chosen}) "
            "group by 1, 2 order by 4, 1, 2 limit %s",
            [on, on, *params, most],
        )
    ]


def debts_of(items: Iterable[OpenItem], *, on: date) -> list[Debt]:
    """The same from open items that were read already."""
    late: dict[tuple[int, str], list[tuple[date, Decimal]]] = {}
    for item in items:
        if item.due_on is not None and item.due_on < on:
            late.setdefault((item.dealer_id, item.currency), []).append((item.due_on, item.open))
    debts = [
        Debt(dealer, currency, sum((left for _due, left in some), Decimal(0)), min(due for due, _left in some))
        for (dealer, currency), some in late.items()
    ]
    return sorted(debts, key=lambda debt: (debt.oldest, debt.dealer_id, debt.currency))


def ageing(items: Iterable[OpenItem], *, on: date) -> list[Ageing]:
    """One line a currency, in the order of the alphabet."""
    by_currency: dict[str, list[OpenItem]] = {}
    for item in items:
        by_currency.setdefault(item.currency, []).append(item)
    return [_aged(currency, some, on) for currency, some in sorted(by_currency.items())]


def _aged(currency: str, items: Sequence[OpenItem], on: date) -> Ageing:
    buckets = [Decimal(0)] * (len(BUCKETS) + 1)
    not_due = undated = Decimal(0)
    for item in items:
        if item.due_on is None:
            undated += item.open
        elif item.due_on >= on:
            not_due += item.open
        else:
            buckets[sum(item.days_late(on=on) > end for end in BUCKETS)] += item.open
    return Ageing(currency, sum((item.open for item in items), Decimal(0)), not_due, tuple(buckets), undated)


def _rows(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(params))
        return list(cursor.fetchall())
