from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracts.models import RulePack, RuleSetting
from core.administration import ForAdministrators, ReadOnlyAdmin


class SettingInline(ForAdministrators, admin.TabularInline):  # type: ignore[type-arg]
    model = RuleSetting
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(RulePack)
class RulePackAdmin(ReadOnlyAdmin):
    """For looking only: counsel revises rules of law on their page, as the next version."""

    list_display = ("name", "name_zh", "jurisdiction", "version", "valid_from")
    search_fields = ("name", "name_zh", "jurisdiction")
    inlines = (SettingInline,)
