from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ownership import shared
from dealers.models.tree import Node, NodeQuerySet

LEVELS = {
    "world": pgettext_lazy("level of a territory", "World"),
    "region": pgettext_lazy("level of a territory", "Region"),
    "country": pgettext_lazy("level of a territory", "Country"),
    "province": pgettext_lazy("level of a territory", "Province"),
    "state": pgettext_lazy("level of a territory", "State"),
    "city": pgettext_lazy("level of a territory", "City"),
    "county": pgettext_lazy("level of a territory", "County"),
    "area": pgettext_lazy("level of a territory", "Area"),
}  # a file may bring levels of its own, in its own words


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

    @property
    def level_name(self) -> str:
        return str(LEVELS.get(self.level, self.level))
