"""Contacts with dealers: the list, one of them, and the short form."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from communications.forms.touchpoints import TouchAnyForm, TouchForm
from communications.models import Talked, Touchpoint
from communications.services import touchpoints
from communications.tables import TOUCHPOINTS
from core.doors import Audience, door
from core.exports.answers import answer
from core.listing import show
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, find_dealer, fulfil, status_of

VIEW, ADD = "communications.view_touchpoint", "communications.add_touchpoint"


@door(Audience.STAFF, permission=VIEW)
def touchpoint_list(request: PortalRequest) -> HttpResponse:
    return show(request, TOUCHPOINTS, may_add=request.user.has_perm(ADD))


@door(Audience.STAFF, permission=VIEW)
def touchpoint_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, TOUCHPOINTS, file_format)


@door(Audience.STAFF, "communications.touchpoint", permission=VIEW)
def touchpoint(request: PortalRequest, public_id: str) -> HttpResponse:
    found = Touchpoint.objects.visible_to(request.user).for_list()
    one = get_object_or_404(found.select_related("action_item__owner"), public_id=public_id)
    people = Talked.objects.visible_to(request.user).filter(touchpoint=one).select_related("contact")
    context = {"one": one, "people": [talked.contact.name for talked in people] + [one.others] * bool(one.others)}
    return render(request, "communications/touchpoint.html", context)


@door(Audience.STAFF, "dealers.dealer", permission=ADD, methods=BOTH)
def touch(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    form = TouchForm(request.POST or None, user=request.user, dealer=dealer)
    if form.is_valid() and fulfil(form, lambda: touchpoints.note(dealer, by=request.user, **form.note())):
        messages.success(request, _("The contact is noted."))
        return redirect("communications:meetings_tab", dealer.public_id)
    return _form(request, form, reverse("dealers:detail", args=[dealer.public_id]), dealer=dealer)


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def touch_any(request: PortalRequest) -> HttpResponse:
    """From My day: the dealer is named first."""
    form = TouchAnyForm(request.POST or None, user=request.user, dealer=None)
    if form.is_valid() and fulfil(
        form, lambda: touchpoints.note(form.cleaned_data["whose"], by=request.user, **form.note())
    ):
        messages.success(request, _("The contact is noted."))
        return redirect("home")
    return _form(request, form, reverse("home"), offered=form.offered())


def _form(request: PortalRequest, form: TouchForm, back: str, **context: object) -> HttpResponse:
    return render(
        request, "communications/touch.html", {"form": form, "back_url": back} | context, status=status_of(form)
    )
