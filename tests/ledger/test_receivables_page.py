"""Receivables over all dealers: a currency at a time, summed by the database, within the reader's reach."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate as today
from hypothesis import given, settings
from hypothesis import strategies as st

from dealers.models import Dealer, Territory, User
from ledger import debts
from ledger.debts import Sort
from ledger.models import ImportBatch, Invoice
from ledger.receivables import ageing, open_items
from tests import factories
from tests.pages import text_of

type SignIn = Callable[[User], Client]
NUMBERS = iter(range(1, 10**6))


@pytest.fixture
def batch(northgate: Dealer, dave: Any) -> ImportBatch:
    return ImportBatch.objects.create(kind="invoices", file_name="f.csv", sha256="0" * 64, created_by_id=dave.pk)


@pytest.fixture
def owes(batch: ImportBatch) -> Any:
    def write(dealer: Dealer, amount: str, late: int | None, currency: str = "CNY") -> None:
        number = next(NUMBERS)
        due = today() - timedelta(days=late) if late is not None else None
        Invoice.objects.create(
            dealer=dealer, batch=batch, row=1, source="erp", key=f"K{number}", number=f"I{number}",
            amount=Decimal(amount), currency=currency, invoiced_on=today() - timedelta(days=400), due_on=due,
        )  # fmt: skip

    return write


@pytest.fixture
def finance(northgate: Dealer) -> User:
    return factories.person("Fay", "finance")


def test_each_dealer_stands_with_what_is_late_and_how_late(
    owes: Any, northgate: Dealer, southport: Dealer, finance: User, signed_in: SignIn
) -> None:
    for late in (-10, 1, 30, 31, 60, 61, 90, 91, None):
        owes(northgate, "100", late)
    owes(southport, "5000", -5)
    page = signed_in(finance).get("/receivables/").context["page"]
    assert [row.dealer for row in page.rows] == [northgate, southport]
    first = page.rows[0].debtor
    assert (first.total, first.not_due, first.buckets, first.undated) == (900, 100, (200, 200, 200, 100), 100)
    assert first.oldest == today() - timedelta(days=91)
    assert (page.total.total, page.total.overdue) == (5900, 700)
    by_total = signed_in(finance).get("/receivables/?sort=total").context["page"]
    assert [row.dealer for row in by_total.rows] == [southport, northgate]
    late_only = signed_in(finance).get("/receivables/?late=1").context["page"]
    assert [row.dealer for row in late_only.rows] == [northgate] and late_only.total.total == 900


def test_currencies_are_never_added(
    owes: Any, northgate: Dealer, southport: Dealer, finance: User, signed_in: SignIn
) -> None:
    owes(northgate, "100", 5)
    owes(southport, "70", 5)
    owes(southport, "40", 5, "EUR")
    client = signed_in(finance)
    page = client.get("/receivables/").context["page"]
    assert page.currency == "CNY" and page.total.total == 170
    euro = client.get("/receivables/?currency=EUR").context["page"]
    assert [(row.dealer, row.debtor.total) for row in euro.rows] == [(southport, 40)]
    assert client.get("/receivables/?currency=XXX&sort=nonsense&row=-1").context["page"].currency == "CNY"


def test_one_sees_and_takes_away_what_he_looks_after(
    owes: Any, north: Territory, northgate: Dealer, southport: Dealer, signed_in: SignIn
) -> None:
    owes(northgate, "100", 5)
    owes(southport, "70", 5)
    manager = factories.person("Nora", "account_manager", node=north)
    client = signed_in(manager)
    shown = text_of(client.get("/receivables/"))
    assert northgate.local_name in shown and southport.local_name not in shown
    answer = client.get("/receivables/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["Code"], row["Together"], row["1 to 30 days late"]) for row in rows] == [("NG", "100", "100")]


def test_nothing_owed_says_what_will_be_here(finance: User, signed_in: SignIn) -> None:
    assert "Nothing is owed" in text_of(signed_in(finance).get("/receivables/"))


def test_nobody_left_by_the_filters_says_so(owes: Any, northgate: Dealer, finance: User, signed_in: SignIn) -> None:
    owes(northgate, "100", -5)
    assert "Nobody owes anything within these filters." in text_of(signed_in(finance).get("/receivables/?late=1"))


def test_long_lists_are_paged_by_the_same_questions(owes: Any, finance: User, signed_in: SignIn) -> None:
    client = signed_in(finance)

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    for _ in range(3):
        owes(factories.dealer(), "10", 1)
    few = asked("/receivables/")
    for _ in range(60):
        owes(factories.dealer(), "10", 1)
    assert asked("/receivables/") == few
    second = client.get("/receivables/?row=50").context["page"]
    assert len(second.rows) == 13 and second.summary == "51 to 63 of 63"


@pytest.mark.django_db
@settings(deadline=None)  # what it shows does not depend on the machine
@given(st.lists(st.tuples(st.integers(1, 10**6), st.none() | st.integers(-100, 200)), min_size=1, max_size=8))
def test_the_sums_are_those_of_the_open_items(rows: list[tuple[int, int | None]]) -> None:
    day = date(2026, 3, 20)
    dealer = factories.dealer()
    by = factories.person("Ines", "finance")
    batch = ImportBatch.objects.create(kind="invoices", file_name="f", sha256="0" * 64, created_by_id=by.pk)
    for number, (cents, late) in enumerate(rows):
        Invoice.objects.create(
            dealer=dealer, batch=batch, row=1, source="erp", key=f"P{next(NUMBERS)}", number=f"N{number}",
            amount=Decimal(cents) / 100, currency="CNY", invoiced_on=date(2025, 1, 1),
            due_on=day - timedelta(days=late) if late is not None else None,
        )  # fmt: skip
    mine = Dealer.objects.filter(pk=dealer.pk)
    [expected] = ageing(open_items(mine, on=day), on=day)
    for sort in Sort:
        [found] = debts.debtors(mine, "CNY", on=day, sort=sort)
        assert (found.total, found.not_due, found.buckets, found.undated) == (
            expected.total, expected.not_due, expected.buckets, expected.undated)  # fmt: skip
    many, whole = debts.together(mine, "CNY", on=day)
    assert many == 1 and whole.parts == found.parts and sum(whole.parts) == whole.total
