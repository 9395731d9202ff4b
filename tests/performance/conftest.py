"""A quarter with a contract, a target, and books to write facts into."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.models import Contract, Target, TargetMonth
from core.periods import Period
from dealers.models import Dealer, User
from performance.models import Scorecard, ScorecardLine
from performance.services import assessments
from tests import factories
from tests.ledger.books import Book

QUARTER = Period.parse("2026-Q1")


@pytest.fixture
def agreed(northgate: Dealer) -> Contract:
    return factories.contract(northgate)


@pytest.fixture
def book(agreed: Contract) -> Book:
    return Book(agreed.dealer)


@pytest.fixture
def system(db: None) -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


@pytest.fixture
def target(agreed: Contract, system: User) -> Any:
    """Agree to a target for the first months of 2026, the same for each of them."""

    def agree(*months: str, **fields: Any) -> Target:
        values = [Decimal(month) for month in months]
        made = Target.objects.create(
            dealer=agreed.dealer, contract=agreed, starts_on=agreed.starts_on, ends_on=agreed.ends_on,
            total=sum(values), currency="CNY", status="agreed", proposed_by_id=system.pk, agreed_by_id=system.pk,
            agreed_on=agreed.starts_on, **fields,
        )  # fmt: skip
        for number, value in enumerate(values, start=1):
            month = date(2026, number, 1)
            TargetMonth.objects.create(dealer=agreed.dealer, target=made, month=month, value=value)
        return made

    return agree


@pytest.fixture
def assess(system: User) -> Any:
    """Assess the quarter and give one line of the dealer's card."""

    def run(measure: str, dealer: Dealer) -> ScorecardLine:
        assessments.assess(QUARTER, by=system, reason="A correction that was asked for.")
        card = Scorecard.objects.get(dealer=dealer, is_latest=True)
        return card.lines.get(measure=measure)

    return run
