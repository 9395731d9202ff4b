from datetime import date

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ownership import staff_only, system
from dealers.models.person import User
from dealers.models.product import ProductLine
from dealers.models.territory import Territory
from dealers.roles import BY_CODE


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, *, on: date) -> "AssignmentQuerySet":
        return self.filter(starts_on__lte=on).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))


@staff_only
class Assignment(models.Model):
    """Where a member of staff may look, in which role. No assignment means nothing; rules only ever narrow.

    A node means itself and everything below, an empty node means everywhere; the same for the line.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="assignments", verbose_name=_("person"))
    role = models.ForeignKey(Group, models.PROTECT, related_name="+", verbose_name=_("role"))
    node = models.ForeignKey(
        Territory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("territory"),
        help_text=_("Empty means everywhere."),
    )
    line = models.ForeignKey(
        ProductLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product line"),
        help_text=_("Empty means every line."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                name="dealers_assignment_ends_after_start",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("An assignment cannot end before it starts."),
            ),
        ]

    def __str__(self) -> str:
        role = BY_CODE.get(self.role.name)
        return str(role.title) if role else self.role.name


@system
class SeededRight(models.Model):
    """What the roles table has once given to a role: taken away in the admin, it is not given again."""

    role = models.CharField(max_length=60)
    right = models.CharField(max_length=120)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="dealers_seededright_once", fields=["role", "right"])]

    def __str__(self) -> str:
        return f"{self.role}: {self.right}"
