from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import dealer_owned
from dealers.models import Product
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
