from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import staff_only
from dealers.models.person import Person


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def visible_to(self, user: Any) -> Self:
        """Who decides for whom is no secret among our people."""
        return self.all() if getattr(user, "is_ours", False) else self.none()

    def standing(self) -> Self:
        """Neither over nor taken back; some have not begun. The database's clock decides."""
        return self.filter(withdrawn_at__isnull=True, ends_at__gt=Now())

    def in_force(self) -> Self:
        return self.standing().filter(starts_at__lte=Now(), person__is_active=True, deputy__is_active=True)


@staff_only
class Deputy(models.Model):
    """Who decides and signs for whom, from one day to another.

    The days are the represented person's own: `starts_at` and `ends_at` (exclusive) are their moments in the zone he
    kept when the deputy was named. What is lent are his rights to decide, never the others.
    """

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("person represented"))
    deputy = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("deputy"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    zone = models.CharField(_("time zone"), max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named"), auto_now_add=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("taken back"), null=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputy")
        verbose_name_plural = _("deputies")
        default_permissions = ()
        ordering = ["starts_on", "pk"]
        indexes = [models.Index(fields=["deputy", "ends_at"], name="dealers_deputy_of_deputy")]
        constraints = [
            models.CheckConstraint(
                name="dealers_deputy_is_somebody_else",
                condition=~Q(person=F("deputy")),
                violation_error_message=_("Nobody stands in for himself."),
            ),
            models.CheckConstraint(
                name="dealers_deputy_ends_after_start",
                condition=Q(ends_on__gte=F("starts_on")) & Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The last day cannot lie before the first."),
            ),
            models.CheckConstraint(
                name="dealers_deputy_taken_back_by",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
            ExclusionConstraint(
                name="dealers_deputy_one_at_a_time",
                expressions=[
                    (
                        Func(F("person"), F("person"), Value("[]"), function="int8range",
                             output_field=BigIntegerRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(F("starts_at"), F("ends_at"), function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(withdrawn_at__isnull=True),
                violation_error_message=_("Somebody else stands in on some of these days already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(_("Deputy"))
