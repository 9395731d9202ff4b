"""Which report a dealer owes, until when, and whether it came."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from core.periods import Length, Period
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet
from ledger.models.batch import ImportBatch


class ReportDutyQuerySet(DealerOwnedQuerySet["ReportDuty"]):
    def not_ended(self, *, on: date) -> Self:
        """Those that run or will."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


@dealer_owned()
class ReportDuty(models.Model):
    """A report owed again and again: sales or stock of every month, due so many days after the month is over."""

    class Kind(models.TextChoices):
        SELL_THROUGH = "sell-through", _("Sales to customers")
        STOCK = "stock-counts", _("Stock at the end of the month")

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="report_duties", verbose_name=_("dealer"))
    kind = models.CharField(_("report"), max_length=40, choices=Kind)
    due_days = models.PositiveSmallIntegerField(
        _("days after the month"), default=5, help_text=_("The report is due on this day of the following month.")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = ReportDutyQuerySet.as_manager()

    class Meta:
        verbose_name = _("report duty")
        verbose_name_plural = _("report duties")
        ordering = ["kind", "pk"]
        constraints = [
            models.UniqueConstraint(name="ledger_reportduty_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="ledger_reportduty_once",
                fields=["dealer", "kind"],
                condition=Q(ends_on__isnull=True),
                violation_error_message=_("This dealer owes this report already."),
            ),
            models.CheckConstraint(
                name="ledger_reportduty_due_soon",
                condition=Q(due_days__gte=1, due_days__lte=28),
                violation_error_message=_("A report is due between the 1st and the 28th of the following month."),
            ),
            models.CheckConstraint(
                name="ledger_reportduty_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("A duty must not end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ReportDueQuerySet(DealerOwnedQuerySet["ReportDue"]):
    def open(self) -> Self:
        return self.filter(filed_on__isnull=True, waived_by__isnull=True)

    def late(self, *, on: date) -> Self:
        return self.open().filter(due_on__lt=on)

    def for_list(self) -> Self:
        return self.select_related("dealer", "batch").order_by("due_on", "pk")


@dealer_owned()
class ReportDue(models.Model):
    """One report for one month: filed with the dealer's own file or form (`batch`), as "nothing to report", or with a
    file for many dealers (neither of them); or waived with a reason."""

    class Outcome(models.TextChoices):
        OPEN = "open", pgettext_lazy("report", "Open")
        LATE = "late", pgettext_lazy("report", "Late")
        ON_TIME = "on_time", pgettext_lazy("report", "On time")
        FILED_LATE = "filed_late", pgettext_lazy("report", "Filed late")
        WAIVED = "waived", pgettext_lazy("report", "Waived")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="reports", verbose_name=_("dealer"))
    duty = models.ForeignKey(
        ReportDuty, models.PROTECT, related_name="reports", db_constraint=False, verbose_name=_("duty")
    )
    kind = models.CharField(_("report"), max_length=40, choices=ReportDuty.Kind)
    month = models.DateField(_("month"))
    due_on = models.DateField(_("due"))
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("filed by")
    )
    is_nil = models.BooleanField(_("nothing to report"), default=False)
    filed_on = models.DateField(_("filed"), null=True)
    filed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("filed by"))
    note = models.TextField(_("note"), blank=True, help_text=_("What the dealer says to counts that do not balance."))
    waived_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("waived by"))
    waive_reason = models.TextField(_("reason"), blank=True)

    objects = ReportDueQuerySet.as_manager()

    class Meta:
        verbose_name = _("report due")
        verbose_name_plural = _("reports due")
        ordering = ["due_on", "pk"]
        permissions = [("file_report", _("Can file a report")), ("waive_report", _("Can waive a report"))]
        constraints = [
            models.UniqueConstraint(name="ledger_reportdue_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(name="ledger_reportdue_once", fields=["dealer", "kind", "month"]),
            models.CheckConstraint(
                name="ledger_reportdue_is_nil_or_holds_rows",
                condition=Q(is_nil=False) | (Q(batch__isnull=True) & Q(filed_on__isnull=False)),
                violation_error_message=_("A report either holds rows or says that there is nothing to report."),
            ),
            models.CheckConstraint(
                name="ledger_reportdue_waived_says_why",
                condition=Q(waived_by__isnull=True) | ~Q(waive_reason=""),
                violation_error_message=_("Waiving a report needs a reason."),
            ),
        ]
        indexes = [models.Index(fields=["due_on", "id"], name="ledger_reportdue_by_due")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("ledger:report", args=[self.public_id])

    @property
    def told(self) -> dict[str, Any]:
        """What an event keeps of it, so that it can be named in any language."""
        return {"report": self.kind, "month": str(self.month)}

    @property
    def period(self) -> Period:
        return Period.of(self.month, Length.MONTH)

    def outcome(self, *, on: date) -> Outcome:
        if self.waived_by_id is not None:
            return self.Outcome.WAIVED
        if self.filed_on is None:
            return self.Outcome.LATE if self.due_on < on else self.Outcome.OPEN
        return self.Outcome.ON_TIME if self.filed_on <= self.due_on else self.Outcome.FILED_LATE
