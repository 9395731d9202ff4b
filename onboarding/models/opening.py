"""The opening (招商需求): a piece of the market that wants a dealer, and what candidates are judged by."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models import Grant
from core.formatting import is_chinese, listed
from core.ids import new_public_id
from core.ownership import for_applicants, staff_only
from core.search.grams import grams_of
from dealers.models import Company, Person, ProductLine, Territory
from onboarding import reach


class OpeningQuerySet(models.QuerySet["Opening"]):
    def visible_to(self, user: Any) -> Self:
        """Our people see the openings in the territories and lines they look after; nobody else any."""
        if not getattr(user, "is_active", False) or not getattr(user, "is_ours", False):
            return self.none()
        return self.filter(reach.openings(user))

    def published(self, *, on: date) -> Self:
        """What everybody may read and apply for."""
        begun = self.filter(state=Opening.State.OPEN, opens_on__lte=on)
        return begun.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=on))

    def for_list(self) -> Self:
        """With the territory and how many have sent an application."""
        sent = Count("applications", filter=Q(applications__submitted_at__isnull=False))
        return self.select_related("territory").annotate(sent=sent)


@for_applicants
class Opening(models.Model):
    """A territory and product lines for which we look for a dealer. Published openings are for everybody to read."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("opening", "Draft")
        OPEN = "open", pgettext_lazy("opening", "Open")
        CLOSED = "closed", pgettext_lazy("opening", "Closed")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    title_zh = models.CharField(_("Chinese title"), max_length=200, blank=True)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="openings", verbose_name=_("territory"))
    exclusivity = models.CharField(
        _("exclusivity"), max_length=13, choices=Grant.Exclusivity, default=Grant.Exclusivity.EXCLUSIVE
    )
    currency = models.CharField(_("currency"), max_length=3)
    first_year_goal = models.DecimalField(_("first-year goal"), max_digits=20, decimal_places=4, null=True, blank=True)
    deposit = models.DecimalField(
        pgettext_lazy("security", "deposit"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    minimum_capital = models.DecimalField(
        _("minimum registered capital"), max_digits=20, decimal_places=4, null=True, blank=True
    )
    gives = models.TextField(_("what we give"), blank=True, help_text=_("One thing per line."))
    gives_zh = models.TextField(_("what we give, in Chinese"), blank=True)
    opens_on = models.DateField(_("open from"))
    closes_on = models.DateField(_("open until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.DRAFT)
    owner = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who receives applications")
    )
    company = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("own company"))
    jurisdiction = models.CharField(_("jurisdiction"), max_length=10)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    grams = grams_of("code", "title", "title_zh")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="onboarding_opening_closes_after_it_opens",
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                violation_error_message=_("An opening must not close before it opens."),
            ),
            models.CheckConstraint(
                name="onboarding_opening_sums_are_not_negative",
                condition=(Q(first_year_goal__isnull=True) | Q(first_year_goal__gt=0))
                & (Q(deposit__isnull=True) | Q(deposit__gte=0))
                & (Q(minimum_capital__isnull=True) | Q(minimum_capital__gte=0)),
                violation_error_message=_("A goal is above nothing, a deposit and a capital are not below it."),
            ),
        ]
        indexes = [
            models.Index(fields=["opens_on", "id"], name="onboarding_opening_by_start"),
            models.Index(fields=["code", "id"], name="onboarding_opening_by_code"),
            GinIndex(fields=["grams"], name="onboarding_opening_grams"),
        ]

    def __str__(self) -> str:
        return self.local_title

    def get_absolute_url(self) -> str:
        return reverse("onboarding:opening", args=[self.public_id])

    @property
    def local_title(self) -> str:
        return self.title_zh if self.title_zh and is_chinese() else self.title

    @property
    def told(self) -> dict[str, str]:
        """What an event keeps of it, to be worded in its reader's language."""
        return {"opening": self.title, "opening_zh": self.title_zh}

    def line_names(self) -> str:
        """The product lines in words; empty where it is for all of them."""
        return listed(one.line.local_name for one in self.lines.all())

    def gifts(self) -> list[str]:
        """What we give, one thing a line, in the reader's language."""
        text = self.gives_zh if self.gives_zh and is_chinese() else self.gives
        return [line.strip() for line in text.splitlines() if line.strip()]

    def is_published(self, *, on: date) -> bool:
        is_in_time = self.opens_on <= on and (self.closes_on is None or on <= self.closes_on)
        return self.state == self.State.OPEN and is_in_time


class OfOpeningQuerySet[M: models.Model](models.QuerySet[M]):
    """Parts of an opening: who sees it sees them."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(opening__in=Opening.objects.visible_to(user))


@for_applicants
class OpeningLine(models.Model):
    """A product line of an opening. An opening without lines is for all of them."""

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="lines", verbose_name=_("opening"))
    line = models.ForeignKey(ProductLine, models.PROTECT, related_name="+", verbose_name=_("product line"))

    objects = OfOpeningQuerySet["OpeningLine"].as_manager()

    class Meta:
        default_permissions = ()
        ordering = ["line__low"]
        constraints = [models.UniqueConstraint(name="onboarding_openingline_once", fields=["opening", "line"])]

    def __str__(self) -> str:
        return str(self.line)


@staff_only
class Criterion(models.Model):
    """What candidates of an opening are judged by: a mark with a weight, or a knock-out that is passed or not."""

    class Kind(models.TextChoices):
        SCORE = "score", pgettext_lazy("criterion", "Marked 1 to 5")
        KNOCK_OUT = "knock_out", pgettext_lazy("criterion", "Knock-out")

    opening = models.ForeignKey(Opening, models.PROTECT, related_name="criteria", verbose_name=_("opening"))
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.SCORE)
    name = models.CharField(_("name"), max_length=100)
    name_zh = models.CharField(_("Chinese name"), max_length=100, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=0)

    objects = OfOpeningQuerySet["Criterion"].as_manager()

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        default_permissions = ()
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="onboarding_criterion_weight_fits_its_kind",
                condition=Q(kind="score", weight__gte=1, weight__lte=100) | Q(kind="knock_out", weight=0),
                violation_error_message=_("A mark has a weight from 1 to 100, a knock-out has none."),
            ),
            models.UniqueConstraint(name="onboarding_criterion_place", fields=["opening", "position"]),
        ]

    def __str__(self) -> str:
        return self.name_zh if self.name_zh and is_chinese() else self.name

    @property
    def is_knock_out(self) -> bool:
        return self.kind == self.Kind.KNOCK_OUT
