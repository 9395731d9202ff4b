"""Prices for the market in a draft. What may follow from them is the rule pack's matter."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from contracts import rules
from contracts.models import Contract, Mode, PriceLimit, Tool
from contracts.services.drafts import open_draft
from core import access
from core.errors import Refused, refuse_unsound
from dealers import events
from dealers.models import User


@transaction.atomic
def add(contract: Contract, *, by: User, **fields: Any) -> PriceLimit:
    """Put a price into a draft. A tool that the rules of the contract's jurisdiction switch off is refused."""
    contract = open_draft(contract, by=by)
    if rules.mode_of(Tool(fields["tool"]), contract.jurisdiction, on=contract.starts_on) == Mode.OFF:
        place = rules.place_of(contract.jurisdiction, on=contract.starts_on)
        raise Refused(
            _("The rules for %(jurisdiction)s do not allow this: %(tool)s is switched off.")
            % {"jurisdiction": place, "tool": Tool(fields["tool"]).label}
        )
    defaults = {"currency": contract.currency, "starts_on": contract.starts_on, "ends_on": contract.ends_on}
    limit = PriceLimit(contract=contract, dealer_id=contract.dealer_id, **defaults | fields)
    refuse_unsound(limit)
    limit.save()
    events.record("price_limit.added", contract, by=by, data={"limit": str(limit)})
    return limit


@transaction.atomic
def take_out(limit: PriceLimit, *, by: User) -> None:
    contract = open_draft(limit.contract, by=by)
    limit = access.lock(limit)
    label = str(limit)
    limit.delete()
    events.record("price_limit.taken_out", contract, by=by, data={"limit": label})
