"""The whole road on real data, where the data lies beside the project."""

import csv
import json
import os
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from contracts.models import Target
from core.periods import Period
from dealers.models import Dealer, User
from ledger.imports.files import COMMAND
from ledger.services import batches
from performance.models import Scorecard, ScorecardLine
from performance.services import assessments
from tests import factories


def data(name: str) -> Path:
    """A folder of real data: below ENTENTE_DATA, or in a folder `data` beside the project."""
    named = os.environ.get("ENTENTE_DATA")
    places = [Path(named)] if named else sorted(Path(settings.BASE_DIR).parent.glob("*/data"))
    for place in places:
        if (place / name).is_dir():
            return place / name
    pytest.skip(f"the data set {name} is not beside the project (ENTENTE_DATA names its folder)")


def test_a_year_of_adventureworks_from_file_to_score(db: None) -> None:
    out = StringIO()
    call_command("walkthrough", str(data("adventureworks")), stdout=out, stderr=StringIO())
    told = json.loads(out.getvalue())
    assert told["sums_equal"] and told["total_seconds"] < 600
    assert told["sums"]["2013"]["USD"] == {"file": "21975365.2887", "ledger": "21975365.2887"}
    assert told["sums"]["2010"]["CAD"]["ledger"] == "115360.8960"
    assert {name: step["stored"] for name, step in told["steps"].items() if "stored" in step} == {
        "territories": 677, "product-lines": 41, "products": 504, "dealers": 701, "exchange-rates": 14_264,
        "sell-in": 60_855, "invoices": 3_796, "contracts": 701,
    }  # fmt: skip
    assert all(not step.get("rejected") for step in told["steps"].values())
    assert set(told["assessments"]) == {"2013-Q1", "2013-Q2", "2013-Q3", "2013-Q4"}
    assert all(one["scored"] > 300 for one in told["assessments"].values())
    _targets_hold_what_they_say()
    _nothing_is_said_of_what_the_set_does_not_hold()


def _targets_hold_what_they_say() -> None:
    for target in Target.objects.prefetch_related("months")[:50]:
        assert sum(month.value for month in target.months.all()) == target.total
        assert target.basis is not None
        assert target.total == (target.basis * Decimal("1.3")).quantize(Decimal(1), "ROUND_HALF_UP")


def _nothing_is_said_of_what_the_set_does_not_hold() -> None:
    """No payments, no stock, no reports: n/a with the reason, and the weight counts as not covered."""
    lines = ScorecardLine.objects.filter(measure__in=["collection", "cover", "expansion", "reports"])
    assert set(lines.values_list("measure", "missing")) == {
        ("collection", "no_payments"), ("cover", "no_counts"), ("expansion", "no_sales_reported"),
        ("reports", "no_report_due"),
    }  # fmt: skip
    assert max(Scorecard.objects.values_list("weight_with_data", flat=True)) == 50


def test_it_wants_the_whole_set_and_an_empty_database(northgate: Dealer, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"lacks territories\.csv"):
        call_command("walkthrough", str(tmp_path))
    for name in ("territories.csv", "product_lines.csv", "products.csv", "resellers.csv", "currency_rates.csv",
                 "sell_in.csv.gz", "invoices.csv"):  # fmt: skip
        (tmp_path / name).touch()
    with pytest.raises(CommandError, match="needs an empty database"):
        call_command("walkthrough", str(tmp_path), stderr=StringIO())


def test_collection_on_the_payments_of_classicmodels(db: None, tmp_path: Path) -> None:
    """Orders as invoices due after 30 days, and the real receipts: measured by us and counted by hand."""
    folder = data("classicmodels")
    system = User.objects.get(kind=User.Kind.SYSTEM)
    factories.territory("WORLD")
    factories.company(code="CM", currency="USD")
    _bring("dealers", folder / "dealers.csv", system, {"country_code": ""})  # the set has names of countries
    invoices, payments = _files(folder, tmp_path)
    _bring("invoices", invoices, system)
    _bring("payments", payments, system)
    quarter = Period.parse("2004-Q4")
    for dealer in Dealer.objects.all():
        factories.contract(dealer, starts_on=date(2003, 1, 1), ends_on=date(2005, 12, 31), currency="USD")
    assessments.assess(quarter, by=system)
    measured = {
        line.dealer.code: line for line in ScorecardLine.objects.filter(measure="collection").select_related("dealer")
    }
    by_hand = _collected_by_hand(folder, quarter)
    assert {code for code, line in measured.items() if not line.missing} == set(by_hand)
    for code, (paid, due) in by_hand.items():
        line = measured[code]
        assert (Decimal(line.inputs["paid"]), Decimal(line.inputs["due"])) == (paid, due), code
    assert len(by_hand) > 20 and any(paid < due for paid, due in by_hand.values())


def _bring(kind: str, path: Path, by: User, mapping: dict[str, str] | None = None) -> None:
    outcome = batches.post_file(path, kind, by=by, limits=COMMAND, mapping=mapping)[1]
    assert outcome.rejected == 0, outcome.rejects[:3]


def _orders(folder: Path) -> list[tuple[str, str, date, Decimal]]:
    """What was shipped: order, dealer, day it fell due, amount."""
    amounts: dict[str, Decimal] = {}
    with (folder / "order_lines.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            amounts[row["order_no"]] = amounts.get(row["order_no"], Decimal(0)) + Decimal(row["amount"])
    with (folder / "orders.csv").open(newline="") as stream:
        return [
            (row["order_no"], row["dealer_code"], date.fromisoformat(row["order_date"]) + timedelta(30),
             amounts[row["order_no"]])
            for row in csv.DictReader(stream)
            if row["status"] != "Cancelled"
        ]  # fmt: skip


def _files(folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    invoices, payments = tmp_path / "invoices.csv", tmp_path / "payments.csv"
    with invoices.open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["invoice_no", "dealer_code", "invoice_date", "due_date", "total_amount", "currency"])
        for number, dealer, due, amount in _orders(folder):
            table.writerow([number, dealer, due - timedelta(30), due, amount, "USD"])
    with payments.open("w", newline="") as stream, (folder / "payments.csv").open(newline="") as source:
        table = csv.writer(stream)
        table.writerow(["payment_no", "dealer_code", "payment_date", "amount", "currency"])
        for row in csv.DictReader(source):
            table.writerow([row["check_no"], row["dealer_code"], row["payment_date"], row["amount"], "USD"])
    return invoices, payments


def _collected_by_hand(folder: Path, period: Period) -> dict[str, tuple[Decimal, Decimal]]:
    """Oldest debt first, dealer by dealer, with plain loops: paid and due of what fell due in the period."""
    paid: dict[str, Decimal] = {}
    with (folder / "payments.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            if date.fromisoformat(row["payment_date"]) <= period.end:
                paid[row["dealer_code"]] = paid.get(row["dealer_code"], Decimal(0)) + Decimal(row["amount"])
    found: dict[str, tuple[Decimal, Decimal]] = {}
    known = [one for one in _orders(folder) if one[2] - timedelta(30) <= period.end]
    for _number, dealer, due, amount in sorted(known, key=lambda one: (one[2], one[0])):
        settled = min(paid.get(dealer, Decimal(0)), amount)
        paid[dealer] = paid.get(dealer, Decimal(0)) - settled
        if due in period:
            before = found.get(dealer, (Decimal(0), Decimal(0)))
            found[dealer] = (before[0] + settled, before[1] + amount)
    return found
