"""Deciding: request, approve, send back, not approve, withdraw. Nobody decides what he submitted.

Order of locks: the approval, then the dealer, then the subject.
"""

from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, reasons
from core.errors import NotYours, Refused
from core.working_days import working_days_after
from dealers import approvals, deputies, events
from dealers.backends import scope_of
from dealers.models import Approval, Dealer, Person, User
from dealers.reach import staff_able_to

Outcome = Approval.Outcome


class NobodyToDecide(Refused):
    """No active person could give this signature."""


class AlreadyDecided(Refused):
    """Somebody was faster, or the request was withdrawn."""


class OwnSubmission(Refused):
    """Four eyes: the person asked for this decision himself."""


@transaction.atomic
def request(subject: models.Model, *, kind: str, dealer: Dealer, by: User, reason: str = "") -> Approval:
    """Ask for the first signature. Refused when nobody could give one of them: a request must not wait for ever."""
    subject = access.lock(subject)
    waiting = _of(subject, kind).filter(outcome=Outcome.WAITING)
    if waiting.exists():
        raise Refused(_("A decision on %(subject)s is already being waited for.") % {"subject": subject})
    for step in approvals.kind_of(kind).steps[1:]:
        _deciders(step, dealer, by.pk)
    return _open_step(subject, kind, 1, dealer=dealer, submitter_id=by.pk, by=by, reason=reason)


def _deciders(step: approvals.Step, dealer: Dealer, submitter_id: int) -> list[Person]:
    found = [one for one in staff_able_to(step.right, dealer) if one.pk != submitter_id]
    if not found:
        raise NobodyToDecide(
            _("Nobody could decide this: no other person in charge of %(dealer)s holds the right “%(step)s”. "
              "Ask an administrator to assign somebody.")
            % {"dealer": dealer, "step": step.title}
        )  # fmt: skip
    return found


def _open_step(
    subject: models.Model, kind: str, number: int, *, dealer: Dealer, submitter_id: int, by: User, reason: str
) -> Approval:
    step = approvals.kind_of(kind).steps[number - 1]
    deciders = _deciders(step, dealer, submitter_id)
    approval = Approval.objects.create(
        dealer=dealer,
        kind=kind,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_label=str(subject)[:200],
        step=number,
        permission=step.right,
        submitted_by_id=submitter_id,
        request_reason=reason,
        due_on=working_days_after(timezone.localdate(), step.working_days),
        escalates_on=deputies.escalation_day(),
    )
    told = [*deciders, *deputies.standing_in(deciders, but_not=[submitter_id])]
    events.record("approval.requested", approval, by=by, reason=reason, data={"decision": kind}, notify=told)
    return approval


@transaction.atomic
def approve(approval: Approval, *, by: User, reason: str) -> Approval:
    """Sign this step. The next one opens, or what was asked for happens."""
    approval = _decide(approval, Outcome.APPROVED, by=by, reason=reason)
    kind, subject = approvals.kind_of(approval.kind), subject_of(approval)
    if approval.step < len(kind.steps):
        _open_step(
            subject, approval.kind, approval.step + 1, dealer=_dealer(approval),
            submitter_id=approval.submitted_by_id, by=by, reason=approval.request_reason,
        )  # fmt: skip
    else:
        kind.approved(subject, by=by)
    return approval


@transaction.atomic
def send_back(approval: Approval, *, by: User, reason: str) -> Approval:
    """Ask the submitter to correct and submit again."""
    approval = _decide(approval, Outcome.SENT_BACK, by=by, reason=reason)
    approvals.kind_of(approval.kind).sent_back(subject_of(approval), by=by)
    return approval


@transaction.atomic
def reject(approval: Approval, *, by: User, reason: str) -> Approval:
    approval = _decide(approval, Outcome.REJECTED, by=by, reason=reason)
    approvals.kind_of(approval.kind).rejected(subject_of(approval), by=by)
    return approval


@transaction.atomic
def withdraw(approval: Approval, *, by: User, reason: str = "") -> Approval:
    """The submitter takes the request back before it is decided."""
    approval = _waiting(approval)
    if approval.submitted_by_id != by.pk:
        raise NotYours(_("Only the person who submitted this can withdraw it."))
    approval.outcome, approval.reason = Outcome.WITHDRAWN, reason
    approval.save(update_fields=["outcome", "reason"])
    events.record("approval.withdrawn", approval, by=by, reason=reason, data={"decision": approval.kind})
    approvals.kind_of(approval.kind).withdrawn(subject_of(approval), by=by)
    return approval


def may_decide(approval: Approval, user: User) -> bool:
    """Whether the decision page offers its buttons; the verbs ask again."""
    return Approval.objects.waiting_for(user).filter(pk=approval.pk).exists()


def subject_of(approval: Approval) -> Any:
    return access.rows_of(approvals.kind_of(approval.kind).model).get(pk=approval.subject_id)


def run_of(approval: Approval, user: User) -> list[Approval]:
    """The signatures asked for together with this one, in their order; a new submission starts a new run."""
    rows = list(
        Approval.objects.visible_to(user)
        .filter(kind=approval.kind, subject_type=approval.subject_type, subject_id=approval.subject_id)
        .select_related("decided_by", "decided_for", "submitted_by")
        .order_by("pk")
    )
    starts = [number for number, row in enumerate(rows) if row.step == 1] + [len(rows)]
    place = next(number for number, row in enumerate(rows) if row.pk == approval.pk)
    start = max((number for number in starts if number <= place), default=0)
    return rows[start : min(number for number in starts if number > place)]


def _of(subject: models.Model, kind: str) -> models.QuerySet[Approval]:
    return access.rows_of(Approval).filter(kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk)


def _waiting(approval: Approval) -> Approval:
    approval = access.lock(approval)
    if approval.outcome != Outcome.WAITING:
        raise AlreadyDecided(
            _("This is no longer waiting for a decision: %(outcome)s.") % {"outcome": approval.get_outcome_display()}
        )
    return approval


def _decide(approval: Approval, outcome: Approval.Outcome, *, by: User, reason: str) -> Approval:
    approval = _waiting(approval)
    if approval.submitted_by_id == by.pk:
        raise OwnSubmission(_("Somebody else has to decide what you submitted."))
    if not may_decide(approval, by):
        raise NotYours(_("Your role does not allow this decision."))
    for_whom = represented(approval, by)
    approval.outcome, approval.reason = outcome, reasons.sentence(reason)
    approval.decided_by_id, approval.decided_at = by.pk, timezone.now()
    approval.decided_for = for_whom
    approval.save(update_fields=["outcome", "reason", "decided_by", "decided_for", "decided_at"])
    told = [access.rows_of(Person).get(pk=approval.submitted_by_id), *([for_whom] if for_whom else [])]
    events.record(
        f"approval.{outcome}", approval, by=by, reason=approval.reason, data={"decision": approval.kind},
        notify=told, on_behalf_of=for_whom,
    )  # fmt: skip
    return approval


def represented(approval: Approval, user: User) -> Person | None:
    """Whom this person decides it for while he stands in for somebody who could decide it himself."""
    mine: Any = Approval.objects.waiting_for(user)
    found = (
        mine.filter(pk=approval.pk).values_list("stands_for", flat=True).first() if scope_of(user).standings else None
    )
    return access.rows_of(Person).get(pk=found) if found else None


def _dealer(approval: Approval) -> Dealer:
    if approval.dealer is None:
        raise Refused(_("This decision belongs to no dealer."))
    return approval.dealer
