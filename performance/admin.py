from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core import formatting
from core.administration import ForAdministrators, ReadOnlyAdmin
from performance.models import ScorecardTemplate, TemplateGrade, TemplateMeasure
from performance.rules import Rule


class _ForLooking(ForAdministrators):
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MeasureInline(_ForLooking, admin.TabularInline):  # type: ignore[type-arg]
    """Each measure as people read it elsewhere: its title, its weight, from which value on it earns points."""

    model = TemplateMeasure
    extra = 0
    fields = readonly_fields = ("title", "share", "scale")

    @admin.display(description=_("Measure"))
    def title(self, measure: TemplateMeasure) -> str:
        return Rule(measure).title

    @admin.display(description=_("Weight"))
    def share(self, measure: TemplateMeasure) -> str:
        return formatting.number(measure.weight)

    @admin.display(description=_("Points"))
    def scale(self, measure: TemplateMeasure) -> str:
        return capfirst(Rule(measure).scale)


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
