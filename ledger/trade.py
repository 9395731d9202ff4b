"""What a dealer bought, owes and waits for, as his trade page tells it."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core import formatting
from core.periods import months_later
from dealers.models import Dealer, User
from ledger import lines, receivables
from ledger.models import Level, MonthTotal, Order
from ledger.receivables import E4, Ageing, OpenItem

MONTHS = 12
SHOWN = 12


class Trade:
    """Everything is read through what the reader may see."""

    def __init__(self, dealer: Dealer, user: User, *, on: date) -> None:
        self.dealer, self.user, self.on = dealer, user, on

    # ---- goods -------------------------------------------------------------------------------
    @cached_property
    def months(self) -> list[date]:
        return [months_later(self.on, index - MONTHS + 1) for index in range(MONTHS)]

    @property
    def months_before(self) -> list[date]:
        return [months_later(month, -12) for month in self.months]

    @cached_property
    def _sums(self) -> dict[tuple[int, date], Decimal]:
        """Sell-in and sell-through by month, in the dealer's own currency."""
        found = MonthTotal.objects.visible_to(self.user).filter(
            dealer=self.dealer, currency=self.dealer.currency, month__gte=self.months_before[0]
        )
        return {(level, month): Decimal(e4) / E4 for level, month, e4 in found.values_list(*_COLUMNS)}

    def _course(self, level: int, months: list[date]) -> list[Decimal]:
        return [self._sums.get((level, month), Decimal(0)) for month in months]

    @property
    def has_goods(self) -> bool:
        return bool(self._sums)

    @property
    def bought(self) -> Decimal:
        return sum(self._course(Level.MAKER_TO_DEALER, self.months), Decimal(0))

    @property
    def bought_before(self) -> Decimal:
        return sum(self._course(Level.MAKER_TO_DEALER, self.months_before), Decimal(0))

    @property
    def growth(self) -> Decimal | None:
        return (self.bought / self.bought_before - 1) * 100 if self.bought_before else None

    @property
    def chart(self) -> dict[str, Any]:
        """Purchases of the last twelve months over those of the year before."""
        return {
            "x": [formatting.month(month) for month in self.months],
            "names": [pgettext("of a chart", "Sell-in"), "", pgettext("of a chart", "Year before")],
            "actual": self._course(Level.MAKER_TO_DEALER, self.months),
            "last": self._course(Level.MAKER_TO_DEALER, self.months_before),
            "open": MONTHS - 1,
        }

    @property
    def chart_label(self) -> str:
        return _("Purchases of twelve months: %(sum)s") % {
            "sum": formatting.money(self.bought, self.dealer.currency)}  # fmt: skip

    @property
    def purchases_url(self) -> str:
        return lines.movements(self.dealer, level=Level.MAKER_TO_DEALER, start=self.months[0], end=self.on)

    @property
    def sales_url(self) -> str:
        return lines.movements(self.dealer, level=Level.DEALER_TO_CUSTOMER, start=self.months[0], end=self.on)

    @property
    def stock_url(self) -> str:
        return lines.stock(self.dealer, start=self.months[-3], end=self.on)

    @property
    def payments_url(self) -> str:
        return lines.payments(self.dealer, start=self.months[0], end=self.on)

    # ---- money -------------------------------------------------------------------------------
    @cached_property
    def may_see_money(self) -> bool:
        return self.user.has_perm("ledger.view_invoice")

    @cached_property
    def items(self) -> list[OpenItem]:
        if not self.may_see_money:
            return []
        return receivables.open_items(Dealer.objects.visible_to(self.user).filter(pk=self.dealer.pk), on=self.on)

    @property
    def shown_items(self) -> list[tuple[OpenItem, str, int]]:
        return [
            (item, lines.invoices(self.dealer, number=item.number), item.days_late(on=self.on))
            for item in self.items[:SHOWN]
        ]

    @property
    def more_items(self) -> int:
        return max(len(self.items) - SHOWN, 0)

    @cached_property
    def ageing(self) -> list[Ageing]:
        return receivables.ageing(self.items, on=self.on)

    # ---- orders ------------------------------------------------------------------------------
    @cached_property
    def orders(self) -> list[Order]:
        if not self.user.has_perm("ledger.view_order"):
            return []
        found = Order.objects.visible_to(self.user).filter(dealer=self.dealer).on_the_way()
        return list(found.order_by("promised_on", "pk")[:SHOWN])

    @property
    def orders_url(self) -> str:
        return lines.orders(self.dealer)


_COLUMNS = ("level", "month", "amount_e4")
