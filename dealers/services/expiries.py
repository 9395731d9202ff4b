"""Telling people in time that a document expires: once for each stage of each date, whoever asks how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from core import access
from core.database.locks import hold
from dealers import events
from dealers.models import Dealer, Document, Event, Person, User
from dealers.services.people import executives

STAGES = (90, 30, 7)  # days before
FORGIVEN = 30  # what expired longer ago was known when it came: a network that is taken over brings its past
_KINDS = ("document.expiring", "document.expiring_internally", "document.expired", "document.expired_internally")
_OVER = (Dealer.Status.ENDED,)


@dataclass(frozen=True, slots=True)
class Stage:
    """Documents that expire from `first` to `last`, both included; `days` names the stage, 0 when it is over."""

    days: int
    first: date
    last: date


def stages(on: date) -> Iterator[Stage]:
    """Each day of expiry falls in one stage at most, so that whoever is late with asking skips what is past."""
    for days, nearer in zip(STAGES, (*STAGES[1:], -1), strict=True):
        yield Stage(days, on + timedelta(days=nearer + 1), on + timedelta(days=days))
    yield Stage(0, on - timedelta(days=FORGIVEN), on - timedelta(days=1))


@transaction.atomic
def remind(*, on: date, by: User) -> int:
    """Tell the account manager and, of shared documents, the dealer's executives. How many documents it concerned."""
    hold("expiring documents")
    return sum(_tell(document, stage, by) for stage in stages(on) for document in _untold(stage))


def _untold(stage: Stage) -> QuerySet[Document]:
    told = (
        access.rows_of(Event)
        .filter(kind__in=_KINDS, subject_type=Document._meta.label_lower, subject_id=OuterRef("pk"))
        .annotate(until=KT("data__until"), stage=KT("data__stage"))
        .filter(until=Cast(OuterRef("expires_on"), CharField()), stage=str(stage.days))
    )
    # allow unscoped: told to the people of each dealer, under the jobs role
    found = Document.objects.current().filter(expires_on__range=(stage.first, stage.last))
    wanted: QuerySet[Document] = found.filter(~Exists(told), dealer__archived_at=None)
    return wanted.exclude(dealer__status__in=_OVER).select_related("dealer__manager").order_by("expires_on", "pk")


def _tell(document: Document, stage: Stage, by: User) -> int:
    manager = document.dealer.manager
    people: list[Person] = [manager] if manager is not None and manager.is_active else []
    if not document.is_internal:
        people += list(executives(document.dealer))
    kind = "document.expiring" if stage.days else "document.expired"
    events.record(
        f"{kind}_internally" if document.is_internal else kind, document, by=by, notify=people,
        data={"until": f"{document.expires_on}", "stage": stage.days},
    )  # fmt: skip
    return 1
