"""Noting a contact with a dealer: who talked with whom about what, and the next step that follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Talked, Touchpoint
from communications.services import actions
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import Contact, Dealer, Person, User
from dealers.rights import require

ADD = "communications.add_touchpoint"
A_MINUTE = timedelta(minutes=1)  # clocks of phones differ


@dataclass(frozen=True, slots=True)
class NextStep:
    """What follows: a promise of one of both sides, which both see."""

    what: str
    owner: Person
    due_on: date


@transaction.atomic
def note(
    dealer: Dealer, *, by: User, kind: str, about: str, said: str, at: datetime | None = None,
    contacts: Iterable[Contact] = (), others: str = "", step: NextStep | None = None,
) -> Touchpoint:  # fmt: skip
    """Note a contact. The event tells that there was one, never what was said."""
    require(by, ADD)
    at = at or timezone.now()
    if at > timezone.now() + A_MINUTE:
        raise Refused(_("This has not happened yet: propose a meeting for a time to come."))
    if not said.strip():
        raise Refused(_("Write in a few words what was said."))
    written = Touchpoint(
        dealer=dealer, kind=kind, about=about, said=said.strip(), others=others.strip(), at=at, author_id=by.pk
    )
    refuse_unsound(written)
    if step is not None:
        written.action_item = actions.promise(dealer, by=by, what=step.what, owner=step.owner, due_on=step.due_on)
    written.save()
    Talked.objects.bulk_create(Talked(dealer=dealer, touchpoint=written, contact=one) for one in contacts)
    events.record("touchpoint.noted", written, by=by, data={"kind": kind, "about": about}, label="")
    return written
