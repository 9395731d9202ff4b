"""My day for our people, the home of a dealer."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dealers.models import Approval, BankAccount, Dealer, Document, Territory, User
from dealers.services import approvals, bank_accounts
from tests import factories
from tests.pages import at_most, count_of

type SignIn = Callable[[User], Client]
REASON = "The bank letter of 3 March confirms it."
ACCOUNT = {"holder": "Northgate", "bank": "Bank of Test", "number": "6222020200112233", "currency": "CNY"}


def document(dealer: Dealer, by: User, title: str, expires_on: date, **more: object) -> Document:
    fields = {"kind": "licence", "file_name": "a.pdf", "content_type": "application/pdf", "size": 1, "sha256": "0" * 64}
    return Document.objects.create(
        dealer=dealer, title=title, expires_on=expires_on, uploaded_by_id=by.pk, **fields | more
    )


def today() -> date:
    return timezone.localdate()


@pytest.fixture
def fay(north: Territory) -> User:
    return factories.person("Fay", "finance", node=north)


def sections(client: Client) -> dict[str, list[str]]:
    found = client.get("/").context["sections"]
    return {str(one["code"]): [str(row.title) for row in one["rows"]] for one in found}


def test_a_quiet_day_says_so_and_when_it_looked(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    page = signed_in(carol).get("/").text
    assert "Nothing needs you." in page
    assert "Checked" in page


def test_the_day_is_ordered_by_what_it_asks(
    northgate: Dealer, southport: Dealer, alice: User, carol: User, fay: User, signed_in: SignIn
) -> None:
    document(northgate, carol, "Old licence", today() - timedelta(3))
    document(northgate, carol, "Insurance", today())
    document(northgate, carol, "Tax paper", today() + timedelta(20))
    document(northgate, carol, "Far away", today() + timedelta(200))
    document(southport, carol, "Foreign", today() - timedelta(3))
    bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    documents = {"today": ["Insurance expires"], "late": ["Old licence has expired"], "risk": ["Tax paper expires"]}
    assert sections(signed_in(carol)) == documents
    assert sections(signed_in(fay)) == documents | {"decide": ["Bank account: Bank of Test …2233"]}


def test_who_looks_after_dealers_sees_only_those(
    northgate: Dealer, north: Territory, carol: User, dave: User, signed_in: SignIn
) -> None:
    other = factories.dealer("ND", name="Norden", home=north)
    document(northgate, carol, "Mine", today() - timedelta(1))
    document(other, carol, "Another's", today() - timedelta(1))
    Dealer.objects.filter(pk=northgate.pk).update(manager=carol.pk)
    assert sections(signed_in(carol)) == {"late": ["Mine has expired"]}
    assert len(sections(signed_in(dave))["late"]) == 2


def test_the_archive_stays_silent(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    document(northgate, carol, "Old licence", today() - timedelta(3))
    Dealer.objects.update(status="ended", archived_at=timezone.now())
    assert sections(signed_in(carol)) == {}


def test_a_long_day_is_cut_and_says_so(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    for number in range(25):
        document(northgate, carol, f"Paper {number}", today() - timedelta(1 + number))
    page = signed_in(carol).get("/")
    assert len(page.context["work"].rows) == 20
    assert "More than 20 things need you" in page.text


def test_the_dealer_reads_what_is_due_from_him(
    northgate: Dealer, southport: Dealer, alice: User, carol: User, bob: User, fay: User, signed_in: SignIn
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager=carol.pk)
    document(northgate, carol, "Licence", today() - timedelta(3))
    document(northgate, carol, "Our secret file", today() - timedelta(3), is_internal=True)
    bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    approvals.send_back(Approval.objects.get(), by=fay, reason=REASON)
    page = signed_in(alice).get("/").text
    for words in ("Northgate", "Licence has expired", "Correct the bank account", "Carol"):
        assert words in page
    assert "Our secret file" not in page
    stranger = signed_in(bob).get("/").text
    assert "Licence has expired" not in stranger
    assert "Northgate" not in stranger


def test_an_administrator_without_dealers_has_an_empty_day(northgate: Dealer, erin: User, signed_in: SignIn) -> None:
    page = signed_in(erin).get("/")
    assert page.status_code == 200
    assert "Nothing needs you." in page.text
    assert "Northgate" not in page.text


@pytest.mark.parametrize("who", ["fay", "alice"])
def test_the_first_page_costs_at_most_6_questions_however_much_is_due(
    request: pytest.FixtureRequest, northgate: Dealer, alice: User, carol: User, fay: User, signed_in: SignIn, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    cost = []
    for more, currencies in ((3, ("CNY", "EUR", "USD")), (15, tuple(f"X{letter}Y" for letter in "ABCDEFGHIJKL"))):
        for number in range(more):
            document(northgate, carol, f"Paper {more} {number}", today() - timedelta(1))
        for currency in currencies:
            bank_accounts.propose(northgate, by=carol, reason=REASON, **ACCOUNT | {"currency": currency})
        with CaptureQueriesContext(connection) as captured, at_most(6):
            assert client.get("/").status_code == 200
        cost.append(count_of(captured))
    assert cost[0] == cost[1]
    assert BankAccount.objects.count() == 15
