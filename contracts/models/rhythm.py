"""How often both sides meet, as it was agreed: the term that makes the series of review meetings."""

from datetime import time

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contracts.models.contract import Contract, TermQuerySet
from core.ids import new_public_id
from core.models import Schedule
from core.ownership import dealer_owned
from dealers.models import Dealer


@dealer_owned()
class ReviewRhythm(models.Model):
    """The rhythm of one level: how often, how they meet, and what they prefer. Days are worked out from it by
    `contracts.rhythms`, around weekends and holidays."""

    class Level(models.TextChoices):
        EXECUTIVE = "executive", pgettext_lazy("level of a meeting", "Executives")
        WORKING = "working", pgettext_lazy("level of a meeting", "Working level")

    class Every(models.TextChoices):
        MONTH = "month", pgettext_lazy("rhythm of meetings", "Monthly")
        QUARTER = "quarter", pgettext_lazy("rhythm of meetings", "Quarterly")
        HALF_YEAR = "half_year", pgettext_lazy("rhythm of meetings", "Half-yearly")
        YEAR = "year", pgettext_lazy("rhythm of meetings", "Yearly")

    class Mode(models.TextChoices):
        VISIT = "visit", pgettext_lazy("how people meet", "By visit")
        VIDEO = "video", pgettext_lazy("how people meet", "By video")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    dealer = models.ForeignKey(Dealer, models.PROTECT, related_name="+", verbose_name=_("dealer"))
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="rhythms", db_constraint=False, verbose_name=_("contract")
    )
    level = models.CharField(_("level"), max_length=10, choices=Level)
    every = models.CharField(_("how often"), max_length=10, choices=Every)
    mode = models.CharField(_("how"), max_length=5, choices=Mode, default=Mode.VIDEO)
    month = models.PositiveSmallIntegerField(
        _("first month"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(12)],
        help_text=_("1 to 12. The others follow by the rhythm; empty means the month in which the contract begins."),
    )  # fmt: skip
    day = models.PositiveSmallIntegerField(
        _("day of the month"), default=10, validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("29 to 31 mean the last day where there is none. Weekends and holidays are stepped over."),
    )  # fmt: skip
    weekday = models.PositiveSmallIntegerField(
        _("preferred weekday"), choices=Schedule.Weekday, null=True, blank=True,
        help_text=_("The first one on or after the day of the month."),
    )  # fmt: skip
    at = models.TimeField(_("begins at"), default=time(10, 0), help_text=_("By the dealer's clock."))

    objects = TermQuerySet["ReviewRhythm"].as_manager()

    class Meta:
        verbose_name = _("meeting rhythm")
        verbose_name_plural = _("meeting rhythms")
        default_permissions = ()
        ordering = ["level", "pk"]
        constraints = [
            models.UniqueConstraint(name="contracts_reviewrhythm_of_dealer", fields=["dealer", "id"]),
            models.UniqueConstraint(
                name="contracts_reviewrhythm_one_per_level",
                fields=["dealer", "contract", "level"],
                violation_error_message=_("A rhythm for this level is in the draft already: take it out first."),
            ),
            models.CheckConstraint(
                name="contracts_reviewrhythm_month",
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)),
                violation_error_message=_("A month is a number from 1 to 12."),
            ),
            models.CheckConstraint(
                name="contracts_reviewrhythm_day",
                condition=Q(day__range=(1, 31)),
                violation_error_message=_("A day of the month is a number from 1 to 31."),
            ),
            models.CheckConstraint(
                name="contracts_reviewrhythm_weekday",
                condition=Q(weekday__isnull=True) | Q(weekday__range=(1, 7)),
                violation_error_message=_("A weekday is a number from 1 (Monday) to 7 (Sunday)."),
            ),
        ]

    def __str__(self) -> str:
        return _now("%(level)s: %(every)s") % {"level": self.get_level_display(), "every": self.get_every_display()}

    @property
    def preferred(self) -> str:
        """The day both sides prefer, in words."""
        words = {"number": self.day, "at": f"{self.at:%H:%M}", "weekday": self.get_weekday_display()}
        if self.weekday is None:
            return _now("day %(number)s of the month, %(at)s") % words
        return _now("%(weekday)s on or after day %(number)s of the month, %(at)s") % words
