from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import shared
from core.search.grams import grams_of
from dealers.models.naming import Named
from dealers.models.tree import Node, NodeQuerySet


@shared
class ProductLine(Node):
    """A line of products; a line means itself and the lines below it."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )

    objects = NodeQuerySet["ProductLine"].as_manager()

    class Meta(Node.Meta):
        verbose_name = _("product line")
        verbose_name_plural = _("product lines")
        ordering = ["low", "code"]


class ProductQuerySet(models.QuerySet["Product"]):
    def visible_to(self, user: Any) -> Self:
        """The catalogue is shared; prices are not in it."""
        return self if user.is_authenticated and user.is_active else self.none()


@shared
class Product(Named):
    """An item of the catalogue (SKU). What it costs a dealer is a matter of his contract."""

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    code = models.CharField(_("item code"), max_length=40, unique=True)
    line = models.ForeignKey(
        ProductLine, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("product line")
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    description = models.TextField(_("description"), blank=True)
    is_sold_to_dealers = models.BooleanField(_("sold to dealers"), default=True)
    is_archived = models.BooleanField(_("archived"), default=False)
    grams = grams_of("code", "name", "name_zh")

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["code"]
        indexes = [
            GinIndex(fields=["grams"], name="dealers_product_grams"),
            models.Index(fields=["name", "id"], name="dealers_product_by_name"),
        ]
