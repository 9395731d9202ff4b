"""Writing facts as imports do, for tests about what is made of them: a book posts to one batch."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection
from django.utils import timezone

from dealers.models import Dealer, Outlet, Product, User
from ledger.models import ImportBatch, Invoice, Level, Movement, Payment, StockCount

_numbers = count(1)


class Book:
    """Facts of one posted batch. Every method takes the amount or quantity as text, exact."""

    def __init__(self, dealer: Dealer, *, at: datetime | None = None) -> None:
        self.dealer = dealer
        by = User.objects.only("pk").get(kind=User.Kind.SYSTEM)
        self.batch = ImportBatch.objects.create(
            kind="sell-in", file_name=f"book-{next(_numbers)}.csv", sha256=f"{next(_numbers):064}", created_by_id=by.pk,
            state=ImportBatch.State.APPLIED, applied_at=at or timezone.now(),
        )  # fmt: skip

    def sold_in(self, on: date, amount: str, **fields: Any) -> None:
        self._moved(Level.MAKER_TO_DEALER, on, amount, **fields)

    def sold_on(self, on: date, quantity: str, outlet: Outlet | None = None, **fields: Any) -> None:
        self._moved(Level.DEALER_TO_CUSTOMER, on, "0", quantity=Decimal(quantity), outlet=outlet, **fields)

    def counted(self, on: date, product: Product, quantity: str) -> None:
        self._write(StockCount, counted_on=on, product=product, quantity=Decimal(quantity))

    def invoiced(self, number: str, amount: str, due: date | None, on: date | None = None, **fields: Any) -> None:
        self._write(
            Invoice, number=number, invoiced_on=on or due, due_on=due, amount=Decimal(amount), **self._money(fields)
        )

    def paid(self, on: date, amount: str, invoice: str = "", **fields: Any) -> None:
        self._write(Payment, paid_on=on, amount=Decimal(amount), invoice_number=invoice, **self._money(fields))

    def _moved(self, level: Level, on: date, amount: str, **fields: Any) -> None:
        fields.setdefault("quantity", Decimal(1))
        self._write(Movement, level=level, document="D", occurred_on=on, amount=Decimal(amount), **self._money(fields))

    def _money(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {"currency": self.dealer.currency} | fields

    def _write(self, model: type[Any], **fields: Any) -> None:
        key = f"K{next(_numbers)}"
        model.objects.create(dealer=self.dealer, batch=self.batch, row=1, source="erp", key=key, **fields)
        if model is Movement:
            _roll_up()


def _roll_up() -> None:
    """The monthly totals as the facts have them."""
    with connection.cursor() as cursor:
        cursor.execute("delete from ledger_monthtotal")
        cursor.execute(
            "insert into ledger_monthtotal (dealer_id, level, month, currency, quantity, amount_e4, entries) "
            "select dealer_id, level, date_trunc('month', occurred_on)::date, currency, sum(quantity), sum(amount_e4), "
            "count(*) from ledger_movement group by 1, 2, 3, 4"
        )
