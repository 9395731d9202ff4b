"""What people narrow orders by."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from core.listing import ListFilter
from core.listing.filters import AnyOfFilter, YesNoFilter
from ledger.filters.entries import DealerChoice
from ledger.models import Order
from ledger.models.order import ON_THE_WAY


class OrderFilter(ListFilter):
    dealer = DealerChoice()
    state = AnyOfFilter(label=gettext_lazy("State"), choices=Order.State.choices)
    late = YesNoFilter(label=gettext_lazy("Later than promised"), method="only_late")

    def only_late(self, queryset: models.QuerySet[Order], _name: str, value: bool) -> models.QuerySet[Order]:
        late = models.Q(state__in=ON_THE_WAY, promised_on__lt=timezone.localdate())
        return queryset.filter(late) if value else queryset
