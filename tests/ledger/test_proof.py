"""Every night the books are proven: entries without a parent, totals and balances that differ are found and raised."""

import json
from collections.abc import Callable
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from core import jobs, runs
from core.models import Job, Schedule
from dealers.models import Dealer, Product, User
from ledger.jobs import PROVE_BOOKS
from ledger.models import Movement
from ledger.proof import WITHOUT_KEYS, prove
from tests import factories
from tests.ledger.books import Book
from tests.pages import text_of
from tests.walls.test_catalogue import WITHOUT_KEYS as TABLES_WITHOUT_KEYS

type SignIn = Callable[[User], Client]
DAY = date(2026, 3, 10)


@pytest.fixture
def hammer(db: None) -> Product:
    return Product.objects.create(code="H-1", name="Hammer")


@pytest.fixture
def book(northgate: Dealer, hammer: Product) -> Book:
    """Goods, counts, and money in every constellation: part paid, overpaid, credit notes, payments without a name."""
    book = Book(northgate)
    book.sold_in(DAY, "100.0001", product=hammer)
    book.sold_in(date(2026, 4, 1), "-7", product=hammer)
    book.sold_on(DAY, "3")
    book.counted(DAY, hammer, "4")
    book.invoiced("I-1", "250", DAY)
    book.invoiced("I-2", "99.99", None, on=DAY)
    book.invoiced("C-1", "-20", DAY)
    book.paid(DAY, "300", invoice="I-1")
    book.paid(DAY, "5.5")
    book.invoiced("E-1", "10", DAY, currency="EUR")
    book.paid(DAY, "25", invoice="E-1", currency="EUR")
    return book


def planted(book: Book) -> Movement:
    """An entry of a product that is not there."""
    book.sold_in(DAY, "1", product_id=999_999_999)
    return Movement.objects.latest("pk")


def run_proof() -> Job:
    job = jobs.enqueue(PROVE_BOOKS, key="tonight")
    runs.run(job.pk)
    return Job.objects.get(pk=job.pk)


def test_sound_books_are_proven(book: Book) -> None:
    job = run_proof()
    assert (job.state, job.result["sound"]) == (Job.State.DONE, True)
    assert job.result["entries"] == 3 + 1 + 4 + 3 + 3, "movements, count, invoices, payments, monthly totals"


def test_a_planted_orphan_sets_the_job_aside_with_its_result_where_administrators_look(
    book: Book, signed_in: SignIn
) -> None:
    planted(book)
    job = run_proof()
    assert (job.state, job.attempts) == (Job.State.QUARANTINED, 1)
    assert job.result["orphans"] == {"ledger_movement.product_id": 1}
    admin = factories.person("Adam", "administrator")
    shown = text_of(signed_in(admin).get(reverse("communications:failures")))
    assert "References of entries that lead nowhere: 1." in shown
    assert "Failed notices and jobs 1" in shown, "the sidebar counts what was set aside"


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"dealer_id": 999_999_999}, "dealer_id"),
        ({"batch_id": 999_999_999}, "batch_id"),
        ({"outlet_id": 999_999_999}, "outlet_id"),
    ],
)
def test_each_missing_parent_is_named(book: Book, fields: dict[str, int], place: str) -> None:
    given: Any = {"dealer": book.dealer, "batch": book.batch} | {name[:-3]: None for name in fields}
    given = {name: value for name, value in given.items() if value is not None} | fields
    Movement.objects.create(
        row=1, source="erp", key="lost", level=1, document="D", occurred_on=DAY, quantity=0, amount=0, currency="CNY",
        **given,
    )  # fmt: skip
    assert prove(on=DAY).orphans == {f"ledger_movement.{place}": 1}


@pytest.mark.parametrize(
    "wrong",
    [
        "update ledger_monthtotal set amount_e4 = amount_e4 + 1 where level = 1 and month = '2026-03-01'",
        "update ledger_monthtotal set entries = entries + 1 where level = 2",
        "delete from ledger_monthtotal where level = 2",
        "insert into ledger_monthtotal (dealer_id, level, month, currency, quantity, amount_e4, entries) "
        "select dealer_id, level, '2020-01-01', currency, 0, 0, 0 from ledger_monthtotal limit 1",
    ],
)
def test_a_total_that_differs_by_the_least_is_found(book: Book, wrong: str) -> None:
    assert prove(on=DAY).totals == 0
    with connection.cursor() as cursor:
        cursor.execute(wrong)
    found = prove(on=DAY)
    assert (found.totals, found.is_sound) == (1, False)


def test_money_paid_back_that_no_invoice_shows_is_found(book: Book) -> None:
    """The list of open items cannot show it, so it says less than is owed."""
    assert prove(on=DAY).open_items == 0
    book.paid(DAY, "-40", currency="GBP")
    assert prove(on=DAY).open_items == 1


def test_the_command_prints_one_line_and_fails_where_something_is_wrong(book: Book) -> None:
    out = StringIO()
    call_command("prove_books", stdout=out)
    assert json.loads(out.getvalue())["sound"] is True
    planted(book)
    out = StringIO()
    with pytest.raises(CommandError, match="lead nowhere: 1"):
        call_command("prove_books", stdout=out)
    [line] = out.getvalue().splitlines()
    assert json.loads(line)["orphans"] == {"ledger_movement.product_id": 1}


def test_it_is_done_every_night(db: None) -> None:
    assert Schedule.objects.get(kind=PROVE_BOOKS).every == Schedule.Every.DAY


def test_every_table_without_keys_is_proven() -> None:
    assert {model._meta.db_table for model in WITHOUT_KEYS} == TABLES_WITHOUT_KEYS
