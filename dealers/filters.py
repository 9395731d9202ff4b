"""What people narrow lists by."""

from collections.abc import Callable, Iterable
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import Exists, Func, OuterRef
from django.utils.translation import gettext_lazy as _

from core import countries
from core.listing import ListFilter
from core.listing.filters import AnyOfFilter, ArchivedFilter, Asker
from core.search.grams import matching, words_of
from dealers import scope
from dealers.models import Dealer, OutletIdentity, Person, ProductLine, Territory
from dealers.models.outlet import OutletClass

ANY = _("Any")


def managers(asker: Asker) -> models.QuerySet[Person]:
    """The people who manage a dealer that this person may see."""
    return Person.objects.visible_to(asker.user).filter(
        Exists(Dealer.objects.visible_to(asker.user).filter(manager=OuterRef("pk")))
    )


def territories(asker: Asker) -> models.QuerySet[Territory]:
    """The nodes with a visible dealer at home in them, or somewhere below."""
    lived_in = Territory.objects.filter(Exists(Dealer.objects.visible_to(asker.user).filter(home=OuterRef("pk"))))
    return Territory.objects.visible_to(asker.user).filter(
        Exists(lived_in.filter(low__gte=OuterRef("low"), low__lte=OuterRef("high")))
    )


class NodeChoice(django_filters.fields.ModelChoiceField):
    """The nodes of a tree, set in by their depth."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{'\u2003' * obj.depth}{obj}"


class NodeFilter(django_filters.ModelChoiceFilter):
    """A node of a tree means itself and everything below; in the address stands its code."""

    field_class = NodeChoice

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to_field_name="code", empty_label=ANY, **kwargs)

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        if value is None:
            return qs
        path = self.field_name
        return qs.filter(**{f"{path}__low__gte": value.low, f"{path}__low__lte": value.high})


class PersonFilter(django_filters.ModelChoiceFilter):
    """A person; in the address stands the public name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(to_field_name="public_id", empty_label=ANY, **kwargs)


class InUseFilter(django_filters.ChoiceFilter):
    """One of the values that visible dealers have; they are read when somebody chooses, not with every page."""

    parent: Any  # the filter set, put here by itself

    def __init__(
        self,
        values: Callable[[models.QuerySet[Dealer]], Iterable[str]],
        word: Callable[[str], str] = str,
        **kwargs: Any,
    ) -> None:
        super().__init__(choices=(), empty_label=ANY, **kwargs)
        self.values, self.word = values, word

    @property
    def field(self) -> forms.Field:
        user = self.parent.request.user
        # A function of its own and no method: forms copy their fields deeply, and the request cannot be copied.
        self.extra["choices"] = lambda: [
            (value, self.word(value)) for value in self.values(Dealer.objects.visible_to(user))
        ]
        field: forms.Field = super().field
        return field


class TagFilter(InUseFilter):
    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        return qs.filter(tags__contains=[value]) if value else qs


def _countries(visible: models.QuerySet[Dealer]) -> Iterable[str]:
    return visible.order_by().exclude(country="").values_list("country", flat=True).distinct().order_by("country")


def _tags(visible: models.QuerySet[Dealer]) -> Iterable[str]:
    tag = Func("tags", function="unnest", output_field=models.CharField())
    return sorted(set(visible.order_by().exclude(tags=[]).values_list(tag, flat=True).distinct()))


class DealerFilter(ListFilter):
    status = AnyOfFilter(label=_("Status"), choices=Dealer.Status.choices)
    tier = AnyOfFilter(label=_("Tier"), choices=Dealer.Tier.choices)
    segment = django_filters.ChoiceFilter(label=_("Segment"), choices=Dealer.Segment.choices, empty_label=ANY)
    territory = NodeFilter(field_name="home", label=_("Territory and below"), queryset=territories)
    manager = PersonFilter(field_name="manager", label=_("Account manager"), queryset=managers)
    country = InUseFilter(_countries, countries.name, label=_("Country"))
    tag = TagFilter(_tags, label=_("Tag"))
    archived = ArchivedFilter()


def narrow_dealers_by(**filters: django_filters.Filter) -> None:
    """A room above narrows the list of dealers by what it knows of them."""
    for name, one in filters.items():
        if name in DealerFilter.base_filters:
            raise ValueError(f"The dealers' filter {name} is added twice")
        one.field_name = name
        DealerFilter.declared_filters[name] = DealerFilter.base_filters[name] = one


