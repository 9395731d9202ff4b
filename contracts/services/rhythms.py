"""Meeting rhythms in a draft. What follows from them, once the contract is in force, is the meetings' room's matter."""

from typing import Any

from django.db import transaction

from contracts.models import Contract, ReviewRhythm
from contracts.services.drafts import open_draft
from core import access
from core.errors import refuse_unsound
from dealers import events
from dealers.models import User


@transaction.atomic
def add(contract: Contract, *, by: User, **fields: Any) -> ReviewRhythm:
    """Put the rhythm of one level into a draft."""
    contract = open_draft(contract, by=by)
    rhythm = ReviewRhythm(contract=contract, dealer_id=contract.dealer_id, **fields)
    refuse_unsound(rhythm)
    rhythm.save()
    events.record("rhythm.added", contract, by=by, data={"level": rhythm.level, "every": rhythm.every})
    return rhythm


@transaction.atomic
def take_out(rhythm: ReviewRhythm, *, by: User) -> None:
    contract = open_draft(rhythm.contract, by=by)
    rhythm = access.lock(rhythm)
    said = {"level": rhythm.level, "every": rhythm.every}
    rhythm.delete()
    events.record("rhythm.taken_out", contract, by=by, data=said)
