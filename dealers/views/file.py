"""The dealer's file: the page of 360°, and its registered data."""

import copy
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from dealers import briefing, history, timeline
from dealers.briefing import Place, Reader
from dealers.forms.dealers import DealerChangeForm, DealerCreateForm, ReasonForm, TransferForm
from dealers.models import Dealer, Event
from dealers.requests import PortalRequest
from dealers.services import dealers
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil, status_of
from dealers.views.versions import both_versions

LATEST = 5


@door(Audience.DEALER, permission="dealers.view_dealer")
def own_file(request: PortalRequest) -> HttpResponse:
    """An address without a number, for the dealer's sidebar."""
    return _overview(
        request, get_object_or_404(Dealer.objects.visible_to(request.user).select_related("home__parent", "manager"))
    )


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_dealer")
def detail(request: PortalRequest, public_id: str) -> HttpResponse:
    return _overview(request, find_dealer(request, public_id))


def _overview(request: PortalRequest, dealer: Dealer) -> HttpResponse:
    reader = Reader(
        request.user,
        Dealer.objects.visible_to(request.user).filter(pk=dealer.pk),
        timezone.localdate(),
        Place.FILE,
        dealer,
    )
    return file_page(
        request, dealer, "overview", "dealers/detail.html",
        work=briefing.find_work(reader),
        figures=briefing.find_figures(reader),
        cards=briefing.find_cards(reader),
        latest=timeline.page(dealer, request.user, size=LATEST, with_changes=False),
        now=timezone.now(),
    )  # fmt: skip


@door(Audience.STAFF, permission="dealers.add_dealer", methods=BOTH)
def create(request: PortalRequest) -> HttpResponse:
    form = DealerCreateForm(request.POST or None, user=request.user)
    made: list[Dealer] = []
    if form.is_valid() and fulfil(form, lambda: made.append(dealers.create(by=request.user, **form.cleaned_data))):
        messages.success(request, _("The file of %(dealer)s is open.") % {"dealer": made[0]})
        return redirect(made[0])
    return render(request, "dealers/dealer_form.html", {"form": form}, status=status_of(form))


@door(Audience.STAFF, "dealers.dealer", permission="dealers.change_dealer", methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = _change_form(request, dealer, request.POST or None)
    difference: list[history.FieldChange] = []
    if form.is_valid():
        try:
            dealers.change(dealer, by=request.user, version=form.cleaned_data["version"], changes=form.changes())
        except dealers.StaleFile as stale:
            dealer = stale.dealer
            form, difference = both_versions(partial(_change_form, request, dealer), request.POST, dealer)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(dealer)
    context = {"form": form, "dealer": dealer, "difference": difference}
    if difference:
        context["saved_by"] = _last_editor(request, dealer)
        return render(request, "dealers/dealer_form.html", context, status=Refused.status)
    return render(request, "dealers/dealer_form.html", context, status=status_of(form))


def _change_form(request: PortalRequest, dealer: Dealer, data: Any) -> DealerChangeForm:
    """The form works on a copy: what it writes onto its row must not show in the head of the page."""
    return DealerChangeForm(data, instance=copy.copy(dealer), initial={"version": dealer.version}, user=request.user)


def _last_editor(request: PortalRequest, dealer: Dealer) -> Event | None:
    changes = Event.objects.visible_to(request.user).filter(dealer=dealer, kind__startswith="dealer.")
    return changes.select_related("actor").order_by("-at").first()


@door(Audience.STAFF, "dealers.dealer", permission="dealers.transfer_dealer", methods=BOTH)
def transfer(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = TransferForm(request.POST or None, user=request.user, dealer=dealer)
    data = form.cleaned_data if form.is_valid() else {}
    if data and fulfil(form, lambda: dealers.transfer(dealer, by=request.user, to=data["to"], reason=data["reason"])):
        messages.success(
            request, _("%(person)s now looks after %(dealer)s.") % {"person": data["to"], "dealer": dealer}
        )
        return redirect(dealer)
    words = {
        "title": _("Hand over %(dealer)s") % {"dealer": dealer},
        "text": _("The new account manager and the present one are told."),
        "verb": _("Hand over"),
    }
    return _confirm(request, dealer, form, words)


@door(Audience.STAFF, "dealers.dealer", permission="dealers.archive_dealer", methods=BOTH)
def archive(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and fulfil(
        form, lambda: dealers.archive(dealer, by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("%(dealer)s is in the archive.") % {"dealer": dealer})
        return redirect(dealer)
    words = {
        "title": _("Archive %(dealer)s") % {"dealer": dealer},
        "text": _("The file leaves the lists and takes no new entries. Nothing is deleted, and it can be taken back."),
        "verb": _("Archive"),
        "stop": True,
    }
    return _confirm(request, dealer, form, words)


@door(Audience.STAFF, "dealers.dealer", permission="dealers.archive_dealer", methods=BOTH)
def restore(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid() and fulfil(
        form, lambda: dealers.restore(dealer, by=request.user, reason=form.cleaned_data["reason"])
    ):
        messages.success(request, _("%(dealer)s is back from the archive.") % {"dealer": dealer})
        return redirect(dealer)
    words = {
        "title": _("Take %(dealer)s back from the archive") % {"dealer": dealer},
        "text": _("The file appears in the lists again, as it was."),
        "verb": _("Take back"),
    }
    return _confirm(request, dealer, form, words)


def _confirm(request: PortalRequest, dealer: Dealer, form: Any, words: dict[str, Any]) -> HttpResponse:
    return render(request, "dealers/confirm.html", {"dealer": dealer, "form": form, **words}, status=status_of(form))
