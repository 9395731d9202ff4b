"""One row by its key: as the query says, with its plan kept by the connection."""

import psycopg
import pytest
from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat

from core.database.prepared import OneByKey
from dealers.models import Dealer, Territory
from tests import factories

pytestmark = pytest.mark.django_db


def kept() -> int:
    """Statements about dealers whose plan this connection keeps."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_prepared_statements where statement like '%%FROM \"dealers_dealer\"%%'")
        row: tuple[int] = cursor.fetchone()
        return row[0]


@pytest.fixture
def dealer(world: Territory) -> Dealer:
    return factories.dealer("NG", name="100 % Northgate 'Best' %s", home=world)


@pytest.fixture
def query() -> OneByKey[Dealer]:
    marked = Concat("name", Value(" %(key)s 50 %"))
    return OneByKey(Dealer.objects.filter(name__contains="% N").exclude(name="%s").annotate(marked=marked))


def test_a_row_comes_as_the_query_says(dealer: Dealer, query: OneByKey[Dealer]) -> None:
    found = query.get(dealer.pk)
    assert found == dealer
    asked = Dealer.objects.get(pk=dealer.pk)
    names = [field.attname for field in Dealer._meta.concrete_fields]
    assert [getattr(found, name) for name in names] == [getattr(asked, name) for name in names]
    assert found is not None and vars(found)["marked"] == f"{dealer.name} %(key)s 50 %"


def test_a_key_that_no_row_has_finds_nothing(dealer: Dealer, query: OneByKey[Dealer]) -> None:
    assert query.get(dealer.pk + 1) is None
    factories.dealer("SP", name="Southport", home=dealer.home)
    assert query.get(Dealer.objects.get(code="SP").pk) is None, "the other conditions hold too"


def test_it_is_planned_once_for_a_connection(dealer: Dealer, query: OneByKey[Dealer]) -> None:
    before = kept()
    assert [query.get(dealer.pk), query.get(dealer.pk)] == [dealer, dealer]
    assert kept() == before + 1


def test_a_pooler_that_forgets_gets_no_prepared_statement(dealer: Dealer, query: OneByKey[Dealer]) -> None:
    before = kept()
    raw: psycopg.Connection = connection.connection
    usual, raw.prepare_threshold = raw.prepare_threshold, None
    try:
        assert query.get(dealer.pk) == dealer
    finally:
        raw.prepare_threshold = usual
    assert kept() == before
