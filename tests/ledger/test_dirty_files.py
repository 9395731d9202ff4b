"""Every file of the dirty corpus has exactly the outcome that its manifest states."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db.models import Sum

from dealers.models import Dealer, Product, Territory, User
from ledger.imports.files import COMMAND, PAGE
from ledger.imports.problems import FileRefused
from ledger.models import ImportBatch, Movement, RejectedRow
from ledger.services import batches
from tests import factories

HERE = Path(__file__).parent / "dirty"


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


MANIFEST = {row["file"]: row for row in _table("manifest.csv")}
LOADED = [name for name, row in MANIFEST.items() if row["outcome"] != "reject_file"]
REFUSED = [name for name, row in MANIFEST.items() if row["outcome"] == "reject_file"]


@pytest.fixture
def system() -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


@pytest.fixture
def network(world: Territory) -> None:
    codes = _table("known_codes.csv")
    for row in codes:
        if row["kind"] == "dealer":
            factories.dealer(row["code"], home=world)
    Product.objects.bulk_create(
        Product(code=row["code"], name=row["code"]) for row in codes if row["kind"] == "product"
    )


def _post(name: str, system: User, *, page: bool = True) -> ImportBatch:
    kind = MANIFEST[name]["import_type"].replace("_", "-")
    batch, _outcome = batches.post_file(HERE / name, kind, by=system, limits=PAGE if page else COMMAND)
    return batch


@pytest.mark.parametrize("name", LOADED)
def test_good_rows_load_and_every_other_row_is_accounted_for(name: str, network: None, system: User) -> None:
    expected = MANIFEST[name]
    batch = _post(name, system)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected, batch.rows_duplicate, batch.rows_ignored) == (
        int(expected["data_records"]), int(expected["load"]), int(expected["reject"]),
        int(expected["skip_duplicate"]), int(expected["ignore"]),
    )  # fmt: skip
    assert batch.rows_read == batch.rows_stored + batch.rows_rejected + batch.rows_duplicate + batch.rows_ignored
    if expected["sum_amount"]:
        sums = Movement.objects.filter(batch=batch).aggregate(qty=Sum("quantity"), amount=Sum("amount"))
        assert sums["qty"] == int(expected["sum_qty"])
        assert sums["amount"] == Decimal(expected["sum_amount"])


@pytest.mark.parametrize("name", [name for name in LOADED if MANIFEST[name]["reject"] != "0"])
def test_each_rejected_row_names_its_number_column_value_and_reason(name: str, network: None, system: User) -> None:
    batch = _post(name, system)
    expected = {
        int(row["record"]): (row["reason"], row["field"].split(",")[0])
        for row in _table("manifest_rows.csv")
        if row["file"] == name and row["outcome"] == "reject"
    }
    found = {reject.row: reject for reject in RejectedRow.objects.filter(batch=batch)}
    assert {row: reject.reason for row, reject in found.items()} == {row: why for row, (why, _c) in expected.items()}
    for row, (reason, column) in expected.items():
        if reason not in {"DUPLICATE_KEY"}:
            assert found[row].column == column, row
        assert len(found[row].cells) == 10


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_taken_is_refused_with_one_reason_and_leaves_nothing(
    name: str, network: None, system: User
) -> None:
    with pytest.raises(FileRefused) as refused:
        _post(name, system)
    assert refused.value.code == MANIFEST[name]["reasons"]
    assert str(refused.value)
    assert not ImportBatch.objects.exists()
    assert not Movement.objects.exists()


def test_the_same_file_again_adds_nothing(network: None, system: User) -> None:
    name = "04_sell_in_duplicates_unknown.csv"
    _post(name, system)
    before = Movement.objects.count()
    with pytest.raises(FileRefused) as refused:
        _post(name, system)
    assert refused.value.code == "SAME_FILE"
    assert Movement.objects.count() == before


def test_the_same_rows_in_another_file_are_duplicates(network: None, system: User, tmp_path: Path) -> None:
    name = "04_sell_in_duplicates_unknown.csv"
    first = _post(name, system)
    other = tmp_path / "again.csv"
    other.write_bytes((HERE / name).read_bytes() + b"\r\n")
    second, _ = batches.post_file(other, "sell-in", by=system, limits=PAGE)
    assert second.rows_stored == 0
    assert second.rows_duplicate == first.rows_stored + first.rows_duplicate
    assert second.rows_rejected == first.rows_rejected


def test_names_that_look_like_formulas_are_kept_as_text(network: None, system: User) -> None:
    _post("06_dealers_formula_text.csv", system)
    assert Dealer.objects.get(code="FX0000").name == "=cmd|' /C calc'!A0"
    assert Dealer.objects.get(code="FX0016").name == "Robert'); DROP TABLE dealers;--"


@pytest.mark.parametrize("name", ["04_sell_in_duplicates_unknown.csv"])
def test_all_or_nothing_stores_nothing_when_a_row_is_bad(name: str, network: None, system: User) -> None:
    with pytest.raises(FileRefused) as refused:
        batches.post_file(HERE / name, "sell-in", by=system, limits=PAGE, choice=ImportBatch.Choice.ALL_OR_NOTHING)
    assert refused.value.code == "ALL_OR_NOTHING"
    assert not Movement.objects.exists() and not ImportBatch.objects.exists()


def test_the_command_prints_one_summary_and_a_dry_run_stores_nothing(
    network: None, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("import_data", "sell-in", str(HERE / "03_sell_in_utf8bom_thousands.csv"), dry_run=True)
    import json

    summary = json.loads(capsys.readouterr().out)
    assert (summary["read"], summary["stored"], summary["rejected"], summary["batch"]) == (50, 50, 0, None)
    assert not Movement.objects.exists() and not ImportBatch.objects.exists()


def test_the_command_ends_with_an_error_when_the_file_is_refused(network: None) -> None:
    with pytest.raises(CommandError, match="header but no rows"):
        call_command("import_data", "sell-in", str(HERE / "11_header_only.csv"))


def test_a_reversed_import_leaves_nothing_in_the_sums_and_can_be_posted_again(network: None, system: User) -> None:
    name = "01_sell_in_cp1252_semicolon.csv"
    batch = _post(name, system)
    batches.reverse(batch, by=system, reason="The file was of the wrong month.")
    assert Movement.objects.aggregate(total=Sum("amount_e4"))["total"] == 0
    again = _post(name, system)
    assert again.rows_stored == batch.rows_stored
    assert Movement.objects.aggregate(total=Sum("amount"))["total"] == Decimal(MANIFEST[name]["sum_amount"])
