"""Decisions: what waits for me, what I asked for, and the page on which one is taken."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core import formatting
from core.doors import Audience, door
from core.errors import NotYours, Refused
from dealers import step_up
from dealers.approvals import ApprovalKind, Fact, elsewhere, kind_of
from dealers.deputies import person_for, signed_by, standing_in
from dealers.forms.dealers import ReasonForm
from dealers.models import Approval
from dealers.reach import staff_able_to
from dealers.requests import PortalRequest
from dealers.services import approvals
from dealers.views.frame import BOTH, fulfil, status_of

MOST = 50
VERBS = {"approve": approvals.approve, "send_back": approvals.send_back, "reject": approvals.reject}


@door(Audience.STAFF, permission="dealers.view_approval")
def approval_list(request: PortalRequest) -> HttpResponse:
    user = request.user
    visible = Approval.objects.visible_to(user).select_related("dealer", "submitted_by", "decided_by", "decided_for")
    waiting = Approval.objects.waiting_for(user).select_related("dealer", "submitted_by").order_by("due_on", "pk")
    context: dict[str, Any] = {
        "for_me": _to_decide(waiting[:MOST], user),
        "elsewhere": elsewhere(user),
        "mine": _with_kinds(visible.waiting().filter(submitted_by=user.pk).order_by("due_on", "pk")[:MOST]),
        "decided": _with_kinds(visible.exclude(decided_at=None).order_by("-decided_at")[:MOST]),
        "now": timezone.now(),
    }
    context["waiting"] = len(context["for_me"]) + len(context["elsewhere"])
    return render(request, "dealers/approvals.html", context)


def _with_kinds(found: Any) -> list[tuple[Approval, ApprovalKind]]:
    return [(one, kind_of(one.kind)) for one in found]


def _to_decide(found: Any, user: Any) -> list[tuple[Approval, ApprovalKind, Any]]:
    """With whom each is decided for, where the reader stands in for somebody."""
    return [(one, kind_of(one.kind), person_for(user, one.stands_for)) for one in found]


@door(Audience.STAFF, "dealers.approval", permission="dealers.view_approval", methods=BOTH)
def approval_page(request: PortalRequest, public_id: str) -> HttpResponse:
    """GET shows what is asked; POST with `decision` decides."""
    approval = _find(request, public_id)
    asks_again = kind_of(approval.kind).asks_again(request.user)
    if asks_again and (asked := step_up.before_showing(request)):
        return asked
    form = ReasonForm(request.POST or None)
    verb = VERBS.get(request.POST.get("decision", ""))
    if request.method == "POST" and verb is None:
        raise BadRequest
    if verb and not approvals.may_decide(approval, request.user):
        return _refuse(request, approval, verb)
    if (
        verb
        and form.is_valid()
        and (not asks_again or step_up.holds(request, form))
        and fulfil(form, lambda: verb(approval, by=request.user, reason=form.cleaned_data["reason"]))
    ):
        messages.success(request, _("Decided. The person who asked is told."))
        return redirect("dealers:approvals")
    return render(request, "dealers/approval.html", _context(request, approval, form), status=status_of(form))


def _refuse(request: PortalRequest, approval: Approval, verb: Any) -> HttpResponse:
    """The verb knows why; nothing is decided on the way to its answer."""
    try:
        verb(approval, by=request.user, reason=request.POST.get("reason", ""))
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("dealers:approval", approval.public_id)


@door(Audience.PORTAL, "dealers.approval", methods=("POST",))
def approval_withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    approval = _find(request, public_id)
    try:
        approvals.withdraw(approval, by=request.user)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Withdrawn."))
    if request.user.is_ours or approval.dealer is None:
        return redirect("dealers:approvals")
    return redirect(approval.dealer)


def _find(request: PortalRequest, public_id: str) -> Approval:
    joins = ("dealer", "submitted_by", "decided_by", "decided_for")
    found = Approval.objects.visible_to(request.user).select_related(*joins)
    return get_object_or_404(found, public_id=public_id)


def _context(request: PortalRequest, approval: Approval, form: ReasonForm) -> dict[str, Any]:
    kind = kind_of(approval.kind)
    is_waiting = approval.outcome == Approval.Outcome.WAITING
    may_decide = is_waiting and approvals.may_decide(approval, request.user)
    return {
        "approval": approval,
        "kind": kind,
        "facts": _facts(request, approval, kind),
        "steps": _chain(request, approval, kind),
        "form": form,
        "may_decide": may_decide,
        "represented": approvals.represented(approval, request.user) if may_decide else None,
        "may_withdraw": is_waiting and approval.submitted_by_id == request.user.pk,
        "withdraw_url": reverse("dealers:approval_withdraw", args=[approval.public_id]),
    }


def _facts(request: PortalRequest, approval: Approval, kind: ApprovalKind) -> Sequence[Fact]:
    """Nothing of what asks for a fresh proof for a form that comes back after the proof has grown old."""
    if kind.asks_again(request.user) and not step_up.recently_confirmed(request):
        return ()
    return kind.facts(approvals.subject_of(approval), request.user)


def _chain(request: PortalRequest, approval: Approval, kind: ApprovalKind) -> list[dict[str, Any]]:
    """Every step of the run, also those to come."""
    run = approvals.run_of(approval, request.user)
    steps: list[dict[str, Any]] = [
        {
            "state": "done",
            "role": _("Submitted"),
            "who": run[0].submitted_by.name,
            "note": formatting.moment(run[0].submitted_at),
            "quote": run[0].request_reason,
        }
    ]
    steps += [_signature(one, kind) for one in run]
    if run[-1].outcome in (Approval.Outcome.WAITING, Approval.Outcome.APPROVED):
        steps += [{"state": "later", "role": str(step.title)} for step in kind.steps[len(run) :]]
    return steps


def _signature(approval: Approval, kind: ApprovalKind) -> dict[str, Any]:
    title = str(kind.steps[approval.step - 1].title)
    if approval.outcome == Approval.Outcome.WAITING:
        deciders = staff_able_to(approval.permission, approval.dealer) if approval.dealer else []
        able = [person for person in deciders if person.pk != approval.submitted_by_id]
        names = [one.name for one in [*standing_in(able, but_not=[approval.submitted_by_id]), *able]]
        due = formatting.day(approval.due_on) if approval.due_on else ""
        return {
            "state": "now",
            "role": title,
            "who": ", ".join(names[:3]),
            "note": _("due %(day)s") % {"day": due} if due else "",
            "is_soon": approval.due_on is not None and formatting.is_soon(approval.due_on),
        }
    who = signed_by(approval.decided_by, approval.decided_for)
    at = formatting.moment(approval.decided_at) if approval.decided_at else ""
    return {
        "state": "done" if approval.outcome == Approval.Outcome.APPROVED else "stopped",
        "role": approval.get_outcome_display(),
        "who": who,
        "note": at,
        "quote": approval.reason,
    }
