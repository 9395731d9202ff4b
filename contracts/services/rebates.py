"""Rebates in a draft: the table, how it is read, and the example it is shown with."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts.models import Contract, RebateTerm, RebateTier
from contracts.services.drafts import open_draft
from contracts.tiers import Tier
from core import access
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import User


@transaction.atomic
def add(contract: Contract, tiers: Sequence[Tier], *, by: User, **fields: Any) -> RebateTerm:
    """Put a tiered rebate into a draft. With the offer its table and its example are frozen."""
    contract = open_draft(contract, by=by)
    term = RebateTerm(contract=contract, dealer_id=contract.dealer_id, currency=contract.currency, **fields)
    _write(term, tiers)
    events.record("rebate.added", contract, by=by, data={"rebate": term.name})
    return term


@transaction.atomic
def change(term: RebateTerm, tiers: Sequence[Tier], *, by: User, **fields: Any) -> RebateTerm:
    contract = open_draft(term.contract, by=by)
    term = access.lock(term)
    for name, value in fields.items():
        setattr(term, name, value)
    term.counts_from = None  # another rebate than before an amendment: it counts from the amendment's first day
    term.tiers.all().delete()
    _write(term, tiers)
    events.record("rebate.changed", contract, by=by, data={"rebate": term.name})
    return term


@transaction.atomic
def take_out(term: RebateTerm, *, by: User) -> None:
    contract = open_draft(term.contract, by=by)
    term = access.lock(term)
    term.tiers.all().delete()
    term.delete()
    events.record("rebate.taken_out", contract, by=by, data={"rebate": term.name})


def _write(term: RebateTerm, tiers: Sequence[Tier]) -> None:
    rising = sorted(tiers, key=lambda tier: tier.threshold)
    if not rising:
        raise Refused(_("A rebate has at least one tier."))
    if len({tier.threshold for tier in rising}) < len(rising):
        raise Refused(_("Two tiers cannot begin at the same amount."))
    if any(after.rate <= before.rate for before, after in pairwise(rising)):
        raise Refused(_("Rates rise with the tiers: a higher tier that pays less would punish buying more."))
    if any(tier.threshold < 0 or not Decimal(0) < tier.rate <= 1 for tier in rising):
        raise Refused(_("A tier begins at zero or more and pays more than 0%, at most 100%."))
    refuse_unsound(term)
    term.save()
    RebateTier.objects.bulk_create(
        RebateTier(dealer_id=term.dealer_id, term=term, threshold=tier.threshold, rate=tier.rate) for tier in rising
    )
