"""Openings for our people: the list, one with its candidates side by side, and what is done to it."""

import copy
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts import rules
from core import together
from core.doors import Audience, door
from core.errors import NotYours, Refused
from core.exports.answers import answer
from core.listing import show
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, fulfil, status_of
from dealers.views.versions import both_versions
from onboarding.forms.staff import OpeningChangeForm, OpeningForm, criterion_formset
from onboarding.models import Application, Criterion, Opening
from onboarding.services import openings
from onboarding.sheet import BESIDE, Known
from onboarding.tables import CHIPS, OPENING_CHIPS, OPENINGS

State = Application.State
VIEW, ADD, CHANGE = "onboarding.view_opening", "onboarding.add_opening", "onboarding.change_opening"


@door(Audience.STAFF, permission=VIEW)
def opening_list(request: PortalRequest) -> HttpResponse:
    return show(request, OPENINGS)


@door(Audience.STAFF, permission="onboarding.export_applications")
def opening_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, OPENINGS, file_format)


@door(Audience.STAFF, "onboarding.opening", permission=VIEW)
def opening(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    seen = Application.objects.visible_to(request.user).filter(opening=found).order_by("-submitted_at", "-pk")
    drafts = found.applications.filter(state=State.DRAFT).order_by()
    sent, begun = seen[:100], drafts.values_list("opening").annotate(number=Count("pk")).values_list("number")
    together.read((sent, begun))
    applications = list(sent)
    wanted = request.GET.getlist("beside")
    chosen = [one for one in applications if one.public_id in wanted] or _foremost(applications)
    may_look = request.user.has_perm("onboarding.view_application")
    known = Known.of(chosen[:BESIDE] if may_look else (), request.user, opening=found.pk)
    together.read(known.lists)
    context = {
        "opening": found,
        "place": rules.place_of(found.jurisdiction, on=timezone.localdate()),
        "chip": OPENING_CHIPS[Opening.State(found.state)],
        "applications": [(one, CHIPS[State(one.state)]) for one in applications] if may_look else (),
        "sheet": known.sheet(),
        "chosen": [one.public_id for one in chosen[:BESIDE]],
        "most": BESIDE,
        "criteria": known.criteria,
        "begun": sum(number for (number,) in begun),
        "may_change": request.user.has_perm(CHANGE),
        "is_published": found.is_published(on=timezone.localdate()),
    }
    return render(request, "onboarding/opening.html", context)


def _foremost(applications: list[Application]) -> list[Application]:
    """Who is nearest to being decided on, then who is being screened; whoever is out of it is not shown unasked."""
    order = [State.IN_APPROVAL, State.SCREENING, State.SENT_BACK, State.APPROVED, State.SUBMITTED]
    return sorted((one for one in applications if one.state in order), key=lambda one: order.index(State(one.state)))


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def new(request: PortalRequest) -> HttpResponse:
    form = OpeningForm(request.POST or None, user=request.user, initial={"opens_on": timezone.localdate()})
    made: list[Opening] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(openings.draft(by=request.user, lines=form.chosen_lines(), **form.typed()))
    ):
        messages.success(request, _("The opening is drafted, with the usual criteria. Publish it when it is right."))
        return redirect(made[0])
    return render(request, "onboarding/opening_form.html", {"form": form}, status=status_of(form))


@door(Audience.STAFF, "onboarding.opening", permission=CHANGE, methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    """Saving on an outdated version shows both; saving again then writes what the form shows."""
    found = _find(request, public_id)
    form = _change_form(request, found, request.POST or None)
    context: dict[str, Any] = {}
    status = 0
    if form.is_valid():
        version = form.cleaned_data["version"]
        try:
            openings.change(found, by=request.user, version=version, changes=form.typed(), lines=form.chosen_lines())
        except openings.StaleOpening as stale:
            found, status = stale.opening, stale.status
            form, difference = both_versions(partial(_change_form, request, found), request.POST, found)
            context = {"difference": difference, "stale": str(stale)}
        except NotYours as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    context |= {"form": form, "opening": found}
    return render(request, "onboarding/opening_form.html", context, status=status or status_of(form))


def _change_form(request: PortalRequest, found: Opening, data: Any) -> OpeningChangeForm:
    """On a copy: what the form writes onto its row must not be taken for what stands."""
    return OpeningChangeForm(data, instance=copy.copy(found), initial={"version": found.version}, user=request.user)


@door(Audience.STAFF, "onboarding.opening", permission=CHANGE, methods=BOTH)
def criteria(request: PortalRequest, public_id: str) -> HttpResponse:
    """What candidates are judged by, as one list."""
    found = _find(request, public_id)
    formset = criterion_formset(request.POST or None, Criterion.objects.visible_to(request.user).filter(opening=found))
    refusal = ""
    if formset.is_valid():
        try:
            openings.judge_by(found, formset.criteria(), by=request.user)
        except NotYours as refused:
            raise PermissionDenied(str(refused)) from refused
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    context = {"opening": found, "formset": formset, "refusal": refusal}
    return render(request, "onboarding/criteria.html", context, status=status_of(formset))


@door(Audience.STAFF, "onboarding.opening", permission=CHANGE, methods=("POST",))
def publish(request: PortalRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, openings.publish, _("The opening is published: everybody can read it and apply."))


@door(Audience.STAFF, "onboarding.opening", permission=CHANGE, methods=("POST",))
def close(request: PortalRequest, public_id: str) -> HttpResponse:
    return _do(request, public_id, openings.close, _("The opening is closed. Who has applied is still decided on."))


def _do(request: PortalRequest, public_id: str, verb: Any, done: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        verb(found, by=request.user)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(found)


def _find(request: PortalRequest, public_id: str) -> Opening:
    found = Opening.objects.visible_to(request.user).select_related("territory", "owner", "company")
    return get_object_or_404(found.prefetch_related("lines__line"), public_id=public_id)
