"""What a dealer earns back on what he bought: tiers, and the reading of them that was agreed."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract, TermQuerySet
from core.ids import new_public_id
from core.ownership import dealer_owned
from core.periods import LENGTHS, Length
from dealers.models import Dealer, ProductLine


class RebateTermQuerySet(TermQuerySet["RebateTerm"]):
    def with_tiers(self) -> Self:
        """With their tiers beside them, by the same statement; see `steps`."""
        tiers = RebateTier.objects.filter(term=OuterRef("pk")).order_by("threshold")
        return self.annotate(
            loaded_thresholds=ArraySubquery(tiers.values("threshold")), loaded_rates=ArraySubquery(tiers.values("rate"))
        )


@dealer_owned()
class RebateTerm(models.Model):
    """A tiered rebate of one contract, measured on sell-in net of returns and of tax.

    Reached means equal to or above. `example` is the turnover that the worked example is shown with; with the tiers it
    is frozen when the contract is offered.
    """

    class Method(models.TextChoices):
        BY_SLICES = "by_slices", _("By slices: each slice earns the rate of its own tier")
        WHOLE_AMOUNT = "whole_amount", _("Whole amount: the highest tier reached pays on everything")

    class Payout(models.TextChoices):
        OFFSET = "offset", _("Offset against invoices")
        PRICE_REDUCTION = "price_reduction", _("Price reduction on new invoices")
        CASH = "cash", _("Paid out")
        GOODS = "goods", _("In goods")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="rebates", db_constraint=False, verbose_name=_("contract")
    )
    name = models.CharField(_("name"), max_length=120)
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product line"),
        help_text=_("Empty means every line."),
    )  # fmt: skip
    period = models.CharField(
        _("counted by"),
        max_length=7,
        choices=LENGTHS,
        default=Length.QUARTER.value,
    )
    method = models.CharField(_("how the tiers are read"), max_length=12, choices=Method)
    currency = models.CharField(_("currency"), max_length=3)
    cap = models.DecimalField(
        _("at most in a period"), max_digits=20, decimal_places=4, null=True, blank=True,
        help_text=_("Empty means no cap."),
    )  # fmt: skip
    payout = models.CharField(_("paid as"), max_length=15, choices=Payout, default=Payout.OFFSET)
    counts_from = models.DateField(
        _("counts from"), null=True, blank=True, editable=False,
        help_text=_("Empty: from the contract's first day. A rebate that an amendment leaves as it was counts on."),
    )  # fmt: skip
    example = models.DecimalField(_("turnover of the worked example"), max_digits=20, decimal_places=4)

    loaded_thresholds: list[Decimal]  # by `with_tiers`
    loaded_rates: list[Decimal]

    objects = RebateTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("rebate")
        verbose_name_plural = _("rebates")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_rebateterm_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="contracts_rebateterm_amounts_are_positive",
                condition=Q(example__gt=0) & (Q(cap__isnull=True) | Q(cap__gt=0)),
                violation_error_message=_("A cap and the turnover of the example are greater than zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def steps(self) -> list[tuple[Decimal, Decimal]]:
        """The tiers, lowest first: reached from, rate."""
        return list(zip(self.loaded_thresholds, self.loaded_rates, strict=True))

    @property
    def first_day(self) -> date:
        """From when on turnover counts for it."""
        return self.counts_from or self.contract.starts_on


class RebateTierQuerySet(TermQuerySet["RebateTier"]):
    contract = "term__contract"


@dealer_owned()
class RebateTier(models.Model):
    """From `threshold` on (equal to or above) the rate applies: to the slice, or to everything."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+")
    term = models.ForeignKey(RebateTerm, models.PROTECT, related_name="tiers", db_constraint=False)
    threshold = models.DecimalField(_("reached from"), max_digits=20, decimal_places=4)
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=6)

    objects = RebateTierQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("rebate tier")
        verbose_name_plural = _("rebate tiers")
        ordering = ["threshold"]
        constraints = [
            models.UniqueConstraint(
                name="contracts_rebatetier_threshold_once",
                fields=["dealer", "term", "threshold"],
                violation_error_message=_("Two tiers cannot begin at the same amount."),
            ),
            models.CheckConstraint(
                name="contracts_rebatetier_makes_sense",
                condition=Q(threshold__gte=0) & Q(rate__gte=0) & Q(rate__lte=1),
                violation_error_message=_("A tier begins at zero or more and pays between 0% and 100%."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.threshold}: {self.rate}"
