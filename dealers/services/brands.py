"""Which brands the dealer carries beside ours: the whole list is written at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from core import access
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import BrandCarried, Dealer, User
from dealers.rights import require

WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Brand:
    brand: str
    relation: str
    share_percent: Decimal | None = None


@transaction.atomic
def replace(dealer: Dealer, brands: Iterable[Brand], *, by: User) -> Dealer:
    """Make the list what `brands` says: by name, so that no row of another dealer can be meant."""
    require(by, "dealers.change_dealer")
    dealer = access.lock(dealer)
    wanted = {one.brand.casefold(): one for one in brands}
    _refuse_more_than_whole(wanted.values())
    present = {row.brand.casefold(): row for row in access.rows_of(BrandCarried).filter(dealer=dealer)}
    gone = [present[name] for name in present.keys() - wanted.keys()]
    changed = [name for name, one in wanted.items() if _write(dealer, present.get(name), one)]
    for row in gone:
        row.delete()
    if gone or changed:
        names = {"written": sorted(wanted[name].brand for name in changed), "removed": sorted(r.brand for r in gone)}
        events.record("brands.changed", dealer, by=by, data=names)
    return dealer


def _write(dealer: Dealer, row: BrandCarried | None, wanted: Brand) -> bool:
    """Whether there was something to write."""
    found = Brand(row.brand, row.relation, row.share_percent) if row else None
    if found == wanted:
        return False
    row = row or BrandCarried(dealer=dealer)
    row.brand, row.relation, row.share_percent = wanted.brand, wanted.relation, wanted.share_percent
    refuse_unsound(row)
    row.save()
    return True


def _refuse_more_than_whole(brands: Iterable[Brand]) -> None:
    total = sum((one.share_percent or Decimal(0) for one in brands), Decimal(0))
    if total > WHOLE:
        raise Refused(_("The shares add up to %(total)s%%, more than the dealer's whole sales.") % {"total": total})
