from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.administration import ForAdministrators, ReadOnlyAdmin
from performance.models import ScorecardTemplate, TemplateGrade, TemplateMeasure


class _ForLooking(ForAdministrators):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MeasureInline(_ForLooking, admin.TabularInline):  # type: ignore[type-arg]
    model = TemplateMeasure
    extra = 0


class GradeInline(_ForLooking, admin.TabularInline):  # type: ignore[type-arg]
    model = TemplateGrade
    extra = 0


@admin.register(ScorecardTemplate)
class ScorecardTemplateAdmin(ReadOnlyAdmin):
    """For looking only: rules are changed on their pages, by two people."""

    list_display = ("name", "name_zh", "code", "version", "status", "length", "starts_on", "ends_before")
    list_filter = ("status", "length")
    search_fields = ("name", "name_zh", "code")
    inlines = (MeasureInline, GradeInline)
