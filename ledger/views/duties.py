"""Who owes which report: on a dealer's file, as a list of all dealers, and asked of many at once."""

from datetime import date
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.doors import Audience, door
from core.listing import show
from core.periods import Length, Period, months_later
from dealers.models import Dealer
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil, status_of
from ledger.forms.duties import DutyForm, DutyForManyForm
from ledger.models import ReportDue, ReportDuty
from ledger.services import duties
from ledger.tables.duties import DUTIES
from ledger.tables.reports import CSS

ADD, CHANGE = "ledger.add_reportduty", "ledger.change_reportduty"
MONTHS_SHOWN = 12
NAMED = 8  # dealers named before a duty for many is begun


@door(Audience.STAFF, permission="ledger.view_reportdue")
def duty_list(request: PortalRequest) -> HttpResponse:
    return show(request, DUTIES, may_add=request.user.has_perm(ADD))


@door(Audience.PORTAL, "dealers.dealer", permission="ledger.view_reportdue")
def tab(request: PortalRequest, public_id: str) -> HttpResponse:
    """What this dealer owes, and how he kept to it month by month."""
    dealer, today = find_dealer(request, public_id), timezone.localdate()
    since = months_later(today.replace(day=1), -MONTHS_SHOWN)
    found = ReportDue.objects.visible_to(request.user).filter(dealer=dealer, month__gte=since)
    dues = list(found.order_by("-month", "kind"))
    kinds = [kind for kind in ReportDuty.Kind if any(one.kind == kind for one in dues)]
    return file_page(
        request, dealer, "reports", "ledger/reports_tab.html",
        duties=_running(request, dealer), kinds=kinds, rows=_by_month(dues, kinds, today),
        kept=_kept(dues), may_settle=request.user.is_ours and request.user.has_perm(CHANGE),
    )  # fmt: skip


def _running(request: PortalRequest, dealer: Dealer) -> list[ReportDuty]:
    visible = ReportDuty.objects.visible_to(request.user).filter(dealer=dealer)
    return list(visible.not_ended(on=timezone.localdate()).order_by("kind", "starts_on"))


def _by_month(dues: list[ReportDue], kinds: list[ReportDuty.Kind], today: date) -> list[dict[str, Any]]:
    """One row a month, one cell a kind: the report and the colour of what became of it."""
    by_month: dict[date, dict[str, ReportDue]] = {}
    for one in dues:
        by_month.setdefault(one.month, {})[one.kind] = one
    rows = []
    for month, found in by_month.items():
        cells = []
        for kind in kinds:
            due = found.get(kind)
            outcome = due.outcome(on=today) if due else None
            cells.append({"kind": kind.label, "due": due, "outcome": outcome, "css": CSS[outcome] if outcome else ""})
        rows.append({"period": Period.of(month, Length.MONTH), "cells": cells})
    return rows


def _kept(dues: list[ReportDue]) -> dict[str, int] | None:
    """Of the reports that came or should have come, how many came on time."""
    today = timezone.localdate()
    outcomes = [one.outcome(on=today) for one in dues]
    counted = [one for one in outcomes if one not in {ReportDue.Outcome.OPEN, ReportDue.Outcome.WAIVED}]
    return {"on_time": counted.count(ReportDue.Outcome.ON_TIME), "whole": len(counted)} if counted else None


@door(Audience.STAFF, "dealers.dealer", permission=CHANGE, methods=BOTH)
def settle(request: PortalRequest, public_id: str) -> HttpResponse:
    """Both kinds of report on one page: what is owed, until when, and for which months."""
    dealer, today = find_dealer(request, public_id), timezone.localdate()
    running = {ReportDuty.Kind(duty.kind): duty for duty in _running(request, dealer)}
    forms = [
        DutyForm(request.POST or None, prefix=kind.value, kind=kind, duty=running.get(kind), today=today)
        for kind in ReportDuty.Kind
    ]
    faulty = [form for form in forms if not form.is_valid()]  # every form is asked, so that all faults show at once
    if not faulty and request.method == "POST":
        wanted = {form.kind: form.terms() for form in forms}
        seen = {form.kind: form.seen_terms() for form in forms}
        if fulfil(forms[0], lambda: duties.settle(dealer, wanted, seen=seen, by=request.user)):
            messages.success(request, _("The duties are set."))
            return redirect("ledger:reports_tab", dealer.public_id)
    context = {"dealer": dealer, "forms": forms, "problems": forms[0].non_field_errors()}
    return render(request, "ledger/duties_of.html", context, status=status_of(forms[0]))


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def begin_for_many(request: PortalRequest) -> HttpResponse:
    """First, by GET, with whom the duty would begin; then, sent with that number, it begins."""
    asked = request.POST if request.method == "POST" else request.GET
    form = DutyForManyForm(asked or None, user=request.user, today=timezone.localdate())
    shown: dict[str, Any] = {}
    if form.is_valid():
        lacking = duties.without(form.dealers(), form.wanted()["kind"])
        count = lacking.count()
        if request.method == "POST" and form.cleaned_data["agreed"] == count:
            made = duties.begin_for(form.dealers(), by=request.user, **form.wanted())
            text = ngettext("%(count)d dealer owes this report now.", "%(count)d dealers owe this report now.", made)
            messages.success(request, text % {"count": made})
            return redirect("ledger:duties")
        shown = {
            "count": count,
            "already": duties.trading(form.dealers()).count() - count,
            "named": [one.local_name for one in lacking.order_by("sort_key")[:NAMED]],
            "more": max(count - NAMED, 0),
            "has_changed": request.method == "POST",
        }
    status = status_of(form) if form.errors else HTTPStatus.OK
    return render(request, "ledger/duties_new.html", {"form": form, "shown": shown}, status=status)
