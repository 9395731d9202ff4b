"""Who owes which report: one row a dealer, also those who owe none."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from core.periods import months_later
from dealers.models import Dealer
from ledger.filters.duties import DutyFilter
from ledger.models import ReportDue, ReportDuty
from ledger.services.duties import trading

Kind = ReportDuty.Kind
MONTHS = 12


def _dealers(user: Any) -> QuerySet[Dealer]:
    """Visible dealers who trade, with the day of each report that they owe and how they kept to it in twelve months."""
    today = timezone.localdate()
    # allow unscoped: tied to the visible dealers below
    duties = ReportDuty.objects.not_ended(on=today).filter(dealer=OuterRef("pk")).order_by("starts_on")
    # allow unscoped: tied to the visible dealers below
    dues = ReportDue.objects.filter(
        dealer=OuterRef("pk"), waived_by=None, month__gte=months_later(today.replace(day=1), -MONTHS), due_on__lt=today
    )
    counted = dues.order_by().values("dealer")
    on_time = Q(filed_on__lte=F("due_on"))
    return (
        trading(Dealer.objects.visible_to(user))
        .select_related("home")
        .annotate(
            sales_day=Subquery(duties.filter(kind=Kind.SELL_THROUGH).values("due_days")[:1]),
            stock_day=Subquery(duties.filter(kind=Kind.STOCK).values("due_days")[:1]),
            due_count=_count(counted, Q()),
            on_time_count=_count(counted, on_time),
            late_count=_count(counted, Q(filed_on=None)),
        )
    )


def _count(counted: QuerySet[Any], wanted: Q) -> Subquery:
    return Subquery(counted.filter(wanted).annotate(n=Count("pk")).values("n"), output_field=IntegerField())


def _name(dealer: Dealer) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        reverse("ledger:reports_tab", args=[dealer.public_id]), dealer.local_name, dealer.home.local_name,
    )  # fmt: skip


def _day(day: int | None) -> object:
    """By which day of the following month; a dash of words where the report is not asked for."""
    if day is None:
        return format_html('<span class="na">{}</span>', _("not asked for"))
    return _("by day %(day)d") % {"day": day}


def _kept(dealer: Any) -> object:
    if not dealer.due_count:
        return format_html('<span class="na">{}</span>', _("n/a"))
    on_time, whole = formatting.number(dealer.on_time_count or 0), formatting.number(dealer.due_count)
    return _("%(on_time)s of %(whole)s") % {"on_time": on_time, "whole": whole}


def _late(dealer: Any) -> object:
    if not dealer.late_count:
        return ""
    address = f"{reverse('ledger:reports')}?dealer={dealer.public_id}&state=late"
    return format_html('<a class="late" href="{}">{}</a>', address, formatting.number(dealer.late_count))


DUTIES = register(
    Listing(
        "report_duties",
        gettext_lazy("Who owes which report"),
        rows=_dealers,
        columns=(
            Column(
                "name",
                gettext_lazy("Dealer"),
                _name,
                lambda dealer: dealer.local_name,
                Sort(("sort_key",), "dealers_dealer_by_name"),
            ),
            Column(
                "sales",
                gettext_lazy("Sales report"),
                lambda dealer: _day(dealer.sales_day),
                lambda dealer: dealer.sales_day,
            ),
            Column(
                "stock",
                gettext_lazy("Stock report"),
                lambda dealer: _day(dealer.stock_day),
                lambda dealer: dealer.stock_day,
            ),
            Column(
                "kept",
                pgettext_lazy("reports", "On time in twelve months"),
                _kept,
                lambda dealer: dealer.on_time_count,
                is_number=True,
            ),
            Column(
                "late",
                pgettext_lazy("reports", "Late now"),
                _late,
                lambda dealer: dealer.late_count or 0,
                is_number=True,
            ),
        ),
        sort="name",
        empty=Empty(
            "clipboard-list",
            gettext_lazy("No dealers in your reach yet"),
            gettext_lazy("Whoever trades with us stands here, with the reports that he owes."),
        ),
        filters=DutyFilter,
        template="ledger/duties.html",
    )
)
