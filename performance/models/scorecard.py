"""How one dealer fared in one period, down to the numbers that were put in."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Contract
from core.ids import new_public_id
from core.ownership import dealer_owned
from core.periods import LENGTHS, Period
from dealers.models import Dealer, Person
from dealers.models.dealer import DealerOwnedQuerySet
from performance.models.assessment import Assessment
from performance.models.template import ScorecardTemplate


class ScorecardQuerySet(DealerOwnedQuerySet["Scorecard"]):
    def visible_to(self, user: Any) -> Self:
        """A dealer sees his card once it is published."""
        found = super().visible_to(user)
        return found.filter(published_at__isnull=False) if getattr(user, "is_dealers", False) else found

    def of_latest_editions(self) -> Self:
        """Of each period the last edition."""
        return self.filter(is_latest=True)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def for_list(self) -> Self:
        return self.select_related("dealer__manager", "template")


@dealer_owned()
class Scorecard(models.Model):
    """One edition of one dealer's result. Numbers are frozen; only what happens to it afterwards is added.

    `points` of `weight_with_data`, brought to 100, make the `score`. Without enough data there is none, and `missing`
    says why. The period and the edition stand here as well, since the dealer reads no assessments.
    """

    class Status(models.TextChoices):
        COMPUTED = "computed", pgettext_lazy("scorecard", "Not published")
        PUBLISHED = "published", pgettext_lazy("scorecard", "Published")
        ACKNOWLEDGED = "acknowledged", pgettext_lazy("scorecard", "Acknowledged")
        OBJECTED = "objected", pgettext_lazy("scorecard", "Objection raised")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="scorecards", verbose_name=_("dealer"))
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="scorecards", verbose_name=_("assessment"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("contract")
    )
    template = models.ForeignKey(
        ScorecardTemplate, models.PROTECT, related_name="+", verbose_name=_("scorecard template")
    )
    period = models.CharField(_("period"), max_length=7)
    length = models.CharField(_("length"), max_length=7, choices=LENGTHS)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    edition = models.PositiveSmallIntegerField(_("edition"))
    is_latest = models.BooleanField(_("latest edition"), default=True)
    cut_off = models.DateTimeField(_("postings until"))
    currency = models.CharField(_("currency"), max_length=3)

    weight = models.DecimalField(_("weight"), max_digits=6, decimal_places=2)
    weight_with_data = models.DecimalField(_("weight with data"), max_digits=6, decimal_places=2)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=1)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True)
    grade = models.CharField(_("grade"), max_length=2, blank=True)
    missing = models.CharField(_("why there is no score"), max_length=40, blank=True)
    peers = models.PositiveIntegerField(_("peers"), default=0)
    peer_median = models.DecimalField(_("median of the peers"), max_digits=4, decimal_places=1, null=True)

    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.COMPUTED)
    published_at = models.DateTimeField(_("published"), null=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True)
    acknowledged_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", verbose_name=_("acknowledged by")
    )

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["-starts_on", "-edition", "pk"]
        permissions = [
            ("acknowledge_scorecard", _("Can acknowledge a scorecard")),
            ("export_scorecards", _("Can export lists of scorecards")),
        ]
        constraints = [
            models.UniqueConstraint(name="performance_scorecard_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(name="performance_scorecard_edition_once", fields=["dealer", "period", "edition"]),
            models.UniqueConstraint(
                name="performance_scorecard_one_latest", fields=["dealer", "period"], condition=Q(is_latest=True)
            ),
            models.CheckConstraint(
                name="performance_scorecard_score_or_reason",
                condition=Q(score__isnull=False, missing="") | (Q(score__isnull=True) & ~Q(missing="")),
            ),
            models.CheckConstraint(
                name="performance_scorecard_known_is_published",
                condition=Q(status="computed") | Q(published_at__isnull=False),
                violation_error_message=_("What a dealer answers to has been published."),
            ),
            models.CheckConstraint(
                name="performance_scorecard_acknowledged_is_signed",
                condition=~Q(status="acknowledged")
                | (Q(acknowledged_at__isnull=False) & Q(acknowledged_by__isnull=False)),
                violation_error_message=_("An acknowledgement says who made it, and when."),
            ),
        ]
        indexes = [
            models.Index(fields=["dealer", "length", "-starts_on"], name="performance_card_of_dealer"),
            models.Index(fields=["starts_on", "id"], name="performance_card_by_start"),
            models.Index(fields=["score", "id"], name="performance_card_by_score"),
        ]

    def __str__(self) -> str:
        return _("Scorecard, %(period)s") % {"period": self.span}

    def get_absolute_url(self) -> str:
        return reverse("performance:scorecard", args=[self.public_id])

    @property
    def span(self) -> Period:
        return Period.parse(self.period)


class ScorecardLineQuerySet(DealerOwnedQuerySet["ScorecardLine"]):
    def visible_to(self, user: Any) -> Self:
        return super().visible_to(user).filter(scorecard__in=Scorecard.objects.visible_to(user))


@dealer_owned()
class ScorecardLine(models.Model):
    """One measure of a card, frozen: its rule, the numbers put in, the value, its score and points.

    `inputs` are the named numbers of the measure's formula, as decimal text, with what is needed to find the lines
    behind. A share is stored as a share: 91% is 0.91.
    """

    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+")
    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="lines", db_constraint=False)
    position = models.PositiveSmallIntegerField(_("position"))
    measure = models.CharField(_("measure"), max_length=40)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    zero_at = models.DecimalField(max_digits=20, decimal_places=6)
    full_at = models.DecimalField(max_digits=20, decimal_places=6)
    full_until = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    zero_again_at = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    floor = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=6, null=True)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1, null=True)
    missing = models.CharField(_("why it is not scored"), max_length=40, blank=True)
    inputs = models.JSONField(_("numbers put in"), default=dict)

    objects = ScorecardLineQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("line of a scorecard")
        verbose_name_plural = _("lines of scorecards")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(name="performance_scorecardline_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(name="performance_scorecardline_once", fields=["dealer", "scorecard", "measure"]),
            models.CheckConstraint(
                name="performance_scorecardline_value_or_reason",
                condition=(Q(value__isnull=False, score__isnull=False, points__isnull=False) & Q(missing=""))
                | (Q(value__isnull=True, score__isnull=True, points__isnull=True) & ~Q(missing="")),
            ),
        ]

    def __str__(self) -> str:
        return self.measure
