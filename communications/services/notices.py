"""Verbs of notices: read them, choose them, send again what failed."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications import channels
from communications.models import NoticePreference
from core import access, jobs
from core.errors import Refused
from dealers import events
from dealers.events import EventKind, Visibility
from dealers.models import Delivery, User


@transaction.atomic
def read(notice: Delivery, *, by: User) -> Delivery:
    """Note that the recipient has seen it; the first time counts."""
    if notice.recipient_id != by.pk:
        raise Refused(_("Only the person it was meant for can mark a notice as read."))
    # allow unscoped: the recipient's own, as checked above
    Delivery.objects.filter(pk=notice.pk).unread().update(read_at=timezone.now())
    notice.refresh_from_db(fields=["read_at"])
    return notice


@transaction.atomic
def read_all(*, by: User) -> int:
    return Delivery.objects.visible_to(by).notices().unread().update(read_at=timezone.now())


@transaction.atomic
def choose(wanted: Iterable[tuple[str, str]], *, by: User) -> None:
    """Keep what the person wants, as pairs of kind and channel. Only what differs from the kind's own is stored."""
    chosen = set(wanted)
    NoticePreference.objects.visible_to(by).delete()
    NoticePreference.objects.bulk_create(
        [
            NoticePreference(person_id=by.pk, kind=kind.code, channel=channel, is_wanted=(kind.code, channel) in chosen)
            for kind in kinds_for(by)
            for channel in [channels.BELL, *channels.registered()]
            if ((kind.code, channel) in chosen) != (channel in kind.channels)
        ]
    )


def kinds_for(user: User) -> list[EventKind]:
    """The kinds of event that this person can be told of and has a choice about."""
    hidden = Visibility.INTERNAL if user.is_dealers else Visibility.DEALER
    return [kind for kind in events.kinds().values() if kind.title and kind.visibility != hidden]


@transaction.atomic
def send_again(delivery: Delivery) -> Delivery:
    """Try a delivery again that was given up."""
    delivery = access.lock(delivery)
    if delivery.state != Delivery.State.FAILED:
        raise Refused(_("Only what failed can be sent again."))
    delivery.state, delivery.attempts, delivery.stopped, delivery.lease_until = Delivery.State.WAITING, 0, 0, None
    delivery.not_before = timezone.now()
    delivery.save(update_fields=["state", "attempts", "stopped", "lease_until", "not_before"])
    jobs.ring_after_commit()
    return delivery
