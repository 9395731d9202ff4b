"""The lines behind figures: of one dealer, exactly those that were counted, and what they come to."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dealers.models import Product
from ledger import lines
from ledger.models import Order
from tests import factories
from tests.ledger.books import Book
from tests.pages import text_of

JANUARY, MARCH = date(2026, 1, 1), date(2026, 3, 31)


@pytest.fixture
def book(northgate: Any) -> Book:
    return Book(northgate)


def test_a_figures_lines_are_those_of_its_time_level_and_line(signed_in, carol, book, northgate) -> None:
    faucets = factories.product_line("FAUCETS")
    brass = factories.product_line("BRASS", parent=faucets)
    tap = Product.objects.create(code="TAP", name="Tap", line=brass)
    book.sold_in(date(2026, 2, 1), "1234.5678", product=tap)
    book.sold_in(date(2026, 4, 1), "99", product=tap)
    book.sold_in(date(2026, 2, 1), "88")
    book.sold_on(date(2026, 2, 1), "77", product=tap)
    url = lines.movements(northgate, level=1, start=JANUARY, end=MARCH, line="FAUCETS")
    page = text_of(signed_in(carol).get(url))
    assert "1,234.5678" in page and "Lines 1" in page and "Sum, CNY 1,234.5678" in page
    assert "Dealer Northgate" in page, "the chip says whose lines they are"


def test_what_was_posted_later_is_left_out(signed_in, carol, alice, northgate) -> None:
    Book(northgate, at=datetime(2026, 4, 1, tzinfo=UTC)).sold_in(date(2026, 2, 1), "100")
    Book(northgate, at=datetime(2026, 4, 20, tzinfo=UTC)).sold_in(date(2026, 2, 1), "7")
    moment = datetime(2026, 4, 10, 12, 30, tzinfo=UTC)
    url = lines.movements(northgate, level=1, start=JANUARY, end=MARCH, known_at=moment)
    for reader in (carol, alice):
        page = text_of(signed_in(reader).get(url))
        assert "Sum, CNY 100.00" in page and "Lines 1" in page


def test_sums_never_mix_currencies(signed_in, alice, book) -> None:
    book.sold_in(date(2026, 2, 1), "5")
    book.sold_in(date(2026, 2, 1), "6", currency="USD")
    page = text_of(signed_in(alice).get(reverse("ledger:movements")))
    assert "Sum, CNY 5.00" in page and "Sum, USD 6.00" in page and "11" not in page.replace("2011", "")


def test_sums_never_add_purchases_to_sales_nor_stock_of_one_day_to_that_of_another(signed_in, alice, book) -> None:
    item = Product.objects.create(code="I", name="Item")
    book.sold_in(JANUARY, "100", product=item)
    book.sold_in(JANUARY, "30", product=item)
    for _time in range(2):
        book.sold_on(JANUARY, "4", product=item)
    client = signed_in(alice)
    text = text_of(client.get("/movements/"))
    assert "Sell-in: manufacturer to dealer, CNY 130.00" in text and "Sum, CNY" not in text
    book.counted(MARCH, item, "7")
    assert "Sum of the quantities 7" in text_of(client.get("/stock/"))
    book.counted(JANUARY, item, "5")
    assert "Lines 2" in (text := text_of(client.get("/stock/"))) and "Sum of the quantities" not in text


@pytest.mark.parametrize("name", ["movements", "invoices", "payments", "stock"])
def test_our_people_read_one_dealer_at_a_time(signed_in, carol, book, name) -> None:
    book.sold_in(date(2026, 2, 1), "5")
    page = text_of(signed_in(carol).get(reverse(f"ledger:{name}")))
    assert "Lines are shown for one dealer or one import at a time" in page and "5.00" not in page
    assert "To the dealers" in page and "Export" not in page, "there is nothing to take away yet"


def test_a_dealer_reads_his_own_and_nobody_elses(signed_in, alice, bob, book, northgate) -> None:
    book.sold_in(date(2026, 2, 1), "4321")
    book.invoiced("INV-1", "6543", date(2026, 3, 1))
    book.paid(date(2026, 3, 2), "8765", "INV-1")
    book.counted(date(2026, 2, 28), Product.objects.create(code="TAP", name="Tap"), "345")
    shown = {"movements": "4,321.00", "invoices": "6,543.00", "payments": "8,765.00", "stock": "345"}
    for name, figure in shown.items():
        assert figure in text_of(signed_in(alice).get(reverse(f"ledger:{name}")))
        for address in (reverse(f"ledger:{name}"), f"{reverse(f'ledger:{name}')}?dealer={northgate.public_id}"):
            assert figure not in text_of(signed_in(bob).get(address))


def test_a_foreign_dealer_in_the_address_is_as_unknown_as_a_missing_one(signed_in, carol, southport) -> None:
    Book(southport).sold_in(date(2026, 2, 1), "4321")
    pages = {
        text_of(signed_in(carol).get(reverse("ledger:movements"), {"dealer": name}))
        for name in (southport.public_id, "z" * 14)
    }
    assert len(pages) == 1 and "4,321" not in pages.pop()


@pytest.mark.parametrize("rows", [1, 30])
def test_a_list_of_lines_costs_the_same_however_long(signed_in, carol, book, northgate, rows, statements) -> None:
    for _ in range(rows):
        book.sold_in(date(2026, 2, 1), "5")
    url = lines.movements(northgate, level=1, start=JANUARY, end=MARCH)
    client = signed_in(carol)
    client.get(url)
    with statements() as asked:
        client.get(url)
    assert len(asked) <= 8, "\n".join(asked)


def test_lines_can_be_taken_away_as_a_file(signed_in, alice, book) -> None:
    book.sold_in(date(2026, 2, 1), "1234.5678")
    answer = signed_in(alice).get(reverse("ledger:movements_export", args=["csv"]))
    assert "1234.5678" in b"".join(answer).decode("utf-8-sig")


class TestOrders:
    HEADER = "order_no,dealer_code,status,order_date,required_date,shipped_date,amount,currency"

    @pytest.fixture
    def bring(self, tmp_path: Any, northgate: Any) -> Any:
        from dealers.models import User
        from ledger.imports.files import COMMAND
        from ledger.services import batches

        numbers = iter(range(100))

        def run(*rows: str) -> Any:
            path = tmp_path / f"{next(numbers)}.csv"
            path.write_text("\n".join([self.HEADER, *rows]) + "\n", encoding="utf-8")
            return batches.post_file(path, "orders", by=User.objects.get(kind="system"), limits=COMMAND)[1]

        return run

    def test_the_last_word_counts(self, bring) -> None:
        bring("A1,NG,In Process,2026-03-01,2026-03-20,,500,CNY", "A2,NG,未发货,2026-03-02,,,10,CNY")
        again = bring("A1,NG,Shipped,2026-03-01,2026-03-20,2026-03-18,500,CNY", "A2,NG,open,2026-03-02,,,10,CNY")
        assert (again.stored, again.duplicate) == (1, 1)
        assert list(Order.objects.order_by("number").values_list("number", "state")) == [
            ("A1", "shipped"),
            ("A2", "open"),
        ]

    def test_bad_rows_say_why(self, bring) -> None:
        outcome = bring(
            "A1,NG,Shipped,2026-03-01,,,500,CNY", "A2,NG,lost,2026-03-01,,,500,CNY", "A3,NG,open,2026-03-01,,,500,CNY",
            "A3,NG,open,2026-03-01,,,600,CNY", "A4,NG,shipped,2026-03-09,,2026-03-01,5,CNY",
        )  # fmt: skip
        assert [one.reason for one in outcome.rejects] == [
            "MISSING_REQUIRED", "BAD_CHOICE", "DUPLICATE_KEY", "ENDS_BEFORE_START"]  # fmt: skip

    def test_what_is_late_stands_out(self, bring, signed_in, alice, bob) -> None:
        bring("A1,NG,open,2026-03-01,2026-03-02,,500,CNY", "A2,NG,delivered,2026-03-01,2026-03-02,2026-03-02,9,CNY")
        page = signed_in(alice).get(reverse("ledger:orders"))
        assert page.text.count('<span class="late">2026-03-02</span>') == 1
        late = signed_in(alice).get(reverse("ledger:orders"), {"late": "true"})
        assert "A1" in text_of(late) and "A2" not in text_of(late)
        assert "A1" not in text_of(signed_in(bob).get(reverse("ledger:orders")))
        assert timezone.localdate() > date(2026, 3, 2)
