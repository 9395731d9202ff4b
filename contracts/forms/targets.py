"""Targets: a year's, and its months by hand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contracts.forms.terms import open_nodes
from contracts.models import Target
from contracts.seasons import GROWTH
from core.money import minor_unit
from core.periods import Length, Period
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from dealers.models import ProductLine

PERCENT = Decimal(100)


class YearForm(forms.Form):
    """A fiscal year and the growth on the year before; the house rate where none is given."""

    year = forms.IntegerField(label=_("Fiscal year"), min_value=2000, max_value=2100)
    growth = forms.DecimalField(
        label=_("Growth on last year, per cent"), initial=f"{(GROWTH * PERCENT).normalize():f}", required=False,
        min_value=Decimal(-99), max_value=Decimal(1000), decimal_places=2,
    )  # fmt: skip

    def clean_year(self) -> Period:
        return Period.parse(str(self.cleaned_data["year"]))

    def clean_growth(self) -> Decimal:
        growth = self.cleaned_data["growth"]
        return GROWTH if growth is None else growth / PERCENT


class TargetForm(ScopedForm, YearForm):
    """A year's target. Without a total last year's sell-in decides, with growth on top."""

    line = ScopedModelChoiceField(
        ProductLine, narrow=open_nodes, label=_("Product line"), required=False, help_text=_("Empty means every line.")
    )
    total = forms.DecimalField(
        label=_("Target"), required=False, min_value=Decimal("0.01"), max_digits=20, decimal_places=4,
        help_text=_("Empty: last year's sell-in with the growth on top, by last year's season."),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ["year", "line", "growth", "total", "note"]


class MonthsForm(forms.Form):
    """A target's months, each a field. `seen` holds what stood there when the page was opened."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, target: Target, proposed: Sequence[Decimal] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.months = list(target.months.all())
        self.fields["seen"].initial = written([one.value for one in self.months])
        digits = -int(minor_unit(target.currency).as_tuple().exponent) if target.currency else 0
        for index, one in enumerate(self.months):
            self.fields[month_name(one.month)] = forms.DecimalField(
                label=str(Period.of(one.month, Length.MONTH)), min_value=Decimal(0), max_digits=20,
                decimal_places=digits, initial=f"{(proposed[index] if proposed else one.value):.{digits}f}",
                widget=forms.NumberInput(attrs={"inputmode": "decimal", "data-sum-part": "months"}),
            )  # fmt: skip

    def values(self) -> list[Decimal]:
        return [self.cleaned_data[month_name(one.month)] for one in self.months]

    def seen_values(self) -> list[Decimal]:
        """Raises nothing: what is not a list of numbers is simply not what stands there now."""
        try:
            return [Decimal(one) for one in self.cleaned_data["seen"].split()]
        except InvalidOperation:
            return []

    def lines(self) -> list[tuple[Any, forms.BoundField]]:
        return [(one, self[month_name(one.month)]) for one in self.months]


def month_name(month: date) -> str:
    return f"m{month:%Y%m}"


def written(values: Sequence[Decimal]) -> str:
    return " ".join(f"{value.normalize():f}" for value in values)