class SetAsideFilter(ArchivedFilter):
    """The archive of rows that say so by a mark of their own."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(field_name="is_archived", **kwargs)

    def filter(self, qs: models.QuerySet[Any], value: str) -> models.QuerySet[Any]:
        return qs if value == "with" else qs.filter(is_archived=value == "only")


def _lines(asker: Asker) -> models.QuerySet[ProductLine]:
    return ProductLine.objects.visible_to(asker.user).filter(is_archived=False)


def _places(asker: Asker) -> models.QuerySet[Territory]:
    return Territory.objects.visible_to(asker.user).filter(is_archived=False)


class WithinFilter(NodeFilter):
    """A node and everything below it, in the list of its own tree."""

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return qs if value is None else qs.filter(low__gte=value.low, low__lte=value.high)


class LevelsFilter(django_filters.ChoiceFilter):
    """Only the upper levels of a tree."""

    def __init__(self) -> None:
        choices = [
            ("1", _("The top level")),
            ("2", _("Two levels")),
            ("3", _("Three levels")),
            ("4", _("Four levels")),
        ]
        super().__init__(label=_("Levels"), choices=choices, empty_label=_("All levels"))

    def filter(self, qs: models.QuerySet[Any], value: Any) -> models.QuerySet[Any]:
        return qs.filter(depth__lt=int(value)) if value else qs


class TreeFilter(ListFilter):
    """The search box finds a part of a name in either language, or how a code begins. A tree has no grams: it is
    small beside what hangs on it.
    """

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        for word in words_of(value):
            like = models.Q(name__icontains=word) | models.Q(name_zh__icontains=word)
            queryset = queryset.filter(like | models.Q(code__istartswith=word))
        return queryset


class TerritoryFilter(TreeFilter):
    within = WithinFilter(label=_("Territory and below"), queryset=_places)
    levels = LevelsFilter()
    dealers = django_filters.ChoiceFilter(
        label=_("Dealers"),
        choices=[("none", _("Nobody at home here or below"))],
        empty_label=ANY,
        method="without_dealer",
    )
    archived = SetAsideFilter()

    def without_dealer(self, queryset: models.QuerySet[Any], _name: str, _value: str) -> models.QuerySet[Any]:
        """White spots, within the reader's reach: elsewhere somebody may be whom he does not see."""
        user = self.user
        at_home = Dealer.objects.visible_to(user).filter(
            archived_at__isnull=True, home__low__gte=OuterRef("low"), home__low__lte=OuterRef("high")
        )
        return queryset.filter(scope.nodes(user)).exclude(Exists(at_home))


class ProductLineFilter(TreeFilter):
    within = WithinFilter(label=_("Product line and below"), queryset=_lines)
    levels = LevelsFilter()
    archived = SetAsideFilter()


class ProductFilter(ListFilter):
    line = NodeFilter(field_name="line", label=_("Product line"), queryset=_lines)
    archived = SetAsideFilter()


class TerminalFilter(ListFilter):
    outlet_class = AnyOfFilter(label=_("Class"), choices=OutletClass.choices)
    territory = NodeFilter(field_name="territory", label=_("Territory and below"), queryset=_places)
    archived = SetAsideFilter()


class OutletFilter(ListFilter):
    """The search box finds a code, and who it is as far as this person may know; a dealer's are few enough to read."""

    outlet_class = AnyOfFilter(label=_("Class"), choices=OutletClass.choices)
    territory = NodeFilter(field_name="territory", label=_("Territory and below"), queryset=_places)
    archived = SetAsideFilter()

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        known = OutletIdentity.objects.visible_to(self.user)
        for word in words_of(value):
            is_named = (
                models.Q(name__icontains=word) | models.Q(contact__icontains=word) | models.Q(phone__icontains=word)
            )
            queryset = queryset.filter(
                models.Q(code__icontains=word) | models.Q(pk__in=known.filter(is_named).values("outlet"))
            )
        return queryset


class OfDealerFilter(ListFilter):
    """Lists of what belongs to dealers: the search box finds the dealer, by the index of the dealers."""

    def search_by(self, queryset: models.QuerySet[Any], _name: str, value: str) -> models.QuerySet[Any]:
        return queryset.filter(self.of_dealer(value))

    def of_dealer(self, value: str) -> models.Q:
        visible = Dealer.objects.visible_to(self.user)
        return models.Q(dealer__in=matching(visible, value).order_by().values("pk"))
