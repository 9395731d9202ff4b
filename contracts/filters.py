"""What people narrow contracts and targets by."""

from typing import Any

import django_filters
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts import rules
from contracts.models import Contract, Target
from core.listing.filters import AnyOfFilter
from core.search.grams import matching
from dealers.filters import ANY, OfDealerFilter


class ContractFilter(OfDealerFilter):
    status = AnyOfFilter(label=_("State"), choices=Contract.Status.choices)
    jurisdiction = django_filters.ChoiceFilter(label=_("Jurisdiction"), choices=rules.places, empty_label=ANY)
    ends_by = django_filters.DateFilter(label=_("Ends by"), field_name="ends_on", lookup_expr="lte")

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        return queryset.filter(self.of_dealer(value) | models.Q(pk__in=matching(self._visible(), value).values("pk")))

    def _visible(self) -> models.QuerySet[Contract]:
        return Contract.objects.visible_to(self.user).order_by()


class TargetFilter(OfDealerFilter):
    status = AnyOfFilter(label=_("State"), choices=Target.Status.choices)
