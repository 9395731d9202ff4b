"""Mending rejected cells in place, and who mended what."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.doors import Audience, door
from core.errors import NotYours, Refused
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH
from ledger.forms.imports import MendForm
from ledger.models import ImportMend
from ledger.rejects import column_label, input_name
from ledger.services import mends as verbs
from ledger.services.mends import MendedMeanwhile
from ledger.views.imports import ADD, PAGE, VIEW, find, import_page, kind_of, open_to


@door(Audience.STAFF, "ledger.importbatch", permission=ADD, methods=BOTH)
def mend(request: PortalRequest, public_id: str) -> HttpResponse:
    """Take what was typed and have the rows checked again. What cannot be taken comes back with everything typed."""
    batch = find(request, public_id)
    if request.method != "POST":  # a reload, or a page turned, after an answer that was shown here
        return redirect(f"{batch.get_absolute_url()}?{request.GET.urlencode()}")
    form = MendForm(request.POST)
    if not form.is_valid():
        return import_page(request, batch, typed=form.typed(), refused=form.first_fault(),
                           status=HTTPStatus.UNPROCESSABLE_ENTITY)  # fmt: skip
    try:
        number = verbs.mend(batch, form.cells(), by=request.user, seen=form.cleaned_data["seen"] or 0)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except MendedMeanwhile as refusal:
        batch.refresh_from_db()
        return import_page(
            request, batch, typed=form.typed(), refused=str(refusal), clashes=refusal.clashes,
            status=HTTPStatus.CONFLICT,
        )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = ngettext("%(count)s cell is mended. The file is checked again.",
                         "%(count)s cells are mended. The file is checked again.", number)  # fmt: skip
        messages.success(request, words % {"count": number} if number else _("The file is checked again."))
    return redirect(batch)


@door(Audience.STAFF, "ledger.importbatch", permission=VIEW)
def mends(request: PortalRequest, public_id: str) -> HttpResponse:
    """Every mend of an import, newest first; the last word on each cell can be taken back before it is posted."""
    batch = find(request, public_id)
    kind = kind_of(batch)
    found = ImportMend.objects.visible_to(request.user).filter(batch=batch).select_related("by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    numbers = [one.row for one in page]
    of_rows = found.filter(row__in=numbers).order_by("-pk")
    originals = {(one.row, one.column): one.old for one in of_rows}  # in the end that of the first mend
    last = {(one.row, one.column): one.pk for one in reversed(of_rows)}
    rows = [
        {
            "mend": one,
            "column": column_label(batch, kind, one.column),
            "name": input_name(one.row, one.column),
            "original": originals[one.row, one.column],
            "is_last": last[one.row, one.column] == one.pk,
            "is_back": one.new == originals[one.row, one.column],
        }
        for one in page
    ]
    context = {
        "batch": batch,
        "page": page,
        "rows": rows,
        "seen": max(last.values(), default=0),
        "may_mend": open_to(request, batch, kind)["may_mend"],
    }
    return render(request, "ledger/import_mends.html", context)
