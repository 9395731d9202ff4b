"""The rules of judging: which measures count how much, and from what value on they earn their points."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core import formatting
from core.ids import new_public_id
from core.ownership import shared
from core.periods import LENGTHS, Length, Period
from dealers.models import Dealer, Person
from dealers.models.naming import Named


class ScorecardTemplateQuerySet(models.QuerySet["ScorecardTemplate"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody may read the rules that are, were or will be in use; what is still thought about is ours."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(status__in=DECIDED) if user.is_dealers else self

    def in_force(self, *, on: date) -> Self:
        """What a period that holds this day is judged by: the version in use, or the one it replaces later."""
        begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
        return self.filter(begun, Q(ends_before__isnull=True) | Q(ends_before__gt=on), status__in=DECIDED)

    def to_decide(self, *, by: Any) -> Self:
        """A version that somebody else proposed, or a set that somebody else proposed to end."""
        status = ScorecardTemplate.Status
        proposed = Q(status=status.PROPOSED) & ~Q(proposed_by_id=by.pk)
        ending = Q(status=status.IN_USE, end_on__isnull=False) & ~Q(end_proposed_by_id=by.pk)
        return self.filter(proposed | ending)

    def announced(self, *, on: date) -> Self:
        """Decided, and in use from a later period."""
        return self.filter(status=ScorecardTemplate.Status.IN_USE, starts_on__gt=on)


def _number_of(field: str) -> Func:
    """A text as one of 2⁶⁴ numbers."""
    return Func(F(field), Value(0), function="hashtextextended", output_field=models.BigIntegerField())


@shared
class ScorecardTemplate(Named):
    """One version of a set of rules. What is in use never changes: a change makes the next version.

    `tiers` narrows it to dealers of these tiers; empty means all whom no narrower template names. Periods that begin
    from `starts_on` on and before `ends_before` are judged by it; empty means from the beginning, and until further
    notice. So a period that is assessed late is judged by the rules of its time.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("template", "Draft")
        PROPOSED = "proposed", pgettext_lazy("template", "Proposed")
        IN_USE = "in_use", pgettext_lazy("template", "In use")
        RETIRED = "retired", pgettext_lazy("template", "Replaced")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.DRAFT)
    length = models.CharField(_("assessed by"), max_length=7, choices=LENGTHS)
    tiers = ArrayField(
        models.CharField(max_length=10, choices=Dealer.Tier), verbose_name=_("dealer tiers"), default=list, blank=True
    )
    minimum_coverage = models.DecimalField(
        _("least share of the weight with data"), max_digits=4, decimal_places=3, default=Decimal("0.5"),
        help_text=_("Below it there is no score: too little is known."),
    )  # fmt: skip
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("made by"))
    reason = models.TextField(_("reason of the change"), blank=True)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed"), null=True, editable=False)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name=_("approved by"))
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    end_on = models.DateField(_("end proposed for"), null=True, editable=False)
    end_reason = models.TextField(_("reason of the end"), blank=True)
    end_proposed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("end proposed by"), editable=False
    )
    ended_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"), editable=False
    )
    starts_on = models.DateField(_("in use from"), null=True, editable=False)
    ends_before = models.DateField(_("in use until before"), null=True, editable=False)

    objects = ScorecardTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard template")
        verbose_name_plural = _("scorecard templates")
        ordering = ["code", "-version"]
        permissions = [("approve_scorecardtemplate", _("Can put a scorecard template in use"))]
        constraints = [
            models.UniqueConstraint(name="performance_template_version_once", fields=["code", "version"]),
            models.UniqueConstraint(
                name="performance_template_one_in_use",
                fields=["code"],
                condition=Q(status="in_use"),
                violation_error_message=_("Another version of this template is in use."),
            ),
            models.UniqueConstraint(
                name="performance_template_one_open",
                fields=["code"],
                condition=Q(status__in=["draft", "proposed"]),
                violation_error_message=_("Another version of this template is drafted or proposed."),
            ),
            ExclusionConstraint(
                name="performance_template_one_at_a_time",
                expressions=[
                    (  # ranges have an index of their kind in core PostgreSQL, texts have not
                        Func(_number_of("code"), _number_of("code"), Value("[]"), function="int8range",
                             output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_on"), F("ends_before"), function="daterange", output_field=DateRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=["in_use", "retired"]),
                violation_error_message=_("Another version of this template is in use in the same time."),
            ),
            models.CheckConstraint(
                name="performance_template_four_eyes",
                condition=Q(approved_by__isnull=True)
                | (Q(proposed_by__isnull=False) & ~Q(approved_by=F("proposed_by"))),
                violation_error_message=_("Somebody else has to approve what you proposed."),
            ),
            models.CheckConstraint(
                name="performance_template_proposed_is_signed",
                condition=~Q(status="proposed") | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                violation_error_message=_("A proposed version says who proposed it, and when."),
            ),
            models.CheckConstraint(  # as shipped, nobody signed it
                name="performance_template_decided_is_signed",
                condition=Q(status__in=["draft", "proposed"], approved_by__isnull=True)
                | Q(status__in=["in_use", "retired"], proposed_by__isnull=True, approved_by__isnull=True)
                | Q(status__in=["in_use", "retired"], approved_by__isnull=False, approved_at__isnull=False),
                violation_error_message=_("A version in use says who approved it, and when."),
            ),
            models.CheckConstraint(
                name="performance_template_time_fits_status",
                condition=Q(status__in=["draft", "proposed"], starts_on__isnull=True, ends_before__isnull=True)
                | Q(status="in_use", ends_before__isnull=True)
                | (Q(status="retired", ends_before__isnull=False)
                   & (Q(starts_on__isnull=True) | Q(ends_before__gte=F("starts_on")))),
                violation_error_message=_("Only a version that was replaced has an end."),
            ),
            models.CheckConstraint(
                name="performance_template_end_is_signed",
                condition=Q(end_proposed_by__isnull=True, end_on__isnull=True, end_reason="", ended_by__isnull=True)
                | (Q(end_proposed_by__isnull=False, end_on__isnull=False, status__in=["in_use", "retired"])
                   & ~Q(end_reason="")),
                violation_error_message=_("An end that is proposed says who proposed it, from when on, and why."),
            ),
            models.CheckConstraint(
                name="performance_template_end_four_eyes",
                condition=Q(ended_by__isnull=True)
                | (Q(status="retired", end_proposed_by__isnull=False) & ~Q(ended_by=F("end_proposed_by"))),
                violation_error_message=_("Somebody else has to end what you proposed to end."),
            ),
            models.CheckConstraint(
                name="performance_template_coverage_is_a_share",
                condition=Q(minimum_coverage__gte=0, minimum_coverage__lte=1),
                violation_error_message=_("The least coverage lies between 0% and 100%."),
            ),
        ]  # fmt: skip

    @property
    def for_whom(self) -> str:
        """The tiers it is for, in words."""
        tiers = dict(Dealer.Tier.choices)
        return formatting.listed(tiers[code] for code in self.tiers) or gettext("all dealers")

    @property
    def is_ending(self) -> bool:
        """An end without a successor is proposed, and not decided."""
        return self.status == self.Status.IN_USE and self.end_on is not None

    @property
    def end(self) -> Period | None:
        """The first period that the proposed end leaves without these rules."""
        return Period.of(self.end_on, Length(self.length)) if self.end_on else None

    @property
    def starts(self) -> Period | None:
        """The first period judged by it; None from the beginning."""
        return Period.of(self.starts_on, Length(self.length)) if self.starts_on else None

    @property
    def ended(self) -> Period | None:
        """The first period no longer judged by it."""
        return Period.of(self.ends_before, Length(self.length)) if self.ends_before else None

    def is_in_force(self, *, on: date) -> bool:
        begun = self.starts_on is None or self.starts_on <= on
        return self.status in DECIDED and begun and (self.ends_before is None or self.ends_before > on)

    def get_absolute_url(self) -> str:
        return reverse("performance:template", args=[self.public_id])


DECIDED = (ScorecardTemplate.Status.IN_USE, ScorecardTemplate.Status.RETIRED)


class TemplatePartQuerySet[M: models.Model](models.QuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(template__in=ScorecardTemplate.objects.visible_to(user))


@shared
class TemplateMeasure(models.Model):
    """One measure of a template. Its score runs in a straight line from 0 points at `zero_at` to 100 at `full_at`.

    Where less is better, `zero_at` lies above. With `full_until` and `zero_again_at` too much loses points as well
    (days of cover). `floor` is the value below which (beyond which, where less is better) there are no points at all.
    """

    template = models.ForeignKey(ScorecardTemplate, models.PROTECT, related_name="measures")
    position = models.PositiveSmallIntegerField(_("position"))
    measure = models.CharField(_("measure"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    zero_at = models.DecimalField(_("no points at"), max_digits=20, decimal_places=6, default=0)
    full_at = models.DecimalField(_("full points from"), max_digits=20, decimal_places=6)
    full_until = models.DecimalField(_("full points until"), max_digits=20, decimal_places=6, null=True, blank=True)
    zero_again_at = models.DecimalField(_("no points again at"), max_digits=20, decimal_places=6, null=True, blank=True)
    floor = models.DecimalField(_("no points short of"), max_digits=20, decimal_places=6, null=True, blank=True)

    objects = TemplatePartQuerySet["TemplateMeasure"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("measure of a template")
        verbose_name_plural = _("measures of templates")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="performance_templatemeasure_once", fields=["template", "measure"]),
            models.CheckConstraint(
                name="performance_templatemeasure_weighs",
                condition=Q(weight__gt=0, weight__lte=100),
                violation_error_message=_("A weight lies above 0 and at most at 100."),
            ),
            models.CheckConstraint(
                name="performance_templatemeasure_has_a_slope",
                condition=~Q(zero_at=F("full_at")),
                violation_error_message=_("No points and full points cannot begin at the same value."),
            ),
            models.CheckConstraint(
                name="performance_templatemeasure_range_is_whole",
                condition=Q(full_until__isnull=True, zero_again_at__isnull=True)
                | Q(full_until__gte=F("full_at"), zero_again_at__gt=F("full_until"), zero_at__lt=F("full_at")),
                violation_error_message=_("A range rises, stays full, and falls again, in this order."),
            ),
            models.CheckConstraint(
                name="performance_templatemeasure_floor_lies_between",
                condition=Q(floor__isnull=True)
                | Q(floor__gte=F("zero_at"), floor__lte=F("full_at"), zero_at__lt=F("full_at"))
                | Q(floor__lte=F("zero_at"), floor__gte=F("full_at"), zero_at__gt=F("full_at")),
                violation_error_message=_("“No points short of” lies between no points and full points."),
            ),
        ]

    def __str__(self) -> str:
        return self.measure


@shared
class TemplateGrade(models.Model):
    """A letter, from the score at which it begins (equal to or above)."""

    template = models.ForeignKey(ScorecardTemplate, models.PROTECT, related_name="grades")
    letter = models.CharField(_("grade"), max_length=2)
    from_score = models.DecimalField(_("lowest score"), max_digits=4, decimal_places=1)

    objects = TemplatePartQuerySet["TemplateGrade"].as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("grade of a template")
        verbose_name_plural = _("grades of templates")
        ordering = ["-from_score"]
        constraints = [
            models.UniqueConstraint(name="performance_templategrade_letter_once", fields=["template", "letter"]),
            models.UniqueConstraint(name="performance_templategrade_score_once", fields=["template", "from_score"]),
            models.CheckConstraint(
                name="performance_templategrade_is_a_score", condition=Q(from_score__gte=0, from_score__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.letter
