"""Reports due as a list, for our people and for the dealer himself."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.tables.cells import linked, whose
from ledger.filters.reports import ReportFilter
from ledger.models import ReportDue

Outcome = ReportDue.Outcome
CSS = {
    Outcome.OPEN: "now",
    Outcome.LATE: "bad",
    Outcome.ON_TIME: "calm",
    Outcome.FILED_LATE: "warn",
    Outcome.WAIVED: "",
}


def _reports(user: Any) -> QuerySet[ReportDue]:
    return ReportDue.objects.visible_to(user).select_related("dealer")


def _report(one: ReportDue) -> SafeString:
    return linked(one.get_absolute_url(), one.get_kind_display(), str(one.period), whose(one))


def _outcome(one: ReportDue) -> SafeString:
    outcome = one.outcome(on=timezone.localdate())
    words = _("Nothing to report") if one.is_nil else outcome.label
    return format_html('<span class="chip {}">{}</span>', CSS[outcome], words)


REPORTS = register(
    Listing(
        "reports",
        gettext_lazy("Reports"),
        rows=_reports,
        columns=(
            Column("report", pgettext_lazy("a document", "Report"), _report, lambda one: one.get_kind_display()),
            Column("state", gettext_lazy("State"), _outcome, phone="bare"),
            Column(
                "due",
                pgettext_lazy("a report", "Due"),
                lambda one: formatting.iso_day(one.due_on),
                lambda one: one.due_on,
                Sort(("due_on",), "ledger_reportdue_by_due", descending_first=True),
                is_number=True,
            ),
            Column(
                "filed",
                pgettext_lazy("a report", "Filed"),
                lambda one: formatting.iso_day(one.filed_on) if one.filed_on else "",
                lambda one: one.filed_on,
                is_number=True,
            ),
        ),
        sort="-due",
        empty=Empty(
            "clipboard-check",
            gettext_lazy("No reports are due"),
            gettext_lazy("Who owes sales or stock reports sees each month here, with the day until which it is due."),
        ),
        filters=ReportFilter,
        has_search=False,
        template="ledger/reports.html",
    )
)
