"""Orders of dealers as a list: what is on the way, and what is later than promised."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.tables.cells import under, whose
from ledger.filters.orders import OrderFilter
from ledger.models import Order
from ledger.models.order import ON_THE_WAY
from ledger.tables.entries import amount

State = Order.State
CSS = {
    State.OPEN: " now",
    State.ON_HOLD: " warn",
    State.SHIPPED: " calm",
    State.DELIVERED: " calm",
    State.CANCELLED: "",
}
STATES = dict(State.choices)


def _orders(user: Any) -> QuerySet[Order]:
    return Order.objects.visible_to(user).select_related("dealer")


def _number(order: Order) -> SafeString:
    return under(order.number, whose(order))


def _state(order: Order) -> SafeString:
    return format_html('<span class="chip{}">{}</span>', CSS[State(order.state)], STATES[order.state])


def _promised(order: Order) -> SafeString:
    if order.promised_on is None:
        return SafeString("")
    is_late = order.state in ON_THE_WAY and order.promised_on < timezone.localdate()
    return format_html('<span class="{}">{}</span>', "late" if is_late else "", formatting.iso_day(order.promised_on))


ORDERS = register(
    Listing(
        "orders",
        gettext_lazy("Orders"),
        rows=_orders,
        columns=(
            Column("number", gettext_lazy("Order"), _number, lambda order: order.number),
            Column("state", gettext_lazy("State"), _state, lambda order: STATES[order.state], phone="bare"),
            Column(
                "ordered",
                gettext_lazy("Ordered"),
                lambda order: formatting.iso_day(order.ordered_on),
                lambda order: order.ordered_on,
                Sort(("ordered_on",), "ledger_order_by_day", descending_first=True),
                is_number=True,
            ),
            Column(
                "promised", gettext_lazy("Promised for"), _promised, lambda order: order.promised_on, is_number=True
            ),
            Column(
                "amount",
                gettext_lazy("Amount"),
                amount,
                lambda order: order.amount,
                is_number=True,
                phone="main",
            ),
            Column(
                "currency",
                gettext_lazy("Currency"),
                lambda order: formatting.unit(order.currency),
                lambda order: order.currency,
                phone="dropped",
            ),
        ),
        sort="-ordered",
        empty=Empty(
            "truck-delivery",
            gettext_lazy("No orders here"),
            gettext_lazy("Ordering stays in the ERP; what it tells of orders is shown here, with the promised day."),
        ),
        filters=OrderFilter,
        has_search=False,
    )
)
