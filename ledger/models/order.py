"""Orders of dealers as the ERP tells them. Ordering stays there; the portal shows where they are."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer
from ledger.models.batch import ImportBatch
from ledger.models.fact import FactQuerySet


class OrderQuerySet(FactQuerySet["Order"]):
    def on_the_way(self) -> Self:
        """Ordered and not yet delivered or given up."""
        return self.filter(state__in=ON_THE_WAY)

    def late(self, *, on: date) -> Self:
        return self.on_the_way().filter(promised_on__lt=on)


@dealer_owned()
class Order(models.Model):
    """The latest state of one order. No fact: it changes until it is delivered, and its history is kept.

    Like a fact it comes by import only, which joins and locks its parents; hence no keys of its own.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("order", "Open")
        ON_HOLD = "on_hold", pgettext_lazy("order", "On hold")
        SHIPPED = "shipped", pgettext_lazy("order", "Shipped")
        DELIVERED = "delivered", pgettext_lazy("order", "Delivered")
        CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(
        Dealer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("dealer")
    )
    batch = models.ForeignKey(
        ImportBatch, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("import")
    )
    source = models.CharField(_("source"), max_length=40)
    number = models.CharField(_("order"), max_length=60)
    state = models.CharField(_("state"), max_length=9, choices=State)
    ordered_on = models.DateField(_("ordered"))
    promised_on = models.DateField(_("promised for"), null=True)
    shipped_on = models.DateField(_("shipped"), null=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        default_permissions = ("view",)
        ordering = ["-ordered_on", "-pk"]
        constraints = [
            models.UniqueConstraint(name="ledger_order_once", fields=["dealer", "source", "number"]),
            models.CheckConstraint(
                name="ledger_order_shipped_says_when",
                condition=~Q(state__in=["shipped", "delivered"]) | Q(shipped_on__isnull=False),
                violation_error_message=_("An order that was shipped says when."),
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "state", "promised_on"], name="ledger_order_of_dealer"),
            models.Index(fields=["ordered_on", "id"], name="ledger_order_by_day"),
        ]

    def __str__(self) -> str:
        return self.number


ON_THE_WAY = (Order.State.OPEN, Order.State.ON_HOLD, Order.State.SHIPPED)
