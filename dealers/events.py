"""Writing the event log. Verbs call `record` inside their transaction: nothing is announced that did not happen.

Each room declares its kinds of event in `event_kinds.py`: a sentence for the timeline, an icon, who may read it, and
over which channels people are told.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from core import jobs
from dealers.models import Dealer, Delivery, Event, EventPersonal, Person, User

Visibility = Event.Visibility
request_id: ContextVar[str] = ContextVar("request_id", default="")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a notice. `parameters` of its type: the method of an invitation, say."""

    name: str
    content: str
    subtype: str  # of text/
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventKind:
    """What an event of this kind says. `sentence` takes the named values actor, subject and those in the data.

    `title` names the kind where people choose what they want to be told (empty: not a matter of choice). A mail's
    `subject` and `body` take the same values; without them the sentence speaks.
    """

    code: str
    sentence: "str | Promise"
    icon: str = "point"
    tone: str = ""  # "", "good" or "bad"
    visibility: Event.Visibility = Event.Visibility.BOTH
    topic: str = ""  # "talks", "money" or "decisions": the filter of the timeline it answers to
    channels: tuple[str, ...] = ("bell",)
    title: "str | Promise" = ""
    subject: "str | Promise" = ""
    body: "str | Promise" = ""
    # A file for channels that take one: made when it is sent, from what stands then.
    attachment: "Callable[[Event], Attachment | None] | None" = None
    # Values that depend on the reader's language, by name: worded from the data when somebody reads.
    told: Mapping[str, Callable[[Mapping[str, Any]], str]] = field(default_factory=dict)


_kinds: dict[str, EventKind] = {}


def define(*kinds: EventKind) -> None:
    for kind in kinds:
        if kind.code in _kinds:
            raise ValueError(f"The event kind {kind.code} is defined twice")
        _kinds[kind.code] = kind


def kind_of(code: str) -> EventKind:
    return _kinds[code]


def kinds() -> Mapping[str, EventKind]:
    return dict(_kinds)


def discover() -> None:
    autodiscover_modules("event_kinds")


class _Values(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return ""  # a value that an older event did not have


def tell(event: Event, words: "str | Promise" = "") -> str:
    """What happened, in the reader's language: the kind's sentence, or other words with the same named values."""
    kind = _kinds.get(event.kind)
    if kind is None:  # the room that brought it is no longer installed
        return event.kind
    personal = getattr(event, "personal", None)
    values = _Values(values_of(event, kind), actor=actor_of(event))
    return str(words or kind.sentence) % _Values(values | (personal.values if personal else {}))


def actor_of(event: Event) -> str:
    """Who did it, and for whom if he stood in for somebody."""
    if person := event.data.get("for"):
        return _("%(deputy)s for %(person)s") % {"deputy": event.actor.name, "person": person}
    return event.actor.name


def values_of(event: Event, kind: EventKind) -> dict[str, Any]:
    """The named values of an event but its actor and what is personal, in the reader's language."""
    values = {**event.data, "subject": event.subject_label}
    for name, word in kind.told.items():
        with suppress(KeyError):  # an older event did not have it
            values[name] = word(event.data)
    return values


@transaction.atomic
def record(
    code: str,
    subject: models.Model,
    *,
    by: User,
    dealer: Dealer | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    personal: Mapping[str, Any] | None = None,
    notify: Iterable[Person | User] = (),
    on_behalf_of: Person | User | None = None,
    key: str = "",
    label: str | None = None,
) -> Event:
    """Write one event about `subject`; `notify` names whom to tell, `key` makes their deliveries unique.

    `dealer` is found on the subject where it has one. Personal values go beside the event, never into it: a subject
    that is a person gets an empty `label`, and its name as the personal value "subject".
    """
    kind = kind_of(code)
    owner_id = (
        subject.pk if isinstance(subject, Dealer) else (dealer.pk if dealer else getattr(subject, "dealer_id", None))
    )
    event = Event.objects.create(
        at=timezone.now(),
        kind=code,
        visibility=kind.visibility,
        dealer_id=owner_id,
        actor_id=by.pk,
        on_behalf_of_id=on_behalf_of.pk if on_behalf_of else None,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        subject_public_id=getattr(subject, "public_id", ""),
        subject_label=str(subject)[:200] if label is None else label,
        reason=reason,
        data={**(data or {}), **({"for": on_behalf_of.name} if on_behalf_of else {})},
        request_id=request_id.get(),
        transaction=_transaction_id(),
    )
    if personal:
        EventPersonal.objects.create(
            event=event, dealer_id=owner_id, visibility=event.visibility, values=dict(personal)
        )
    deliver(event, kind, notify, key)
    return event


@transaction.atomic
def record_for_dealers(
    code: str,
    subjects: Iterable[models.Model],
    *,
    by: User,
    data: Callable[[Any], Mapping[str, Any]] = lambda _subject: {},
    label: Callable[[Any], str] = str,
    also: Callable[[Any], int | None] = lambda _subject: None,
) -> int:
    """Write one event for each of many subjects of dealers, and tell each dealer's executives; set-wise.

    `also` names by key one of our people who is told as well. Runs under a role that reaches all of them. Returns how
    many events were written.
    """
    from dealers.services.people import executives_by_dealer  # which writes events itself

    kind = kind_of(code)
    now, mark, asked = timezone.now(), _transaction_id(), request_id.get()
    subjects = list(subjects)
    written = Event.objects.bulk_create(
        Event(
            at=now, kind=code, visibility=kind.visibility, dealer_id=one.dealer_id, actor_id=by.pk,  # type: ignore[attr-defined]
            subject_type=one._meta.label_lower, subject_id=one.pk, subject_public_id=getattr(one, "public_id", ""),
            subject_label=label(one)[:200], data=dict(data(one)), request_id=asked, transaction=mark,
        )
        for one in subjects
    )  # fmt: skip
    told = executives_by_dealer({event.dealer_id for event in written})
    Delivery.objects.bulk_create(
        (
            Delivery(
                event=event, dealer_id=event.dealer_id, channel=channel, recipient_id=pk,
                business_key=f"{event.pk}:{channel}:{pk}", not_before=Now(),
            )
            for one, event in zip(subjects, written, strict=True)
            for pk in dict.fromkeys([*told.get(event.dealer_id, ()), *filter(None, [also(one)])])
            for channel in kind.channels
        ),
        batch_size=1000,
    )  # fmt: skip
    if written:
        jobs.ring_after_commit()
    return len(written)


def deliver(event: Event, kind: EventKind, notify: Iterable[Person | User], key: str) -> None:
    """Tell people of an event over the kind's channels; whoever was told under this key is not told again."""
    people = {person.pk: person for person in notify}
    Delivery.objects.bulk_create(
        [
            Delivery(
                event=event,
                dealer_id=event.dealer_id,
                channel=channel,
                recipient_id=pk,
                business_key=f"{key or event.pk}:{channel}:{pk}",
                not_before=Now(),
            )
            for pk in people
            for channel in kind.channels
        ],
        ignore_conflicts=True,  # a key told once stays told; and a dealer may write a notice that he may not read back
    )
    if people:
        jobs.ring_after_commit()


def _transaction_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])
