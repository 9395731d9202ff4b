"""The peer of our list: Django's admin as it comes, showing the same rows in the same columns, 50 on a page.

Only what anybody would switch on is switched on: `list_select_related`, search fields, list filters, and the two
computed columns by subqueries, as our list has them.
"""

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import DateField, DateTimeField, Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import path

from config.urls import urlpatterns as own
from core import doors
from core.doors import Audience
from dealers.models import Dealer, Document, Event

site = admin.AdminSite(name="peer")
doors.declare("peer:*", Audience.ADMIN)


class DealerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "status", "home", "manager", "since", "next_expiry", "last_event_at")
    list_filter = ("status", "tier", "segment", "country")
    list_per_page = 50
    list_select_related = ("home", "manager")
    ordering = ("sort_key",)
    search_fields = ("code", "name", "name_zh", "tax_number", "city")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dealer]:
        documents = Document.objects.current().filter(dealer=OuterRef("pk"), expires_on__isnull=False).order_by()
        events = Event.objects.filter(dealer=OuterRef("pk"))
        found: QuerySet[Dealer] = (
            super()
            .get_queryset(request)
            .annotate(
                expiry=Subquery(
                    documents.values("dealer").annotate(first=Min("expires_on")).values("first"),
                    output_field=DateField(),
                ),
                latest=Subquery(events.values("at")[:1], output_field=DateTimeField()),
            )
        )
        return found

    def next_expiry(self, dealer: Any) -> Any:
        return dealer.expiry

    def last_event_at(self, dealer: Any) -> Any:
        return dealer.latest

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True


site.register(Dealer, DealerAdmin)
urlpatterns = [path("peer/", site.urls), *own]
