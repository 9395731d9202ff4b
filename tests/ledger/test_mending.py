"""Rejected cells are put right on the import's page, and go through the same checks as the file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from dealers.models import Dealer, Product, Territory, User
from ledger.imports import kinds
from ledger.models import ImportBatch, ImportMend, MonthTotal, Movement, RejectedRow
from ledger.services import mends
from ledger.services.mends import Cell, MendedMeanwhile
from tests import factories
from tests.ledger.test_import_pages import BAD, GOOD, HEADER, do, page, sent, work
from tests.pages import text_of
from tests.racing import at_once

type SignIn = Callable[..., Client]
State = ImportBatch.State


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def product(db: None) -> Product:
    return Product.objects.create(code="F-18", name="Kitchen faucet")


@pytest.fixture
def fay(world: Territory) -> User:
    return factories.person("Fay", "finance")


@pytest.fixture
def gus(world: Territory) -> User:
    return factories.person("Gus", "finance")


def mend(client: Client, batch: ImportBatch, *, seen: int | None = None, **cells: Any) -> Any:
    """Send `r3_qty="5"` as the cell qty of row 3, as the page would."""
    typed = {f"cell-{name[1:].partition('_')[0]}-{name.partition('_')[2]}": value for name, value in cells.items()}
    known = seen if seen is not None else (ImportMend.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    answer = client.post(f"/imports/{batch.public_id}/mend/?reason=UNKNOWN_PRODUCT", typed | {"seen": str(known)})
    batch.refresh_from_db()
    return answer


def test_a_mended_row_is_checked_posted_and_reversed_like_any_other(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    shown = page(client, batch, reason="UNKNOWN_PRODUCT")
    assert 'name="cell-3-product_code" value="=1+2"' in shown and "Check again" in shown
    assert mend(client, batch, r3_product_code="f-18 ").status_code == 302
    assert batch.state == State.STORED
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.rows_stored, batch.rows_rejected) == (State.CHECKED, 3, 1)
    [row] = RejectedRow.objects.all()
    assert (row.row, row.reason) == (4, "BAD_DATE")
    do(client, batch, "post", choice="good_rows")
    assert Movement.objects.filter(row=3, product__code="F-18").exists() and Movement.objects.count() == 3
    do(client, batch, "reverse", reason="It was the file of another month.")
    assert {one.amount_e4 for one in MonthTotal.objects.all()} == {0}


def test_what_the_file_said_stays_known_with_who_mended_it_and_when(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    mend(client, batch, r3_product_code="F-19")
    work()
    shown = page(client, batch, reason="UNKNOWN_PRODUCT")
    assert "<del>=1+2</del> · Fay" in shown and 'value="F-19"' in shown
    history = client.get(f"/imports/{batch.public_id}/mends/").content.decode()
    assert "<del>=1+2</del>" in history and "F-19" in history and "Fay" in history
    file = client.get(f"/imports/{batch.public_id}/rejected.csv").content.decode("utf-8-sig").splitlines()
    assert file[1].startswith("3,product_code,F-19,No product has this code,A2,1,2026-03-02,NG,F-19,")
    mend(client, batch, r3_product_code="F-18")
    work()
    assert [(one.old, one.new) for one in ImportMend.objects.order_by("pk")] == [("=1+2", "F-19"), ("F-19", "F-18")]


def test_a_mended_row_meets_every_check_again(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    """A good key mended into one that is taken is refused as in a file; so is an amount that does not add up."""
    client = signed_in(fay)
    wrong = "A1,x,2026-03-02,NG,F-18,10,5.00,51.00,EUR\n"
    batch = sent(client, HEADER + GOOD + wrong)
    mend(client, batch, r3_amount="50.00", r3_line_no="1", r3_qty="ten")
    work()
    assert RejectedRow.objects.get().reason == "BAD_NUMBER"
    mend(client, batch, r3_qty="10", r3_order_date="2026-03-03")
    work()
    assert RejectedRow.objects.get().reason == "DUPLICATE_KEY"
    assert "row=3" in page(client, batch), "a row without one wrong cell is opened as a whole"
    mend(client, batch, r3_line_no="3")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, batch.rows_rejected) == (3, 0)


def test_the_whole_row_is_opened_in_place(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    shown = page(client, batch, reason="UNKNOWN_PRODUCT", row="3")
    for name, value in (("order_no", "A2"), ("qty", "10"), ("product_code", "=1+2")):
        assert f'name="cell-3-{name}" value="{value}"' in shown


def test_files_that_write_otherwise_are_mended_in_their_own_spelling(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    """A German file: comma for decimals, days first."""
    client = signed_in(fay)
    text = (
        HEADER.replace(",", ";") + "A1;1;20.03.2026;NG;F-18;10;5,50;55,00;EUR\nA1;2;20.03.2026;NG;F-18;2;600,00;x;EUR\n"
    )
    batch = sent(client, text)
    mend(client, batch, r2_amount="1.200,00")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, batch.totals) == (2, {"EUR": "1255.0000"})


def test_without_a_new_value_the_rows_are_checked_against_what_is_on_file_by_now(
    signed_in: SignIn, fay: User, northgate: Dealer
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    Product.objects.create(code="=1+2", name="Odd code")
    mend(client, batch, r3_product_code="=1+2")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, ImportMend.objects.count()) == (3, 0)


def test_a_mend_is_taken_back_before_posting(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    mend(client, batch, r3_product_code="F-18")
    work()
    assert "Take back" in client.get(f"/imports/{batch.public_id}/mends/").content.decode()
    mend(client, batch, r3_product_code="=1+2")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, batch.rows_rejected) == (2, 2)
    assert "Take back" not in client.get(f"/imports/{batch.public_id}/mends/").content.decode()


# ---- rows of a wrong width -------------------------------------------------------------------
SHORT = "A2,1,2026-03-02,NG,F-18,10,5.00,EUR\n"  # the amount is missing, so the currency stands under it
LONG = "A3,1,2026-03-02,NG,F-18,1,1200.50,1,200.50,EUR\n"  # a comma for thousands, not in quotes


def whole(client: Client, batch: ImportBatch, row: int, cells: str) -> None:
    """Type a whole row, as its opened table has it."""
    names = HEADER.strip().split(",")
    typed: Any = {f"r{row}_{name}": value for name, value in zip(names, cells.split(","), strict=True)}
    mend(client, batch, **typed)


def reasons() -> list[str]:
    return sorted(RejectedRow.objects.values_list("reason", flat=True))


def test_a_row_of_a_wrong_width_is_put_under_its_columns(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + SHORT + LONG)
    assert (batch.rows_stored, reasons()) == (2, ["WRONG_WIDTH", "WRONG_WIDTH"])
    closed = text_of(client.get(batch.get_absolute_url()))
    assert "8 cells, 9 expected A2 | 1 | 2026-03-02 | NG | F-18 | 10 | 5.00 | EUR" in closed
    shown = client.get(batch.get_absolute_url(), {"row": "3"})
    assert "8 amount EUR 9 currency —" in text_of(shown) and 'name="cell-3-currency" value=""' in shown.text
    assert "10 no column EUR" in text_of(client.get(batch.get_absolute_url(), {"row": "4"}))
    whole(client, batch, 3, "A2,1,2026-03-02,NG,F-18,10,5.00,x,EUR")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, reasons()) == (2, ["BAD_NUMBER", "WRONG_WIDTH"]), "it meets every check"
    assert 'name="cell-3-amount" value="x"' in page(client, batch, reason="BAD_NUMBER")
    mend(client, batch, r3_amount="50.00")
    whole(client, batch, 4, "A3,1,2026-03-02,NG,F-18,1,1200.50,1200.50,EUR")
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, batch.rows_rejected) == (4, 0)
    do(client, batch, "post", choice="good_rows")
    assert Movement.objects.get(row=3).amount_e4 == 500_000
    assert {one.row for one in ImportMend.objects.all()} == {3, 4}


def test_a_row_is_taken_as_it_stands_under_the_columns(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    """Something after the last column: what stands under the columns is right as it is."""
    client = signed_in(fay)
    right = "A2,1,2026-03-02,NG,F-18,10,5.00,50.00,EUR"
    batch = sent(client, HEADER + GOOD + right + ",checked by hand\n")
    assert batch.rows_rejected == 1
    whole(client, batch, 3, right)
    work()
    batch.refresh_from_db()
    assert (batch.rows_stored, batch.rows_rejected) == (3, 0)
    assert ImportMend.objects.count() == 9, "who took it so is on record, cell by cell"


def test_what_cannot_be_read_is_not_taken_with_a_row(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + SHORT)
    mend(client, batch, r3_order_no="A\ufffd", r3_amount="50.00")
    assert not ImportMend.objects.exists()
    assert "cannot be read. Type it anew." in page(client, batch)


# ---- two people ------------------------------------------------------------------------------
def test_who_comes_second_on_a_row_is_told_and_sees_both(
    signed_in: SignIn, fay: User, gus: User, northgate: Dealer
) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD + BAD)
    mend(signed_in(gus), batch, r3_product_code="F-77")
    for _checked in (False, True):  # while it is checked again, and after
        answer = mend(signed_in(fay), batch, seen=0, r3_product_code="F-88", r4_order_date="2026-13-02")
        said = text_of(answer)
        assert answer.status_code == 409 and "Somebody else mended the same row" in said
        assert "F-77 Gus" in said and "F-88" in said
        work()
    assert ImportMend.objects.get().new == "F-77"
    assert 'value="F-88"' in answer.content.decode(), "what was typed is still there"
    mend(signed_in(fay), batch, r3_product_code="F-18")
    work()
    batch.refresh_from_db()
    assert batch.rows_stored == 3


def test_rows_that_only_stood_on_the_page_are_no_clash(
    signed_in: SignIn, fay: User, gus: User, northgate: Dealer
) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD + BAD)
    mend(signed_in(gus), batch, r3_product_code="F-18")
    work()
    answer = mend(signed_in(fay), batch, seen=0, r3_product_code="=1+2", r4_order_date="2026-12-02")
    work()
    batch.refresh_from_db()
    assert answer.status_code == 302 and batch.rows_rejected == 1, "a date in the future"
    assert ImportMend.objects.filter(row=3).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told(signed_in: SignIn, fay: User, gus: User, northgate: Dealer) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD + BAD)
    results = at_once(
        batch,
        lambda: mends.mend(batch, [Cell(3, "product_code", "F-77")], by=fay, seen=0),
        lambda: mends.mend(batch, [Cell(3, "product_code", "F-88")], by=gus, seen=0),
    )
    assert sorted(type(one) is MendedMeanwhile for one in results) == [False, True]
    assert ImportMend.objects.count() == 1


# ---- who and what ----------------------------------------------------------------------------
def test_only_who_may_import_mends(signed_in: SignIn, fay: User, alice: User, carol: User, northgate: Dealer) -> None:
    batch = sent(signed_in(fay), HEADER + GOOD + BAD)
    assert mend(signed_in(alice), batch, r3_product_code="F-18").status_code == 404
    assert mend(signed_in(carol), batch, r3_product_code="F-18").status_code == 403
    ImportBatch.objects.filter(pk=batch.pk).update(kind="territories")  # more than Fay may enter by hand
    assert kinds.get("territories").permission
    assert mend(signed_in(fay), batch, r3_product_code="F-18").status_code == 403
    assert not ImportMend.objects.exists()


@pytest.mark.parametrize("cell", ["r1_qty", "r99_qty", "r3_dealer_id", "r3_discount_pct"])
def test_good_rows_and_other_columns_cannot_be_mended(
    signed_in: SignIn, fay: User, northgate: Dealer, cell: str
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    typed: Any = {cell: "1000"}
    mend(client, batch, **typed)
    assert batch.state == State.CHECKED and not ImportMend.objects.exists()
    assert "no longer among the rejected ones" in page(client, batch)


def test_what_is_posted_cannot_be_mended(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    do(client, batch, "post", choice="good_rows")
    assert "Check again" not in page(client, batch)
    mend(client, batch, r3_product_code="F-18")
    assert not ImportMend.objects.exists()


def test_a_value_that_is_too_long_comes_back_with_the_page(signed_in: SignIn, fay: User, northgate: Dealer) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    answer = mend(client, batch, r3_product_code="x" * 1001)
    assert answer.status_code == 422 and "Row 3" in text_of(answer)


def test_many_faults_are_paged_and_cost_the_same(
    signed_in: SignIn, fay: User, northgate: Dealer, statements: Any
) -> None:
    client = signed_in(fay)
    batch = sent(client, HEADER + GOOD + BAD)
    with statements() as few:
        page(client, batch, reason="UNKNOWN_PRODUCT")
    RejectedRow.objects.bulk_create(
        RejectedRow(batch=batch, row=100 + i, reason="UNKNOWN_PRODUCT", column="product_code") for i in range(120)
    )
    ImportMend.objects.bulk_create(
        ImportMend(batch=batch, row=100 + i, column="product_code", old="a", new="b", by_id=fay.pk) for i in range(120)
    )
    with statements() as many:
        shown = page(client, batch, reason="UNKNOWN_PRODUCT")
    assert shown.count('name="cell-') == 50
    assert len(many) == len(few)
    with statements() as history:
        client.get(f"/imports/{batch.public_id}/mends/")
    assert len(history) <= 9
