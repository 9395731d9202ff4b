from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import RowFormSet
from dealers.models import BrandCarried
from dealers.services.brands import Brand


class BrandForm(forms.Form):
    """One line of the list. It carries no key: a line is known by its name, within the one dealer."""

    brand = forms.CharField(label=_("Brand"), max_length=100)
    relation = forms.ChoiceField(label=_("Relation"), choices=[("", ""), *BrandCarried.Relation.choices])
    share_percent = forms.DecimalField(
        label=_("Share of sales, %"), min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )


class BaseBrandFormSet(RowFormSet):
    def clean(self) -> None:
        names = [form.cleaned_data["brand"].casefold() for form in self._filled()]
        if len(names) != len(set(names)):
            raise ValidationError(_("Each brand stands in the list once."))

    def brands(self) -> list[Brand]:
        return [
            Brand(data["brand"], data["relation"], data["share_percent"])
            for data in (form.cleaned_data for form in self._filled())
        ]

    def _filled(self) -> list[Any]:
        gone = self.deleted_forms
        return [form for form in self.forms if form not in gone and getattr(form, "cleaned_data", {}).get("brand")]


def brand_formset(data: Any, carried: Iterable[Mapping[str, Any]]) -> BaseBrandFormSet:
    """The list as it stands, with two empty lines."""
    make = forms.formset_factory(BrandForm, formset=BaseBrandFormSet, extra=2, can_delete=True, max_num=50)
    formset = make(data, initial=[dict(one) for one in carried], prefix="brands")
    assert isinstance(formset, BaseBrandFormSet)  # noqa: S101  # what the factory was told to build on
    return formset
