"""Internal notes: what our people write about a dealer for each other. The event tells that, never what."""

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import Refused
from dealers import events
from dealers.models import Dealer, InternalNote, User
from dealers.rights import require


@transaction.atomic
def write(dealer: Dealer, *, by: User, text: str) -> InternalNote:
    require(by, "dealers.add_internalnote")
    text = text.strip()
    if not text:
        raise Refused(_("The note is empty."))
    note = InternalNote.objects.create(dealer=dealer, author_id=by.pk, text=text)
    events.record("dealer.noted", note, by=by, label="")
    return note
