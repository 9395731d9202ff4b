"""Announcements: written, published to exactly those who were shown, read, confirmed, corrected, withdrawn."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from communications.models import Announcement, AnnouncementCopy, AnnouncementReading
from communications.models.announcement import FILES
from contracts.models import Grant
from core import access, reasons
from core.errors import NotYours, Refused, Stale, refuse_unsound
from core.files.inspection import inspect
from dealers import events
from dealers.models import Dealer, User
from dealers.models.dealer import DealerQuerySet
from dealers.rights import require

State = Announcement.State
ADD, CHANGE, PUBLISH = (f"communications.{word}_announcement" for word in ("add", "change", "publish"))
CONFIRM = "communications.confirm_announcement"
TRADING = (Dealer.Status.ACTIVE, Dealer.Status.SUSPENDED, Dealer.Status.PARTING)
FILE = ("file_name", "content_type", "size", "sha256")


# ---- writing ---------------------------------------------------------------------------------
@transaction.atomic
def draft(*, by: User, upload: "UploadedFile[bytes] | None" = None, **fields: Any) -> Announcement:
    """Begin an announcement. No dealer knows of it before it is published."""
    require(by, ADD)
    made = Announcement(author_id=by.pk, **fields)
    _attach(made, upload)
    refuse_unsound(made)
    made.save()
    return made


@transaction.atomic
def change(
    announcement: Announcement, *, by: User, version: int, changes: Mapping[str, Any],
    upload: "UploadedFile[bytes] | None" = None, without_file: bool = False,
) -> Announcement:  # fmt: skip
    require(by, CHANGE)
    announcement = _in(announcement, State.DRAFT)
    if announcement.version != version:
        raise Stale(_("Somebody else changed this announcement in the meantime. Reload the page."))
    for name, value in changes.items():
        setattr(announcement, name, value)
    if without_file:
        _detach(announcement)
    _attach(announcement, upload)
    refuse_unsound(announcement)
    announcement.version += 1
    announcement.save()
    return announcement


@transaction.atomic
def discard(announcement: Announcement, *, by: User) -> None:
    """Throw a draft away; nobody has read it."""
    require(by, CHANGE)
    _in(announcement, State.DRAFT).delete()


def _attach(announcement: Announcement, upload: "UploadedFile[bytes] | None") -> None:
    """Keep the file; what it is, is found by its content."""
    if upload is None:
        return
    data, name = upload.read(), upload.name or ""
    kind = inspect(data, name)
    announcement.file_name = kind.named(name)
    announcement.content_type, announcement.size = kind.content_type, len(data)
    announcement.sha256 = FILES.put(data)


def _detach(announcement: Announcement) -> None:
    announcement.file_name = announcement.content_type = announcement.sha256 = ""
    announcement.size = 0


# ---- whom it reaches -------------------------------------------------------------------------
def reached(announcement: Announcement, *, by: User) -> DealerQuerySet:
    """The dealers whom it would reach now: within the reach of who publishes, by every mark that is set.

    Named dealers are meant as they are; else those who trade. A correction also reaches whom the former one reached.
    """
    within = Dealer.objects.visible_to(by).filter(archived_at__isnull=True)
    if announcement.picked:
        meant = Q(code__in=announcement.picked)
    else:
        meant = Q(status__in=announcement.statuses or TRADING)
        if (node := announcement.territory) is not None:
            meant &= Q(home__low__range=(node.low, node.high))
        if (line := announcement.line) is not None:
            # allow unscoped: tied to the visible dealers above
            granted = Grant.objects.filter(in_force=True).filter(
                Q(line__isnull=True) | Q(line__low__lte=line.high, line__high__gte=line.low)
            )
            meant &= Q(pk__in=granted.order_by().values("dealer_id"))
    if announcement.replaces_id is not None:
        # allow unscoped: tied to the visible dealers above
        told = AnnouncementCopy.objects.filter(announcement=announcement.replaces_id)
        meant |= Q(pk__in=told.order_by().values("dealer_id"))
    return within.filter(meant)


def circle(announcement: Announcement, *, by: User) -> str:
    """A short sign of what would be published to whom; it changes with either."""
    codes = reached(announcement, by=by).order_by("code").values_list("code", flat=True)
    text = "\n".join([str(announcement.version), *codes])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


# ---- publishing ------------------------------------------------------------------------------
@transaction.atomic
def publish(announcement: Announcement, *, by: User, seen: str) -> Announcement:
    """Publish it to exactly those who were shown (`seen`, see `circle`). From now on its words stay."""
    require(by, PUBLISH)
    announcement = _in(announcement, State.DRAFT)
    if circle(announcement, by=by) != seen:
        raise Stale(_("The announcement, or whom it reaches, has changed since you looked. Look again, then publish."))
    found = list(reached(announcement, by=by).only("pk"))
    if not found:
        raise Refused(_("It reaches nobody: change whom it is for."))
    now = timezone.now()
    announcement.state, announcement.published_at = State.PUBLISHED, now
    announcement.save(update_fields=["state", "published_at"])
    copies = AnnouncementCopy.objects.bulk_create(
        [AnnouncementCopy(dealer=one, announcement=announcement, at=now) for one in found], batch_size=1000
    )
    if announcement.replaces is not None:
        before = access.lock(announcement.replaces)
        before.state = State.REPLACED
        before.save(update_fields=["state"])
    code = "announcement.corrected" if announcement.replaces_id else "announcement.published"
    events.record_for_dealers(code, copies, by=by, data=_titles, label=lambda _copy: "")
    return announcement


@transaction.atomic
def correct(announcement: Announcement, *, by: User) -> Announcement:
    """Begin the corrected version, with the words as they stand; published, it takes the place of this one."""
    require(by, ADD)
    announcement = _in(announcement, State.PUBLISHED)
    begun = access.rows_of(Announcement).filter(replaces=announcement, state=State.DRAFT).first()
    if begun is not None:
        return begun
    kept = ("title", "title_zh", "text", "text_zh", "needs_confirmation", "territory", "line", "statuses", "picked")
    made = Announcement(
        author_id=by.pk, replaces=announcement, **{name: getattr(announcement, name) for name in (*kept, *FILE)}
    )
    made.save()
    return made


@transaction.atomic
def withdraw(announcement: Announcement, *, by: User, reason: str) -> Announcement:
    """Take it back: it stays readable with the reason, and nobody is asked to confirm it any more."""
    require(by, PUBLISH)
    reason = reasons.sentence(reason)
    announcement = _in(announcement, State.PUBLISHED)
    announcement.state, announcement.withdrawn_at, announcement.withdrawn_reason = (
        State.WITHDRAWN, timezone.now(), reason,
    )  # fmt: skip
    announcement.save(update_fields=["state", "withdrawn_at", "withdrawn_reason"])
    copies = access.rows_of(AnnouncementCopy).filter(announcement=announcement).select_related("announcement")
    events.record_for_dealers("announcement.withdrawn", copies, by=by, data=_titles, label=lambda _copy: "")
    return announcement


@transaction.atomic
def ask_again(announcement: Announcement, *, by: User) -> Announcement:
    """Have those reminded who have not read or confirmed it; the sweep of reminders tells each once."""
    require(by, PUBLISH)
    announcement = _in(announcement, State.PUBLISHED)
    announcement.asked_again_at = timezone.now().replace(second=0, microsecond=0)
    announcement.save(update_fields=["asked_again_at"])
    return announcement


def _titles(copy: AnnouncementCopy) -> dict[str, str]:
    return {"title": copy.announcement.title, "title_zh": copy.announcement.title_zh}


def _in(announcement: Announcement, *allowed: Announcement.State) -> Announcement:
    announcement = access.lock(announcement)
    if announcement.state not in allowed:
        raise Refused(
            _("This announcement is in the state “%(state)s” now; this can no longer be done. Reload the page.")
            % {"state": announcement.get_state_display()}
        )
    return announcement


# ---- reading ---------------------------------------------------------------------------------
@transaction.atomic
def read(copy: AnnouncementCopy, *, by: User) -> None:
    """Note that somebody of the dealer opened it; the first time counts."""
    if by.dealer_id != copy.dealer_id:
        return
    AnnouncementReading.objects.bulk_create(
        [AnnouncementReading(dealer_id=copy.dealer_id, copy=copy, person_id=by.pk, read_at=timezone.now())],
        ignore_conflicts=True,
    )


@transaction.atomic
def confirm(copy: AnnouncementCopy, *, by: User) -> None:
    """Confirm for the dealer that it was read; the first time counts, and cannot be taken back."""
    require(by, CONFIRM)
    if by.dealer_id != copy.dealer_id:
        raise NotYours(_("Only the dealer's own people can confirm it."))
    if not copy.announcement.needs_confirmation or not copy.announcement.is_out():
        raise Refused(_("No confirmation is asked for here."))
    read(copy, by=by)
    mine = AnnouncementReading.objects.visible_to(by).filter(copy=copy, person_id=by.pk, confirmed_at__isnull=True)
    if mine.update(confirmed_at=timezone.now()):
        events.record("announcement.confirmed", copy, by=by, data=_titles(copy), label="")
