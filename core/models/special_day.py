"""Days that are not what their weekday says: holidays, and days of a weekend that are worked in return."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import shared
from core.working_days import WEEKENDS, Calendar

COUNTRY = RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters, as CN or DE."))


class SpecialDayQuerySet(models.QuerySet["SpecialDay"]):
    def visible_to(self, user: Any) -> Self:
        """Everybody who is signed in."""
        return self if getattr(user, "is_authenticated", False) else self.none()

    def calendars(self, countries: Iterable[str], *, start: date, end: date) -> dict[str, Calendar]:
        """Country -> its working days as known between two days; by one statement, whatever the number."""
        wanted = set(countries)
        found: dict[str, dict[bool, set[date]]] = {one: {True: set(), False: set()} for one in wanted}
        rows = self.filter(country__in=wanted, on__range=(start, end)).values_list("country", "on", "is_worked")
        for country, on, is_worked in rows:
            found[country][is_worked].add(on)
        return {
            country: Calendar(
                free=frozenset(days[False]),
                worked=frozenset(days[True]),
                weekend=WEEKENDS.get(country, Calendar().weekend),
            )
            for country, days in found.items()
        }


@shared
class SpecialDay(models.Model):
    """One day of one country. Governments name them year by year: administrators keep them."""

    country = models.CharField(
        _("country"), max_length=2, validators=[COUNTRY], help_text=_("ISO 3166-1 code, two letters")
    )
    on = models.DateField(_("day"))
    is_worked = models.BooleanField(
        _("worked"), default=False, help_text=_("A day of the weekend that is worked; otherwise a holiday.")
    )
    name = models.CharField(_("occasion"), max_length=80, blank=True)

    objects = SpecialDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday or moved working day")
        verbose_name_plural = _("holidays and moved working days")
        ordering = ["-on", "country"]
        constraints = [
            models.UniqueConstraint(
                name="core_specialday_once",
                fields=["country", "on"],
                violation_error_message=_("This day is noted already for this country."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.on:%Y-%m-%d}"
