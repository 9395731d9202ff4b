"""What people narrow openings and applications by."""

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from core.listing import ListFilter
from core.listing.filters import AnyOfFilter, Asker
from dealers.filters import ANY, NodeFilter, PersonFilter
from dealers.models import Person, Territory
from onboarding.models import Application, Handling, Opening


def _territories(asker: Asker) -> models.QuerySet[Territory]:
    """The nodes with an opening in them, or somewhere below."""
    placed = Territory.objects.filter(Exists(Opening.objects.visible_to(asker.user).filter(territory=OuterRef("pk"))))
    return Territory.objects.visible_to(asker.user).filter(
        Exists(placed.filter(low__gte=OuterRef("low"), low__lte=OuterRef("high")))
    )


def _owners(asker: Asker) -> models.QuerySet[Person]:
    mine = Handling.objects.visible_to(asker.user).filter(owner=OuterRef("pk"))
    return Person.objects.visible_to(asker.user).filter(Exists(mine))


def _openings(asker: Asker) -> models.QuerySet[Opening]:
    return Opening.objects.visible_to(asker.user)


class OpeningFilter(ListFilter):
    state = AnyOfFilter(label=_("State"), choices=Opening.State.choices)
    territory = NodeFilter(field_name="territory", label=_("Territory and below"), queryset=_territories)


class ApplicationFilter(ListFilter):
    state = AnyOfFilter(
        label=_("State"), choices=[one for one in Application.State.choices if one[0] != Application.State.DRAFT]
    )
    source = AnyOfFilter(label=_("Source"), choices=Application.Source.choices)
    opening = django_filters.ModelChoiceFilter(
        label=_("Opening"),
        queryset=_openings,  # type: ignore[arg-type]  # django-filter calls it; its stubs do not say so
        to_field_name="public_id",
        empty_label=ANY,
    )
    territory = NodeFilter(field_name="opening__territory", label=_("Territory and below"), queryset=_territories)
    owner = PersonFilter(field_name="handling__owner", label=_("Looked after by"), queryset=_owners)
