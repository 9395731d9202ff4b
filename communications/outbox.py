"""Draining the outbox: every delivery handed over, none lost, none twice but for the one place where nobody can tell.

A delivery is claimed in a short transaction (a lease and a fence), handed over outside any transaction, and finished
in another short one, only if the fence still matches. Before the hand-over it is marked as being sent: who dies in
the middle leaves that mark, and the next try carries the same key.
"""

# allow unscoped in this file: the outbox delivers for all dealers at once, under the jobs role

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import load_backend
from django.db.models import F
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation

from communications import channels
from communications.channels import BELL, Channel, Notice, Send, Undeliverable, Unreachable
from communications.models import NoticePreference
from communications.models.notice_preference import Choices
from core import jobs
from core.database.context import acting
from core.database.roles import Role
from core.models.job import NEXT_FENCE, UNTIL
from dealers import events
from dealers.events import Attachment, EventKind
from dealers.models import Delivery, Event, Person

logger = logging.getLogger(__name__)
State = Delivery.State
BATCH = 50
_ROUNDS = 20  # batches of one drain: others in the queue want their turn
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_GIVE_UP_AFTER = 78  # attempts: with these pauses about three days
_GIVE_UP_STOPPED = 3  # hand-overs that killed their worker


def is_due() -> bool:
    return Delivery.objects.due().filter(channel__in=[BELL, *channels.registered()]).exists()


def ring() -> None:
    from communications.tasks import drain as task

    jobs.ring(task, queue="mail")


def drain() -> None:
    """Hand over what is due. Two at once share the work; called again, it finds nothing."""
    for _round in range(_ROUNDS):
        rung = _ring_bells()
        claimed = _claim()
        for channel in channels.registered().values():
            _hand_over([one for one in claimed if one.channel == channel.code], channel)
        if rung + len(claimed) == 0:
            return
    ring()


# ---- the bell: the delivery itself is the notice ---------------------------------------------
def _ring_bells() -> int:
    """Settle notices of the bell, and add what their readers want to get over other channels too."""
    with acting(Role.JOBS):
        found = list(
            Delivery.objects.due()
            .filter(channel=BELL)
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("event")[:BATCH]
        )
        choices = NoticePreference.objects.chosen_by(one.recipient_id for one in found)
        wanted = [one for one in found if _is_wanted(one, choices)]
        Delivery.objects.bulk_create(_extras(found, choices), ignore_conflicts=True)
        _settle_bells(wanted, State.SENT)
        _settle_bells([one for one in found if one not in wanted], State.SKIPPED)
        return len(found)


def _settle_bells(found: Iterable[Delivery], state: State) -> None:
    rows = Delivery.objects.filter(pk__in=[one.pk for one in found])
    rows.update(state=state, sent_at=Now(), lease_until=None, attempts=F("attempts") + 1)


def _extras(bells: Iterable[Delivery], choices: Choices) -> list[Delivery]:
    return [
        Delivery(
            event_id=bell.event_id,
            dealer_id=bell.dealer_id,
            channel=channel,
            recipient_id=bell.recipient_id,
            business_key=bell.business_key.replace(f":{BELL}:", f":{channel}:"),
            not_before=Now(),
        )
        for bell in bells
        for channel in channels.registered()
        if (kind := events.kinds().get(bell.event.kind)) is not None
        and channel not in kind.channels
        and choices.wants(bell.recipient_id, kind, channel)
    ]


def _is_wanted(delivery: Delivery, choices: Choices) -> bool:
    kind = events.kinds().get(delivery.event.kind)
    return kind is None or choices.get((delivery.recipient_id, kind.code, delivery.channel), True)


# ---- claiming --------------------------------------------------------------------------------
def _claim() -> list[Delivery]:
    with acting(Role.JOBS):
        due = Delivery.objects.due().filter(channel__in=list(channels.registered()))
        found = list(due.select_for_update(skip_locked=True, no_key=True).only("pk", "state", "stopped")[:BATCH])
        _note_stopped([one for one in found if one.state == State.SENDING])
        rows = Delivery.objects.filter(pk__in=[one.pk for one in found]).exclude(state=State.FAILED)
        rows.update(state=State.WAITING, fence=NEXT_FENCE, lease_until=UNTIL)
        return list(rows.for_list().order_by("stopped", "pk"))


