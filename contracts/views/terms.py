"""The terms of a draft: grants, price limits, rebates, meeting rhythms; each put in and taken out."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from contracts import rules
from contracts.forms.terms import GrantForm, PriceLimitForm, RebateForm, RhythmForm
from contracts.models import Grant, PriceLimit, RebateTerm, ReviewRhythm
from contracts.services import grants, price_limits, rebates, rhythms
from contracts.views.contracts import CHANGE
from contracts.views.frame import Words, find_contract, form_page
from core.doors import Audience, door
from core.errors import Refused
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def grant_add(request: PortalRequest, public_id: str) -> HttpResponse:
    contract = find_contract(request, public_id)
    form = GrantForm(request.POST or None, user=request.user)
    words = Words(
        _("Grant a territory or terminals"), _("Add the grant"), _("The grant is in the draft."),
        _("Exclusive means nobody else: the database refuses a second grant for the same place, line and time."),
    )  # fmt: skip
    return form_page(request, contract, form, words, grants.grant)


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def price_limit_add(request: PortalRequest, public_id: str) -> HttpResponse:
    contract = find_contract(request, public_id)
    form = PriceLimitForm(request.POST or None, user=request.user)
    place = rules.place_of(contract.jurisdiction, on=contract.starts_on)
    words = Words(
        _("Add a price limit"), _("Add"), _("The price limit is in the draft."),
        _("What may follow from it is decided by the rules for %(place)s.") % {"place": place},
    )  # fmt: skip
    return form_page(request, contract, form, words, price_limits.add)


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def rebate_add(request: PortalRequest, public_id: str) -> HttpResponse:
    contract = find_contract(request, public_id)
    form = RebateForm(request.POST or None, user=request.user)
    words = Words(
        _("Add a rebate"), _("Add"), _("The rebate is in the draft."),
        _("Reached means equal to or above. Turnover is sell-in net of returns and of tax."),
    )  # fmt: skip
    return form_page(request, contract, form, words, rebates.add)


@door(Audience.STAFF, "contracts.contract", permission=CHANGE, methods=BOTH)
def rhythm_add(request: PortalRequest, public_id: str) -> HttpResponse:
    form = RhythmForm(request.POST or None)
    words = Words(
        _("Agree a meeting rhythm"), _("Add the rhythm"), _("The rhythm is in the draft."),
        _("Once the contract is in force, the next meetings of the series are proposed ahead by themselves."),
    )  # fmt: skip
    return form_page(request, find_contract(request, public_id), form, words, rhythms.add)


@door(Audience.STAFF, "contracts.grant", permission=CHANGE, methods=("POST",))
def grant_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    return _take_out(request, Grant.objects.visible_to(request.user), public_id, grants.take_out)


@door(Audience.STAFF, "contracts.pricelimit", permission=CHANGE, methods=("POST",))
def price_limit_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    return _take_out(request, PriceLimit.objects.visible_to(request.user), public_id, price_limits.take_out)


@door(Audience.STAFF, "contracts.rebateterm", permission=CHANGE, methods=("POST",))
def rebate_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    return _take_out(request, RebateTerm.objects.visible_to(request.user), public_id, rebates.take_out)


@door(Audience.STAFF, "contracts.reviewrhythm", permission=CHANGE, methods=("POST",))
def rhythm_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    return _take_out(request, ReviewRhythm.objects.visible_to(request.user), public_id, rhythms.take_out)


def _take_out(request: PortalRequest, found: Any, public_id: str, verb: Callable[..., None]) -> HttpResponse:
    term = get_object_or_404(found.select_related("contract"), public_id=public_id)
    try:
        verb(term, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is out of the draft."))
    return redirect(term.contract)
