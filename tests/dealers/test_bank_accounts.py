"""Where money for a dealer goes: proposed by one, approved by another."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core.errors import NotYours, Refused
from core.reasons import NoReason
from dealers.models import Approval, BankAccount, Dealer, Event, Territory, User
from dealers.services import approvals, bank_accounts
from tests import factories
from tests.racing import at_once

REASON = "The bank letter of 3 March confirms it."
ACCOUNT = {"holder": "Northgate", "bank": "Bank of Test", "number": "6222020200112233", "currency": "CNY"}
Status = BankAccount.Status


@pytest.fixture
def fay(north: Territory) -> User:
    return factories.person("Fay", "finance", node=north)


def propose(dealer: Dealer, by: User, **more: Any) -> tuple[BankAccount, Approval]:
    account = bank_accounts.propose(dealer, by=by, reason=REASON, **ACCOUNT | more)
    return account, Approval.objects.waiting().get(subject_id=account.pk)


def test_a_proposal_counts_for_nothing_until_it_is_approved(northgate: Dealer, alice: User, fay: User) -> None:
    account, approval = propose(northgate, alice)
    assert account.status == Status.PROPOSED
    approvals.approve(approval, by=fay, reason=REASON)
    account.refresh_from_db()
    assert account.status == Status.IN_USE
    kinds = ["approval.approved", "approval.requested", "bank_account.in_use", "bank_account.proposed"]
    assert sorted(Event.objects.values_list("kind", flat=True)) == kinds


def test_the_new_account_replaces_the_old_one_of_its_currency(northgate: Dealer, alice: User, fay: User) -> None:
    for number, currency in (("111122223333", "CNY"), ("444455556666", "EUR"), ("777788889999", "CNY")):
        _account, approval = propose(northgate, alice, number=number, currency=currency)
        approvals.approve(approval, by=fay, reason=REASON)
    found = dict(BankAccount.objects.values_list("number", "status"))
    assert found == {"111122223333": "replaced", "444455556666": "in_use", "777788889999": "in_use"}


def test_a_proposal_not_approved_is_turned_down(northgate: Dealer, alice: User, fay: User) -> None:
    account, approval = propose(northgate, alice)
    approvals.reject(approval, by=fay, reason=REASON)
    account.refresh_from_db()
    assert account.status == Status.TURNED_DOWN


def test_one_proposal_at_a_time_for_a_currency(northgate: Dealer, alice: User, fay: User) -> None:
    propose(northgate, alice)
    with pytest.raises(Refused, match="already proposed"):
        propose(northgate, alice, number="999900001111")
    propose(northgate, alice, currency="EUR")


def test_what_was_sent_back_is_corrected_and_submitted_again(northgate: Dealer, alice: User, fay: User) -> None:
    account, approval = propose(northgate, alice)
    with pytest.raises(Refused, match="already being waited for"):
        bank_accounts.correct(account, by=alice, reason=REASON, bank="Other Bank")
    approvals.send_back(approval, by=fay, reason=REASON)
    corrected = bank_accounts.correct(account, by=alice, reason=REASON, bank="Other Bank")
    assert (corrected.status, corrected.bank) == (Status.PROPOSED, "Other Bank")
    assert Approval.objects.waiting().count() == 1


def test_an_account_in_use_is_not_corrected(northgate: Dealer, alice: User, fay: User) -> None:
    account, approval = propose(northgate, alice)
    approvals.approve(approval, by=fay, reason=REASON)
    with pytest.raises(Refused, match="propose a new one"):
        bank_accounts.correct(account, by=alice, reason=REASON, number="1")


def test_a_proposal_needs_its_right_and_a_reason(northgate: Dealer, ann: User, alice: User, fay: User) -> None:
    with pytest.raises(NotYours):
        propose(northgate, ann)
    with pytest.raises(NoReason):
        bank_accounts.propose(northgate, by=alice, reason="new", **ACCOUNT)


@pytest.mark.django_db(transaction=True)
def test_of_two_proposals_at_once_one_waits(northgate: Dealer, alice: User, fay: User) -> None:
    fred = factories.person("Fred", "finance")
    results = at_once(
        northgate,
        lambda: propose(northgate, alice),
        lambda: propose(northgate, fred, number="999900001111"),
    )
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert BankAccount.objects.get().status == Status.PROPOSED


FORM = ACCOUNT | {"reason": REASON}


def test_an_account_is_proposed_and_corrected_on_pages(
    northgate: Dealer, alice: User, bob: User, fay: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(alice)
    assert client.post(f"/dealers/{northgate.public_id}/bank/propose/", FORM | {"reason": "new"}).status_code == 422
    assert client.post(f"/dealers/{northgate.public_id}/bank/propose/", FORM).status_code == 302
    account = BankAccount.objects.get()
    correct = f"/bank-accounts/{account.public_id}/correct/"
    assert client.post(correct, FORM).status_code == 422  # still waiting
    approvals.send_back(Approval.objects.get(), by=fay, reason=REASON)
    assert "Correct" in client.get(f"/dealers/{northgate.public_id}/bank/").text
    assert signed_in(bob).post(correct, FORM).status_code == 404
    assert client.post(correct, FORM | {"bank": "Other Bank"}).status_code == 302
    account.refresh_from_db()
    assert account.bank == "Other Bank"


def test_a_dealers_proposal_reaches_those_who_decide(
    northgate: Dealer, alice: User, fay: User, signed_in: Callable[[User], Client]
) -> None:
    """The dealer's session may write a notice to our people and may not read it back."""
    signed_in(alice).post(f"/dealers/{northgate.public_id}/bank/propose/", FORM)
    event = Event.objects.get(kind="approval.requested")
    assert {one.recipient_id for one in event.deliveries.all()} == {fay.pk}


def test_dealer_staff_see_no_account_numbers(
    northgate: Dealer, alice: User, ann: User, fay: User, signed_in: Callable[[User], Client]
) -> None:
    propose(northgate, alice)
    client = signed_in(ann)
    assert client.get(f"/dealers/{northgate.public_id}/bank/").status_code == 403
    for address in ("/", f"/dealers/{northgate.public_id}/", f"/dealers/{northgate.public_id}/timeline/"):
        assert ACCOUNT["number"] not in client.get(address).text
