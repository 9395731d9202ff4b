"""What a dealer shall reach: a sum for a year, split over its months without a lost cent."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models.contract import Contract, TermQuerySet
from core import formatting
from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person, ProductLine


class TargetQuerySet(TermQuerySet["Target"]):
    def agreed(self) -> Self:
        return self.filter(status=Target.Status.AGREED)

    def running(self, *, on: date) -> Self:
        return self.filter(starts_on__lte=on, ends_on__gte=on)

    def with_months(self) -> Self:
        """With their months beside them, by the same statement; see `shares`."""
        months = TargetMonth.objects.filter(target=OuterRef("pk")).order_by("month")
        return self.annotate(
            loaded_months=ArraySubquery(months.values("month")), loaded_values=ArraySubquery(months.values("value"))
        )

    def for_list(self) -> Self:
        return self.select_related("dealer", "contract", "line")


def _point(column: str, *, empty: int = 0) -> Func:
    """A number as a range of one, which core PostgreSQL can exclude by."""
    value = Coalesce(F(column), Value(empty, output_field=models.BigIntegerField()))
    return Func(value, value, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


@dealer_owned()
class Target(models.Model):
    """The total for one measure, line and time. `basis` is what it was proposed from, `growth` the rate put on top.

    A target counts once it is agreed. `is_assessed` is false in a dealer's first year: agreed, but not scored.
    """

    class Measure(models.IntegerChoices):
        AMOUNT = 1, _("Sell-in amount, net of returns")
        QUANTITY = 2, _("Sell-in quantity, net of returns")

    class Status(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("target", "Proposed")
        AGREED = "agreed", pgettext_lazy("target", "Agreed")
        WITHDRAWN = "withdrawn", pgettext_lazy("target", "Withdrawn")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="targets", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="targets", db_constraint=False, verbose_name=_("contract")
    )
    measure = models.PositiveSmallIntegerField(_("measure"), choices=Measure, default=Measure.AMOUNT)
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product line"),
        help_text=_("Empty means every line."),
    )  # fmt: skip
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    total = models.DecimalField(_("target"), max_digits=20, decimal_places=4)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    basis = models.DecimalField(
        _("reached in the year before"), max_digits=20, decimal_places=4, null=True, blank=True, editable=False
    )
    growth = models.DecimalField(
        _("growth put on top"), max_digits=7, decimal_places=4, null=True, blank=True, editable=False
    )
    is_assessed = models.BooleanField(
        _("counts in assessments"), default=True, help_text=_("Not in a dealer's first year.")
    )
    status = models.CharField(_("status"), max_length=9, choices=Status, default=Status.PROPOSED)
    note = models.TextField(_("note"), blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    agreed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("agreed by")
    )
    agreed_on = models.DateField(_("agreed"), null=True, editable=False)

    loaded_months: list[date]  # by `with_months`
    loaded_values: list[Decimal]

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["-starts_on", "pk"]
        permissions = [("agree_target", _("Can agree to a target"))]
        constraints = [
            models.UniqueConstraint(name="contracts_target_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="contracts_target_is_positive",
                condition=Q(total__gt=0),
                violation_error_message=_("A target is greater than zero."),
            ),
            models.CheckConstraint(
                name="contracts_target_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A target must not end before it starts."),
            ),
            models.CheckConstraint(
                name="contracts_target_amount_has_currency",
                condition=~Q(measure=1) | ~Q(currency=""),
                violation_error_message=_("A target in money needs its currency."),
            ),
            models.CheckConstraint(
                name="contracts_target_agreed_is_signed",
                condition=~Q(status="agreed") | (Q(agreed_by__isnull=False) & Q(agreed_on__isnull=False)),
                violation_error_message=_("An agreed target says who agreed, and when."),
            ),
            ExclusionConstraint(
                name="contracts_target_one_agreed",
                expressions=[
                    (_point("dealer"), RangeOperators.OVERLAPS),
                    (_point("measure"), RangeOperators.OVERLAPS),
                    (_point("line"), RangeOperators.OVERLAPS),
                    (
                        Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange",
                             output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status="agreed"),
                violation_error_message=_("Another target for the same measure, line and time is agreed already."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["starts_on", "id"], name="contracts_target_by_start")]

    def __str__(self) -> str:
        span = f"{formatting.day(self.starts_on)} – {formatting.day(self.ends_on)}"
        return formatting.listed([self.get_measure_display(), span])

    def get_absolute_url(self) -> str:
        return reverse("contracts:target", args=[self.public_id])

    @property
    def shares(self) -> list[tuple[date, Decimal]]:
        """Each month, by its first day, with what it shall bring."""
        return list(zip(self.loaded_months, self.loaded_values, strict=True))

    @property
    def told(self) -> dict[str, Any]:
        """What an event keeps of it, so that it can be named in any language."""
        return {"measure": self.measure, "starts_on": str(self.starts_on), "ends_on": str(self.ends_on)}


class TargetMonthQuerySet(TermQuerySet["TargetMonth"]):
    contract = "target__contract"


@dealer_owned()
class TargetMonth(models.Model):
    """The share of one month. The months of a target add up to its total, to the smallest unit."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+")
    target = models.ForeignKey(Target, models.PROTECT, related_name="months", db_constraint=False)
    month = models.DateField(_("month"))
    value = models.DecimalField(_("target"), max_digits=20, decimal_places=4)

    objects = TargetMonthQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("month of a target")
        verbose_name_plural = _("months of targets")
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(name="contracts_targetmonth_once", fields=["dealer", "target", "month"]),
            models.CheckConstraint(name="contracts_targetmonth_is_not_negative", condition=Q(value__gte=0)),
        ]
        indexes = [models.Index(fields=["dealer", "month"], name="contracts_target_month_dealer")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
