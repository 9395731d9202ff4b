"""Prices agreed or recommended for the market, under the rules of the contract's jurisdiction."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract, TermQuerySet
from contracts.models.rule_pack import PRICE_CHOICES
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Product, ProductLine


class PriceLimitQuerySet(TermQuerySet["PriceLimit"]):
    def running(self, *, on: date) -> Self:
        return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


@dealer_owned()
class PriceLimit(models.Model):
    """A floor, ceiling or recommendation for one product or one line. How far it reaches is the rule pack's matter."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="price_limits", db_constraint=False, verbose_name=_("contract")
    )
    tool = models.CharField(_("kind"), max_length=20, choices=PRICE_CHOICES)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product line")
    )
    price = models.DecimalField(_("price"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = PriceLimitQuerySet.as_manager()

    class Meta:
        verbose_name = _("price limit")
        verbose_name_plural = _("price limits")
        ordering = ["tool", "pk"]
        constraints = [
            models.CheckConstraint(
                name="contracts_pricelimit_is_positive",
                condition=Q(price__gt=0),
                violation_error_message=_("A price is greater than zero."),
            ),
            models.CheckConstraint(
                name="contracts_pricelimit_names_one_thing",
                condition=Q(product__isnull=True, line__isnull=False) | Q(product__isnull=False, line__isnull=True),
                violation_error_message=_("A price limit names a product or a line, not both."),
            ),
            models.CheckConstraint(
                name="contracts_pricelimit_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A price limit must not end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_tool_display()} {self.product or self.line}"
