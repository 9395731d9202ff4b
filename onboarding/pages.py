"""What the page of one application shows: everything known of it, as far as this reader may know."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from core import formatting, together
from core.formatting import moment
from dealers import events
from dealers.deputies import signed_by, standing_in
from dealers.models import Approval, Contact, Dealer, Event, Invitation, Person, User
from dealers.services import invitations
from onboarding import reach
from onboarding.forms.staff import label_of
from onboarding.models import Application, Criterion, Step
from onboarding.services import decisions
from onboarding.services.decisions import SIGNATURES
from onboarding.sheet import Cell, Known
from onboarding.tables import CHIPS

State = Application.State
Outcome = Approval.Outcome
MARKED = "application.marked"
SCREENED = (State.SUBMITTED, State.SCREENING, State.SENT_BACK)


def of(application: Application, user: User) -> dict[str, Any]:
    found = Known.of([application], user, opening=application.opening_id)
    known = replace(found, findings=found.findings.select_related("by").prefetch_related("files"))
    steps = (
        Step.objects.visible_to(user)
        .filter(application=application)
        .select_related("decided_by", "decided_for", "submitted_by")
    )
    files, events = application.files.all(), _events(application, user)
    same, dealers = _same_company(application, user), _known_dealers(application, user)
    together.read((*known.lists, steps, files, same, dealers, events))
    waiting = next((one for one in steps if one.outcome == Outcome.WAITING), None)
    return {
        "application": application,
        "opening": application.opening,
        "handling": getattr(application, "handling", None),
        "chip": CHIPS[State(application.state)],
        "brands": known.brands,
        "files": files,
        "sheet": known.sheet(),
        "criteria": _criteria(known),
        "stops": [one for one in known.given if one.stops()],
        "findings": [(one, label_of(one.field)) for one in known.findings],
        "chain": chain(application, list(steps)),
        "step": waiting,
        "same": same,
        "known": dealers,
        "timeline": _timeline(events),
        "invited": _invited(application, user),
    } | _open_to(application, user, waiting)


def _open_to(application: Application, user: User, waiting: Step | None) -> dict[str, Any]:
    """What this person may do with it as it stands."""
    works = user.has_perm("onboarding.work_application")
    is_running = not application.is_over()
    mine = waiting is not None and decisions.may_decide(waiting, user)
    return {
        "may_work": works and is_running,
        "may_mark": works and application.state in SCREENED,
        "may_submit": works and application.state in SCREENED,
        "may_waive": is_running and user.has_perm("onboarding.override_knockout"),
        "may_decide": mine,
        "represented": decisions.represented(waiting, user) if waiting and mine else None,
        "as_whom": str(SIGNATURES[waiting.number - 1].title) if waiting and mine else "",
    }


def _criteria(known: Known) -> list[tuple[Criterion, Cell]]:
    given = {one.criterion_id: one for one in known.given}
    return [(one, Cell(given.get(one.pk))) for one in known.criteria]


def chain(application: Application, steps: list[Step]) -> list[dict[str, Any]]:
    """The signatures of the last round, and those to come."""
    if not steps:
        return [{"state": "later", "role": str(one.title)} for one in SIGNATURES]
    last = [one for one in steps if one.round == steps[-1].round]
    shown: list[dict[str, Any]] = [
        {
            "state": "done",
            "role": last[0].submitted_by.name,
            "note": moment(last[0].submitted_at),
            "quote": last[0].request_reason,
        }
    ]
    shown += [_signature(application, one) for one in last]
    if last[-1].outcome in {Outcome.WAITING, Outcome.APPROVED}:
        shown += [{"state": "later", "role": str(one.title)} for one in SIGNATURES[len(last) :]]
    return shown


def _signature(application: Application, step: Step) -> dict[str, Any]:
    title = str(SIGNATURES[step.number - 1].title)
    if step.outcome == Outcome.WAITING:
        able = reach.able_to(step.permission, application.opening, but_not=step.submitted_by_id)
        names = [one.name for one in [*standing_in(able, but_not=[step.submitted_by_id]), *able]]
        return {
            "state": "now",
            "role": title,
            "who": formatting.listed(names[:3]),
            "note": formatting.distance(step.due_on),
            "is_soon": formatting.is_soon(step.due_on) or formatting.is_late(step.due_on),
        }
    return {
        "state": "done" if step.outcome == Outcome.APPROVED else "stopped",
        "role": f"{title}: {step.get_outcome_display()}",
        "who": signed_by(step.decided_by, step.decided_for),
        "note": moment(step.decided_at) if step.decided_at else "",
        "quote": step.reason,
        "internal": step.internal_note,
    }


def _same_company(application: Application, user: User) -> QuerySet[Application]:
    """Other applications of the same company: nobody works on one prospect without knowing of the other."""
    found = Application.objects.visible_to(user).filter(registration_code=application.registration_code)
    if not application.registration_code:
        return found.none()
    return found.exclude(pk=application.pk).select_related("opening", "handling__owner")[:5]


def _known_dealers(application: Application, user: User) -> QuerySet[Dealer]:
    found = Dealer.objects.visible_to(user).filter(registration_number=application.registration_code)
    if not application.registration_code:
        return found.none()
    mine = (application.handling.dealer_id if hasattr(application, "handling") else None) or 0
    return found.exclude(pk=mine)[:5]


@dataclass(frozen=True, slots=True)
class Invited:
    """Whether somebody of the new dealer can read the contract: he has an account, an open link, or needs one."""

    person: str
    has_account: bool
    invitation: Invitation | None
    url: str


def _invited(application: Application, user: User) -> Invited | None:
    handling = getattr(application, "handling", None)
    dealer = handling.dealer if handling else None
    if dealer is None or not Dealer.objects.visible_to(user).filter(pk=dealer.pk).exists():
        return None
    invitation = Invitation.objects.visible_to(user).filter(dealer=dealer).order_by("-pk").first()
    url = ""
    if invitations.may_invite(user, dealer):
        signatory = Contact.objects.visible_to(user).filter(dealer=dealer, signs_contracts=True).order_by("pk").first()
        url = invite_url(dealer, signatory.public_id if signatory else "", application.language)
    has_account = Person.objects.visible_to(user).filter(dealer=dealer).exists()
    return Invited(application.contact_name, has_account, invitation, url)


def invite_url(dealer: Dealer, contact: str, language: str) -> str:
    """Where this dealer's signatory is invited, with what is known of him filled in."""
    return (
        reverse("dealers:invite", args=[dealer.public_id]) + "?" + urlencode({"contact": contact, "language": language})
    )


def _events(application: Application, user: User) -> QuerySet[Event]:
    found = Event.objects.visible_to(user).filter(subject_type=Application._meta.label_lower, subject_id=application.pk)
    return found.select_related("actor", "personal").order_by("-at", "-pk")[:80]


def _timeline(found: QuerySet[Event]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    before: Event | None = None
    for event in found:
        if before and event.kind == before.kind == MARKED and event.actor_id == before.actor_id:
            continue  # a sheet of marks is one thing to a reader
        before, kind = event, events.kind_of(event.kind)
        entries.append(
            {"icon": kind.icon, "state": kind.tone, "text": events.tell(event), "detail": event.reason, "at": event.at}
        )
    return entries
