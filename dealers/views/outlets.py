"""A dealer's customers: his own pages, and what our people see of them."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import open_page, show, show_page
from dealers.forms.outlets import OutletForm
from dealers.models import Dealer, Event, Outlet, OutletIdentity
from dealers.models.person import Kind
from dealers.requests import PortalRequest
from dealers.services import outlets
from dealers.tables.outlets import MY_OUTLETS, OUTLETS, identity_of
from dealers.views.frame import file_frame, find_dealer

BOTH = ("GET", "POST")
PAGE = 50
SEEN = ("outlet_identity.seen", "document.downloaded")


@door(Audience.DEALER, permission="dealers.view_outlet")
def my_outlets(request: PortalRequest) -> HttpResponse:
    return show(request, MY_OUTLETS, may_change=request.user.has_perm("dealers.change_outlet"), **_consent(request))


def _consent(request: PortalRequest) -> dict[str, int]:
    """How many the dealer shows."""
    identities = OutletIdentity.objects.visible_to(request.user)
    counts = identities.aggregate(shown=Count("consented_at"), all=Count("pk"))
    return {"shown_count": counts["shown"], "hidden_count": counts["all"] - counts["shown"]}


@door(Audience.DEALER, permission="dealers.view_outlet")
def outlet_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, MY_OUTLETS, file_format)


@door(Audience.STAFF, "dealers.dealer", permission="dealers.view_outlet")
def outlet_list(request: PortalRequest, public_id: str) -> HttpResponse:
    """What our people see: class and area; who it is only where the dealer shows it, and he can read that we looked."""
    dealer = find_dealer(request, public_id)
    page = open_page(request, replace(OUTLETS, rows=lambda user: OUTLETS.rows(user).filter(dealer=dealer)))
    known = [who for outlet in page.shown.rows if (who := identity_of(outlet)) is not None]
    outlets.note_seen(dealer, known, by=request.user)
    return show_page(request, page, **file_frame(request, dealer, "outlets"))


@door(Audience.DEALER, permission="dealers.change_outlet", methods=BOTH)
def outlet_add(request: PortalRequest) -> HttpResponse:
    dealer = _own(request)
    form = OutletForm(request.POST or None, user=request.user, dealer=dealer)
    if request.method == "POST" and form.is_valid():
        try:
            outlets.add(dealer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("The customer is on your list. The manufacturer does not see who it is."))
            return redirect("dealers:my_outlets")
    return render(request, "dealers/outlet_form.html", {"form": form})


@door(Audience.DEALER, "dealers.outlet", permission="dealers.change_outlet", methods=BOTH)
def outlet_edit(request: PortalRequest, public_id: str) -> HttpResponse:
    outlet = _outlet(request, public_id)
    identity = get_object_or_404(OutletIdentity.objects.visible_to(request.user), outlet=outlet)
    initial = OutletForm.initial_of(outlet, identity)
    form = OutletForm(request.POST or None, user=request.user, dealer=outlet.dealer, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            outlets.change(
                outlet, by=request.user, **form.cleaned_data | {"code": form.cleaned_data["code"] or outlet.code}
            )
        except Refused as refusal:
            form.add_error("code", str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("dealers:my_outlets")
    return render(request, "dealers/outlet_form.html", {"form": form, "outlet": outlet, "identity": identity})


def _verb(request: PortalRequest, public_id: str, verb: Any, done: str) -> HttpResponse:
    try:
        verb(_outlet(request, public_id), by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("dealers:my_outlets")


@door(Audience.DEALER, "dealers.outlet", permission="dealers.change_outlet", methods=("POST",))
def outlet_archive(request: PortalRequest, public_id: str) -> HttpResponse:
    return _verb(request, public_id, outlets.archive, _("The customer is in the archive."))


@door(Audience.DEALER, "dealers.outlet", permission="dealers.change_outlet", methods=("POST",))
def outlet_restore(request: PortalRequest, public_id: str) -> HttpResponse:
    return _verb(request, public_id, outlets.restore, _("The customer is back on your list."))


@door(Audience.DEALER, "dealers.outlet", permission="dealers.change_outlet", methods=("POST",))
def outlet_show(request: PortalRequest, public_id: str) -> HttpResponse:
    return _verb(request, public_id, outlets.show, _("The manufacturer sees who this customer is."))


@door(Audience.DEALER, "dealers.outlet", permission="dealers.change_outlet", methods=("POST",))
def outlet_hide(request: PortalRequest, public_id: str) -> HttpResponse:
    return _verb(request, public_id, outlets.hide, _("The manufacturer no longer sees who this customer is."))


@door(Audience.DEALER, permission="dealers.change_outlet", methods=("POST",))
def outlets_show_all(request: PortalRequest) -> HttpResponse:
    count = outlets.show_all(_own(request), by=request.user)
    done = ngettext("%(n)s more customer is shown.", "%(n)s more customers are shown.", count) % {"n": count}
    messages.success(request, done)
    return redirect("dealers:my_outlets")


@door(Audience.DEALER, permission="dealers.change_outlet", methods=("POST",))
def outlets_hide_all(request: PortalRequest) -> HttpResponse:
    outlets.hide_all(_own(request), by=request.user)
    messages.success(request, _("No customer is shown any more."))
    return redirect("dealers:my_outlets")


@door(Audience.DEALER, permission="dealers.view_dealer")
def who_saw(request: PortalRequest) -> HttpResponse:
    """Which of the manufacturer's people looked at what the dealer showed them."""
    seen = Event.objects.visible_to(request.user).filter(kind__in=SEEN, actor__kind=Kind.STAFF)
    page = Paginator(seen.select_related("actor"), PAGE).get_page(request.GET.get("page"))
    return render(request, "dealers/who_saw.html", {"page": page})


def _own(request: PortalRequest) -> Dealer:
    return get_object_or_404(Dealer.objects.visible_to(request.user).select_related("home"))


def _outlet(request: PortalRequest, public_id: str) -> Outlet:
    found = Outlet.objects.visible_to(request.user).select_related("dealer__home", "territory")
    return get_object_or_404(found, public_id=public_id)
