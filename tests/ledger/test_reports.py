"""Reports of dealers: due every month, filed from a phone or with a file, all rows or none; and the trade page."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate as today

from core.periods import months_later
from dealers.models import Dealer, Product, User
from ledger.imports.files import COMMAND
from ledger.models import Movement, ReportDue, ReportDuty, StockCount
from ledger.services import batches, dues
from tests import factories
from tests.ledger.books import Book
from tests.pages import text_of

type SignIn = Callable[[User], Client]
WHY = "The warehouse was closed the whole month."


def last_month() -> date:
    return months_later(today().replace(day=1), -1)


def end_of_last_month() -> date:
    return today().replace(day=1) - timedelta(days=1)


@pytest.fixture
def hammer(db: None) -> Product:
    return Product.objects.create(code="H-1", name="Hammer", name_zh="锤子", line=factories.product_line("TOOLS"))


@pytest.fixture
def operations(northgate: Dealer) -> User:
    return factories.person("Olga", "channel_operations")


@pytest.fixture
def due(northgate: Dealer, hammer: Product) -> Any:
    """Open one report of last month."""

    def of(kind: str) -> ReportDue:
        ReportDuty.objects.create(dealer=northgate, kind=kind, due_days=5, starts_on=last_month())
        assert dues.open_dues(on=today()) == 1
        return ReportDue.objects.get(kind=kind)

    return of


def test_every_month_that_is_over_is_due_once(northgate: Dealer) -> None:
    start = months_later(last_month(), -2)
    ReportDuty.objects.create(dealer=northgate, kind=ReportDuty.Kind.STOCK, due_days=5, starts_on=start)
    assert dues.open_dues(on=today()) == 3 and dues.open_dues(on=today()) == 0
    months = list(ReportDue.objects.order_by("month").values_list("month", "due_on"))
    assert months[-1] == (last_month(), today().replace(day=5))


def test_stock_is_keyed_in_on_a_phone(due: Any, alice: User, hammer: Product, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.STOCK)
    answer = signed_in(alice).post(f"/reports/{report.public_id}/file/", {f"qty_{hammer.pk}": "12"}, follow=True)
    assert "The report is filed" in text_of(answer)
    [count] = StockCount.objects.all()
    assert count.quantity == 12 and count.counted_on == end_of_last_month()
    report.refresh_from_db()
    assert (report.filed_on, report.filed_by_id, report.batch_id) == (today(), alice.pk, count.batch_id)
    again = signed_in(alice).post(f"/reports/{report.public_id}/file/", {f"qty_{hammer.pk}": "13"})
    assert "This report is filed" in text_of(again) and StockCount.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "sent"), [("stock-counts", {"qty": "12"}), ("sell-through", {"qty": "12", "amount": "9"})]
)
def test_a_filed_report_leads_to_what_was_reported(
    due: Any, alice: User, hammer: Product, signed_in: SignIn, kind: str, sent: dict[str, str]
) -> None:
    report, client = due(kind), signed_in(alice)
    before = client.get(report.get_absolute_url()).content.decode()
    client.post(f"/reports/{report.public_id}/file/", {f"{name}_{hammer.pk}": said for name, said in sent.items()})
    page = client.get(report.get_absolute_url()).content.decode()
    [link] = re.findall(r'href="([^"]*)">What was reported<', page)
    assert "Hammer" in text_of(client.get(unescape(link))) and "What was reported" not in before


def test_sales_need_pieces_and_money(due: Any, alice: User, hammer: Product, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.SELL_THROUGH)
    client, address = signed_in(alice), f"/reports/{report.public_id}/file/"
    assert "Enter both" in text_of(client.post(address, {f"qty_{hammer.pk}": "3"}))
    assert "at least one figure" in text_of(client.post(address, {"file": ""}))
    client.post(address, {f"qty_{hammer.pk}": "3", f"amount_{hammer.pk}": "75.50"})
    [sale] = Movement.objects.all()
    assert sale.quantity == 3 and str(sale.amount) == "75.5000" and sale.level == 2


def test_a_file_with_a_wrong_row_stores_nothing_and_names_it(
    due: Any, alice: User, hammer: Product, signed_in: SignIn
) -> None:
    report = due(ReportDuty.Kind.STOCK)
    day = end_of_last_month().isoformat()
    text = f"dealer_code,counted_on,product_code,qty\nNG,{day},H-1,4\nNG,{day},H-9,5\n"
    upload = SimpleUploadedFile("stock.csv", text.encode(), content_type="text/csv")
    answer = signed_in(alice).post(f"/reports/{report.public_id}/file/", {"file": upload})
    said = text_of(answer)
    assert answer.status_code == 422 and "Row 2" in said and "H-9" in said, said
    assert not StockCount.objects.exists()
    report.refresh_from_db()
    assert report.filed_on is None


def test_a_file_about_another_dealer_is_not_taken(
    due: Any, alice: User, southport: Dealer, hammer: Product, signed_in: SignIn
) -> None:
    report = due(ReportDuty.Kind.STOCK)
    day = end_of_last_month().isoformat()
    upload = SimpleUploadedFile("s.csv", f"dealer_code,counted_on,product_code,qty\nSP,{day},H-1,4\n".encode())
    signed_in(alice).post(f"/reports/{report.public_id}/file/", {"file": upload})
    assert not StockCount.objects.exists()


def test_rows_of_another_month_do_not_file_a_report(due: Any, alice: User, hammer: Product, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.STOCK)
    day = (last_month() - timedelta(days=1)).isoformat()
    upload = SimpleUploadedFile("s.csv", f"dealer_code,counted_on,product_code,qty\nNG,{day},H-1,4\n".encode())
    answer = signed_in(alice).post(f"/reports/{report.public_id}/file/", {"file": upload})
    assert answer.status_code == 422 and day in text_of(answer)
    report.refresh_from_db()
    assert report.filed_on is None and not StockCount.objects.exists()


def test_a_report_that_is_taken_back_is_due_again(
    due: Any, alice: User, operations: User, hammer: Product, signed_in: SignIn
) -> None:
    report = due(ReportDuty.Kind.STOCK)
    client, page = signed_in(alice), f"/reports/{report.public_id}/file/"
    client.post(page, {f"qty_{hammer.pk}": "12"})
    report.refresh_from_db()
    batches.reverse(report.batch, by=operations, reason="The dealer counted the wrong shelf.")
    report.refresh_from_db()
    assert (report.filed_on, report.batch_id) == (None, None)
    client.post(page, {f"qty_{hammer.pk}": "13"})
    report.refresh_from_db()
    assert report.filed_on == today()


def test_a_file_for_many_dealers_files_their_reports(
    due: Any, operations: User, hammer: Product, tmp_path: Path
) -> None:
    report = due(ReportDuty.Kind.STOCK)
    path = tmp_path / "stock.csv"
    day = end_of_last_month().isoformat()
    path.write_text(f"dealer_code,counted_on,product_code,qty\nNG,{day},H-1,4\n")
    batches.post_file(path, "stock-counts", by=operations, limits=COMMAND)
    report.refresh_from_db()
    assert (report.filed_on, report.batch_id) == (today(), None)


def test_both_sides_open_a_report_by_its_own_address(due: Any, alice: User, carol: User, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.STOCK)
    for user in (alice, carol):
        assert signed_in(user).get(report.get_absolute_url()).status_code == 200


def test_nothing_to_report_is_said(due: Any, alice: User, bob: User, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.STOCK)
    assert signed_in(bob).post(f"/reports/{report.public_id}/nothing/").status_code == 404
    signed_in(alice).post(f"/reports/{report.public_id}/nothing/")
    report.refresh_from_db()
    assert report.is_nil and report.filed_on == today()


def test_our_people_waive_with_a_reason(due: Any, carol: User, alice: User, signed_in: SignIn) -> None:
    report = due(ReportDuty.Kind.STOCK)
    page = f"/reports/{report.public_id}/waive/"
    assert signed_in(alice).get(page).status_code == 404
    assert signed_in(carol).post(page, {"reason": "no"}).status_code == 422
    signed_in(carol).post(page, {"reason": WHY})
    assert WHY in text_of(signed_in(alice).get(f"/reports/{report.public_id}/"))
    report.refresh_from_db()
    assert report.outcome(on=today()) == ReportDue.Outcome.WAIVED


def test_the_home_page_asks_for_it(due: Any, alice: User, signed_in: SignIn) -> None:
    due(ReportDuty.Kind.STOCK)
    assert "say that there is nothing to report" in text_of(signed_in(alice).get("/"))


def test_the_trade_page_shows_what_is_owed_and_how_late(
    northgate: Dealer, alice: User, ann: User, signed_in: SignIn
) -> None:
    book = Book(northgate)
    book.sold_in(today().replace(day=1), "400")
    book.invoiced("I-1", "250", today() - timedelta(days=40))
    book.invoiced("I-2", "150", today() + timedelta(days=10), on=today() - timedelta(days=20))
    page = f"/dealers/{northgate.public_id}/trade/"
    said = text_of(signed_in(alice).get(page))
    assert "I-1" in said and "31 to 60 days late 250" in said and "Not due 150" in said
    assert "I-1" not in text_of(signed_in(ann).get(page)), "a clerk sees goods, not money"
    assert signed_in(alice).get("/trade/").headers["Location"] == page


def test_months_before_the_duty_are_not_due(northgate: Dealer) -> None:
    ReportDuty.objects.create(dealer=northgate, kind=ReportDuty.Kind.STOCK, due_days=5, starts_on=today())
    assert dues.open_dues(on=today()) == 0
