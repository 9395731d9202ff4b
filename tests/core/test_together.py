"""Many lists by one statement come back as each by itself would."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum, UUIDField, Value

from core import together
from dealers.models import BrandCarried, Contact, Dealer, Event, Person, Territory, User
from dealers.services import brands, contacts, notes
from dealers.services.brands import Brand

type Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def filled(northgate: Dealer, southport: Dealer, carol: User) -> Dealer:
    Dealer.objects.filter(pk=northgate.pk).update(
        manager=carol.pk, capital=Decimal("1000.5000"), capital_currency="CNY", founded_on=date(1999, 12, 31)
    )
    brands.replace(northgate, [Brand("Kessel", "rival", Decimal("40.25")), Brand("Aqua", "complement")], by=carol)
    for name in ("Zoë “Z” O'Neill", "陈国栋 100%"):
        contacts.add(northgate, by=carol, name=name, duty="owner")
    notes.write(northgate, by=carol, text="One\nand two")
    return northgate


def lists() -> "list[QuerySet[Any, Any]]":
    """Rows with what they point to, rows of values, dates, amounts, arrays, JSON, and nothing at all."""
    carried = BrandCarried.objects.filter(dealer=OuterRef("pk")).order_by("brand")
    return [
        Dealer.objects.select_related("home__parent", "manager").order_by("code"),
        Dealer.objects.annotate(
            shares=ArraySubquery(carried.values("share_percent")), carries=Exists(carried.order_by())
        ).order_by("-code"),
        Dealer.objects.only("name", "created_at").order_by("code")[:1],
        Event.objects.select_related("actor", "personal").order_by("pk"),
        Contact.objects.order_by("-name"),
        Contact.objects.none(),
        Contact.objects.filter(name="nobody"),
        BrandCarried.objects.order_by().values_list("dealer").annotate(number=Count("pk"), sum=Sum("share_percent")),
        Dealer.objects.order_by("code").values("code", "founded_on", "capital"),
        Territory.objects.order_by("low").values_list("code", flat=True),
        Person.objects.order_by("pk").values_list("pk", "joined_at", "is_active"),
    ]


def plain(row: Any, depth: int = 2) -> Any:
    """What a row holds, with the kind of each value; and what it points to."""
    if not hasattr(row, "__dict__") or not depth:
        return repr(row)
    held = {name: value for name, value in vars(row).items() if name != "_state"}
    pointed = {name: plain(one, depth - 1) for name, one in row._state.fields_cache.items() if one is not None}
    return {name: repr(value) for name, value in held.items()} | pointed


def test_many_lists_are_read_by_one_statement_and_come_back_the_same(filled: Dealer, statements: Statements) -> None:
    alone, beside = lists(), lists()
    expected = [[plain(row) for row in one] for one in alone]
    with statements() as asked:
        together.read(beside)
        found = [[plain(row) for row in one] for one in beside]
    assert found == expected
    assert len(asked) == 1
    assert all(expected[number] for number in range(len(expected)) if number not in (5, 6))


def test_what_was_read_can_be_narrowed_and_asked_again(filled: Dealer, statements: Statements) -> None:
    people, dealers = Contact.objects.order_by("name"), Dealer.objects.order_by("code")
    together.read([people, dealers])
    with statements() as asked:
        assert len(people) == 2
        assert people.filter(name__startswith="Zoë").get() == people[0]
        assert people.all().count() == 2
    assert len(asked) == 2


def test_what_a_list_prefetches_follows_it(filled: Dealer, statements: Statements) -> None:
    dealers, people = Dealer.objects.prefetch_related("brands").order_by("code"), Contact.objects.all()
    with statements() as asked:
        together.read([dealers, people])
        assert [len(one.brands.all()) for one in dealers] == [2, 0]
    assert len(asked) == 2


def test_moments_and_amounts_stay_exact(filled: Dealer) -> None:
    dealers, people = Dealer.objects.filter(code="NG"), Contact.objects.all()
    events = Event.objects.order_by("pk")
    together.read([dealers, people, events])
    alone = Event.objects.order_by("pk").values_list("at", flat=True)
    assert [repr(one.at) for one in events] == [repr(at) for at in alone]
    assert {one.at.tzinfo for one in events} == {UTC}
    assert repr(dealers[0].capital) == "Decimal('1000.5000')"
    assert repr(dealers[0].founded_on) == "datetime.date(1999, 12, 31)"


def test_a_kind_of_field_that_json_would_change_is_refused_with_or_without_rows(world: Territory) -> None:
    marked = Contact.objects.annotate(mark=Value(uuid4(), output_field=UUIDField()))
    with pytest.raises(TypeError, match="cannot be read together"):
        together.read([marked, Territory.objects.all()])
