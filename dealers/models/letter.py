from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.ownership import system
from dealers.models.invitation import Invitation
from dealers.models.person import User


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, *, now: datetime) -> Self:
        """Neither sent nor given up, its time has come, and nobody holds it."""
        open_ones = self.filter(sent_at__isnull=True, given_up_at__isnull=True, not_before__lte=now)
        return open_ones.filter(Q(lease_until__isnull=True) | Q(lease_until__lt=now))


@system
class Letter(models.Model):
    """A letter of the account doors that waits to be sent: the outbox of resets, invitations and warnings.

    Apart from `Delivery`, because its reader may have no account (an invitation) or may not exist at all: a reset is
    noted in the same way for known and unknown addresses. Links are minted when it is sent and never stored here.
    """

    class What(models.TextChoices):
        RESET = "reset", _("Password reset")
        INVITATION = "invitation", _("Invitation")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        FACTOR_CHANGED = "factor_changed", _("Second factor changed")

    LEASE = timedelta(seconds=60)
    MAX_ATTEMPTS = 8

    what = models.CharField(max_length=20, choices=What)
    name = models.CharField(max_length=254, blank=True)  # what was typed, cleared as soon as the letter is out
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="letters")
    asked_at = models.DateTimeField(auto_now_add=True)
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        default_permissions = ("view",)
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="dealers_letter_due",
                condition=Q(sent_at__isnull=True, given_up_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.pk}"
