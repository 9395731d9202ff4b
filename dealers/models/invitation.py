from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models.dealer import Dealer, DealerOwnedQuerySet
from dealers.models.person import Person
from dealers.models.product import ProductLine
from dealers.models.territory import Territory


class InvitationQuerySet(DealerOwnedQuerySet["Invitation"]):
    def visible_to(self, user: Any) -> Self:
        """Dealers: their company's. Staff: those of dealers in reach; administrators also those to our own people."""
        found = super().visible_to(user)
        if user.is_ours and user.has_perm("dealers.administer"):
            return self.filter(Q(pk__in=found) | Q(dealer__isnull=True))
        return found

    def open(self, *, now: datetime) -> Self:
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)

    def for_list(self) -> Self:
        return self.select_related("role", "invited_by")


@dealer_owned()
class Invitation(models.Model):
    """An offer to open an account, for one address, one role, one dealer. Only the hash of its link is stored."""

    LIFE = timedelta(hours=72)

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, blank=True, related_name="invitations")
    role = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name=_("role"))
    node = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("territory"),
        help_text=_("For our own people: where they may look. Empty means everywhere."),
    )
    line = models.ForeignKey(
        ProductLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product line"),
        help_text=_("Empty means every line."),
    )
    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    token_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (unique; minted when it is sent)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    accepted_at = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="dealers_invitation_can_be_reached",
                condition=~Q(email="") | ~Q(mobile=""),
                violation_error_message=_("An e-mail address or a mobile number is needed."),
            ),
            models.CheckConstraint(
                name="dealers_invitation_accepted_by_somebody",
                condition=Q(accepted_at__isnull=True) | Q(accepted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def goes_by_mail(self) -> bool:
        """Without an e-mail address the link is passed on by whoever invited."""
        return self.email != ""

    def is_open(self, *, now: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at
