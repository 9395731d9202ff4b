"""Agenda and minutes. Both sides see the agenda; what is being written is ours until it is sent; what was sent is an
edition that never changes."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communications.models.meeting import Meeting
from core.ids import new_public_id
from core.ownership import dealer_owned, staff_only
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet, dealers_seen


@dealer_owned()
class Topic(models.Model):
    """One point of the agenda."""

    class Source(models.TextChoices):
        US = "us", _("from us")
        DEALER = "dealer", _("asked by the dealer")
        DATA = "data", _("from the data")
        CARRIED = "carried", _("carried over")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="topics", db_constraint=False)
    title = models.CharField(_("topic"), max_length=160)
    source = models.CharField(_("source"), max_length=8, choices=Source)
    minutes = models.PositiveSmallIntegerField(_("minutes planned"), default=15)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))

    objects = DealerOwnedQuerySet["Topic"].as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="communications_topic_of_dealer", fields=["dealer", "id"]),
            models.CheckConstraint(
                name="communications_topic_takes_time",
                condition=Q(minutes__gte=1, minutes__lte=480),
                violation_error_message=_("A topic takes between 1 and 480 minutes."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the meeting with this topic open."""
        return f"{reverse('communications:meeting', args=[self.meeting.public_id])}?topic={self.public_id}"


class OursQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows about a dealer that only our people read."""

    def visible_to(self, user: Any) -> Self:
        if not getattr(user, "is_ours", False):
            return self.none()
        return self.filter(dealer__in=dealers_seen(user))


@staff_only
class TopicText(models.Model):
    """What was said on a topic, while it is being written. `version` tells an editor that somebody else saved."""

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    topic = models.OneToOneField(Topic, models.PROTECT, related_name="+")
    text = models.TextField(_("what was said"), blank=True)
    version = models.PositiveIntegerField(default=1)
    edited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    edited_at = models.DateTimeField(_("saved"))

    objects = OursQuerySet["TopicText"].as_manager()

    class Meta:
        verbose_name = _("text of a topic")
        verbose_name_plural = _("texts of topics")
        default_permissions = ()

    def __str__(self) -> str:
        return self.text[:60]


@staff_only
class Resolution(models.Model):
    """What was decided on a topic. The dealer reads it in the minutes that are sent to him."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="+")
    text = models.TextField(_("resolution"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = OursQuerySet["Resolution"].as_manager()

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:60]


@dealer_owned()
class Minutes(models.Model):
    """Minutes as they were sent: an edition. Sending is our confirmation, the dealer's executive gives the other.

    `content` is what both sides read; nothing in it changes. A correction makes the next version.
    """

    class State(models.TextChoices):
        OUT = "out", pgettext_lazy("minutes", "Waiting for confirmation")
        CORRECTED = "corrected", pgettext_lazy("minutes", "A correction was asked for")
        TAKEN_BACK = "taken_back", pgettext_lazy("minutes", "Taken back")
        CONFIRMED = "confirmed", pgettext_lazy("minutes", "Confirmed by both sides")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="editions", db_constraint=False)
    version = models.PositiveSmallIntegerField(_("version"))
    content = models.JSONField(_("content"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    sent_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("sent by"))
    sent_at = models.DateTimeField(_("sent"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OUT)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    correction = models.TextField(_("what is not right"), blank=True)

    objects = DealerOwnedQuerySet["Minutes"].as_manager()

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        default_permissions = ()
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(name="communications_minutes_once", fields=["dealer", "meeting", "version"]),
            models.CheckConstraint(
                name="communications_minutes_answered_by_somebody",
                condition=Q(state="out") | Q(answered_by__isnull=False, answered_at__isnull=False),
                violation_error_message=_("An answer names who gave it, and when."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("communications:meeting", args=[self.meeting.public_id])
