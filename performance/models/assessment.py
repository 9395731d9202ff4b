"""One run over all dealers for one period: an edition. What was published is closed."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_public_id
from core.ownership import staff_only
from core.periods import LENGTHS, Period
from dealers.models import Person


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> Self:
        """That a period was assessed is known to all our people; whose cards they see is a matter of reach."""
        return self if getattr(user, "is_ours", False) and user.is_active else self.none()


@staff_only
class Assessment(models.Model):
    """An edition of a period. The first holds every dealer assessed; a later one (a restatement) those that changed.

    `cut_off` is the moment up to which postings count: with it the same edition can be computed again to the byte.
    Until it is published it may be computed anew in place; afterwards a change makes the next edition.
    """

    class State(models.TextChoices):
        COMPUTED = "computed", pgettext_lazy("assessment", "Not published")
        PUBLISHED = "published", pgettext_lazy("assessment", "Published")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    period = models.CharField(_("period"), max_length=7)
    length = models.CharField(_("length"), max_length=7, choices=LENGTHS)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.COMPUTED)
    cut_off = models.DateTimeField(_("postings until"))
    computed_at = models.DateTimeField(_("computed"))
    computed_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("computed by"))
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    reason = models.TextField(_("reason of the restatement"), blank=True)
    seconds = models.DecimalField(_("seconds"), max_digits=9, decimal_places=3, null=True)
    fingerprint = models.CharField(_("checksum of the results"), max_length=64, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-starts_on", "-edition"]
        permissions = [
            ("run_assessment", _("Can run an assessment")),
            ("publish_assessment", _("Can publish an assessment")),
        ]
        indexes = [models.Index(fields=["ends_on", "id"], name="performance_assessment_by_end")]
        constraints = [
            models.UniqueConstraint(name="performance_assessment_edition_once", fields=["period", "edition"]),
            models.UniqueConstraint(
                name="performance_assessment_one_open",
                fields=["period"],
                condition=Q(state="computed"),
                violation_error_message=_("Another edition of this period is not published yet."),
            ),
            models.CheckConstraint(
                name="performance_assessment_published_is_signed",
                condition=Q(state="computed") | (Q(published_at__isnull=False) & Q(published_by__isnull=False)),
                violation_error_message=_("A published assessment says who published it, and when."),
            ),
        ]

    def __str__(self) -> str:
        return _("%(period)s, edition %(edition)s") % {"period": self.span, "edition": self.edition}

    def get_absolute_url(self) -> str:
        return reverse("performance:assessment", args=[self.public_id])

    @property
    def span(self) -> Period:
        return Period.parse(self.period)
