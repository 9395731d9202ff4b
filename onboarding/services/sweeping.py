"""Applications that were begun and never sent: what becomes of them, and when. The periods stand here and in `links`.

A draft is kept as long as its link opens: `links.LIFE` from the last change, or from the last time the link was asked
for. `TOLD_BEFORE` that end a letter says so, where there is an address; without a letter on its way nothing of somebody
whom we can reach is removed. Then the draft goes, with its brands and papers; so does one that was withdrawn unsent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from core import access
from onboarding import letters
from onboarding.models import Application, ApplicationBrand, ApplicationFile

State = Application.State
TOLD_BEFORE = timedelta(days=14)
AT_ONCE = 200


def sweep(*, now: datetime) -> tuple[int, int]:
    """Tell whose draft will go, and remove those whose time is over. Returns how many were told, how many removed."""
    return _in_batches(_tell, now), _in_batches(_remove, now)


def _in_batches(step: Callable[[datetime], int], now: datetime) -> int:
    total = 0
    while count := step(now):
        total += count
    return total


def _unsent() -> QuerySet[Application]:
    return access.rows_of(Application).filter(state__in=[State.DRAFT, State.WITHDRAWN], submitted_at__isnull=True)


def _hold(found: QuerySet[Application]) -> list[Application]:
    """Locked; whoever is saving his at this moment keeps it."""
    return list(found.select_for_update(no_key=True, skip_locked=True, of=("self",)).order_by("pk")[:AT_ONCE])


@transaction.atomic
def _tell(now: datetime) -> int:
    """A letter for each end of a link, once. Who should have been told earlier gets the same time from now on."""
    soon = _unsent().filter(state=State.DRAFT, link_expires_at__lte=now + TOLD_BEFORE).exclude(email="")
    rows = _hold(soon.exclude(told_of_end__isnull=False, told_of_end=F("link_expires_at")))
    for one in rows:
        one.link_expires_at = max(one.link_expires_at, now + TOLD_BEFORE)
        one.told_of_end = one.link_expires_at
        one.save(update_fields=["link_expires_at", "told_of_end"])
        letters.post_end(one)
    return len(rows)


@transaction.atomic
def _remove(now: datetime) -> int:
    told = Q(email="") | Q(state=State.WITHDRAWN) | Q(told_of_end=F("link_expires_at"))
    gone = [one.pk for one in _hold(_unsent().filter(told, link_expires_at__lte=now))]
    access.rows_of(ApplicationBrand).filter(application__in=gone).delete()
    access.rows_of(ApplicationFile).filter(application__in=gone).delete()  # contents go once nobody names them
    access.rows_of(Application).filter(pk__in=gone).delete()
    return len(gone)
