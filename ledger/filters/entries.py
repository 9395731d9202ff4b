"""Narrowing entries to the lines behind a figure: by dealer, time, line, and up to which postings."""

from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.listing import Empty, ListFilter
from dealers.filters import ANY, NodeFilter
from dealers.models import Dealer, ProductLine
from ledger.models import ImportBatch, Level


def _dealers(asker: Any) -> models.QuerySet[Dealer]:
    return Dealer.objects.visible_to(asker.user)


def _lines(asker: Any) -> models.QuerySet[ProductLine]:
    return ProductLine.objects.visible_to(asker.user)


def _batches(asker: Any) -> models.QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(asker.user)


class HiddenChoice(django_filters.ModelChoiceFilter):
    """Something that another page chose: it is shown as a chip, and not offered among thousands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to_field_name="public_id", widget=forms.HiddenInput, **kwargs)


class DealerChoice(HiddenChoice):
    """Whose rows; a dealer's lists hold his own in any case."""

    def __init__(self) -> None:
        super().__init__(label=gettext_lazy("Dealer"), queryset=_dealers)

    def goes_without_saying(self, reader: Any) -> bool:
        return bool(reader.is_dealers)


class ExactFilter(django_filters.CharFilter):
    """A code or number as a whole, in any case."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name, "iexact", max_length=60, **kwargs)


class EntryFilter(ListFilter):
    """For our people entries are of one dealer or of one import: nobody reads ten million lines."""

    dealer = DealerChoice()
    batch = HiddenChoice(label=gettext_lazy("Import"), queryset=_batches)
    known = django_filters.IsoDateTimeFilter(
        label=gettext_lazy("Posted by"), method="known_by", widget=forms.HiddenInput
    )

    def known_by(self, queryset: models.QuerySet[Any], _name: str, value: Any) -> models.QuerySet[Any]:
        """Without what was posted after the moment: the lines behind a closed figure."""
        return queryset.exclude(batch_id__in=RawSQL("select ledger_posted_after(%s)", [value]))

    def filter_queryset(self, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        found = super().filter_queryset(queryset)
        return found.none() if self._is_wide() else found

    def asks_first(self) -> Empty | None:
        if not self._is_wide():
            return None
        return Empty(
            "building-store",
            gettext_lazy("Choose a dealer first"),
            gettext_lazy("Lines are shown for one dealer or one import at a time: open them from there."),
            gettext_lazy("To the dealers"),
            "dealers:list",
        )

    def _is_wide(self) -> bool:
        """Nobody in particular was asked for, and the reader may see many."""
        given = self.form.cleaned_data if self.is_valid() else {}
        return not self.user.is_dealers and not given.get("dealer") and not given.get("batch")


class DatedFilter(EntryFilter):
    """Entries with a day: `DAY` names the column."""

    since = django_filters.DateFilter(label=pgettext_lazy("first day", "From"), method="from_day")
    until = django_filters.DateFilter(label=gettext_lazy("Until"), method="until_day")
    DAY = ""

    def from_day(self, queryset: models.QuerySet[Any], _name: str, value: Any) -> models.QuerySet[Any]:
        return queryset.filter(**{f"{self.DAY}__gte": value})

    def until_day(self, queryset: models.QuerySet[Any], _name: str, value: Any) -> models.QuerySet[Any]:
        return queryset.filter(**{f"{self.DAY}__lte": value})


class MoneyFilter(DatedFilter):
    currency = ExactFilter("currency", label=gettext_lazy("Currency"))


class MovementFilter(MoneyFilter):
    DAY = "occurred_on"
    level = django_filters.ChoiceFilter(label=gettext_lazy("Level"), choices=Level.choices, empty_label=ANY)
    line = NodeFilter(field_name="product__line", label=gettext_lazy("Product line and below"), queryset=_lines)
    product = ExactFilter("product__code", label=gettext_lazy("Item code"))
    document = ExactFilter("document", label=pgettext_lazy("of an entry", "Document"))


class StockFilter(DatedFilter):
    DAY = "counted_on"
    line = NodeFilter(field_name="product__line", label=gettext_lazy("Product line and below"), queryset=_lines)
    product = ExactFilter("product__code", label=gettext_lazy("Item code"))


class InvoiceFilter(MoneyFilter):
    """`due_since` and `due_until` narrow by the day on which an invoice falls due."""

    DAY = "invoiced_on"
    due_since = django_filters.DateFilter(label=gettext_lazy("Due from"), field_name="due_on", lookup_expr="gte")
    due_until = django_filters.DateFilter(label=gettext_lazy("Due until"), field_name="due_on", lookup_expr="lte")
    number = ExactFilter("number", label=gettext_lazy("Invoice"))


class PaymentFilter(MoneyFilter):
    DAY = "paid_on"
    invoice = ExactFilter("invoice_number", label=gettext_lazy("Invoice"))
