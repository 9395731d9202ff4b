"""Reports of dealers: what is due, filing one by phone or file, and waiving one."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from core.listing import show
from core.periods import months_later
from core.reasons import NoReason
from dealers.forms.dealers import ReasonForm
from dealers.models import Product
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, fulfil, status_of
from ledger import lines
from ledger.forms.reports import ReportForm
from ledger.imports.problems import FileRefused
from ledger.models import Level, Movement, ReportDue, ReportDuty, StockCount, StockGap
from ledger.services import reports
from ledger.services.reports import RowsRefused, StockDiffers
from ledger.tables import REPORTS
from ledger.tables.reports import CSS

SEES_MOVEMENTS, SEES_STOCK = "ledger.view_movement", "ledger.view_stockcount"
RECENT = 6  # months in which a product was traded to be offered on the form


@door(Audience.PORTAL, permission="ledger.view_reportdue")
def report_list(request: PortalRequest) -> HttpResponse:
    return show(request, REPORTS)


@door(Audience.PORTAL, "ledger.reportdue", permission="ledger.view_reportdue")
def report(request: PortalRequest, public_id: str) -> HttpResponse:
    """One report: when it was due and filed, and what can be done about it."""
    due = _find(request, public_id)
    is_open = due.filed_on is None and due.waived_by_id is None
    outcome = due.outcome(on=timezone.localdate())
    gaps = StockGap.objects.visible_to(request.user).filter(batch=due.batch_id, dealer=due.dealer_id)
    context = {
        "due": due,
        "outcome": outcome,
        "chip": CSS[outcome],
        "may_file": is_open and not request.user.is_ours and request.user.has_perm("ledger.file_report"),
        "gaps": [(gap, gap.product) for gap in gaps.for_list()[: reports.SHOWN]] if due.note else (),
        "may_waive": is_open and request.user.is_ours and request.user.has_perm("ledger.waive_report"),
        "lines_url": _lines(request, due) if due.filed_on and not due.is_nil else "",
    }
    return render(request, "ledger/report_due.html", context)


def _lines(request: PortalRequest, due: ReportDue) -> str:
    """Where what was reported stands in the ledger; empty for whoever may not look there."""
    start, end = due.period.start, due.period.end
    if due.kind == ReportDuty.Kind.STOCK:
        right, url = SEES_STOCK, lines.stock(due.dealer, start=start, end=end)
    else:
        right = SEES_MOVEMENTS
        url = lines.movements(due.dealer, level=Level.DEALER_TO_CUSTOMER, start=start, end=end)
    return url if request.user.has_perm(right) else ""


@door(Audience.DEALER, "ledger.reportdue", permission="ledger.file_report", methods=BOTH)
def file(request: PortalRequest, public_id: str) -> HttpResponse:
    """Key in the pieces of each product, or send a file. What is wrong comes back with everything still typed in."""
    due = _find(request, public_id)
    products = _products(request, due)
    form = ReportForm(request.POST or None, request.FILES or None, due=due, products=products)
    faults: list[str] = []
    differs: StockDiffers | None = None
    mark = ""
    if form.is_valid():
        upload, mark, data = form.cleaned_data["file"], form.cleaned_data["kept"], b""
        try:
            data, name = _sent(due, form)
            reports.file(due, data, by=request.user, file_name=name, note=form.cleaned_data["note"])
        except RowsRefused as refused:
            faults = refused.faults
            form.add_error(None, str(refused))
        except StockDiffers as refused:
            differs = refused
            mark = reports.keep(due, data, file_name=name) if upload else mark
        except NoReason as refused:
            form.add_error("note", str(refused))
        except (FileRefused, Refused) as refused:
            form.add_error("file" if upload or mark else None, str(refused))
        else:
            messages.success(request, _("Thank you. The report is filed."))
            return redirect("ledger:reports")
    says_why = differs is not None or "note" in form.errors
    form.fields["note"].required = says_why
    context = {
        "due": due,
        "form": form,
        "faults": faults,
        "differs": differs,
        "gaps": _gaps(request, differs.gaps) if differs else (),
        "says_why": says_why,
        "kept": mark,
        "is_open": due.filed_on is None and not due.waived_by_id,
    }
    return render(request, "ledger/report.html", context, status=status_of(form))


def _sent(due: ReportDue, form: ReportForm) -> tuple[bytes, str]:
    """What is to be filed and its name: a file, the file of the request before, or what was keyed in."""
    if upload := form.cleaned_data["file"]:
        return upload.read(), upload.name
    if mark := form.cleaned_data["kept"]:
        return reports.kept(due, mark)
    return form.rows(), f"{due.kind}-{due.month:%Y-%m}.csv"


def _gaps(request: PortalRequest, gaps: Iterable[StockGap]) -> list[tuple[StockGap, Product]]:
    products = Product.objects.visible_to(request.user).in_bulk([gap.product_id for gap in gaps])
    return [(gap, products[gap.product_id]) for gap in gaps]


def _products(request: PortalRequest, due: ReportDue) -> QuerySet[Product]:
    """What was traded lately; where nothing was, the whole catalogue."""
    since = months_later(due.month, -RECENT)
    visible: Any = Movement.objects.visible_to(request.user).filter(dealer=due.dealer_id, occurred_on__gte=since)
    traded = set(visible.order_by().values_list("product_id", flat=True).distinct())
    counted: Any = StockCount.objects.visible_to(request.user).filter(dealer=due.dealer_id, counted_on__gte=since)
    traded |= set(counted.order_by().values_list("product_id", flat=True).distinct())
    products = Product.objects.visible_to(request.user).order_by("code")
    return products.filter(pk__in=traded) if traded else products[:60]


@door(Audience.DEALER, "ledger.reportdue", permission="ledger.file_report", methods=("POST",))
def nothing(request: PortalRequest, public_id: str) -> HttpResponse:
    due = _find(request, public_id)
    try:
        reports.nothing_to_report(due, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted: nothing to report for this month."))
    return redirect("ledger:reports")


@door(Audience.STAFF, "ledger.reportdue", permission="ledger.waive_report", methods=BOTH)
def waive(request: PortalRequest, public_id: str) -> HttpResponse:
    due, form = _find(request, public_id), ReasonForm(request.POST or None)
    if form.is_valid() and fulfil(
        form, lambda: reports.waive(due, by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("The report is waived."))
        return redirect("ledger:reports")
    context = {"due": due, "form": form}
    return render(request, "ledger/report_waive.html", context, status=status_of(form))


def _find(request: PortalRequest, public_id: str) -> ReportDue:
    found = ReportDue.objects.visible_to(request.user).select_related(
        "dealer__manager", "duty", "filed_by", "waived_by"
    )
    return get_object_or_404(found, public_id=public_id)
