"""Goods on their way down: maker to dealer, dealer to his customers, outlet to consumer."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ownership import dealer_owned
from dealers.models import Dealer, Outlet, Product
from ledger.models.fact import Fact, FactQuerySet, ten_thousandths


class Level(models.IntegerChoices):
    """Between whom the goods moved; stored on every movement, so that nobody argues about the word sell-out."""

    MAKER_TO_DEALER = 1, pgettext_lazy("level", "Sell-in: manufacturer to dealer")
    DEALER_TO_CUSTOMER = 2, pgettext_lazy("level", "Sell-through: dealer to his customers")
    OUTLET_TO_CONSUMER = 3, pgettext_lazy("level", "Sell-out: outlet to consumer")


@dealer_owned()
class Movement(Fact):
    """One line of goods, signed: a return is negative. Amounts as reported, four decimals, net of tax."""

    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    document = models.CharField(_("document"), max_length=60)
    occurred_on = models.DateField(_("date"))
    product = models.ForeignKey(
        Product, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("product"),
    )  # fmt: skip
    outlet = models.ForeignKey(
        Outlet, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("downstream customer"),
    )  # fmt: skip
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=4)
    unit_price = models.DecimalField(_("unit price"), max_digits=20, decimal_places=4, null=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    amount_e4 = ten_thousandths("amount")

    objects = FactQuerySet["Movement"].as_manager()

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                name="ledger_movement_once",
                fields=["dealer", "level", "source", "key", "generation", "is_reversal"],
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "level", "occurred_on"], name="ledger_movement_of_dealer"),
            BrinIndex(fields=["batch"], name="ledger_movement_of_batch"),  # batches lie together on disk
        ]

    def __str__(self) -> str:
        return self.key


@dealer_owned()
class MonthTotal(models.Model):
    """Roll-up: one dealer, level, month and currency. Kept within the transaction of every import.

    Not by line as well: ten million sparse lines shrink to seven million such rows, and what asks by line asks for one
    dealer, whose movements an index finds.
    """

    dealer = models.ForeignKey(Dealer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    level = models.PositiveSmallIntegerField(choices=Level)
    month = models.DateField(_("month"))
    currency = models.CharField(max_length=3)
    quantity = models.DecimalField(max_digits=20, decimal_places=4)
    amount_e4 = models.BigIntegerField()
    entries = models.BigIntegerField()

    objects = FactQuerySet["MonthTotal"].as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="ledger_monthtotal_once", fields=["dealer", "level", "month", "currency"])
        ]
        indexes = [models.Index(fields=["level", "month"], name="ledger_monthtotal_of_month")]

    def __str__(self) -> str:
        return f"{self.dealer_id} {self.month}"
