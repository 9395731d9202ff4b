"""What the ledger says about a contract's business: sell-in by month, by line, of a time. Sums in one currency."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from contracts.models import Contract
from core import access
from dealers.models import ProductLine
from ledger.models import Level, MonthTotal, Movement
from ledger.receivables import E4


def sell_in_by_month(
    contract: Contract, start: date, end: date, *, line: ProductLine | None = None
) -> dict[date, Decimal]:
    """Sell-in net of returns of the contract's dealer, in the contract's currency, of whole months.

    All lines come from the roll-up; one line asks the movements, which an index finds by dealer and date.
    """
    first, last = start.replace(day=1), end
    if line is None:
        totals = access.rows_of(MonthTotal).filter(
            dealer=contract.dealer_id, level=Level.MAKER_TO_DEALER, currency=contract.currency,
            month__range=(first, last),
        )  # fmt: skip
        return {month: Decimal(e4) / E4 for month, e4 in totals.values_list("month", "amount_e4")}
    moved = (
        access.rows_of(Movement)
        .filter(dealer=contract.dealer_id, level=Level.MAKER_TO_DEALER, currency=contract.currency)
        .filter(occurred_on__range=(first, last), product__line__low__range=(line.low, line.high))
        .annotate(month=TruncMonth("occurred_on"))  # a stored date: nothing is cut from an instant
        .order_by()
        .values_list("month")
        .annotate(e4=Sum("amount_e4"))
    )
    return {month: Decimal(e4) / E4 for month, e4 in moved}


def sell_in(contract: Contract, start: date, end: date, *, line: ProductLine | None = None) -> Decimal:
    """Sell-in net of returns from day to day, in the contract's currency."""
    moved = access.rows_of(Movement).filter(
        dealer=contract.dealer_id, level=Level.MAKER_TO_DEALER, currency=contract.currency,
        occurred_on__range=(start, end),
    )  # fmt: skip
    if line is not None:
        moved = moved.filter(product__line__low__range=(line.low, line.high))
    return Decimal(moved.aggregate(e4=Sum("amount_e4"))["e4"] or 0) / E4


def sell_in_of(contracts: Iterable[Contract], start: date, end: date) -> Mapping[int, Decimal]:
    """The same for many contracts by one statement, of whole months; keyed by dealer."""
    currencies = {contract.dealer_id: contract.currency for contract in contracts}
    totals = (
        access.rows_of(MonthTotal)
        .filter(dealer__in=currencies, level=Level.MAKER_TO_DEALER, month__range=(start, end))
        .values_list("dealer_id", "currency")
        .annotate(e4=Sum("amount_e4"))
    )
    return {dealer: Decimal(e4) / E4 for dealer, currency, e4 in totals if currency == currencies[dealer]}
