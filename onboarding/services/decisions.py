"""Three signatures in their order: regional director, product-line manager, head of sales. The last one takes him on.

Nobody decides what he submitted, and nobody two steps of one application. Order of locks: the application, then the
step, then whatever follows.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import access, formatting, reasons
from core.errors import NotYours, Refused
from core.working_days import working_days_after
from dealers import deputies, events
from dealers.backends import scope_of
from dealers.models import Person, User
from dealers.rights import require
from dealers.services.approvals import AlreadyDecided, NobodyToDecide, OwnSubmission
from onboarding import letters, reach
from onboarding.models import Answer, Application, Criterion, Mark, Step
from onboarding.models.approval import Outcome
from onboarding.services import candidates
from onboarding.services.screening import WORK, NotNow, handling_of, hold

State = Application.State


@dataclass(frozen=True, slots=True)
class Signature:
    title: "str | Promise"
    right: str
    working_days: int = 3


SIGNATURES = (
    Signature(gettext_lazy("Regional director"), "onboarding.approve_regional"),
    Signature(gettext_lazy("Product-line manager"), "onboarding.approve_line"),
    Signature(gettext_lazy("Head of sales"), "onboarding.approve_sales"),
)


class KnockedOut(Refused):
    """A knock-out failed and nobody waived it."""


# ---- asking ----------------------------------------------------------------------------------
@transaction.atomic
def submit(application: Application, *, by: User, reason: str) -> Step:
    """Send a screened application to approval. Refused while a mark is missing, or somebody who could decide."""
    require(by, WORK)
    reason = reasons.sentence(reason)
    application = hold(application, by=by, states=(State.SUBMITTED, State.SCREENING, State.SENT_BACK))
    if lacking := unmarked(application):
        names = formatting.listed(lacking)
        raise Refused(_("Not marked yet: %(list)s. Mark every criterion, then send it to approval.") % {"list": names})
    for number in range(2, len(SIGNATURES) + 1):
        _deciders(application, number, by.pk)
    last = access.rows_of(Step).filter(application=application).order_by("-round").first()
    _write(application, state=State.IN_APPROVAL)
    return _open(application, (last.round if last else 0) + 1, 1, submitter_id=by.pk, by=by, reason=reason)


def unmarked(application: Application) -> list[Criterion]:
    marked = access.rows_of(Mark).filter(application=application).values("criterion")
    return list(access.rows_of(Criterion).filter(opening=application.opening_id).exclude(pk__in=marked))


def _open(application: Application, round_: int, number: int, *, submitter_id: int, by: User, reason: str) -> Step:
    signature = SIGNATURES[number - 1]
    deciders = _deciders(application, number, submitter_id)
    step = Step.objects.create(
        application=application,
        round=round_,
        number=number,
        permission=signature.right,
        submitted_by_id=submitter_id,
        submitted_at=timezone.now(),
        request_reason=reason,
        due_on=working_days_after(timezone.localdate(), signature.working_days),
        escalates_on=deputies.escalation_day(),
    )
    told = [*deciders, *deputies.standing_in(deciders, but_not=_spent(application, number, submitter_id))]
    events.record("application.asked", application, by=by, reason=reason, notify=told, data={"step": number})
    return step


def _deciders(application: Application, number: int, submitter_id: int, *more: int) -> list[Person]:
    """Who could give this signature: in reach, not the submitter, no other step decided before; nor `more`."""
    signature = SIGNATURES[number - 1]
    spent = {*_spent(application, number, submitter_id), *more}
    found = [one for one in reach.able_to(signature.right, application.opening) if one.pk not in spent]
    if not found:
        raise NobodyToDecide(
            _("Nobody could decide as %(step)s: no other person who looks after %(territory)s holds this right. "
              "Ask an administrator to assign somebody.")
            % {"step": str(signature.title), "territory": application.opening.territory}
        )  # fmt: skip
    return found


def _spent(application: Application, number: int, submitter_id: int) -> set[int]:
    """The submitter, and who decided another step or had it decided for him."""
    others = access.rows_of(Step).filter(application=application, decided_by__isnull=False).exclude(number=number)
    pairs = others.values_list("decided_by", "decided_for")
    return {submitter_id, *(one for pair in pairs for one in pair if one is not None)}


# ---- deciding --------------------------------------------------------------------------------
@transaction.atomic
def approve(step: Step, *, by: User, reason: str, internal_note: str = "") -> Step:
    """Sign this step. The next one opens, or the applicant becomes a candidate dealer with a draft contract."""
    application, step = _take(step, by=by)
    if failed := knocked_out(application):
        names = formatting.listed(one.criterion for one in failed)
        raise KnockedOut(
            _("A knock-out failed: %(list)s. Somebody with the right to do so has to waive it with a reason first.")
            % {"list": names}
        )
    _leave_deciders(application, step, by)
    step = _decide(application, step, Outcome.APPROVED, by=by, reason=reason, internal_note=internal_note)
    if step.number < len(SIGNATURES):
        events.record(
            "application.step_approved", application, by=by, reason=step.reason, notify=_ours(application, step),
            on_behalf_of=step.decided_for,
        )  # fmt: skip
        _open(
            application, step.round, step.number + 1,
            submitter_id=step.submitted_by_id, by=by, reason=step.request_reason,
        )  # fmt: skip
        return step
    _write(application, state=State.APPROVED, closed_at=timezone.now())
    candidates.take_on(application, by=by)
    letters.post_news(application)
    return step


@transaction.atomic
def send_back(step: Step, *, by: User, reason: str, internal_note: str = "") -> Step:
    """Ask for more: the applicant may write again, and reads why."""
    application, step = _take(step, by=by)
    step = _decide(application, step, Outcome.SENT_BACK, by=by, reason=reason, internal_note=internal_note)
    _write(application, state=State.SENT_BACK)
    events.record(
        "application.sent_back", application, by=by, reason=step.reason, notify=_ours(application, step),
        on_behalf_of=step.decided_for,
    )  # fmt: skip
    letters.post_news(application)
    return step


@transaction.atomic
def reject(step: Step, *, by: User, reason: str, internal_note: str = "") -> Step:
    application, step = _take(step, by=by)
    step = _decide(application, step, Outcome.REJECTED, by=by, reason=reason, internal_note=internal_note)
    _write(application, state=State.REJECTED, closed_at=timezone.now())
    events.record(
        "application.rejected", application, by=by, reason=step.reason, notify=_ours(application, step),
        on_behalf_of=step.decided_for,
    )  # fmt: skip
    letters.post_news(application)
    return step


def may_decide(step: Step, user: User) -> bool:
    """Whether the page offers the buttons; the verbs ask again."""
    return Step.objects.waiting_for(user).filter(pk=step.pk).exists()


def knocked_out(application: Application) -> list[Mark]:
    failed = access.rows_of(Mark).filter(application=application, is_passed=False, waived_by__isnull=True)
    return list(failed.select_related("criterion"))


def _take(step: Step, *, by: User) -> tuple[Application, Step]:
    """Application and step, locked, waiting, and this person's to decide."""
    application = access.lock(step.application)
    step = access.lock(step)
    if step.outcome != Outcome.WAITING:
        raise AlreadyDecided(
            _("This is no longer waiting for a decision: %(outcome)s.") % {"outcome": step.get_outcome_display()}
        )
    if application.state != State.IN_APPROVAL:
        raise NotNow(_("This application is not in approval any more. Reload the page."))
    if step.submitted_by_id == by.pk:
        raise OwnSubmission(_("Somebody else has to decide what you submitted."))
    if by.pk in _spent(application, step.number, step.submitted_by_id):
        raise OwnSubmission(_("You decided another step of this application. Somebody else has to decide this one."))
    if not may_decide(step, by):
        raise NotYours(_("Your role does not allow this decision."))
    return application, step


