"""What every entry of the ledger has in common."""

from typing import Any, Self

from django.db import models
from django.db.models import F
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from dealers.models import Dealer
from dealers.models.dealer import dealers_seen
from ledger.models.batch import ImportBatch


class FactQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        if getattr(user, "is_dealers", False):
            return self.filter(dealer_id=user.dealer_id)
        return self.filter(dealer__in=dealers_seen(user))


def ten_thousandths(column: str) -> models.GeneratedField:
    """The amount as a whole number of ten-thousandths: sums are exact and twice as fast as on numeric."""
    return models.GeneratedField(
        expression=Cast(F(column) * 10000, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )


class Fact(models.Model):
    """A signed, append-only entry. A correction is a reversing batch, never a change.

    No per-row foreign keys: they are three quarters of an import's cost. The import joins every parent and locks it
    once, parents cannot be deleted, and a nightly proof counts orphans.
    `key` is the row's name in its source; `generation` counts how often the same name was posted after a reversal.
    """

    dealer = models.ForeignKey(
        Dealer, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("dealer")
    )
    batch = models.ForeignKey(
        ImportBatch, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False, verbose_name=_("import")
    )
    row = models.PositiveIntegerField(_("row of the file"))
    source = models.CharField(_("source"), max_length=40)
    key = models.CharField(_("key in the source"), max_length=120)
    generation = models.PositiveSmallIntegerField(default=0)
    is_reversal = models.BooleanField(default=False)

    class Meta:
        abstract = True
