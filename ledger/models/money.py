"""What is owed and what came in: invoices, payments, exchange rates."""

from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import dealer_owned, shared
from ledger.models.fact import Fact, FactQuerySet, ten_thousandths


@dealer_owned()
class Invoice(Fact):
    """A receivable of ours, signed: a credit note is negative. `net` is without tax and freight, `amount` is due."""

    number = models.CharField(_("invoice"), max_length=60)
    invoiced_on = models.DateField(_("invoiced"))
    due_on = models.DateField(_("due"), null=True)
    net = models.DecimalField(_("net amount"), max_digits=20, decimal_places=4, null=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    amount_e4 = ten_thousandths("amount")

    objects = FactQuerySet["Invoice"].as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                name="ledger_invoice_once", fields=["dealer", "source", "key", "generation", "is_reversal"]
            )
        ]
        indexes = [
            models.Index(fields=["dealer", "due_on"], name="ledger_invoice_of_dealer"),
            models.Index(fields=["batch"], name="ledger_invoice_of_batch"),
        ]

    def __str__(self) -> str:
        return self.number


@dealer_owned()
class Payment(Fact):
    """Money that came in from a dealer (回款), signed. `invoice_number` where the payer or the bank named one."""

    paid_on = models.DateField(_("paid"))
    invoice_number = models.CharField(_("invoice"), max_length=60, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    amount_e4 = ten_thousandths("amount")

    objects = FactQuerySet["Payment"].as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                name="ledger_payment_once", fields=["dealer", "source", "key", "generation", "is_reversal"]
            )
        ]
        indexes = [
            models.Index(fields=["dealer", "paid_on"], name="ledger_payment_of_dealer"),
            models.Index(fields=["batch"], name="ledger_payment_of_batch"),
        ]

    def __str__(self) -> str:
        return self.key


class ExchangeRateQuerySet(models.QuerySet["ExchangeRate"]):
    def visible_to(self, user: Any) -> Self:
        return self if user.is_authenticated and user.is_active else self.none()


@shared
class ExchangeRate(models.Model):
    """How much of `quote` one unit of `currency` was worth on a day; sums over currencies name rate and date."""

    day = models.DateField(_("date"))
    currency = models.CharField(_("currency"), max_length=3)
    quote = models.CharField(_("in"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=24, decimal_places=15)
    source = models.CharField(_("source"), max_length=40)

    objects = ExchangeRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(name="ledger_exchangerate_once", fields=["day", "currency", "quote", "source"]),
            models.CheckConstraint(
                name="ledger_exchangerate_is_positive",
                condition=models.Q(rate__gt=0),
                violation_error_message=_("An exchange rate is greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.currency}/{self.quote}"
