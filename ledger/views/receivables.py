"""What all dealers owe us, one currency at a time: the page, and the same as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.exports.answers import answer_table
from dealers.requests import PortalRequest
from ledger.debtors_page import DebtorsPage


@door(Audience.STAFF, permission="ledger.view_invoice")
def receivables(request: PortalRequest) -> HttpResponse:
    return render(request, "ledger/receivables.html", {"page": _page(request)})


@door(Audience.STAFF, permission="dealers.export_dealers")
def receivables_export(request: PortalRequest, file_format: str) -> HttpResponse:
    heads, rows = _page(request).table()
    return answer_table(request, file_format, code="receivables", title=_("Receivables"), heads=heads, rows=rows)


def _page(request: PortalRequest) -> DebtorsPage:
    return DebtorsPage(request.path, request.GET, request.user, on=timezone.localdate())
