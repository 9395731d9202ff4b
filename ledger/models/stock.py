from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from core.ownership import dealer_owned
from dealers.models import Dealer, Product
from ledger.models.batch import ImportBatch
from ledger.models.fact import Fact, FactQuerySet


@dealer_owned()
class StockCount(Fact):
    """What a dealer counted of one item at the end of a day (盘点)."""

    counted_on = models.DateField(_("counted on"))
    product = models.ForeignKey(
        Product, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("product")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=16, decimal_places=4)

    objects = FactQuerySet["StockCount"].as_manager()

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                name="ledger_stockcount_once", fields=["dealer", "source", "key", "generation", "is_reversal"]
            )
        ]
        indexes = [
            models.Index(fields=["dealer", "counted_on", "product"], name="ledger_stockcount_of_dealer"),
            models.Index(fields=["batch"], name="ledger_stockcount_of_batch"),
        ]

    def __str__(self) -> str:
        return self.key


class StockGapQuerySet(FactQuerySet["StockGap"]):
    def for_list(self) -> Self:
        """The largest difference first."""
        off = Abs(F("counted") - F("opening") - F("bought") + F("sold"))
        return self.select_related("dealer", "product").order_by(off.desc(), "row")


@dealer_owned()
class StockGap(models.Model):
    """A count that its predecessor and the movements between contradict (进销存平衡): a warning, never a refusal.

    Kept with the batch that brought the count, as it stood when that was read. Like the facts it carries no keys per
    row: only jobs write it, for rows whose parents are locked.
    """

    dealer = models.ForeignKey(
        Dealer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("dealer")
    )
    batch = models.ForeignKey(
        ImportBatch, models.DO_NOTHING, related_name="+", db_constraint=False, verbose_name=_("import")
    )
    row = models.PositiveBigIntegerField(_("row"))
    product = models.ForeignKey(
        Product, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("product")
    )
    counted_on = models.DateField(_("counted on"))
    counted = models.DecimalField(_("counted"), max_digits=16, decimal_places=4)
    since = models.DateField(_("counted before"))
    opening = models.DecimalField(_("counted then"), max_digits=16, decimal_places=4)
    bought = models.DecimalField(_("bought since"), max_digits=16, decimal_places=4)
    sold = models.DecimalField(_("sold since"), max_digits=16, decimal_places=4)

    objects = StockGapQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("count that does not balance")
        verbose_name_plural = _("counts that do not balance")
        ordering = ["row"]

    def __str__(self) -> str:
        return f"{self.row}: {self.counted}"

    @property
    def expected(self) -> Decimal:
        return self.opening + self.bought - self.sold

    @property
    def difference(self) -> Decimal:
        return self.counted - self.expected
