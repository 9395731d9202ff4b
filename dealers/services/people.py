"""A dealer's people: who may still sign in. A company is never left without an executive."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import access
from core.errors import NotYours, Refused
from dealers import events
from dealers.models import Dealer, Person, User
from dealers.services.invitations import may_invite

EXECUTIVE = "dealer_executive"


class LastExecutive(Refused):
    """Somebody has to be able to act for the company."""


def may_manage(by: Any, dealer: Dealer | None) -> bool:
    """Who may invite somebody's people may disable them too."""
    return dealer is not None and may_invite(by, dealer)


@transaction.atomic
def disable(person: Person, *, by: User, reason: str = "") -> Person:
    """End somebody's access at once: the account's sessions and open links are void with the same statement."""
    dealer, person = _hold(person, by)
    if not person.is_active:
        raise Refused(_("This account is disabled already."))
    if person.pk == by.pk:
        raise Refused(_("You cannot disable your own account. Ask another executive or the manufacturer."))
    if executives(dealer).filter(pk=person.pk).exists() and executives(dealer).count() == 1:
        raise LastExecutive(_("This is the last executive of the company. Invite another one first."))
    return _set(person, False, "user.disabled", by=by, reason=reason)


@transaction.atomic
def enable(person: Person, *, by: User, reason: str = "") -> Person:
    """Let somebody sign in again, with the password and second factor there were."""
    _dealer, person = _hold(person, by)
    if person.is_active:
        raise Refused(_("This account is in use already."))
    return _set(person, True, "user.enabled", by=by, reason=reason)


def executives(dealer: Dealer) -> Any:
    """Those who may sign in and act for the company."""
    held = User.groups.through.objects.filter(group__name=EXECUTIVE).values("user_id")
    return access.rows_of(Person).filter(dealer=dealer, is_active=True, pk__in=held)


def executives_by_dealer(dealers: Iterable[int | None]) -> dict[int | None, list[int]]:
    """The same for many dealers by one statement: dealer -> accounts."""
    held = User.groups.through.objects.filter(group__name=EXECUTIVE).values("user_id")
    active = access.rows_of(Person).filter(dealer__in=[pk for pk in dealers if pk], is_active=True, pk__in=held)
    found: dict[int | None, list[int]] = {}
    for dealer, person in active.order_by("pk").values_list("dealer_id", "pk"):
        found.setdefault(dealer, []).append(person)
    return found


def _hold(person: Person, by: User) -> tuple[Dealer, Person]:
    """The rule is about the whole company, so its row is locked: two people cannot remove each other."""
    if person.dealer is None or not may_manage(by, person.dealer):
        raise NotYours(_("You cannot change this person's access."))
    return access.lock(person.dealer), access.lock(person)


def _set(person: Person, is_active: bool, kind: str, *, by: User, reason: str) -> Person:
    person.is_active = is_active
    person.save(update_fields=["is_active"])
    events.record(kind, person, by=by, reason=reason, personal={"name": person.name})
    return person
