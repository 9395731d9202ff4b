from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst

from core import jobs
from core.administration import HouseAdmin
from core.models import Schedule, SpecialDay


@admin.register(Schedule)
class ScheduleAdmin(HouseAdmin):
    """When the machine does what by itself. The kinds of job come from the rooms; a schedule is switched off here."""

    list_display = ("name", "what", "every", "at", "time_zone", "is_active", "last_period", "swept_until")
    list_filter = ("is_active", "every")
    search_fields = ("name", "kind")
    readonly_fields = ("last_period", "swept_until")

    @admin.display(description=Schedule._meta.get_field("kind").verbose_name, ordering="kind")
    def what(self, schedule: Schedule) -> str:
        kind = jobs.kinds().get(schedule.kind)
        return str(kind.title) if kind else schedule.kind

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kinds = [(code, kind.title) for code, kind in sorted(jobs.kinds().items())]
        field = forms.ChoiceField(label=capfirst(Schedule._meta.get_field("kind").verbose_name), choices=kinds)
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"kind": field})


@admin.register(SpecialDay)
class SpecialDayAdmin(HouseAdmin):
    """Holidays and moved weekends by country: meetings that come by themselves are placed around them."""

    list_display = ("on", "country", "is_worked", "name")
    list_filter = ("country", "is_worked")
    search_fields = ("name", "country")
    date_hierarchy = "on"
