from django.contrib import admin

from core.administration import ReadOnlyAdmin
from dealers.models import Dealer


@admin.register(Dealer)
class DealerAdmin(ReadOnlyAdmin):
    """For looking up which dealer an account belongs to. The rest of the file is not the administrator's business."""

    fields = ("name", "name_zh", "code", "status", "tier", "home", "manager")
    list_display = ("name", "code", "status", "tier", "home", "manager")
    list_select_related = ("home", "manager")
    list_filter = ("status", "tier")
    search_fields = ("name", "name_zh", "code", "tax_number")
