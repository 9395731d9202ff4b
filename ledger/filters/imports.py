"""What people narrow lists of the ledger by."""

from typing import Any

import django_filters
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.listing import ListFilter
from ledger.imports import kinds
from ledger.models import ImportBatch


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in kinds.all_kinds()]


class ImportFilter(ListFilter):
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ImportBatch.State.choices, distinct=False)
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), choices=_kinds, distinct=False)

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        return queryset.filter(models.Q(file_name__icontains=value) | models.Q(source__iexact=value))
