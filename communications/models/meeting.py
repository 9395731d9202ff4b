"""The meeting: both sides at one table, at a time that both agreed to."""

from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import ReviewRhythm
from core.ids import new_public_id
from core.ownership import dealer_owned, staff_only
from core.search.grams import grams_of
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet, dealers_seen


class Side(models.TextChoices):
    """Whose people: ours, or the dealer's."""

    US = "us", _("The manufacturer")
    DEALER = "dealer", _("The dealer")

    @classmethod
    def of(cls, person: Any) -> "Side":
        return cls.DEALER if person.kind == "dealer" else cls.US

    def named(self, dealer: Dealer) -> str:
        """The party by its name, in what both read."""
        return str(settings.MANUFACTURER_NAME) if self is Side.US else dealer.local_name

    @property
    def other(self) -> "Side":
        return Side.US if self is Side.DEALER else Side.DEALER


class MeetingQuerySet(DealerOwnedQuerySet["Meeting"]):
    def coming(self, *, now: datetime) -> Self:
        """Not over yet, soonest first."""
        begun_lately = now - timedelta(hours=2)
        return self.filter(state__in=OPEN, starts_at__gte=begun_lately).order_by("starts_at", "pk")

    def without_minutes(self, *, now: datetime) -> Self:
        """The time has passed and nothing was sent for confirmation."""
        return self.filter(
            Q(state=Meeting.State.HELD) | Q(state=Meeting.State.AGREED, starts_at__lt=now - timedelta(hours=2))
        )

    def waiting_for(self, user: Any) -> Self:
        """What needs this person's word: minutes that a dealer's executive has to confirm."""
        if not (user.is_dealers and user.has_perm("communications.confirm_minutes")):
            return self.none()
        return self.visible_to(user).filter(state=Meeting.State.MINUTES_OUT)

    def for_list(self) -> Self:
        return self.select_related("dealer", "organiser").defer("grams", "dealer__grams")


@dealer_owned()
class Meeting(models.Model):
    """A review meeting with one dealer: proposed by one side, agreed to by the other, held, minuted, locked.

    `starts_at` is the moment; `zone` says in whose clock it was agreed. Whoever named the time last
    (`proposed_side`) waits for the other side's yes.
    """

    class Level(models.TextChoices):
        EXECUTIVE = "executive", pgettext_lazy("level of a meeting", "Executives")
        WORKING = "working", pgettext_lazy("level of a meeting", "Working level")

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("meeting", "Proposed")
        AGREED = "agreed", pgettext_lazy("meeting", "Agreed")
        HELD = "held", pgettext_lazy("meeting", "Held, minutes open")
        MINUTES_OUT = "minutes_out", pgettext_lazy("meeting", "Waiting for confirmation")
        LOCKED = "locked", pgettext_lazy("meeting", "Confirmed and locked")
        CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="meetings", verbose_name=_("dealer"))
    level = models.CharField(_("level"), max_length=10, choices=Level, default=Level.WORKING)
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("begins"))
    zone = models.CharField(_("time zone"), max_length=40)
    length = models.PositiveSmallIntegerField(_("minutes long"), default=60)
    place = models.CharField(_("place"), max_length=200, blank=True)
    link = models.URLField(_("video link"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PROPOSED, editable=False)
    organiser = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("organiser")
    )
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_side = models.CharField(max_length=6, choices=Side, editable=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", db_constraint=False,
        verbose_name=_("meeting before"),
    )  # fmt: skip
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # A meeting of a series: the agreed rhythm, and the month it is for, which stays when the meeting is moved.
    rhythm = models.ForeignKey(
        ReviewRhythm, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False, editable=False,
        verbose_name=_("meeting rhythm"),
    )  # fmt: skip
    period = models.CharField(max_length=7, blank=True, editable=False, db_collation="C")
    cancel_reason = models.TextField(_("reason"), blank=True, editable=False)
    held_at = models.DateTimeField(pgettext_lazy("meeting", "held"), null=True, editable=False)
    locked_at = models.DateTimeField(_("locked"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    grams = grams_of("title", "place")

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-starts_at", "-pk"]
        permissions = [
            ("minute_meeting", _("Can write a meeting's minutes")),
            ("confirm_minutes", _("Can confirm minutes for the dealer")),
        ]
        constraints = [
            models.UniqueConstraint(name="communications_meeting_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="communications_meeting_once_a_period",
                fields=["dealer", "rhythm", "period"],
                condition=Q(rhythm__isnull=False),
                violation_error_message=_("The meeting of this month is proposed already."),
            ),
            models.CheckConstraint(
                name="communications_meeting_of_a_series",
                condition=Q(rhythm__isnull=True, period="") | (Q(rhythm__isnull=False) & ~Q(period="")),
                violation_error_message=_("A meeting of a series says which month it is for."),
            ),
            models.CheckConstraint(
                name="communications_meeting_has_a_length",
                condition=Q(length__gte=5, length__lte=720),
                violation_error_message=_("A meeting takes between 5 minutes and 12 hours."),
            ),
            models.CheckConstraint(
                name="communications_meeting_locked_was_held",
                condition=~Q(state="locked") | Q(held_at__isnull=False, locked_at__isnull=False),
                violation_error_message=_("Only a meeting that was held can be locked."),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at", "id"], name="communications_meeting_start"),
            models.Index(fields=["state", "starts_at", "id"], name="communications_meeting_state"),
            models.Index(fields=["level", "starts_at", "id"], name="communications_meeting_level"),
            GinIndex(fields=["grams"], name="communications_meeting_grams"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("communications:meeting", args=[self.public_id])

    @property
    def uid(self) -> str:
        """What calendars know the meeting by, through every change."""
        return f"{self.public_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.length)

    @property
    def local_start(self) -> datetime:
        """The moment by the clock it was agreed in."""
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def told(self) -> dict[str, Any]:
        """What an event keeps of it, so that every reader can be told in the own zone."""
        return {"meeting": self.title, "at": self.starts_at.astimezone(UTC).isoformat()}

    def is_untouched(self) -> bool:
        """The rhythm proposed it, and nobody has said anything to it yet."""
        return self.rhythm_id is not None and self.state == self.State.PROPOSED and self.sequence == 0

    def is_open(self) -> bool:
        """Its time, place and agenda may still be changed."""
        return self.state in OPEN

    def waits_for(self, side: Side) -> bool:
        """The proposed time needs this side's yes."""
        return self.state == self.State.PROPOSED and self.proposed_side != side


State = Meeting.State
OPEN = (State.PROPOSED, State.AGREED)


@dealer_owned()
class Participant(models.Model):
    """Who sits at the table: an account, or a name where somebody has none."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="participants", db_constraint=False)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    side = models.CharField(_("side"), max_length=6, choices=Side)

    objects = DealerOwnedQuerySet["Participant"].as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        default_permissions = ()
        ordering = ["side", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="communications_participant_once",
                fields=["dealer", "meeting", "person"],
                condition=Q(person__isnull=False),
                violation_error_message=_("Somebody is named twice."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeetingNoteQuerySet(models.QuerySet["MeetingNote"]):
    def visible_to(self, user: Any) -> Self:
        if not getattr(user, "is_ours", False):
            return self.none()
        return self.filter(dealer__in=dealers_seen(user))


@staff_only
class MeetingNote(models.Model):
    """What our people note about a meeting for each other. Dealers have no right on this table at all."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    text = models.TextField(_("note"))

    objects = MeetingNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a meeting")
        verbose_name_plural = _("notes on meetings")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]
