"""Filters of a list: django-filter's, each shown as a chip that names its value and can be taken away."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, cast

import django_filters
from django import forms
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_filters.widgets import BooleanWidget

from core import formatting
from core.listing.address import Address
from core.search.grams import matching, words_of

if TYPE_CHECKING:
    from core.listing.columns import Empty

SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    value: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Asker:
    """What choices are made for: a person, on a page or in a job."""

    user: Any


class ListFilter(django_filters.FilterSet):
    """Base of all lists' filters: a search box over the model's grams, and the chips.

    The search box stands on the page by itself, so it is no part of the pane; a value that cannot be read is left
    out and said, it never empties the list.
    """

    search = django_filters.CharFilter(label=gettext_lazy("Search"), method="search_by", max_length=200)

    def __init__(self, data: QueryDict, queryset: models.QuerySet[Any], *, user: Any, whole: bool = False) -> None:
        """Only the filters that the address names are made, unless the `whole` pane is to be shown."""
        self.base_filters = OrderedDict(
            (name, one)
            for name, one in type(self).base_filters.items()
            if whole or name in data or isinstance(one, ArchivedFilter)
        )
        self.user = user
        super().__init__(data, queryset, request=cast(HttpRequest, Asker(user)))  # they read nothing else of it

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        return matching(queryset, value)

    def searches(self) -> bool:
        return self.is_valid() and bool(words_of(self.form.cleaned_data.get(SEARCH) or ""))

    def narrows(self) -> bool:
        """Is anything chosen, apart from what is always so?"""
        return self.is_valid() and not all(_is_empty(value) for value in self.form.cleaned_data.values())

    def asks_first(self) -> "Empty | None":
        """What has to be chosen before there is anything to show; None where nothing has."""
        return None

    def pane_fields(self) -> list[forms.BoundField]:
        return [field for field in self.form if field.name != SEARCH]

    def chips(self, address: Address) -> list[Chip]:
        values = ((name, self.form.cleaned_data.get(name)) for name in self.filters if name != SEARCH)
        return [
            Chip(
                str(self.form.fields[name].label or name), worded(self.form.fields[name], value), address.without(name)
            )
            for name, value in values
            if not _is_empty(value) and not self._goes_without_saying(name)
        ]

    def _goes_without_saying(self, name: str) -> bool:
        """What holds for this reader in any case is no choice, and cannot be taken away; a filter may say so."""
        says = getattr(self.filters[name], "goes_without_saying", None)
        return says is not None and says(self.user)

    def problems(self) -> list[str]:
        """What of the address could not be read, in words."""
        if self.is_valid():
            return []
        labels = [str(self.form.fields[name].label) for name in self.errors if name in self.form.fields]
        return [_("“%(filter)s” is left out: its value is not known here.") % {"filter": label} for label in labels]


class AnyOfFilter(django_filters.MultipleChoiceFilter):
    """Several values of a column of the list's own table, as boxes to tick: no row can come twice."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class YesNo(BooleanWidget):
    """As a choice: what is not asked is "Any" and not unknown."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.choices = [("", gettext_lazy("Any")), ("true", gettext_lazy("Yes")), ("false", gettext_lazy("No"))]


class YesNoFilter(django_filters.BooleanFilter):
    """Whether something is so, is not, or no matter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=YesNo, **kwargs)


class ArchivedFilter(django_filters.ChoiceFilter):
    """Archived rows stay out of a list unless somebody asks for them."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("field_name", "archived_at")
        kwargs.setdefault("label", pgettext_lazy("filter", "Archive"))
        kwargs.setdefault("empty_label", pgettext_lazy("filter", "Without archived"))
        choices = [
            ("with", pgettext_lazy("filter", "With archived")),
            ("only", pgettext_lazy("filter", "Archived only")),
        ]
        super().__init__(choices=choices, **kwargs)

    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        if value == "with":
            return qs
        return qs.filter(**{f"{self.field_name}__isnull": value != "only"})


def worded(field: forms.Field, value: Any) -> str:
    """A filter's value in the words of its form."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, forms.ModelChoiceField):
        chosen = [value] if isinstance(value, models.Model) else list(value)
        return formatting.listed(chosen)
    if isinstance(value, datetime):
        return formatting.moment(value)
    if isinstance(value, date):
        return formatting.day(value)
    choices = getattr(field, "choices", None)
    if choices is None:
        return str(value)
    labels = {str(code): str(label) for code, label in choices}
    chosen = [value] if isinstance(value, str) else list(value)
    return formatting.listed(labels.get(str(code), code) for code in chosen)


def _is_empty(value: Any) -> bool:
    if isinstance(value, models.QuerySet):
        return not value
    return value in (None, "", [])
