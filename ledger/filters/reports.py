"""What people narrow reports due by."""

from typing import Any

import django_filters
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.listing import ListFilter
from core.listing.filters import AnyOfFilter
from dealers.filters import ANY
from ledger.filters.entries import DealerChoice
from ledger.models import ReportDue, ReportDuty

STATES = [
    ("open", gettext_lazy("Open and late")),
    ("late", gettext_lazy("Late")),
    ("filed", gettext_lazy("Filed")),
]


class ReportFilter(ListFilter):
    dealer = DealerChoice()
    kind = AnyOfFilter(label=gettext_lazy("Report"), choices=ReportDuty.Kind.choices)
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=STATES, method="in_state", empty_label=ANY)

    def in_state(self, queryset: Any, _name: str, value: str) -> models.QuerySet[ReportDue]:
        if value == "filed":
            return queryset.filter(filed_on__isnull=False)  # type: ignore[no-any-return]
        open_ones = queryset.open()
        return open_ones.filter(due_on__lt=timezone.localdate()) if value == "late" else open_ones  # type: ignore[no-any-return]