def _note_stopped(died: Iterable[Delivery]) -> None:
    """Their last hand-over never came back. The third time it is the delivery's fault."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in died])
    rows.update(stopped=F("stopped") + 1)
    poison = rows.filter(stopped__gte=_GIVE_UP_STOPPED)
    poison.update(state=State.FAILED, lease_until=None, last_error="The worker stopped in the middle, repeatedly.")


# ---- handing over ----------------------------------------------------------------------------
def _hand_over(claimed: list[Delivery], channel: Channel) -> None:
    waiting = _still_right(claimed, channel)
    if not waiting:
        return
    try:
        with channel.session() as send:
            while waiting:
                _send_one(waiting[0], send)
                waiting.pop(0)
    except Unreachable as error:  # who has not been tried waits with the rest
        logger.warning("%s does not answer, %s notices wait: %s", channel.code, len(waiting), error)
        for delivery in waiting:
            _put_back(delivery, error)


def _send_one(delivery: Delivery, send: Send) -> None:
    if not _begin(delivery):
        return  # it is in other hands by now
    try:
        with _in_the_words_of(delivery.recipient):
            send(_notice(delivery))
    except Unreachable:
        raise
    except Undeliverable as error:
        _finish(delivery, State.FAILED, last_error=str(error))
    except Exception as error:
        logger.exception("Delivery %s was not taken", delivery.business_key)
        _put_back(delivery, error)
    else:
        _finish(delivery, State.SENT, sent_at=Now())


def _begin(delivery: Delivery) -> bool:
    """Say before the hand-over that it begins, with the whole lease ahead."""
    with acting(Role.JOBS):
        return bool(Delivery.objects.held(delivery).update(state=State.SENDING, lease_until=UNTIL))


def _finish(delivery: Delivery, state: State, **facts: Any) -> None:
    with acting(Role.JOBS):
        held = Delivery.objects.held(delivery)
        held.update(state=state, lease_until=None, attempts=F("attempts") + 1, **facts)


def _put_back(delivery: Delivery, error: Exception) -> None:
    if delivery.attempts + 1 >= _GIVE_UP_AFTER:
        _finish(delivery, State.FAILED, last_error=str(error))
    else:
        pause = min(_FIRST_PAUSE * 2 ** min(delivery.attempts, 10), _LONGEST_PAUSE)
        _finish(delivery, State.WAITING, last_error=str(error), not_before=Now() + pause)


# ---- what is said, and whether it may still be -------------------------------------------------
def _still_right(claimed: list[Delivery], channel: Channel) -> list[Delivery]:
    """Those that their readers still want, still may see and can still get; the others are skipped."""
    with acting(Role.JOBS):
        choices = NoticePreference.objects.chosen_by(one.recipient_id for one in claimed)
    readable = _readable(claimed)
    kept = []
    for one in claimed:
        is_right = (one.recipient_id, one.event_id) in readable and channel.reaches(one.recipient)
        if is_right and _is_wanted(one, choices):
            kept.append(one)
        else:
            _finish(one, State.SKIPPED)
    return kept


def _readable(claimed: list[Delivery]) -> set[tuple[int, int]]:
    """Recipient and event, where the recipient may see the event now: people move, and rights end."""
    found: set[tuple[int, int]] = set()
    backend: Any = load_backend(settings.AUTHENTICATION_BACKENDS[0])
    for person_id in {one.recipient_id for one in claimed}:
        with acting(None):
            reader = backend.get_user(person_id)
        if reader is None or not (reader.is_ours or reader.is_dealers):
            continue
        told = [one.event_id for one in claimed if one.recipient_id == person_id]
        with acting(reader.database_role(), dealer_id=reader.dealer_id, user_id=reader.pk):
            visible = Event.objects.visible_to(reader).filter(pk__in=told).values_list("pk", flat=True)
            found |= {(person_id, pk) for pk in visible}
    return found


@contextmanager
def _in_the_words_of(person: Person) -> Iterator[None]:
    """The recipient's language and time zone, for what is said and for what a channel writes around it."""
    zone = timezone.get_default_timezone()
    with suppress(KeyError, ValueError):
        zone = ZoneInfo(person.time_zone)
    with translation.override(person.language), timezone.override(zone):
        yield


def _notice(delivery: Delivery) -> Notice:
    event = delivery.event
    kind = events.kinds().get(event.kind)
    said = events.tell(event)
    subject = events.tell(event, kind.subject) if kind and kind.subject else said
    return Notice(
        key=delivery.business_key,
        person=delivery.recipient,
        subject=" ".join(subject.split())[:200],
        body=events.tell(event, kind.body) if kind and kind.body else said,
        reason=event.reason,
        url=settings.SITE_URL + reverse("communications:notice", args=[delivery.public_id]),
        preferences_url=settings.SITE_URL + reverse("communications:preferences"),
        attachment=_attachment(event, kind),
    )


def _attachment(event: Event, kind: EventKind | None) -> Attachment | None:
    if kind is None or kind.attachment is None:
        return None
    with acting(Role.JOBS):
        return kind.attachment(event)
