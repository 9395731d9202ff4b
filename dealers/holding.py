"""After a restore nobody knows which messages went out since the backup was made. They are held until a person decides.

The bell is inside the database that was restored, so it goes on; what leaves the house (mail, other channels) waits.
"""

from django.db.models import F, QuerySet

from core import access
from dealers.models import Delivery

HOLD_SQL = (
    "update public.dealers_delivery set state = 'held', lease_until = null, fence = fence + 1,"
    " last_error = 'held after a restore: it may have been sent already'"
    " where state in ('waiting', 'sending') and channel <> 'bell'"
)


def held() -> QuerySet[Delivery]:
    return access.rows_of(Delivery).filter(state=Delivery.State.HELD)


def release() -> int:
    """Send them after all: who got one already gets it once more, under the same message number."""
    return held().update(state=Delivery.State.WAITING, last_error="", fence=F("fence") + 1)


def discard() -> int:
    """Never send them; they stay on record as not sent."""
    return held().update(state=Delivery.State.FAILED, last_error="discarded after a restore", fence=F("fence") + 1)
