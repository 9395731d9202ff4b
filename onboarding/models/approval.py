"""The three signatures in their order. Who decides, and what we note for ourselves, the applicant never reads."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ownership import staff_only
from dealers import deputies
from dealers.models import Approval, Person
from onboarding.models.application import Application, OfApplicationQuerySet
from onboarding.models.opening import Opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dealers.models import User
    from dealers.scope import Reach

Outcome = Approval.Outcome


def _covers_openings(reaches: "Sequence[Reach]") -> Q:
    from onboarding.reach import within  # which needs the models

    return Q(application__opening__in=Opening.objects.filter(within(reaches)))


def _without_another_step(person_id: int) -> Q:
    """Nobody decides two steps of an application, nor has them decided for him."""
    his = Q(decided_by=person_id) | Q(decided_for=person_id)
    others = Step.objects.filter(his, application=models.OuterRef("application"))
    return ~Q(models.Exists(others.exclude(number=models.OuterRef("number"))))


class StepQuerySet(OfApplicationQuerySet["Step"]):
    def waiting_for(self, user: "User") -> Self:
        """What this person could decide: by right or for somebody, by reach, not submitted by himself, no step decided
        before."""
        waiting = self.visible_to(user).filter(outcome=Outcome.WAITING).exclude(submitted_by=user.pk)
        mine = waiting.filter(deputies.decidable(user, _covers_openings) & _without_another_step(user.pk))
        return mine.annotate(stands_for=deputies.stands_for(user, _covers_openings, free=_without_another_step))


@staff_only
class Step(models.Model):
    """One signature on an application, in the round it was sent to approval in."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="steps")
    round = models.PositiveSmallIntegerField(_("round"))
    number = models.PositiveSmallIntegerField(_("step"))
    permission = models.CharField(max_length=120)
    submitted_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"))
    request_reason = models.TextField(_("reason given"))
    due_on = models.DateField(_("due"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.WAITING)
    escalates_on = models.DateField(_("waits too long from"), null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    decided_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("decided for"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.TextField(_("reason"), blank=True)
    internal_note = models.TextField(_("note for our people"), blank=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval step")
        verbose_name_plural = _("approval steps")
        default_permissions = ()
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(name="onboarding_step_once_a_round", fields=["application", "round", "number"]),
            models.UniqueConstraint(
                name="onboarding_step_one_waiting", fields=["application"], condition=Q(outcome="waiting")
            ),
            models.UniqueConstraint(
                name="onboarding_step_nobody_decides_two",
                fields=["application", "round", "decided_by"],
                condition=Q(decided_by__isnull=False),
                violation_error_message=_("You decided another step of this application already."),
            ),
            models.CheckConstraint(
                name="onboarding_step_four_eyes",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("submitted_by")),
                violation_error_message=_("Somebody else has to decide what you submitted."),
            ),
            models.CheckConstraint(
                name="onboarding_step_four_eyes_of_the_pair",
                condition=Q(decided_for__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(decided_for=F("submitted_by")) & ~Q(decided_for=F("decided_by"))),
                violation_error_message=_("A deputy does not decide what the person represented submitted."),
            ),
            models.CheckConstraint(
                name="onboarding_step_decided_is_signed",
                condition=Q(outcome__in=["waiting", "withdrawn"])
                | (Q(decided_by__isnull=False) & Q(decided_at__isnull=False) & ~Q(reason="")),
                violation_error_message=_("A decision needs a person, a time and a reason."),
            ),
        ]

    def __str__(self) -> str:
        return self.place

    @property
    def place(self) -> str:
        """Which signature in which round, to tell whether a page shows the one that waits."""
        return f"{self.round}.{self.number}"
