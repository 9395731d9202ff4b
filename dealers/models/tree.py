"""Trees whose nodes carry a number range: a node means itself and everything below, by one comparison.

`low` belongs to the node, everything below lies in (low, high]. Numbers leave gaps; `renumber_tree` makes new ones
when a level is full. The same ranges become the multiranges of grants, so exclusivity is one constraint.
"""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.naming import Named


class NodeQuerySet[N: "Node"](models.QuerySet[N]):
    def visible_to(self, user: Any) -> Self:
        """The tree is shared: everybody signed in may read it."""
        return self if user.is_authenticated and user.is_active else self.none()

    def within(self, node: "Node") -> Self:
        """The node itself and everything below."""
        return self.filter(low__gte=node.low, low__lte=node.high)

    def above(self, node: "Node") -> Self:
        """From the root down to the node itself."""
        return self.filter(low__lte=node.low, high__gte=node.low).order_by("low")


class Node(Named):
    code = models.CharField(_("code"), max_length=40, unique=True)
    low = models.BigIntegerField(editable=False, default=0)
    high = models.BigIntegerField(editable=False, default=0)
    depth = models.PositiveSmallIntegerField(_("depth"), editable=False, default=0)
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_range_is_ordered", condition=Q(high__gte=F("low"))),
        ]
        indexes = [models.Index(fields=["low", "high"], name="%(app_label)s_%(class)s_range")]
