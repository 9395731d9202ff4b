"""What the pages of contracts ask the database: the same for many terms as for a few, and never more than fifteen."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.timezone import localdate as today

from contracts.models import (
    Contract,
    PriceLimit,
    RebateTerm,
    RebateTier,
    ReviewRhythm,
    RulePack,
    RuleSetting,
    Target,
    TargetMonth,
    Tool,
)
from contracts.services import amendments
from dealers.models import Dealer, Territory, User
from tests import factories
from tests.ledger.books import Book

type SignIn = Callable[[User], Client]
type Statements = Callable[[], AbstractContextManager[list[str]]]
MOST = 15


@pytest.fixture
def agreed(northgate: Dealer) -> Contract:
    contract = factories.contract(
        northgate, starts_on=date(today().year, 1, 1), ends_on=date(today().year, 12, 31), number="NG-01"
    )
    for level in ("executive", "working"):
        ReviewRhythm.objects.create(dealer=northgate, contract=contract, level=level, every="quarter", day=10)
    Book(northgate).sold_in(today(), "900")
    return contract


def add_terms(contract: Contract, north: Territory, by: User, number: int) -> None:
    """Of each kind so many: a grant with what is left out, a target with its months, a rebate with tiers, a limit."""
    dealer = contract.dealer
    agreed = {"status": Target.Status.AGREED, "agreed_by_id": by.pk, "agreed_on": contract.starts_on}
    for _one in range(number):
        line = factories.product_line()
        shops = [factories.terminal(north) for _each in range(2)]
        factories.grant(contract, territory=north, line=line, terminals=shops, less=[factories.territory(parent=north)])
        target = Target.objects.create(
            dealer=dealer, contract=contract, line=line, starts_on=contract.starts_on, ends_on=contract.ends_on,
            total=Decimal(1200), currency="CNY", proposed_by_id=by.pk, **agreed,
        )  # fmt: skip
        TargetMonth.objects.bulk_create(
            TargetMonth(dealer=dealer, target=target, month=contract.starts_on.replace(month=month), value=100)
            for month in range(1, 13)
        )
        term = RebateTerm.objects.create(
            dealer=dealer, contract=contract, name=f"Growth {line}", line=line, period="year", currency="CNY",
            method=RebateTerm.Method.BY_SLICES, example=Decimal(2000),
        )  # fmt: skip
        for threshold, rate in ((0, "0.10"), (1000, "0.25")):
            RebateTier.objects.create(dealer=dealer, term=term, threshold=threshold, rate=Decimal(rate))
        PriceLimit.objects.create(
            dealer=dealer, contract=contract, tool=Tool.RETAIL_FLOOR, line=line, price=Decimal(10), currency="CNY",
            starts_on=contract.starts_on,
        )  # fmt: skip


def asked_for(page: str, client: Client, statements: Statements) -> list[str]:
    with statements() as asked:
        assert client.get(page).status_code == 200
    assert len(asked) <= MOST, "\n".join(asked)
    return asked


@pytest.mark.parametrize("who", ["dave", "alice"])
def test_a_contract_costs_the_same_however_many_terms_it_has(
    agreed: Contract, north: Territory, dave: User, who: str, request: pytest.FixtureRequest, signed_in: SignIn,
    statements: Statements,
) -> None:  # fmt: skip
    client, page = signed_in(request.getfixturevalue(who)), agreed.get_absolute_url()
    add_terms(agreed, north, dave, 3)
    few = asked_for(page, client, statements)
    add_terms(agreed, north, dave, 27)
    for year in range(2000, 2012):
        factories.contract(
            agreed.dealer, status=Contract.Status.ENDED, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31)
        )
    assert len(asked_for(page, client, statements)) == len(few)


@pytest.mark.parametrize("address", ["", "draft.pdf?language=en"])
def test_an_amendment_is_read_with_the_text_before_at_the_same_cost(
    agreed: Contract, north: Territory, dave: User, carol: User, address: str, signed_in: SignIn, statements: Statements
) -> None:
    add_terms(agreed, north, dave, 3)
    begins = date(today().year, 12, 1)
    client, made = signed_in(carol), amendments.draft(agreed, by=carol, starts_on=begins)
    few = asked_for(made.get_absolute_url() + address, client, statements)
    for text in (agreed, made):
        add_terms(text, north, dave, 9)
    assert len(asked_for(made.get_absolute_url() + address, client, statements)) == len(few)


def test_a_target_costs_the_same_however_many_months_it_has(
    agreed: Contract, north: Territory, dave: User, signed_in: SignIn, statements: Statements
) -> None:
    add_terms(agreed, north, dave, 2)
    whole, part = Target.objects.all()
    part.months.filter(month__month__gt=1).delete()
    client = signed_in(dave)
    asked = [len(asked_for(one.get_absolute_url(), client, statements)) for one in (whole, part)]
    assert asked[0] == asked[1] <= 5


def test_a_version_of_the_rules_costs_the_same_however_many_there_are(
    dave: User, signed_in: SignIn, statements: Statements
) -> None:
    client = signed_in(dave)

    def revised(times: int) -> RulePack:
        """The version before the last, after so many revisions."""
        for _one in range(times):
            last = RulePack.objects.filter(jurisdiction="EU").latest("version")
            settings = list(last.settings.all())
            made = RulePack.objects.create(
                jurisdiction="EU", name=last.name, version=last.version + 1, valid_from=today()
            )
            RuleSetting.objects.bulk_create(RuleSetting(pack=made, tool=one.tool, mode=one.mode) for one in settings)
        return RulePack.objects.filter(jurisdiction="EU").order_by("-version")[1]

    few, many = (asked_for(f"/rules/{revised(times).public_id}/", client, statements) for times in (3, 9))
    assert len(few) == len(many) <= 5, "\n".join(many)
