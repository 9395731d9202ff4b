"""What people narrow the list of duties by."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.listing import ListFilter
from dealers.filters import ANY, NodeFilter, PersonFilter, managers, territories
from dealers.models import Dealer
from ledger.models import ReportDuty

Kind = ReportDuty.Kind
OWES = [
    (Kind.SELL_THROUGH.value, Kind.SELL_THROUGH.label),
    (Kind.STOCK.value, Kind.STOCK.label),
    ("none", gettext_lazy("no report at all")),
]


class DutyFilter(ListFilter):
    owes = django_filters.ChoiceFilter(label=gettext_lazy("Owes"), choices=OWES, method="by_duty", empty_label=ANY)
    territory = NodeFilter(field_name="home", label=gettext_lazy("Territory and below"), queryset=territories)
    manager = PersonFilter(field_name="manager", label=gettext_lazy("Account manager"), queryset=managers)

    def by_duty(self, queryset: QuerySet[Dealer], _name: str, value: str) -> QuerySet[Dealer]:
        # allow unscoped: tied to the visible dealers of the list
        owed = ReportDuty.objects.not_ended(on=timezone.localdate()).filter(dealer=OuterRef("pk"))
        if value == "none":
            return queryset.filter(~Exists(owed))
        return queryset.filter(Exists(owed.filter(kind=value)))
