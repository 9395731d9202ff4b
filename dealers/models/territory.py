from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ownership import shared
from dealers.models.tree import Node, NodeQuerySet


@shared
class Territory(Node):
    """A piece of the map: world, region, country, province, city, county. Finer levels come by file."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    level = models.CharField(_("level"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=40, blank=True)

    objects = NodeQuerySet["Territory"].as_manager()

    class Meta(Node.Meta):
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["low", "code"]
