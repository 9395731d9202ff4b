"""The dealer's file: open, change, hand over, archive, restore. Nothing else writes a dealer's registered data."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, reasons
from core.errors import Refused, Stale, refuse_unsound
from core.sorting import sort_key
from dealers import events, reach
from dealers.models import Dealer, Person, User
from dealers.rights import require

Status = Dealer.Status
ARCHIVABLE = (Status.CANDIDATE, Status.ENDED)
NAMES = {"name", "name_zh"}


class StaleFile(Stale):
    """Somebody saved the file in between; `dealer` is how it stands now."""

    def __init__(self, dealer: Dealer) -> None:
        super().__init__(
            _("Somebody else changed this file while you were editing it. Compare the two versions and save again.")
        )
        self.dealer = dealer


@transaction.atomic
def create(*, by: User, **fields: Any) -> Dealer:
    """Open a file. Its home must lie within the reach of whoever opens it, else he would never see it again."""
    require(by, "dealers.add_dealer")
    dealer = Dealer(**fields)
    dealer.sort_key = _sort_key(dealer)
    refuse_unsound(dealer)
    dealer.save()
    _refuse_out_of_reach(dealer, by)
    if dealer.manager is not None:
        _refuse_blind_manager(dealer, dealer.manager)
    events.record("dealer.created", dealer, by=by)
    return dealer


@transaction.atomic
def change(dealer: Dealer, *, by: User, version: int, changes: Mapping[str, Any]) -> Dealer:
    """Write what changed since `version`. A save on an outdated version raises `StaleFile` and writes nothing."""
    require(by, "dealers.change_dealer")
    dealer = access.lock(dealer)
    if dealer.version != version:
        raise StaleFile(dealer)
    changed = [name for name, value in changes.items() if getattr(dealer, name) != value]
    if not changed:
        return dealer
    for name in changed:
        setattr(dealer, name, changes[name])
    dealer.sort_key = _sort_key(dealer)
    dealer.version += 1
    refuse_unsound(dealer)
    dealer.save(update_fields=[*changed, "sort_key", "version"])
    if "home" in changed:
        _refuse_out_of_reach(dealer, by)
    events.record("dealer.changed", dealer, by=by, data={"fields": sorted(changed)})
    return dealer


@transaction.atomic
def transfer(dealer: Dealer, *, by: User, to: Person, reason: str) -> Dealer:
    """Give the dealer to another account manager, who has to be able to reach him."""
    require(by, "dealers.transfer_dealer")
    reason = reasons.sentence(reason)
    dealer = access.lock(dealer)
    if dealer.manager_id == to.pk:
        raise Refused(_("%(person)s already looks after %(dealer)s.") % {"person": to, "dealer": dealer})
    _refuse_blind_manager(dealer, to)
    before = dealer.manager
    dealer.manager = to
    dealer.version += 1
    dealer.save(update_fields=["manager", "version"])
    events.record(
        "dealer.transferred", dealer, by=by, reason=reason, notify=[to, *([before] if before else [])],
        personal={"from": str(before or ""), "to": str(to)},
    )  # fmt: skip
    return dealer


@transaction.atomic
def archive(dealer: Dealer, *, by: User, reason: str) -> Dealer:
    """Put the file away. Only a candidate or a dealer whose cooperation ended can be archived."""
    require(by, "dealers.archive_dealer")
    reason = reasons.sentence(reason)
    dealer = access.lock(dealer)
    if dealer.is_archived():
        raise Refused(_("%(dealer)s is already in the archive.") % {"dealer": dealer})
    if dealer.status not in ARCHIVABLE:
        raise Refused(
            _("%(dealer)s is %(status)s. Only a candidate or a dealer whose cooperation ended can be archived.")
            % {"dealer": dealer, "status": dealer.get_status_display()}
        )
    return _move(dealer, "dealer.archived", archived=True, by=by, reason=reason)


@transaction.atomic
def restore(dealer: Dealer, *, by: User, reason: str) -> Dealer:
    """Take the file back from the archive, as it was."""
    require(by, "dealers.archive_dealer")
    reason = reasons.sentence(reason)
    dealer = access.lock(dealer)
    if not dealer.is_archived():
        raise Refused(_("%(dealer)s is not in the archive.") % {"dealer": dealer})
    return _move(dealer, "dealer.restored", archived=False, by=by, reason=reason)


def _move(dealer: Dealer, event: str, *, archived: bool, by: User, reason: str) -> Dealer:
    dealer.archived_at = timezone.now() if archived else None
    dealer.version += 1
    dealer.save(update_fields=["archived_at", "version"])
    events.record(event, dealer, by=by, reason=reason)
    return dealer


def _refuse_out_of_reach(dealer: Dealer, by: User) -> None:
    if by.kind == User.Kind.STAFF and not Dealer.objects.visible_to(by).filter(pk=dealer.pk).exists():
        raise Refused(_("%(territory)s lies outside the territories you look after.") % {"territory": dealer.home})


def _refuse_blind_manager(dealer: Dealer, manager: Person) -> None:
    if manager not in reach.staff_able_to("dealers.change_dealer", dealer):
        raise Refused(
            _("%(person)s cannot look after %(dealer)s: no assignment reaches this territory.")
            % {"person": manager, "dealer": dealer}
        )


def _sort_key(dealer: Dealer) -> str:
    return sort_key(dealer.name, dealer.name_zh)
