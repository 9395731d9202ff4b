"""The measures: what they count, what they leave out, and when they say that nothing can be said."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from dealers.models import Outlet, Product
from ledger.models import ExchangeRate, ReportDue, ReportDuty, StockGap
from ledger.services import batches
from tests import factories
from tests.ledger.books import Book

IN, BEFORE = date(2026, 2, 10), date(2025, 2, 10)


def told(line: Any) -> tuple[str, str]:
    """Value (or the reason why there is none) and score."""
    return (line.missing, "") if line.missing else (f"{line.value.normalize():f}", f"{line.score:f}")


def gap(book: Book, on: date, product: Product) -> None:
    """A count that was five short when it was read."""
    StockGap.objects.create(
        dealer=book.dealer, batch=book.batch, row=1, product=product, counted_on=on, counted=Decimal(30),
        since=date(2025, 12, 31), opening=Decimal(35), bought=Decimal(0), sold=Decimal(0),
    )  # fmt: skip


class TestAttainment:
    def test_sell_in_net_of_returns_against_the_months_of_the_period(self, assess, book, target, northgate) -> None:
        target("400000", "300000", "375000", "999")
        book.sold_in(IN, "984680")
        book.sold_in(date(2026, 3, 31), "-6180")
        book.sold_in(date(2026, 4, 1), "500000")
        line = assess("attainment", northgate)
        assert line.inputs == {"sell_in": "978500.0000", "target": "1075000.0000", "currency": "CNY"}
        assert told(line) == ("0.910233", "91.0")

    def test_without_a_target_it_says_so(self, assess, book, northgate) -> None:
        book.sold_in(IN, "1")
        assert told(assess("attainment", northgate)) == ("no_target", "")

    def test_a_first_year_is_not_scored(self, assess, book, target, northgate) -> None:
        target("1", "1", "1", is_assessed=False)
        assert told(assess("attainment", northgate)) == ("first_year", "")

    def test_targets_of_lines_count_the_sell_in_of_these_lines(self, assess, book, target, northgate) -> None:
        faucets = factories.product_line("FAUCETS")
        brass, tiles = factories.product_line("BRASS", parent=faucets), factories.product_line("TILES")
        target("100", "100", "100", line=faucets)
        book.sold_in(IN, "240", product=Product.objects.create(code="B", name="B", line=brass))
        book.sold_in(IN, "999", product=Product.objects.create(code="T", name="T", line=tiles))
        assert told(assess("attainment", northgate)) == ("0.8", "80.0")

    def test_another_currency_is_converted_at_the_last_day_of_the_period_and_named(
        self, assess, book, target, northgate
    ) -> None:
        target("0", "1000", "0")
        ExchangeRate.objects.create(day=date(2026, 3, 30), currency="USD", quote="CNY", rate=Decimal("7.2"), source="x")
        book.sold_in(IN, "280")
        book.sold_in(IN, "100", currency="USD")
        line = assess("attainment", northgate)
        assert told(line) == ("1", "100.0")
        assert line.inputs["converted"] == [[{"amount": "100.0000", "currency": "USD", "rate": "7.20000000"}]]

    def test_without_a_rate_nothing_is_added_up(self, assess, book, target, northgate) -> None:
        target("0", "1000", "0")
        book.sold_in(IN, "100", currency="USD")
        assert told(assess("attainment", northgate)) == ("no_rate", "")


class TestGrowth:
    def test_against_the_same_time_a_year_before(self, assess, book, northgate) -> None:
        book.sold_in(BEFORE, "1000")
        book.sold_in(date(2025, 4, 1), "77")
        book.sold_in(IN, "1096")
        assert told(assess("growth", northgate)) == ("0.096", "64.0")

    def test_nothing_bought_any_more_is_a_fall_and_no_gap(self, assess, book, northgate) -> None:
        book.sold_in(BEFORE, "1000")
        assert told(assess("growth", northgate)) == ("-1", "0.0")

    def test_a_new_dealer_has_not_grown_without_end(self, assess, book, northgate) -> None:
        book.sold_in(IN, "1000")
        assert told(assess("growth", northgate)) == ("new_dealer", "")

    def test_a_year_of_returns_is_no_base(self, assess, book, northgate) -> None:
        book.sold_in(BEFORE, "-5")
        assert told(assess("growth", northgate)) == ("no_base", "")


class TestCollection:
    def test_paid_of_what_fell_due(self, assess, book, northgate) -> None:
        book.invoiced("A", "600", date(2026, 1, 31))
        book.invoiced("B", "400", date(2026, 3, 31))
        book.invoiced("LATER", "5000", date(2026, 4, 30), on=date(2026, 3, 31))
        book.paid(date(2026, 2, 1), "600", "A")
        book.paid(date(2026, 3, 31), "300", "B")
        book.paid(date(2026, 4, 1), "100", "B")
        assert told(assess("collection", northgate)) == ("0.9", "91.8")

    def test_where_nobody_feeds_payments_nobody_is_judged(self, assess, book, northgate) -> None:
        book.invoiced("A", "600", date(2026, 1, 31))
        assert told(assess("collection", northgate)) == ("no_payments", "")

    def test_whoever_never_pays_while_others_do_is_judged(self, assess, book, northgate, southport) -> None:
        book.invoiced("A", "600", date(2026, 1, 31))
        Book(southport).paid(date(2025, 12, 1), "1")
        assert told(assess("collection", northgate)) == ("0", "0.0")

    def test_nothing_due_is_no_merit(self, assess, book, northgate) -> None:
        book.paid(date(2026, 1, 1), "1")
        assert told(assess("collection", northgate)) == ("nothing_due", "")


class TestCover:
    @pytest.fixture
    def item(self, db: None) -> Product:
        return Product.objects.create(code="I", name="Item")

    def test_stock_against_the_sales_of_ninety_days(self, assess, book, item, northgate) -> None:
        book.counted(date(2026, 1, 31), item, "1200")
        book.sold_on(date(2026, 1, 10), "7200", product=item)
        book.sold_on(date(2025, 10, 1), "9999", product=item)
        assert told(assess("cover", northgate)) == ("15", "50.0")

    def test_the_mean_of_the_month_ends_that_were_counted(self, assess, book, item, northgate) -> None:
        book.sold_on(date(2026, 1, 31), "90", product=item)
        for day, quantity in ((date(2026, 1, 31), "30"), (date(2026, 2, 15), "999"), (date(2026, 2, 28), "60")):
            book.counted(day, item, quantity)
        assert told(assess("cover", northgate)) == ("45", "100.0")

    def test_no_counts_and_no_sales_are_two_reasons(self, assess, book, item, northgate) -> None:
        assert told(assess("cover", northgate)) == ("no_counts", "")
        book.counted(date(2026, 1, 31), item, "10")
        assert told(assess("cover", northgate)) == ("no_sales", "")

    def test_counts_that_do_not_balance_are_named_as_far_as_they_were_counted(
        self, assess, book, item, northgate, southport, dave
    ) -> None:
        other = Product.objects.create(code="O", name="Other")
        book.sold_on(date(2026, 1, 31), "90", product=item)
        ends = date(2026, 1, 31), date(2026, 2, 28)
        for day in ends:
            book.counted(day, item, "30")
            book.counted(day, other, "6")
        taken_back = Book(northgate)
        gap(book, ends[0], item)
        gap(taken_back, ends[0], other)
        gap(book, date(2026, 2, 15), item)  # not a count that the value rests on
        gap(Book(southport), ends[0], item)
        batches.reverse(taken_back.batch, by=dave, reason="Counted twice.")
        line = assess("cover", northgate)
        assert (line.inputs["unbalanced"], line.inputs["counts"]) == ("1", "4")

    def test_where_every_count_balances_nothing_is_said(self, assess, book, item, northgate) -> None:
        book.sold_on(date(2026, 1, 31), "90", product=item)
        book.counted(date(2026, 1, 31), item, "30")
        assert not {"unbalanced", "counts"} & set(assess("cover", northgate).inputs)


class TestExpansion:
    def test_a_customer_is_new_once(self, assess, book, northgate, north) -> None:
        old, new, third = (
            Outlet.objects.create(dealer=northgate, code=code, outlet_class="retailer", territory=north)
            for code in ("K1", "K2", "K3")
        )
        for outlet, day in ((old, BEFORE), (old, IN), (new, IN), (new, date(2026, 3, 1)), (third, date(2026, 4, 1))):
            book.sold_on(day, "1", outlet)
        line = assess("expansion", northgate)
        assert told(line) == ("1", "20.0") and line.inputs == {"new": "1", "active": "2"}

    def test_without_reports_nothing_is_said(self, assess, book, northgate) -> None:
        assert told(assess("expansion", northgate)) == ("no_sales_reported", "")


class TestReports:
    @pytest.fixture
    def due(self, northgate: Any, system: Any) -> Any:
        duty = ReportDuty.objects.create(dealer=northgate, kind="sell-through", starts_on=date(2025, 1, 1))

        def make(month: int, filed: date | None, **fields: Any) -> None:
            ReportDue.objects.create(
                dealer=northgate, duty=duty, kind=duty.kind, month=date(2026, month, 1) if month else date(2025, 12, 1),
                due_on=date(2026, month + 1, 5), filed_on=filed, **fields,
            )  # fmt: skip

        return make

    def test_filed_in_time_of_those_due(self, assess, book, due, northgate) -> None:
        due(0, date(2026, 1, 5))
        due(1, date(2026, 2, 6))
        due(2, None)
        due(3, None)
        assert told(assess("reports", northgate)) == ("0.333333", "33.3")

    def test_what_was_waived_was_not_due(self, assess, book, due, northgate, system) -> None:
        due(1, None, waived_by_id=system.pk, waive_reason="The flood in his warehouse.")
        assert told(assess("reports", northgate)) == ("no_report_due", "")


def test_what_was_posted_and_taken_back_counts_for_nothing(assess, book, target, northgate, dave) -> None:
    target("0", "100", "0")
    book.sold_in(IN, "100")
    batches.reverse(book.batch, by=dave, reason="It was the file of another dealer.")
    assert told(assess("attainment", northgate)) == ("0", "0.0")
