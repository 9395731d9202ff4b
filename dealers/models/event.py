"""The event log: the dealer's timeline, the audit trail and the outbox in one table, with three things kept apart —
delivery state, personal values, and who may read an entry (its visibility)."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models.dealer import Dealer, dealers_seen
from dealers.models.person import Person


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, user: Any) -> Self:
        if getattr(user, "is_dealers", False):
            return self.filter(dealer_id=user.dealer_id).exclude(visibility=Event.Visibility.INTERNAL)
        if getattr(user, "is_ours", False):
            found = self.exclude(visibility=Event.Visibility.DEALER)
            return found.filter(Q(dealer__in=dealers_seen(user)) | Q(dealer__isnull=True))
        return self.none()


@dealer_owned()
class Event(models.Model):
    """Something that happened, written in the same transaction as the change it tells of. Append-only."""

    class Visibility(models.TextChoices):
        BOTH = "both", _("both sides")
        INTERNAL = "internal", _("our people only")
        DEALER = "dealer", _("the dealer only")

    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=60)
    visibility = models.CharField(_("visible to"), max_length=8, choices=Visibility)
    dealer = models.ForeignKey(
        Dealer, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("dealer")
    )
    actor = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("by"))
    on_behalf_of = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("on behalf of")
    )
    subject_type = models.CharField(_("about"), max_length=60, blank=True)
    subject_id = models.BigIntegerField(null=True)
    subject_public_id = models.CharField(max_length=16, blank=True)
    subject_label = models.CharField(_("name"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    data = models.JSONField(_("details"), default=dict)
    request_id = models.CharField(max_length=36, blank=True)
    transaction = models.BigIntegerField(db_index=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["dealer", "-at", "-id"], name="dealers_event_timeline"),
            models.Index(fields=["subject_type", "subject_id"], name="dealers_event_of_subject"),
            models.Index(fields=["kind", "-at"], name="dealers_event_of_kind"),
        ]
        constraints = [models.UniqueConstraint(name="dealers_event_of_dealer", fields=["dealer", "id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_label}"


class EventPersonalQuerySet(models.QuerySet["EventPersonal"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(event__in=Event.objects.visible_to(user))


@dealer_owned()
class EventPersonal(models.Model):
    """Personal values of an event, apart from it: erasing a person does not touch the log."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="personal")
    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="+")
    visibility = models.CharField(max_length=8, choices=Event.Visibility)
    values = models.JSONField(default=dict)

    objects = EventPersonalQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.event_id)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Any) -> Self:
        """What somebody was told, as long as the person may still see what it tells of."""
        return self.filter(recipient_id=user.pk, event__in=Event.objects.visible_to(user))

    def failed_for(self, user: Any) -> Self:
        """What was given up, for whoever may look after that. For its state, not for what it tells of."""
        found = self.filter(state=Delivery.State.FAILED)
        return found if user.is_ours and user.has_perm("dealers.change_delivery") else self.none()

    def notices(self) -> Self:
        """What the bell shows: there as soon as the event is, whether or not a worker has come by."""
        return self.filter(channel="bell", not_before__lte=Now()).exclude(state=Delivery.State.SKIPPED)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def due(self) -> Self:
        """Wanted by now and in nobody's hands; what once killed a worker comes last. The database's clock decides."""
        free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
        waiting = self.filter(state__in=[Delivery.State.WAITING, Delivery.State.SENDING], not_before__lte=Now())
        return waiting.filter(free).order_by("stopped", "not_before", "pk")

    def held(self, delivery: "Delivery") -> Self:
        """The delivery as long as the claim that `delivery` came from holds: a later claim has another fence."""
        return self.filter(pk=delivery.pk, fence=delivery.fence, state__in=["waiting", "sending"])

    def for_list(self) -> Self:  # what a list of notices touches
        return self.select_related("event__actor", "event__personal", "recipient").order_by("-pk")


@dealer_owned()
class Delivery(models.Model):
    """One notice to one person over one channel: the outbox. State lives here, the event stays as it was."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        SKIPPED = "skipped", _("not wanted")
        FAILED = "failed", _("failed")
        HELD = "held", _("held")  # by a restore: it may have been sent after the backup was made

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="deliveries")
    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("channel"), max_length=20)
    recipient = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("to"))
    business_key = models.CharField(max_length=200, unique=True)
    not_before = models.DateTimeField(_("not before"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    stopped = models.PositiveSmallIntegerField(_("hand-overs that killed the worker"), default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)
    last_error = models.TextField(_("last error"), blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="dealers_delivery_due", condition=Q(state__in=["waiting", "sending"])
            ),
            models.Index(
                fields=["recipient", "-id"],
                name="dealers_delivery_unread",
                condition=Q(channel="bell", read_at__isnull=True),
            ),
            models.Index(fields=["-id"], name="dealers_delivery_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return self.business_key
