"""What is to be done again and again, in words an administrator can change."""

import zoneinfo
from datetime import time

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ownership import staff_only


def check_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone. An example: Europe/Berlin."), params={"zone": name})


@staff_only
class Schedule(models.Model):
    """Makes a job of one kind for every period, once per period: two beats or a jumping clock make no second one.

    An inactive schedule lets its periods pass. After a standstill either every missed period is made up, oldest
    first, or only the latest.
    """

    class Every(models.TextChoices):
        QUARTER_HOUR = "15min", _("every quarter of an hour")
        HOUR = "hour", _("every hour")
        DAY = "day", _("every day")
        WEEK = "week", _("every week")
        MONTH = "month", _("every month")
        QUARTER = "quarter", _("every quarter")
        YEAR = "year", _("every year")

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind of job"), max_length=60)
    every = models.CharField(_("how often"), max_length=8, choices=Every)
    at = models.TimeField(_("at"), default=time(0, 0), help_text=_("Every hour: only the minute counts."))
    weekday = models.PositiveSmallIntegerField(
        _("on"), choices=Weekday, default=Weekday.MONDAY, help_text=_("For weekly schedules.")
    )
    day = models.PositiveSmallIntegerField(
        _("on day"),
        default=1,
        help_text=_(
            "Of the month, or of the first month of a quarter or year. 29 to 31 mean the last day where there is none."
        ),
    )
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC", validators=[check_zone])
    is_active = models.BooleanField(_("active"), default=True)
    makes_up = models.BooleanField(
        _("make up for every missed period"),
        default=True,
        help_text=_("After a standstill. Otherwise only the latest missed period is made up for."),
    )
    last_period = models.CharField(_("last period"), max_length=20, blank=True, editable=False)
    # Periods that fell due up to here are dealt with; in the beginning: when the schedule was made.
    swept_until = models.DateTimeField(_("last due"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="core_schedule_weekday",
                condition=Q(weekday__range=(1, 7)),
                violation_error_message=_("A weekday is a number from 1 (Monday) to 7 (Sunday)."),
            ),
            models.CheckConstraint(
                name="core_schedule_day",
                condition=Q(day__range=(1, 31)),
                violation_error_message=_("A day of the month is a number from 1 to 31."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        from core.jobs import kinds

        if self.kind not in kinds():
            known = ", ".join(sorted(kinds()))
            raise ValidationError(
                {"kind": ValidationError(_("There is no such kind of job. Known: %(kinds)s."), params={"kinds": known})}
            )
