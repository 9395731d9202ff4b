"""A quarter with a contract, a target, and books to write facts into."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contracts.models import Contract, Target, TargetMonth
from core.periods import Period
from dealers.models import Dealer, User
from performance.models import Scorecard, ScorecardLine, ScorecardTemplate, TemplateMeasure
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
def trading(book: Book, target: Any) -> Book:
    """Half of the weight has data: nine tenths of the target, and ten per cent less than a year before."""
    target("0", "1000", "0")
    book.sold_in(date(2025, 2, 10), "1000")
    book.sold_in(date(2026, 2, 10), "900")
    return book


@pytest.fixture
def elena(db: None) -> User:
    """Keeps the rules of judging."""
    return factories.person("Elena", "marketing_director")


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


@pytest.fixture
def rules(db: None) -> Any:
    """Put a set of rules in use as if it had been shipped: measures with their weights and full points."""

    def put(code: str, *rows: tuple[str, str, str], **fields: Any) -> ScorecardTemplate:
        ScorecardTemplate.objects.filter(code=code).update(status="retired", ends_before=date(2020, 1, 1))
        version = ScorecardTemplate.objects.filter(code=code).count() + 1
        made = ScorecardTemplate.objects.create(code=code, version=version, name=code, length="quarter", **fields)
        for position, (measure, weight, full_at) in enumerate(rows, start=1):
            TemplateMeasure.objects.create(
                template=made, position=position, measure=measure, weight=weight, full_at=full_at
            )
        made.grades.create(letter="A", from_score=0)
        made.status, made.starts_on = "in_use", None if version == 1 else date(2020, 1, 1)
        made.save()
        return made

    return put
