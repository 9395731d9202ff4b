"""A dealer's customers. Class and area are for both sides; who they are is the dealer's, unless he shows it."""

from collections.abc import Iterable
from datetime import date
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import access
from core.errors import NotYours, Refused
from dealers import events
from dealers.models import Dealer, Event, Outlet, OutletIdentity, Territory, User
from dealers.rights import require

_WHO = ("name", "contact", "phone", "address")


class Facts(TypedDict, total=False):
    """What one types about a customer; the last four say who it is."""

    code: str
    outlet_class: str
    territory: Territory
    since: date | None
    name: str
    contact: str
    phone: str
    address: str


@transaction.atomic
def add(dealer: Dealer, *, by: User, **facts: Unpack[Facts]) -> Outlet:
    """A new customer, not shown to the manufacturer. Without a code it gets the next free number."""
    _own(dealer.pk, by)
    dealer = access.lock(dealer)  # two people adding at once must not take the same number
    code = facts.get("code", "").strip() or _next_code(dealer, by)
    _refuse_taken(dealer, code, by)
    outlet = Outlet(
        dealer=dealer, **{name: value for name, value in facts.items() if name not in _WHO} | {"code": code}
    )
    outlet.save()
    who = {name: facts.get(name, "") for name in _WHO}
    OutletIdentity.objects.create(dealer=dealer, outlet=outlet, **who)
    events.record("outlet.added", outlet, by=by)
    return outlet


@transaction.atomic
def change(outlet: Outlet, *, by: User, **facts: Unpack[Facts]) -> Outlet:
    outlet = _take(outlet, by)
    if (code := facts.get("code", outlet.code)) != outlet.code:
        _refuse_taken(outlet.dealer, code, by)
    identity = _identity(outlet, by)
    changed = [name for name, value in facts.items() if getattr(identity if name in _WHO else outlet, name) != value]
    if not changed:
        return outlet
    for name in changed:
        setattr(identity if name in _WHO else outlet, name, facts[name])  # type: ignore[literal-required]
    outlet.save()
    identity.save()
    events.record("outlet.changed", outlet, by=by, data={"fields": sorted(changed)})
    return outlet


@transaction.atomic
def archive(outlet: Outlet, *, by: User) -> Outlet:
    outlet = _take(outlet, by)
    if outlet.is_archived:
        raise Refused(_("This customer is in the archive already."))
    return _set_archived(outlet, True, "outlet.archived", by)


@transaction.atomic
def restore(outlet: Outlet, *, by: User) -> Outlet:
    outlet = _take(outlet, by)
    if not outlet.is_archived:
        raise Refused(_("This customer is not in the archive."))
    return _set_archived(outlet, False, "outlet.restored", by)


@transaction.atomic
def show(outlet: Outlet, *, by: User) -> Outlet:
    """Let the manufacturer's people see who this customer is."""
    return _consent(outlet, by, shown=True)


@transaction.atomic
def hide(outlet: Outlet, *, by: User) -> Outlet:
    """From now on they see class and area only."""
    return _consent(outlet, by, shown=False)


@transaction.atomic
def show_all(dealer: Dealer, *, by: User) -> int:
    """Show every customer there is now; one added later is hidden again until the dealer decides."""
    _own(dealer.pk, by)
    hidden = OutletIdentity.objects.visible_to(by).filter(consented_at__isnull=True)
    count = hidden.update(consented_at=timezone.now())
    if count:
        events.record("outlet.all_shown", dealer, by=by, data={"count": count})
    return count


@transaction.atomic
def hide_all(dealer: Dealer, *, by: User) -> int:
    _own(dealer.pk, by)
    count = OutletIdentity.objects.visible_to(by).filter(consented_at__isnull=False).update(consented_at=None)
    if count:
        events.record("outlet.all_hidden", dealer, by=by, data={"count": count})
    return count


def note_seen(dealer: Dealer, shown: Iterable[OutletIdentity], *, by: User) -> None:
    """Our people have looked at who the customers are: the dealer can read it, once per person and day."""
    if by.is_dealers or not any(True for _one in shown):
        return
    today = timezone.localdate()
    seen = access.rows_of(Event).filter(kind="outlet_identity.seen", dealer=dealer, actor_id=by.pk, at__date=today)
    if not seen.exists():
        events.record("outlet_identity.seen", dealer, by=by)


def _consent(outlet: Outlet, by: User, *, shown: bool) -> Outlet:
    outlet = _take(outlet, by)
    identity = _identity(outlet, by)
    if (identity.consented_at is not None) == shown:
        return outlet  # pressed twice: it is as they wanted it
    identity.consented_at = timezone.now() if shown else None
    identity.save(update_fields=["consented_at"])
    events.record("outlet.shown" if shown else "outlet.hidden", outlet, by=by)
    return outlet


def _own(dealer_id: int, by: User) -> None:
    require(by, "dealers.change_outlet")
    if by.dealer_id != dealer_id:
        raise NotYours(_("Customers are kept by the dealer whose customers they are."))


def _take(outlet: Outlet, by: User) -> Outlet:
    _own(outlet.dealer_id, by)
    return access.lock(outlet)


def _identity(outlet: Outlet, by: User) -> OutletIdentity:
    return OutletIdentity.objects.visible_to(by).select_for_update().get(outlet=outlet)


def _next_code(dealer: Dealer, by: User) -> str:
    taken = set(Outlet.objects.visible_to(by).filter(dealer=dealer).values_list("code", flat=True))
    number = len(taken) + 1
    while (code := f"{number:04}") in taken:
        number += 1
    return code


def _refuse_taken(dealer: Dealer, code: str, by: User) -> None:
    if Outlet.objects.visible_to(by).filter(dealer=dealer, code=code).exists():
        raise Refused(_("Another customer has the code %(code)s.") % {"code": code})


def _set_archived(outlet: Outlet, value: bool, kind: str, by: User) -> Outlet:
    outlet.is_archived = value
    outlet.save(update_fields=["is_archived"])
    events.record(kind, outlet, by=by)
    return outlet
