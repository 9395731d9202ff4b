"""Every field that takes a reference is found, and none reaches further than whoever fills it in."""

from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import QueryDict

from core import ownership
from core.ownership import Kind
from core.scoped_fields import ScopedForm, ScopedModelChoiceField
from core.worlds import World
from dealers.models import Dealer
from tests.walls import found
from tests.walls.matrix import Actor

UNKNOWN = 999_999_999
FORMS = [one for one in found.forms_of_ours() if hasattr(one, "base_fields")]
FILTERS = found.filters_of_ours()


def reference_fields(form: type[Any]) -> dict[str, Any]:
    return {name: one for name, one in form.base_fields.items() if isinstance(one, forms.ModelChoiceField)}


def reference_filters(one: type[Any]) -> dict[str, Any]:
    return {
        name: declared
        for name, declared in one.base_filters.items()
        if issubclass(declared.field_class, forms.ModelChoiceField)
    }


SCOPED = [
    pytest.param(one, id=f"{form.__name__}.{name}")
    for form in FORMS
    for name, one in reference_fields(form).items()
    if isinstance(one, ScopedModelChoiceField)
]


@pytest.fixture(scope="module")
def readers(everybody: list[Actor]) -> list[Actor]:
    return [actor for actor in everybody if actor.account.state == "active"]


def test_every_reference_in_a_form_is_a_scoped_one() -> None:
    loose = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in FORMS
        for name, one in reference_fields(form).items()
        if not isinstance(one, ScopedModelChoiceField)
    ]
    assert loose == [], "use core.scoped_fields.ScopedModelChoiceField"


def test_every_form_with_a_reference_asks_who_fills_it_in() -> None:
    anonymous = [
        f"{one.__module__}.{one.__name__}" for one in FORMS if reference_fields(one) and not issubclass(one, ScopedForm)
    ]
    assert anonymous == [], "derive it from core.scoped_fields.ScopedForm"


def test_a_reference_field_offers_nothing_until_it_knows_its_reader() -> None:
    offering = [
        f"{form.__name__}.{name}"
        for form in FORMS
        for name, one in reference_fields(form).items()
        if not one.queryset.query.is_empty()
    ]
    assert offering == []


@pytest.mark.parametrize("declared", SCOPED)
def test_a_foreign_id_is_the_same_fault_as_an_unknown_one(
    network: World, readers: list[Actor], declared: ScopedModelChoiceField
) -> None:
    model = declared.model
    for actor in readers:
        field = forms.Field.__deepcopy__(declared, {})
        field.queryset = model._default_manager.none()
        field.scope_to(actor.user)
        visible = set(field.queryset.values_list("pk", flat=True))
        allowed = set(model._default_manager.visible_to(actor.user).values_list("pk", flat=True))  # type: ignore[attr-defined]
        assert visible <= allowed, f"{actor.name} is offered what is out of sight"
        foreign = model._default_manager.exclude(pk__in=visible).values_list("pk", flat=True)[:5]
        for value in foreign:
            assert fault_of(field, value, actor) == fault_of(field, UNKNOWN, actor) == fault_of(field, "x'", actor)


def fault_of(field: Any, value: Any, actor: Actor) -> tuple[str, Any]:
    with pytest.raises(ValidationError) as refused:
        field.clean(str(value))
    return str(refused.value.code), [str(message).replace(str(value), "") for message in refused.value.messages]


@pytest.mark.parametrize("declared", FILTERS, ids=lambda one: str(one.__name__))
def test_a_filter_offers_only_what_its_reader_may_see(
    network: World, readers: list[Actor], declared: type[Any]
) -> None:
    names = reference_filters(declared)
    for actor in readers:
        for name in names:
            field = declared(QueryDict(), Dealer.objects.none(), user=actor.user, whole=True).form.fields[name]
            model = field.queryset.model
            offered = set(field.queryset.values_list("pk", flat=True))
            allowed = set(model._default_manager.visible_to(actor.user).values_list("pk", flat=True))
            assert offered <= allowed, f"{declared.__name__}.{name} offers {actor.name} what is out of sight"


def test_references_are_to_models_that_know_who_may_see_them() -> None:
    """`visible_to` is what a scoped field asks."""
    walled = [*ownership.models_of(Kind.DEALER_OWNED), *ownership.models_of(Kind.SHARED)]
    lacking = [model._meta.label for model in walled if not _knows_readers(model)]
    assert lacking == [], "give the model a queryset with visible_to(user)"


def _knows_readers(model: type[models.Model]) -> bool:
    return hasattr(model._default_manager.none(), "visible_to")
