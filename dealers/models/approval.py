from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models.dealer import Dealer, DealerOwnedQuerySet
from dealers.models.person import Person

if TYPE_CHECKING:
    from dealers.models.person import User


class ApprovalQuerySet(DealerOwnedQuerySet["Approval"]):
    def waiting(self) -> Self:
        return self.filter(outcome=Approval.Outcome.WAITING)

    def waiting_for(self, user: "User") -> Self:
        """What this person could decide: by right or for somebody (`stands_for`), by reach, not his own."""
        from dealers import deputies  # which need the models

        mine = self.visible_to(user).waiting().filter(deputies.decidable(user, deputies.covers_dealers))
        mine = mine.annotate(stands_for=deputies.stands_for(user, deputies.covers_dealers))
        return mine.exclude(submitted_by=user.pk)


@dealer_owned()
class Approval(models.Model):
    """One step of a decision: what is asked, by whom, who may decide, and how it was decided with which reason."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        APPROVED = "approved", _("Approved")
        SENT_BACK = "sent_back", _("Sent back")
        REJECTED = "rejected", _("Not approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, null=True, related_name="approvals", verbose_name=_("dealer"))
    kind = models.CharField(_("decision"), max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(_("about"), max_length=200)
    step = models.PositiveSmallIntegerField(_("step"), default=1)
    permission = models.CharField(max_length=120)
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"), auto_now_add=True)
    request_reason = models.TextField(_("reason given"), blank=True)
    due_on = models.DateField(_("due"), null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.WAITING)
    escalates_on = models.DateField(_("waits too long from"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided for"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["due_on", "pk"]
        permissions = [("receive_escalations", _("Hears of decisions that wait too long"))]
        constraints = [
            models.CheckConstraint(
                name="dealers_approval_four_eyes",
                condition=~Q(outcome__in=["approved", "sent_back", "rejected"]) | ~Q(decided_by=F("submitted_by")),
                violation_error_message=_("Somebody else has to decide what you submitted."),
            ),
            models.CheckConstraint(
                name="dealers_approval_four_eyes_of_the_pair",
                condition=Q(decided_for__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_for=F("submitted_by")) & ~Q(decided_for=F("decided_by"))),
                violation_error_message=_("A deputy does not decide what the person represented submitted."),
            ),
            models.CheckConstraint(
                name="dealers_approval_decided_is_signed",
                condition=Q(outcome__in=["waiting", "withdrawn"])
                | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False) & ~Q(reason="")),
                violation_error_message=_("A decision needs a person, a time and a reason."),
            ),
            models.UniqueConstraint(
                name="dealers_approval_one_waiting",
                fields=["kind", "subject_type", "subject_id", "step"],
                condition=Q(outcome="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return self.subject_label
