"""What a dealer does with his card, and what we answer. Order of locks: the card, then the objection."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, reasons
from core.errors import NotYours, Refused
from core.working_days import working_days_after
from dealers import events
from dealers.models import Person, User
from dealers.reach import staff_able_to
from dealers.rights import require
from performance.models import Objection, Scorecard, ScorecardLine

Status, Outcome = Scorecard.Status, Objection.Outcome
ANSWER_WITHIN = 10  # working days


class OwnPublication(Refused):
    """Four eyes: whoever published a card does not judge what is held against it."""


@transaction.atomic
def acknowledge(card: Scorecard, *, by: User) -> Scorecard:
    """The dealer has read his card and lets it stand."""
    require(by, "performance.acknowledge_scorecard")
    card = _open_to(card, by)
    if card.status == Status.ACKNOWLEDGED:
        raise Refused(_("This scorecard is acknowledged already."))
    if card.objections.filter(outcome=Outcome.WAITING).exists():
        raise Refused(_("Your objection is waiting for its answer. Withdraw it first to let the card stand."))
    card.status, card.acknowledged_at, card.acknowledged_by_id = Status.ACKNOWLEDGED, timezone.now(), by.pk
    card.save(update_fields=["status", "acknowledged_at", "acknowledged_by"])
    events.record("scorecard.acknowledged", card, by=by, data={"period": card.period}, notify=_manager(card))
    return card


@transaction.atomic
def object_to(card: Scorecard, *, by: User, text: str, line: ScorecardLine | None = None) -> Objection:
    """Hold something against a card, or against one measure of it. An answer is promised for a day."""
    require(by, "performance.add_objection")
    text = reasons.sentence(text)
    card = _open_to(card, by)
    if card.status == Status.ACKNOWLEDGED:
        raise Refused(_("You have acknowledged this scorecard. Talk to your account manager if something is wrong."))
    if card.objections.filter(outcome=Outcome.WAITING).exists():
        raise Refused(_("An objection to this scorecard is waiting for its answer."))
    objection = Objection.objects.create(
        dealer_id=card.dealer_id, scorecard=card, line=line, text=text, raised_by_id=by.pk,
        due_on=working_days_after(timezone.localdate(), ANSWER_WITHIN),
    )  # fmt: skip
    _set(card, Status.OBJECTED)
    answerers = staff_able_to("performance.answer_objection", card.dealer)
    events.record(
        "objection.raised", objection, by=by, reason=text, data={"period": card.period}, label=str(card),
        notify={person.pk: person for person in [*answerers, *_manager(card)]}.values(),
    )  # fmt: skip
    return objection


@transaction.atomic
def withdraw(objection: Objection, *, by: User) -> Objection:
    """The dealer takes his objection back before it is answered."""
    require(by, "performance.add_objection")
    card = _open_to(objection.scorecard, by)
    objection = _waiting(objection)
    objection.outcome = Outcome.WITHDRAWN
    objection.save(update_fields=["outcome"])
    _set(card, Status.PUBLISHED)
    events.record("objection.withdrawn", objection, by=by, data={"period": card.period}, label=str(card))
    return objection


@transaction.atomic
def answer(objection: Objection, *, by: User, upheld: bool, text: str) -> Objection:
    """Answer with words. Upheld: the figures are corrected where they come from, and the next edition follows."""
    require(by, "performance.answer_objection")
    text = reasons.sentence(text)
    card = access.lock(objection.scorecard)
    objection = _waiting(objection)
    if card.assessment.published_by_id == by.pk:
        raise OwnPublication(_("You published this scorecard: somebody else has to answer the objection."))
    objection.outcome = Outcome.UPHELD if upheld else Outcome.NOT_UPHELD
    objection.answer, objection.answered_by_id, objection.answered_at = text, by.pk, timezone.now()
    objection.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    _set(card, Status.PUBLISHED)
    raiser = access.rows_of(Person).filter(pk=objection.raised_by_id)
    events.record(
        f"objection.{objection.outcome}", objection, by=by, reason=text, data={"period": card.period},
        label=str(card), notify=raiser,
    )  # fmt: skip
    return objection


def _open_to(card: Scorecard, by: User) -> Scorecard:
    """The dealer's own card, published, in its last edition."""
    card = access.lock(card)
    if not by.is_dealers or card.dealer_id != by.dealer_id:
        raise NotYours(_("Only the dealer himself answers to his scorecard."))
    if card.published_at is None:
        raise Refused(_("This scorecard is not published."))
    if not card.is_latest:
        raise Refused(_("There is a newer edition of this scorecard; answer to that one."))
    return card


def _waiting(objection: Objection) -> Objection:
    objection = access.lock(objection)
    if objection.outcome != Outcome.WAITING:
        raise Refused(_("This objection is no longer waiting: %(outcome)s.") % {
            "outcome": objection.get_outcome_display()})  # fmt: skip
    return objection


def _set(card: Scorecard, status: Scorecard.Status) -> None:
    card.status = status
    card.save(update_fields=["status"])


def _manager(card: Scorecard) -> list[Person]:
    manager = card.dealer.manager
    return [manager] if manager else []
