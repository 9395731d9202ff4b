"""Fresh rows go in at once; taken keys are found out whether the sample meets them or not."""

from pathlib import Path

import pytest

from dealers.models import Dealer, Product, User
from ledger.imports import facts
from ledger.imports.files import COMMAND
from ledger.models import Movement
from ledger.services import batches
from tests import factories

HEADER = "order_no,line_no,order_date,dealer_code,product_code,qty,unit_price,amount,currency\n"


@pytest.fixture
def fay(northgate: Dealer) -> User:
    Product.objects.create(code="F-18", name="Kitchen faucet")
    return factories.person("Fay", "finance")


def rows(*lines: int, qty: int = 1) -> str:
    return HEADER + "".join(f"A1,{line},2026-03-02,NG,F-18,{qty},5.00,{qty * 5}.00,EUR\n" for line in lines)


@pytest.mark.parametrize("sample", [1, 500])
def test_taken_keys_are_told_apart_whether_the_sample_meets_them_or_not(
    fay: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sample: int
) -> None:
    monkeypatch.setattr(facts, "SAMPLE", sample)
    outcomes = []
    for number, text in enumerate((rows(1, 2), rows(2, 3, 4, 4), rows(4, qty=2))):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        _batch, outcome = batches.post_file(path, "sell-in", by=fay, limits=COMMAND)
        outcomes.append((outcome.stored, outcome.duplicate, outcome.rejected))
    assert outcomes == [(2, 0, 0), (2, 2, 0), (0, 0, 1)]
    assert Movement.objects.count() == 4
