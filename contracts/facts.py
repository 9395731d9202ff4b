"""What the ledger says about a contract's business: sell-in by month, by line, of a time. Sums in one currency."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import DateField, IntegerField, QuerySet, Sum, Value
from django.db.models.functions import Cast, TruncMonth

from contracts.models import Contract
from core import access
from dealers.models import ProductLine
from ledger.models import Level, MonthTotal, Movement
from ledger.receivables import E4


@dataclass(frozen=True, slots=True)
class Ask:
    """Sell-in net of returns of a dealer, in one currency, from day to day; of one line by its numbers, or of all."""

    dealer_id: int
    currency: str
    start: date
    end: date
    line: tuple[int, int] | None = None
    in_months: bool = False  # of whole months, which a roll-up knows

    @classmethod
    def of(cls, contract: Contract, start: date, end: date, *, line: ProductLine | None = None) -> "Ask":
        return cls(contract.dealer_id, contract.currency, start, end, _numbers(line))

    @classmethod
    def by_month(cls, contract: Contract, start: date, end: date, *, line: ProductLine | None = None) -> "Ask":
        return cls(contract.dealer_id, contract.currency, start.replace(day=1), end, _numbers(line), in_months=True)


def _numbers(line: ProductLine | None) -> tuple[int, int] | None:
    return (line.low, line.high) if line is not None else None


type Sums = Mapping[date, Decimal]  # by the first day of a month


def answers(asks: Iterable[Ask]) -> dict[Ask, Sums]:
    """What was bought in each month of each ask, by one statement for all of them."""
    found: dict[Ask, dict[date, Decimal]] = {one: {} for one in asks}
    numbered = list(found)
    parts = [_rows(one, number) for number, one in enumerate(numbered)]
    if parts:
        rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        for number, month, e4 in rows:
            found[numbered[number]][month] = Decimal(e4) / E4
    return dict(found)


def _rows(
    one: Ask, number: int
) -> "QuerySet[MonthTotal, tuple[int, date, int]] | QuerySet[Movement, tuple[int, date, int]]":
    """(number of the ask, month, ten thousandths).

    Whole months of all lines come from the roll-up; the rest asks the movements, which an index finds by dealer and
    date.
    """
    place = Value(number, output_field=IntegerField())
    if one.in_months and one.line is None:
        totals = access.rows_of(MonthTotal).filter(
            dealer=one.dealer_id, level=Level.MAKER_TO_DEALER, currency=one.currency, month__range=(one.start, one.end)
        )
        return totals.order_by().annotate(place=place).values_list("place", "month", "amount_e4")
    moved = access.rows_of(Movement).filter(
        dealer=one.dealer_id,
        level=Level.MAKER_TO_DEALER,
        currency=one.currency,
        occurred_on__range=(one.start, one.end),
    )
    if one.line is not None:
        moved = moved.filter(product__line__low__range=one.line)
    month = Cast(TruncMonth("occurred_on"), DateField())  # a stored date: nothing is cut from an instant
    by_month = moved.order_by().annotate(place=place, month=month).values_list("place", "month")
    return by_month.annotate(e4=Sum("amount_e4"))


def sell_in_by_month(contract: Contract, start: date, end: date, *, line: ProductLine | None = None) -> Sums:
    """Sell-in net of returns of the contract's dealer, in the contract's currency, of whole months."""
    return answer(Ask.by_month(contract, start, end, line=line))


def answer(ask: Ask) -> Sums:
    return answers([ask])[ask]


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
