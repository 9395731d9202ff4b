"""What a dealer holds against a result, and what we answered."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import dealer_owned
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet
from performance.models.scorecard import Scorecard, ScorecardLine


@dealer_owned()
class Objection(models.Model):
    """An objection to a card, or to one line of it. Whoever published the card does not answer it.

    Upheld means: the figures are corrected where they come from, and the next edition shows the difference.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("objection", "Waiting for an answer")
        UPHELD = "upheld", pgettext_lazy("objection", "Upheld")
        NOT_UPHELD = "not_upheld", pgettext_lazy("objection", "Not upheld")
        WITHDRAWN = "withdrawn", pgettext_lazy("objection", "Withdrawn")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    scorecard = models.ForeignKey(
        Scorecard, models.PROTECT, related_name="objections", db_constraint=False, verbose_name=_("scorecard")
    )
    line = models.ForeignKey(
        ScorecardLine, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False,
        verbose_name=_("measure"),
    )  # fmt: skip
    text = models.TextField(_("objection"))
    raised_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    due_on = models.DateField(_("answer promised for"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, default=Outcome.WAITING)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    objects = DealerOwnedQuerySet["Objection"].as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["-raised_at", "-pk"]
        permissions = [("answer_objection", _("Can answer an objection"))]
        constraints = [
            models.UniqueConstraint(name="performance_objection_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="performance_objection_one_waiting",
                fields=["dealer", "scorecard"],
                condition=Q(outcome="waiting"),
                violation_error_message=_("An objection to this scorecard is waiting for its answer."),
            ),
            models.CheckConstraint(
                name="performance_objection_answer_is_signed",
                condition=~Q(outcome__in=["upheld", "not_upheld"])
                | (Q(answered_by__isnull=False) & Q(answered_at__isnull=False) & ~Q(answer="")),
                violation_error_message=_("An answer has its words, a person and a time."),
            ),
            models.CheckConstraint(
                name="performance_objection_four_eyes",
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("raised_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard}"

    def get_absolute_url(self) -> str:
        return f"{self.scorecard.get_absolute_url()}#objections"
