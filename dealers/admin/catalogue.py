from django.contrib import admin

from core.administration import HouseAdmin
from dealers.admin.trees import NodeAdmin
from dealers.models import Product, ProductLine


@admin.register(ProductLine)
class ProductLineAdmin(NodeAdmin):
    list_display = ("name", "name_zh", "code", "parent", "is_archived")
    list_select_related = ("parent",)
    fields = ("parent", "code", "name", "name_zh", "is_archived")


@admin.register(Product)
class ProductAdmin(HouseAdmin):
    list_display = ("name", "name_zh", "code", "line", "unit", "is_sold_to_dealers", "is_archived")
    list_select_related = ("line",)
    list_filter = ("is_sold_to_dealers", "is_archived")
    search_fields = ("name", "name_zh", "code")
    autocomplete_fields = ("line",)
