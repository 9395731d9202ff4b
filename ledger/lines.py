"""Addresses of the lines behind a figure: one place that knows how the lists of entries are asked."""

from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse

from dealers.models import Dealer


def movements(
    dealer: Dealer, *, level: int, start: date, end: date, known_at: datetime | None = None, line: str = ""
) -> str:
    return _address("ledger:movements", dealer, level=level, since=start, until=end, known=known_at, line=line)


def invoices_due(dealer: Dealer, *, start: date, end: date, known_at: datetime | None = None) -> str:
    return _address("ledger:invoices", dealer, due_since=start, due_until=end, known=known_at)


def invoices(dealer: Dealer, *, number: str = "") -> str:
    return _address("ledger:invoices", dealer, number=number)


def payments(
    dealer: Dealer, *, start: date | None = None, end: date | None = None, known_at: datetime | None = None
) -> str:
    return _address("ledger:payments", dealer, since=start, until=end, known=known_at)


def stock(dealer: Dealer, *, start: date, end: date, known_at: datetime | None = None) -> str:
    return _address("ledger:stock", dealer, since=start, until=end, known=known_at)


def orders(dealer: Dealer) -> str:
    return _address("ledger:orders", dealer)


def _address(name: str, dealer: Dealer, **narrow: "object | None") -> str:
    told = {"dealer": dealer.public_id} | {
        key: value.isoformat() if isinstance(value, date) else str(value)
        for key, value in narrow.items()
        if value not in (None, "")
    }
    return f"{reverse(name)}?{urlencode(told)}"
