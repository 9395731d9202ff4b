"""Promises: who does what until when, in a meeting or beside one. Whether they were kept follows from their dates."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.clock import today_of
from communications.models import ActionItem, Meeting, Side, Topic
from communications.services.meetings import MINUTE, meeting_in
from core import access, formatting, reasons
from core.errors import NotYours, Refused, refuse_unsound
from dealers import events
from dealers.models import Dealer, Person, User
from dealers.reach import staff_able_to
from dealers.rights import require
from dealers.services import people

State = ActionItem.State
Claim = ActionItem.Claim
ADD, CHANGE, COMPLETE, CLAIM = (f"communications.{word}_actionitem" for word in ("add", "change", "complete", "claim"))


# ---- promising -------------------------------------------------------------------------------
@transaction.atomic
def agree_on(topic: Topic, *, by: User, what: str, owner: Person, due_on: date) -> ActionItem:
    """Write an action item into open minutes. It counts from the moment they are sent."""
    require(by, MINUTE)
    meeting = meeting_in(topic.meeting, Meeting.State.HELD)
    return _make(ActionItem(dealer_id=topic.dealer_id, meeting=meeting, topic=topic), by, what, owner, due_on)


@transaction.atomic
def take_out(item: ActionItem, *, by: User) -> None:
    """Take an action item out of minutes that were never sent with it."""
    require(by, MINUTE)
    item = access.lock(item)
    if item.meeting is None or item.published_at is not None:
        raise Refused(_("This was promised already: it can be done, moved with a reason, or released."))
    meeting_in(item.meeting, Meeting.State.HELD)
    item.delete()


@transaction.atomic
def promise(dealer: Dealer, *, by: User, what: str, owner: Person, due_on: date) -> ActionItem:
    """Note a promise made outside a meeting, by call or message: it counts from now on, and both sides see it."""
    require(by, ADD)
    item = _make(ActionItem(dealer=dealer, published_at=timezone.now()), by, what, owner, due_on)
    told = [owner, *people.executives(dealer)]
    events.record(
        "action.promised", item, by=by, data={"owner": owner.name, "due": f"{due_on}"},
        notify=[one for one in told if one.pk != by.pk],
    )  # fmt: skip
    return item


# ---- what the dealer noted -------------------------------------------------------------------
@transaction.atomic
def claim(dealer: Dealer, *, by: User, what: str, owner: Person, due_on: date, said_where: str) -> ActionItem:
    """Note, for the dealer, what we promised him. Both sides see it; it counts once we have accepted it."""
    require(by, CLAIM)
    if by.dealer_id != dealer.pk:
        raise NotYours(_("Only the dealer's own people note what was promised to him."))
    if Side.of(owner) is not Side.US:
        raise Refused(_("Name who of the manufacturer promised it."))
    item = ActionItem(dealer=dealer, published_at=timezone.now(), claim=Claim.WAITING, said_where=said_where.strip())
    item = _make(item, by, what, owner, due_on)
    pks = [pk for pk in (owner.pk, dealer.manager_id) if pk]
    told = access.rows_of(Person).filter(pk__in=pks, is_active=True)
    events.record(
        "action.claimed", item, by=by, data={"owner": owner.name, "due": f"{due_on}"},
        notify=list(told) or staff_able_to(CHANGE, dealer),
    )  # fmt: skip
    return item


@transaction.atomic
def accept(item: ActionItem, *, by: User) -> ActionItem:
    """Say that it was promised: from now on it is owed, by its first date."""
    item = _answer(item, Claim.ACCEPTED, by)
    events.record("action.accepted", item, by=by, notify=_concerned(item, by))
    return item


@transaction.atomic
def contest(item: ActionItem, *, by: User, reason: str) -> ActionItem:
    """Say that it was not promised, or not like that, and why. It stays on both ledgers and is owed by nobody."""
    reason = reasons.sentence(reason)
    item = _answer(item, Claim.CONTESTED, by, contested_reason=reason)
    events.record("action.contested", item, by=by, reason=reason, notify=_concerned(item, by))
    return item


def _answer(item: ActionItem, answer: ActionItem.Claim, by: User, contested_reason: str = "") -> ActionItem:
    require(by, CHANGE)
    item = access.lock(item)
    if item.claim != Claim.WAITING:
        raise Refused(_("This was answered already. Reload the page."))
    item.claim, item.answered_by_id, item.answered_at = answer, by.pk, timezone.now()
    item.contested_reason = contested_reason
    item.save(update_fields=["claim", "answered_by", "answered_at", "contested_reason"])
    return item


def _make(item: ActionItem, by: User, what: str, owner: Person, due_on: date) -> ActionItem:
    if owner.dealer_id not in {None, item.dealer_id} or not owner.is_active:
        raise Refused(_("The owner has to be one of the manufacturer's people or of this dealer's."))
    if due_on < today_of(item.dealer):
        raise Refused(_("The due date has passed. Choose a day to come."))
    item.what, item.owner, item.side = what.strip(), owner, Side.of(owner)
    item.first_due_on = item.due_on = due_on
    item.made_by_id = by.pk
    refuse_unsound(item)
    item.save()
    return item


# ---- what becomes of them --------------------------------------------------------------------
@transaction.atomic
def complete(item: ActionItem, *, by: User, note: str = "") -> ActionItem:
    """Mark as done: by the owner, or by whoever looks after the promises of the owner's side."""
    require(by, COMPLETE)
    item = _open(item)
    if item.owner_id != by.pk and not _answers_for(by, Side(item.side)):
        raise NotYours(_("Only %(owner)s, or who answers for that side, can mark this as done.")
                       % {"owner": item.owner.name})  # fmt: skip
    _close(item, State.DONE, by, note)
    events.record("action.done", item, by=by, reason=note, notify=_concerned(item, by))
    return item