def represented(step: Step, user: User) -> Person | None:
    """Whom this person decides it for while he stands in for somebody who could decide it himself."""
    mine: Any = Step.objects.waiting_for(user)
    found = mine.filter(pk=step.pk).values_list("stands_for", flat=True).first() if scope_of(user).standings else None
    return access.rows_of(Person).get(pk=found) if found else None


def _leave_deciders(application: Application, step: Step, by: User) -> None:
    """Who signs a step that is not his own may be wanted for a later one: then nobody would be left to decide it."""
    if by.has_perm(step.permission):
        return
    for_whom = represented(step, by)
    pair = [by.pk, *([for_whom.pk] if for_whom else [])]
    for number in range(step.number + 1, len(SIGNATURES) + 1):
        _deciders(application, number, step.submitted_by_id, *pair)


def _decide(
    application: Application, step: Step, outcome: Outcome, *, by: User, reason: str, internal_note: str
) -> Step:
    """Our record with the name and the note; for the applicant, the reason alone."""
    step.decided_for = represented(step, by)
    step.outcome, step.reason, step.internal_note = outcome, reasons.sentence(reason), internal_note.strip()
    step.decided_by_id, step.decided_at = by.pk, timezone.now()
    step.save(update_fields=["outcome", "reason", "internal_note", "decided_by", "decided_for", "decided_at"])
    Answer.objects.create(
        application=application, step=step.number, outcome=outcome, reason=step.reason, at=step.decided_at
    )
    return step


def _ours(application: Application, step: Step) -> list[Person]:
    return [one for one in (handling_of(application).owner, step.decided_for) if one is not None]


def _write(application: Application, **values: object) -> None:
    for name, value in values.items():
        setattr(application, name, value)
    application.save(update_fields=list(values))
