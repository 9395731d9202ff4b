"""A stock count is compared with the one before and what moved since: warnings, never rejections."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils.timezone import localdate as today

from dealers.models import Dealer, Product, User
from ledger.balance import gaps_of
from ledger.imports.files import COMMAND
from ledger.models import ImportBatch, ReportDue, ReportDuty, StockCount, StockGap
from ledger.services import batches, dues
from tests import factories
from tests.ledger.books import Book
from tests.ledger.test_import_pages import do, page, sent
from tests.ledger.test_reports import end_of_last_month, last_month
from tests.pages import text_of

type SignIn = Callable[..., Client]
HEAD = "dealer_code,counted_on,product_code,qty\n"
FIRST, LAST = date(2026, 1, 31), date(2026, 2, 28)
WHY = "Twelve are still on the lorry."


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hammer(db: None) -> Product:
    return Product.objects.create(code="H-1", name="Hammer", line=factories.product_line("TOOLS"))


@pytest.fixture
def nail(hammer: Product) -> Product:
    return Product.objects.create(code="N-1", name="Nail", line=hammer.line)


@pytest.fixture
def olga(northgate: Dealer) -> User:
    return factories.person("Olga", "channel_operations")


@pytest.fixture
def book(northgate: Dealer, hammer: Product) -> Book:
    """Fifty counted, twenty bought, eighteen sold: fifty-two should be there. Nothing around it counts."""
    book = Book(northgate)
    book.counted(FIRST, hammer, "50")
    book.sold_in(FIRST + timedelta(days=1), "100", product=hammer, quantity=25)
    book.sold_in(LAST, "-20", product=hammer, quantity=-5)  # a return, on the day of the count
    book.sold_on(FIRST + timedelta(days=9), "18", product=hammer)
    book.sold_in(FIRST, "500", product=hammer, quantity=500)  # the evening of the count before has it already
    book.sold_on(LAST + timedelta(days=1), "7", product=hammer)
    return book


def test_a_count_that_does_not_balance_is_taken_with_a_warning_that_names_the_arithmetic(
    book: Book, signed_in: SignIn, olga: User, hammer: Product
) -> None:
    client = signed_in(olga)
    batch = sent(client, f"{HEAD}NG,{LAST},H-1,40\n", kind="stock-counts")
    assert (batch.rows_stored, batch.rows_rejected, batch.rows_warned) == (1, 0, 1)
    said = text_of(client.get(f"/imports/{batch.public_id}/"))
    for words in (
        "Counts that do not balance",
        "Northgate",
        "Hammer",
        "52 50 on 2026-01-31 + 20 bought − 18 sold",
        "−12",
    ):
        assert words in said, words
    do(client, batch, "post", choice="good_rows")
    assert StockCount.objects.filter(batch=batch).count() == 1 == StockGap.objects.count()
    assert "−12" in page(client, batch), "the warning stays with the batch"


@pytest.mark.parametrize(("counted", "warned"), [(52, 0), (50, 0), (49, 1), (54, 0), (55, 1), (0, 1)])
def test_small_differences_are_let_pass(
    book: Book, olga: User, hammer: Product, tmp_path: Path, counted: int, warned: int
) -> None:
    assert imported(tmp_path, olga, f"NG,{LAST},H-1,{counted}\n").rows_warned == warned


def test_a_single_piece_is_no_deviation(northgate: Dealer, olga: User, hammer: Product, tmp_path: Path) -> None:
    Book(northgate).counted(FIRST, hammer, "3")
    assert imported(tmp_path, olga, f"NG,{LAST},H-1,2\n").rows_warned == 0


def test_a_first_count_has_nothing_to_differ_from(book: Book, olga: User, nail: Product, tmp_path: Path) -> None:
    assert imported(tmp_path, olga, f"NG,{LAST},N-1,40\n").rows_warned == 0


def test_each_count_of_a_file_is_compared_with_the_one_before_it_wherever_that_came_from(
    book: Book, northgate: Dealer, southport: Dealer, olga: User, hammer: Product, nail: Product, tmp_path: Path
) -> None:
    Book(southport).counted(FIRST, hammer, "10")
    Book(northgate).counted(date(2026, 3, 31), hammer, "45")
    rows = [
        (northgate.code, LAST, "H-1", 52),
        (northgate.code, date(2026, 4, 30), "H-1", 45),  # with another file's count of March before it
        (northgate.code, date(2026, 1, 15), "N-1", 5),
        (northgate.code, LAST, "N-1", 50),
        (southport.code, LAST, "H-1", 30),
    ]
    batch = imported(tmp_path, olga, "".join(",".join(map(str, row)) + "\n" for row in rows))
    told = {(gap.row, gap.since, int(gap.expected), int(gap.difference)) for gap in StockGap.objects.all()}
    assert told == {(4, date(2026, 1, 15), 5, 45), (5, FIRST, 10, 20)}
    assert batch.rows_warned == 2


def test_a_count_that_was_taken_back_is_none(northgate: Dealer, olga: User, hammer: Product, tmp_path: Path) -> None:
    wrong = imported(tmp_path, olga, f"NG,{FIRST},H-1,500\n")
    batches.reverse(wrong, by=olga, reason="The dealer counted the wrong shelf.")
    assert imported(tmp_path, olga, f"NG,{LAST},H-1,40\n").rows_warned == 0


def test_the_command_counts_the_warnings(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text(f"{HEAD}NG,{LAST},H-1,40\n")
    out = StringIO()
    call_command("import_data", "stock-counts", str(path), stdout=out)
    assert json.loads(out.getvalue())["warnings"] == 1


def test_one_question_judges_a_batch(book: Book, olga: User, tmp_path: Path, statements: Any) -> None:
    batch = imported(tmp_path, olga, f"NG,{LAST},H-1,40\n")
    with statements() as asked:
        number, [gap] = gaps_of(batch)
    assert (len(asked), number, int(gap.difference)) == (1, 1, -12)


# ---- on the dealer's form --------------------------------------------------------------------
@pytest.fixture
def due(northgate: Dealer, hammer: Product) -> ReportDue:
    """Fifty at the end of the month before, thirty bought: eighty are expected."""
    book = Book(northgate)
    book.counted(last_month() - timedelta(days=1), hammer, "50")
    book.sold_in(last_month(), "300", product=hammer, quantity=30)
    ReportDuty.objects.create(dealer=northgate, kind=ReportDuty.Kind.STOCK, due_days=5, starts_on=last_month())
    dues.open_dues(on=today())
    return ReportDue.objects.get()


def test_the_dealer_is_asked_before_his_report_is_filed_and_may_insist_with_a_note(
    due: ReportDue, alice: User, carol: User, hammer: Product, signed_in: SignIn
) -> None:
    client, where = signed_in(alice), f"/reports/{due.public_id}/file/"
    asked = client.post(where, {f"qty_{hammer.pk}": "68"})
    said = text_of(asked)
    assert asked.status_code == 422 and "File it anyway?" in said
    assert "80 50 on" in said and "+ 30 bought − 0 sold" in said and "−12" in said
    assert f'name="qty_{hammer.pk}" value="68"' in asked.content.decode()
    assert StockCount.objects.count() == 1 and not StockGap.objects.exists()
    short = client.post(where, {f"qty_{hammer.pk}": "68", "note": "no"})
    assert short.status_code == 422 and "in a sentence" in text_of(short)
    assert client.post(where, {f"qty_{hammer.pk}": "68", "note": WHY}).status_code == 302
    due.refresh_from_db()
    assert (due.filed_on, due.note, int(StockGap.objects.get().difference)) == (today(), WHY, -12)
    for user in (alice, carol):
        shown = text_of(signed_in(user).get(f"/reports/{due.public_id}/"))
        assert WHY in shown and "−12" in shown


def test_a_figure_that_is_put_right_needs_no_note(
    due: ReportDue, alice: User, hammer: Product, signed_in: SignIn
) -> None:
    client, where = signed_in(alice), f"/reports/{due.public_id}/file/"
    client.post(where, {f"qty_{hammer.pk}": "68"})
    assert client.post(where, {f"qty_{hammer.pk}": "80"}).status_code == 302
    due.refresh_from_db()
    assert due.note == ""


def test_a_file_need_not_be_chosen_again(due: ReportDue, alice: User, hammer: Product, signed_in: SignIn) -> None:
    client, where = signed_in(alice), f"/reports/{due.public_id}/file/"
    text = f"{HEAD}NG,{end_of_last_month()},H-1,68\n"
    asked = client.post(where, {"file": SimpleUploadedFile("count.csv", text.encode())})
    mark = asked.content.decode().partition('name="kept" value="')[2].partition('"')[0]
    assert mark
    stolen = client.post(where, {"kept": mark[:-2] + "xx", "note": WHY})
    assert stolen.status_code == 422 and "Choose it once more" in text_of(stolen)
    assert client.post(where, {"kept": mark, "note": WHY}).status_code == 302
    assert StockCount.objects.get(counted_on=end_of_last_month()).quantity == 68
    assert ImportBatch.objects.latest("pk").file_name == "count.csv"


def test_a_report_that_is_taken_back_forgets_the_note(
    due: ReportDue, alice: User, olga: User, hammer: Product, signed_in: SignIn
) -> None:
    signed_in(alice).post(f"/reports/{due.public_id}/file/", {f"qty_{hammer.pk}": "68", "note": WHY})
    due.refresh_from_db()
    batches.reverse(ImportBatch.objects.latest("pk"), by=olga, reason="The dealer counted the wrong shelf.")
    due.refresh_from_db()
    assert (due.filed_on, due.note) == (None, "")


def imported(folder: Path, by: User, rows: str) -> ImportBatch:
    path = folder / f"stock-{ImportBatch.objects.count()}.csv"
    path.write_text(HEAD + rows)
    batch, _outcome = batches.post_file(path, "stock-counts", by=by, limits=COMMAND)
    return batch
