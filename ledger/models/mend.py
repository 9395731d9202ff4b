"""Cells of a file that were put right on the import's page, before it was posted."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ownership import dealer_owned
from dealers.models import Dealer, Person
from ledger.models.batch import ImportBatch


class ImportMendQuerySet(models.QuerySet["ImportMend"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(batch__in=ImportBatch.objects.visible_to(user))


@dealer_owned()
class ImportMend(models.Model):
    """One cell said anew. Append-only: the file stays as it came, and a cell that is mended twice has two rows.

    Whenever the file is read, the last word on each cell stands in the place of what the file says; the checks do not
    know the difference.
    """

    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="mends")
    row = models.PositiveBigIntegerField(_("row"))
    column = models.CharField(_("column"), max_length=40)
    old = models.TextField(_("before"), blank=True)
    new = models.TextField(_("mended"), blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ImportMendQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("mended cell")
        verbose_name_plural = _("mended cells")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["batch", "row", "column", "id"], name="ledger_importmend_of_batch")]
        constraints = [
            models.CheckConstraint(name="ledger_importmend_names_column", condition=~Q(column="")),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.column}"


def last_words(mends: "models.QuerySet[ImportMend]") -> "models.QuerySet[ImportMend]":
    """Of each cell that was mended, the mend that counts."""
    return mends.order_by("row", "column", "-pk").distinct("row", "column")