@transaction.atomic
def move(item: ActionItem, *, by: User, due_on: date, reason: str) -> ActionItem:
    """Give an open item another date, with the reason. The first date stays what it is judged by."""
    require(by, CHANGE)
    reason = reasons.sentence(reason)
    item = _open(item)
    if due_on == item.due_on:
        raise Refused(_("It is due on this day already."))
    if due_on < today_of(item.dealer):
        raise Refused(_("The due date has passed. Choose a day to come."))
    before, item.due_on, item.moved_reason = item.due_on, due_on, reason
    item.save(update_fields=["due_on", "moved_reason"])
    events.record(
        "action.moved", item, by=by, reason=reason, data={"from": f"{before}", "to": f"{due_on}"},
        notify=_concerned(item, by),
    )  # fmt: skip
    return item


@transaction.atomic
def hand_over(item: ActionItem, *, by: User, owner: Person, reason: str) -> ActionItem:
    """Give an open item to another owner of the same side: by its owner, or by who answers for that side.

    The promise, its words and its first date stay; both are told.
    """
    require(by, COMPLETE)
    reason = reasons.sentence(reason)
    item = _open(item)
    side = Side(item.side)
    if item.owner_id != by.pk and not _answers_for(by, side):
        raise NotYours(_("Only %(owner)s, or who answers for that side, can hand this over.")
                       % {"owner": item.owner.name})  # fmt: skip
    if Side.of(owner) is not side or owner.dealer_id not in {None, item.dealer_id} or not owner.is_active:
        raise Refused(_("It can be handed to somebody of the same side only."))
    if owner.pk == item.owner_id:
        raise Refused(_("%(owner)s has it already.") % {"owner": owner.name})
    before, item.owner = item.owner, owner
    item.save(update_fields=["owner"])
    told = {one.pk: one for one in (before, owner, *_concerned(item, by)) if one.pk != by.pk}
    events.record(
        "action.handed_over", item, by=by, reason=reason, data={"person": before.name, "whom": owner.name},
        notify=told.values(),
    )  # fmt: skip
    return item


@transaction.atomic
def release(item: ActionItem, *, by: User, reason: str) -> ActionItem:
    """Let the other side off its promise. Nobody lets himself off: who promised can be released by who was promised."""
    require(by, COMPLETE)
    reason = reasons.sentence(reason)
    item = _open(item)
    if Side.of(by) == item.side or not _answers_for(by, Side(item.side).other):
        raise NotYours(_("A promise is released by the side it was made to, not by the side that made it."))
    _close(item, State.DROPPED, by, reason)
    events.record("action.released", item, by=by, reason=reason, notify=_concerned(item, by))
    return item


def _open(item: ActionItem) -> ActionItem:
    item = access.lock(item)
    if item.published_at is None:
        raise Refused(_("This stands in minutes that were not sent yet: send them first."))
    if not item.stands():
        raise Refused(_("Nobody owes this: the manufacturer has not accepted it."))
    if item.state != State.OPEN:
        raise Refused(
            _("This is closed already, since %(day)s. A new promise is a new action item.")
            % {"day": formatting.day(item.closed_on) if item.closed_on else ""}
        )
    return item


def _close(item: ActionItem, state: State, by: User, note: str) -> None:
    item.state, item.closed_by_id, item.closing_note = state, by.pk, note.strip()
    item.closed_at, item.closed_on = timezone.now(), today_of(item.dealer)
    item.save(update_fields=["state", "closed_by", "closing_note", "closed_at", "closed_on"])


def _answers_for(by: User, side: Side) -> bool:
    """Who may speak for a whole side: our people who keep the promises, the dealer's executives."""
    right = CHANGE if side is Side.US else "communications.confirm_minutes"
    return Side.of(by) is side and by.has_perm(right)


def _concerned(item: ActionItem, by: User) -> list[Person]:
    """The owner, who noted it, and the other side's head; never who did it himself."""
    pks = [pk for pk in (item.owner_id, item.made_by_id, item.dealer.manager_id) if pk and pk != by.pk]
    found = access.rows_of(Person).filter(pk__in=pks, is_active=True)
    return [*found, *(one for one in people.executives(item.dealer) if one.pk != by.pk)]
