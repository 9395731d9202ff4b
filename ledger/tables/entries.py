"""Entries of the ledger as lists: the lines behind every figure, with what they come to, currency by currency."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, Total, register
from dealers.tables.cells import sum_of
from ledger.filters.entries import InvoiceFilter, MovementFilter, PaymentFilter, StockFilter
from ledger.models import Invoice, Level, Movement, Payment, StockCount
from ledger.receivables import E4

LEVELS = dict(Level.choices)
_NOTHING = gettext_lazy("Entries come in by import; each is shown with where it came from.")


def exact(value: Decimal) -> str:
    """An amount as reported: to the cent, with more digits only where it has more."""
    return formatting.number(value, 4 if value != value.quantize(Decimal("0.01")) else 2)


def quantity(value: Decimal) -> str:
    return formatting.number(value, 0 if value == value.to_integral_value() else 4)


def _by_currency(found: QuerySet[Any], _user: Any) -> Sequence[Total]:
    sums = list(found.values("currency").annotate(e4=Sum("amount_e4"), lines=Count("pk")).order_by("currency"))
    lines = sum(one["lines"] for one in sums)
    return [
        Total(pgettext_lazy("number of entries", "Lines"), formatting.number(lines)),
        *(
            Total(
                _("Sum, %(unit)s") % {"unit": formatting.unit(one["currency"])},
                exact(Decimal(one["e4"]) / E4),
            )
            for one in sums
        ),
    ]


def _by_level(found: QuerySet[Any], _user: Any) -> Sequence[Total]:
    """Purchases and sales apart: together they come to nothing that anybody has."""
    levels = found.order_by().values_list("level", flat=True).distinct()
    if len(levels) < 2:
        return _by_currency(found, _user)
    sums = found.values("level", "currency").annotate(e4=Sum("amount_e4"), lines=Count("pk"))
    told = list(sums.order_by("level", "currency"))
    return [
        Total(pgettext_lazy("number of entries", "Lines"), formatting.number(sum(one["lines"] for one in told))),
        *(
            Total(
                formatting.listed([LEVELS[one["level"]], formatting.unit(one["currency"])]),
                exact(Decimal(one["e4"]) / E4),
            )
            for one in told
        ),
    ]


def _counted(found: QuerySet[Any], _user: Any) -> Sequence[Total]:
    """The pieces of one day; counts of several days are the same goods again and again."""
    told = found.aggregate(lines=Count("pk"), pieces=Sum("quantity"), days=Count("counted_on", distinct=True))
    lines = Total(pgettext_lazy("number of entries", "Lines"), formatting.number(told["lines"]))
    if told["days"] > 1:
        return [lines]
    return [lines, Total(_("Sum of the quantities"), quantity(told["pieces"] or Decimal(0)))]


def _product(entry: Any) -> object:
    product = entry.product
    if product is None:
        return SafeString("")
    return format_html('{}<span class="under">{}</span>', product.local_name, product.code)


def amount(entry: Any) -> SafeString:
    return sum_of(exact(entry.amount), entry.currency)


def _mark(entry: Any) -> str:
    """What is unusual about an entry."""
    return _("taken back") if entry.is_reversal else ""


def _document(entry: Movement) -> SafeString:
    under = LEVELS[entry.level] if not entry.is_reversal else _mark(entry)
    return format_html('{}<span class="under">{}</span>', entry.document, under)


def _movements(user: Any) -> QuerySet[Movement]:
    return Movement.objects.visible_to(user).select_related("product")


MOVEMENTS = register(
    Listing(
        "movements",
        gettext_lazy("Sales and purchases"),
        rows=_movements,
        columns=(
            Column("document", pgettext_lazy("of an entry", "Document"), _document, lambda entry: entry.document),
            Column("level", gettext_lazy("Level"), export=lambda entry: LEVELS[entry.level]),
            Column(
                "day",
                gettext_lazy("Date"),
                lambda entry: formatting.iso_day(entry.occurred_on),
                lambda entry: entry.occurred_on,
                Sort(("occurred_on",), "ledger_movement_of_dealer", descending_first=True),
                is_number=True,
            ),
            Column(
                "product",
                gettext_lazy("Product"),
                _product,
                lambda entry: entry.product.code if entry.product else "",
                phone="whole",
            ),
            Column(
                "quantity",
                gettext_lazy("Quantity"),
                lambda entry: quantity(entry.quantity),
                lambda entry: entry.quantity,
                is_number=True,
            ),
            Column(
                "price",
                gettext_lazy("Unit price"),
                lambda entry: exact(entry.unit_price) if entry.unit_price is not None else "",
                lambda entry: entry.unit_price,
                is_number=True,
                phone="dropped",
            ),
            Column("amount", gettext_lazy("Amount"), amount, lambda entry: entry.amount, is_number=True, phone="main"),
            Column(
                "currency",
                gettext_lazy("Currency"),
                lambda entry: formatting.unit(entry.currency),
                lambda entry: entry.currency,
                phone="dropped",
            ),
        ),
        sort="-day",
        empty=Empty("arrows-exchange", gettext_lazy("No sales or purchases here"), _NOTHING),
        filters=MovementFilter,
        key="pk",
        export_right="ledger.view_movement",
        export_url="ledger:movements_export",
        totals=_by_level,
        has_search=False,
    )
)


def _invoices(user: Any) -> QuerySet[Invoice]:
    return Invoice.objects.visible_to(user)


def _number(entry: Invoice) -> SafeString:
    under = _mark(entry) or (_("credit note") if entry.amount < 0 else "")
    return format_html('{}<span class="under">{}</span>', entry.number, under)


INVOICES = register(
    Listing(
        "invoices",
        gettext_lazy("Invoices"),
        rows=_invoices,
        columns=(
            Column("number", gettext_lazy("Invoice"), _number, lambda entry: entry.number),
            Column(
                "day",
                gettext_lazy("Invoiced"),
                lambda entry: formatting.iso_day(entry.invoiced_on),
                lambda entry: entry.invoiced_on,
                Sort(("invoiced_on",), "ledger_invoice_of_dealer", descending_first=True),
                is_number=True,
            ),
            Column(
                "due",
                gettext_lazy("Due"),
                lambda entry: formatting.iso_day(entry.due_on) if entry.due_on else "",
                lambda entry: entry.due_on,
                Sort(("due_on",), "ledger_invoice_of_dealer", nullable=True, descending_first=True),
                is_number=True,
            ),
            Column("amount", gettext_lazy("Amount"), amount, lambda entry: entry.amount, is_number=True, phone="main"),
            Column(
                "currency",
                gettext_lazy("Currency"),
                lambda entry: formatting.unit(entry.currency),
                lambda entry: entry.currency,
                phone="dropped",
            ),
        ),
        sort="-day",
        empty=Empty("file-invoice", gettext_lazy("No invoices here"), _NOTHING),
        filters=InvoiceFilter,
        key="pk",
        export_right="ledger.view_invoice",
        export_url="ledger:invoices_export",
        totals=_by_currency,
        has_search=False,
    )
)


def _payments(user: Any) -> QuerySet[Payment]:
    return Payment.objects.visible_to(user)


def _receipt(entry: Payment) -> SafeString:
    told = _("for %(invoice)s") % {"invoice": entry.invoice_number} if entry.invoice_number else _mark(entry)
    return format_html('{}<span class="under">{}</span>', entry.key, told)


PAYMENTS = register(
    Listing(
        "payments",
        gettext_lazy("Payments"),
        rows=_payments,
        columns=(
            Column("key", gettext_lazy("Payment"), _receipt, lambda entry: entry.key),
            Column("invoice", gettext_lazy("Invoice"), export=lambda entry: entry.invoice_number),
            Column(
                "day",
                gettext_lazy("Paid"),
                lambda entry: formatting.iso_day(entry.paid_on),
                lambda entry: entry.paid_on,
                Sort(("paid_on",), "ledger_payment_of_dealer", descending_first=True),
                is_number=True,
            ),
            Column("amount", gettext_lazy("Amount"), amount, lambda entry: entry.amount, is_number=True, phone="main"),
            Column(
                "currency",
                gettext_lazy("Currency"),
                lambda entry: formatting.unit(entry.currency),
                lambda entry: entry.currency,
                phone="dropped",
            ),
        ),
        sort="-day",
        empty=Empty("cash", gettext_lazy("No payments here"), _NOTHING),
        filters=PaymentFilter,
        key="pk",
        export_right="ledger.view_payment",
        export_url="ledger:payments_export",
        totals=_by_currency,
        has_search=False,
    )
)


def _counts(user: Any) -> QuerySet[StockCount]:
    return StockCount.objects.visible_to(user).select_related("product")


def _item(entry: StockCount) -> SafeString:
    return format_html('{}<span class="under">{}</span>', entry.product.local_name, _mark(entry) or entry.product.code)


STOCK = register(
    Listing(
        "stock",
        gettext_lazy("Stock counts"),
        rows=_counts,
        columns=(
            Column("product", gettext_lazy("Product"), _item, lambda entry: entry.product.code),
            Column(
                "day",
                gettext_lazy("Counted"),
                lambda entry: formatting.iso_day(entry.counted_on),
                lambda entry: entry.counted_on,
                Sort(("counted_on",), "ledger_stockcount_of_dealer", descending_first=True),
                is_number=True,
            ),
            Column(
                "quantity",
                gettext_lazy("Quantity"),
                lambda entry: quantity(entry.quantity),
                lambda entry: entry.quantity,
                is_number=True,
                phone="main",
            ),
        ),
        sort="-day",
        empty=Empty("building-warehouse", gettext_lazy("No stock counts here"), _NOTHING),
        filters=StockFilter,
        key="pk",
        export_right="ledger.view_stockcount",
        export_url="ledger:stock_export",
        totals=_counted,
        has_search=False,
    )
)
