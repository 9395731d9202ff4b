"""Taking over what was agreed on paper, row by row, with a reason for every row that is not taken."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contracts.models import Contract, Grant, GrantException, RebateTerm, Target
from dealers.models import Dealer, User
from ledger.imports.engine import Outcome
from ledger.imports.files import COMMAND
from ledger.services import batches
from tests import factories
from tests.ledger.books import Book

type Import = Callable[..., Outcome]


@pytest.fixture
def bring(tmp_path: Path, world: Any) -> Import:
    """Import rows of a kind as the system does; the first one names the columns."""
    count = iter(range(100))

    def run(kind: str, *rows: str) -> Outcome:
        path = tmp_path / f"{next(count)}.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        system = User.objects.get(kind=User.Kind.SYSTEM)
        return batches.post_file(path, kind, by=system, limits=COMMAND)[1]

    return run


def reasons(outcome: Outcome) -> list[tuple[int, str]]:
    return [(reject.row, reject.reason) for reject in outcome.rejects]


CONTRACTS = "dealer_code,contract_no,company_code,starts_on,ends_on,currency,credit_limit,payment_days,jurisdiction"


class TestContracts:
    @pytest.fixture(autouse=True)
    def _ours(self, northgate: Dealer, southport: Dealer) -> None:
        factories.company(code="HQ")

    def test_what_is_in_force_is_taken_over_signed_and_filed(self, bring: Import, northgate: Dealer) -> None:
        outcome = bring("contracts", CONTRACTS, "NG,C-1,HQ,2026-01-01,2099-12-31,CNY,600000,45,CN")
        assert (outcome.stored, outcome.rejected) == (1, 0)
        contract = Contract.objects.get()
        assert (contract.status, contract.origin, contract.payment_days) == ("active", "taken_over", 45)
        assert contract.credit_limit == 600000 and contract.filing_number == "C-1"
        assert contract in Contract.objects.visible_to(factories.person("A", "dealer_executive", dealer=northgate))

    def test_what_is_over_is_known_as_ended(self, bring: Import) -> None:
        bring("contracts", CONTRACTS, "NG,C-1,,2020-01-01,2020-12-31,CNY,,,")
        assert Contract.objects.get().status == "ended"

    def test_every_row_that_is_not_taken_says_why(self, bring: Import) -> None:
        outcome = bring(
            "contracts",
            CONTRACTS,
            "NG,C-1,,2026-01-01,2099-12-31,CNY,,,",
            "NG,C-2,,2027-01-01,2027-12-31,CNY,,,",
            "NOBODY,C-3,,2026-01-01,2026-12-31,CNY,,,",
            "SP,C-4,XX,2026-01-01,2026-12-31,CNY,,,",
            "SP,C-5,,2026-12-31,2026-01-01,CNY,,,",
            "SP,C-6,,2026-01-01,2026-12-31,CNY,-5,,",
            "SP,C-7,,2026-01-01,2026-12-31,CNY,,,ATLANTIS",
            "SP,,,2026-01-01,2026-12-31,CNY,,,",
        )
        assert reasons(outcome) == [
            (2, "CONTRACT_OVERLAPS"),
            (3, "UNKNOWN_DEALER"),
            (4, "UNKNOWN_COMPANY"),
            (5, "ENDS_BEFORE_START"),
            (6, "OUT_OF_RANGE"),
            (7, "UNKNOWN_RULES"),
            (8, "MISSING_REQUIRED"),
        ]
        assert outcome.stored == 1

    def test_twice_is_once_and_another_content_is_refused(self, bring: Import) -> None:
        row = "NG,C-1,,2026-01-01,2026-12-31,CNY,600000,,"
        bring("contracts", CONTRACTS, row)
        again = bring("contracts", CONTRACTS, row, "SP,C-1,,2026-01-01,2026-12-31,CNY,,,")
        assert (again.stored, again.duplicate, again.rejected) == (1, 1, 0), "the number is the dealer's own"
        changed = bring("contracts", CONTRACTS, "NG,C-1,,2026-01-01,2026-12-31,CNY,700000,,")
        assert reasons(changed) == [(1, "DUPLICATE_KEY")]

    def test_without_a_code_it_is_ours_where_there_is_only_one_of_ours(self, bring: Import) -> None:
        factories.company(code="HK")
        outcome = bring("contracts", CONTRACTS, "NG,C-1,,2026-01-01,2026-12-31,CNY,,,")
        assert reasons(outcome) == [(1, "UNKNOWN_COMPANY")]


GRANTS = "dealer_code,contract_no,territory_code,except_codes,terminal_codes,line_code,exclusivity"


class TestGrants:
    @pytest.fixture(autouse=True)
    def _agreed(self, northgate: Dealer, southport: Dealer, north: Any, south: Any) -> None:
        factories.contract(northgate, number="C-1")
        factories.contract(southport, number="C-2")
        self.city = factories.territory("CITY", parent=north)
        factories.product_line("FAUCETS")

    def test_they_come_into_force_with_exceptions_and_terminals(self, bring: Import) -> None:
        factories.terminal(self.city, code="S-1")
        outcome = bring(
            "grants",
            GRANTS,
            "NG,C-1,NORTH,CITY,,FAUCETS,独家",
            "SP,C-2,CITY,,,FAUCETS,exclusive",
            "SP,C-2,,,S-1,,non_exclusive",
        )
        assert (outcome.stored, outcome.rejected) == (3, 0)
        assert list(Grant.objects.values_list("in_force", flat=True)) == [True] * 3
        assert [str(one.territory) for one in GrantException.objects.all()] == ["CITY"]

    def test_what_crosses_is_refused_by_row_and_the_rest_stands(self, bring: Import) -> None:
        outcome = bring(
            "grants",
            GRANTS,
            "NG,C-1,NORTH,,,,sole",
            "SP,C-2,CITY,,,FAUCETS,",
            "SP,C-2,SOUTH,,,,exclusive",
        )
        assert reasons(outcome) == [(2, "SHUT_OUT")] and outcome.stored == 2
        later = bring("grants", GRANTS, "SP,C-2,WORLD,,,,")
        assert reasons(later) == [(1, "SHUT_OUT")]
        assert Grant.objects.count() == 2 and Grant.objects.filter(in_force=True).count() == 2

    def test_rows_that_name_nothing_or_nobody(self, bring: Import) -> None:
        outcome = bring(
            "grants",
            GRANTS,
            "NG,C-9,NORTH,,,,",
            "NG,C-1,,,,,",
            "NG,C-1,NORTH,MOON,,,",
            "NG,C-1,,,S-404,,",
            "NG,C-1,NORTH,,,TILES,",
            "NG,C-1,NORTH,,,,perhaps",
        )
        assert [reason for _row, reason in reasons(outcome)] == [
            "UNKNOWN_CONTRACT",
            "NOTHING_GRANTED",
            "UNKNOWN_TERRITORY",
            "UNKNOWN_TERMINAL",
            "UNKNOWN_LINE",
            "BAD_CHOICE",
        ]
        assert not Grant.objects.exists()


class TestTargets:
    @pytest.fixture(autouse=True)
    def _agreed(self, northgate: Dealer) -> None:
        factories.contract(northgate, number="C-1")

    def test_a_total_is_split_by_last_years_season(self, bring: Import, northgate: Dealer) -> None:
        book = Book(northgate)
        book.sold_in(date(2025, 1, 10), "100")
        book.sold_in(date(2025, 6, 10), "300")
        outcome = bring("targets", "dealer_code,year,total", "NG,2026,1000.00")
        assert outcome.stored == 1
        target = Target.objects.get()
        assert target.status == "agreed" and (target.starts_on, target.ends_on) == (
            date(2026, 1, 1),
            date(2026, 12, 31),
        )
        months = {month.month.month: month.value for month in target.months.all()}
        assert months[1] == 250 and months[6] == 750 and sum(months.values()) == 1000

    def test_months_that_are_given_count_and_must_add_up(self, bring: Import, southport: Dealer) -> None:
        factories.contract(southport)
        header = "dealer_code,year,total," + ",".join(f"M{number}" for number in range(1, 13))
        outcome = bring(
            "targets", header, "NG,2026,78," + ",".join(map(str, range(1, 13))), "SP,2026,78,1,1" + "," * 10
        )
        assert reasons(outcome) == [(2, "MONTHS_DO_NOT_ADD_UP")]
        values = [month.value for month in Target.objects.get().months.all()]
        assert values == [Decimal(number) for number in range(1, 13)]

    def test_no_contract_no_second_target(self, bring: Import) -> None:
        header = "dealer_code,year,total"
        outcome = bring("targets", header, "NG,2026,10.00", "NG,2026,20.00", "NG,2031,10.00")
        assert reasons(outcome) == [(2, "TARGET_OVERLAPS"), (3, "NO_CONTRACT_IN_YEAR")]
        assert reasons(bring("targets", header, "NG,2026,30.00")) == [(1, "TARGET_OVERLAPS")]


class TestRebates:
    HEADER = "dealer_code,contract_no,name,period,method,threshold,rate,cap"

    @pytest.fixture(autouse=True)
    def _agreed(self, northgate: Dealer) -> None:
        factories.contract(northgate, number="C-1")

    def test_the_rows_of_a_name_are_one_table(self, bring: Import) -> None:
        outcome = bring(
            "rebates",
            self.HEADER,
            "NG,C-1,Volume,季度,达档全额计返,600000,2%,",
            "NG,C-1,Volume,季度,达档全额计返,920000,4%,",
            "NG,C-1,Growth,year,by_slices,0,0.01,5000",
        )
        assert outcome.stored == 3
        volume = RebateTerm.objects.get(name="Volume")
        assert (volume.period, volume.method, volume.currency) == ("quarter", "whole_amount", "CNY")
        assert [(tier.threshold, tier.rate) for tier in volume.tiers.all()] == [
            (Decimal(600000), Decimal("0.02")),
            (Decimal(920000), Decimal("0.04")),
        ]
        assert volume.example == 920000

    def test_a_table_is_taken_whole_or_not_at_all(self, bring: Import) -> None:
        outcome = bring(
            "rebates",
            self.HEADER,
            "NG,C-1,Volume,quarter,by_slices,0,0.04,",
            "NG,C-1,Volume,quarter,by_slices,100,0.03,",
            "NG,C-1,Mixed,quarter,by_slices,0,0.01,",
            "NG,C-1,Mixed,year,by_slices,5,0.02,",
        )
        assert [reason for _row, reason in reasons(outcome)] == [
            "TERMS_DIFFER",
            "RATES_DO_NOT_RISE",
            "TERMS_DIFFER",
            "TERMS_DIFFER",
        ]
        assert not RebateTerm.objects.exists()
