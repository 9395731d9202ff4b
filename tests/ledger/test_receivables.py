"""What is owed as of a day: named payments first, the rest settles the oldest debt; the parts add up to the whole."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealers.models import Dealer
from ledger.models import ImportBatch, Invoice, Payment
from ledger.receivables import OpenItem, ageing, open_items

TODAY = date(2026, 3, 20)
NUMBERS = iter(range(1, 10**6))


@pytest.fixture
def batch(northgate: Dealer, dave: Any) -> ImportBatch:
    return ImportBatch.objects.create(kind="invoices", file_name="f.csv", sha256="0" * 64, created_by_id=dave.pk)


@pytest.fixture
def book(batch: ImportBatch, northgate: Dealer) -> Any:
    def write(model: type[Any], amount: str, **fields: Any) -> None:
        defaults = {"dealer": northgate, "batch": batch, "row": 1, "source": "erp", "currency": "CNY"}
        model.objects.create(key=f"K{next(NUMBERS)}", amount=Decimal(amount), **defaults | fields)

    return write


def invoice(book: Any, number: str, amount: str, due: date | None, **fields: Any) -> None:
    book(Invoice, amount, number=number, invoiced_on=date(2026, 1, 1), due_on=due, **fields)


def left(dealer: Dealer, on: date = TODAY) -> dict[str, Decimal]:
    return {item.number: item.open for item in open_items(Dealer.objects.filter(pk=dealer.pk), on=on)}


def test_a_payment_settles_the_invoice_that_it_names(book, northgate) -> None:
    invoice(book, "OLD", "100", date(2026, 2, 1))
    invoice(book, "NEW", "50", date(2026, 3, 1))
    book(Payment, "50", paid_on=date(2026, 3, 2), invoice_number="NEW")
    assert left(northgate) == {"OLD": 100}


def test_what_names_none_settles_the_oldest_first(book, northgate) -> None:
    invoice(book, "B", "50", date(2026, 3, 1))
    invoice(book, "A", "100", date(2026, 2, 1))
    invoice(book, "UNDATED", "10", None)
    book(Payment, "120", paid_on=date(2026, 3, 2))
    assert left(northgate) == {"B": 30, "UNDATED": 10}


def test_a_credit_note_and_what_was_paid_too_much_settle_others(book, northgate) -> None:
    invoice(book, "A", "100", date(2026, 2, 1))
    invoice(book, "B", "40", date(2026, 2, 2))
    invoice(book, "CREDIT", "-30", date(2026, 2, 3))
    book(Payment, "45", paid_on=date(2026, 3, 2), invoice_number="B")
    assert left(northgate) == {"A": 65}


def test_a_reversed_invoice_was_never_owed(book, northgate) -> None:
    invoice(book, "A", "100", date(2026, 2, 1))
    invoice(book, "A", "-100", date(2026, 2, 1), is_reversal=True)
    assert left(northgate) == {}


def test_later_payments_do_not_count_on_an_earlier_day(book, northgate) -> None:
    invoice(book, "A", "100", date(2026, 2, 1))
    book(Payment, "100", paid_on=date(2026, 3, 2))
    assert left(northgate, date(2026, 3, 1)) == {"A": 100}
    assert left(northgate) == {}


def test_currencies_are_never_mixed(book, northgate) -> None:
    invoice(book, "A", "100", date(2026, 2, 1))
    book(Payment, "100", paid_on=date(2026, 3, 2), currency="USD")
    assert left(northgate) == {"A": 100}


def test_each_dealer_pays_for_himself(book, northgate, southport) -> None:
    invoice(book, "A", "100", date(2026, 2, 1))
    invoice(book, "A", "70", date(2026, 2, 1), dealer=southport)
    book(Payment, "70", paid_on=date(2026, 3, 2), invoice_number="A", dealer=southport)
    assert left(northgate) == {"A": 100} and left(southport) == {}


@pytest.mark.django_db(transaction=False)
def test_open_items_and_free_money_add_up_to_the_balance(book, northgate) -> None:
    invoice(book, "A", "100.0001", date(2026, 2, 1))
    invoice(book, "B", "-20", date(2026, 2, 1))
    book(Payment, "33.3333", paid_on=date(2026, 3, 2), invoice_number="NOBODY")
    assert sum(left(northgate).values()) == Decimal("46.6668")


def test_buckets_are_by_days_past_due_and_the_last_is_open() -> None:
    def item(amount: int, due: date | None) -> OpenItem:
        return OpenItem(1, "CNY", "N", date(2025, 1, 1), due, Decimal(amount), Decimal(amount))

    days = [date(2026, 3, 20), date(2026, 3, 19), date(2026, 2, 18), date(2026, 2, 17), date(2025, 3, 20), None]
    [one] = ageing([item(2**n, due) for n, due in enumerate(days)], on=TODAY)
    assert [one.not_due, *one.buckets, one.undated] == [1, 2 + 4, 8, 0, 16, 32]
    assert one.total == 63 and one.overdue == 30


@settings(deadline=None)  # what it shows does not depend on the machine
@given(
    st.lists(
        st.tuples(st.integers(1, 10**9), st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 1, 1)))),
        max_size=30,
    )
)
def test_buckets_add_up_to_what_is_owed(items: list[tuple[int, date | None]]) -> None:
    found = ageing(
        [OpenItem(1, "CNY", "N", TODAY, due, Decimal(n) / 100, Decimal(n) / 100) for n, due in items], on=TODAY
    )
    for one in found:
        assert one.total == one.not_due + one.overdue + one.undated
