"""Decisions: four eyes, reasons, somebody to decide, and two people at once."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.errors import NotYours, Refused
from core.reasons import NoReason
from core.working_days import working_days_after
from dealers.models import Approval, BankAccount, Dealer, Event, Territory, User
from dealers.services import approvals, bank_accounts
from tests import factories
from tests.pages import at_most, count_of
from tests.racing import at_once

type SignIn = Callable[[User], Client]

REASON = "The bank letter of 3 March confirms it."
ACCOUNT = {"holder": "Northgate", "bank": "Bank of Test", "number": "6222020200112233", "currency": "CNY"}


@pytest.fixture
def fay(north: Territory) -> User:
    return factories.person("Fay", "finance", node=north)


@pytest.fixture
def account(northgate: Dealer, alice: User, fay: User) -> BankAccount:
    return bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)


@pytest.fixture
def approval(account: BankAccount) -> Approval:
    return Approval.objects.get(subject_id=account.pk)


def test_a_request_says_who_asks_why_and_until_when(approval: Approval, alice: User) -> None:
    assert approval.submitted_by_id == alice.pk
    assert approval.request_reason == REASON
    assert approval.due_on == working_days_after(timezone.localdate(), 2)
    assert Event.objects.filter(kind="approval.requested", dealer=approval.dealer).count() == 1


def test_those_who_could_decide_are_told(approval: Approval, fay: User) -> None:
    told = Event.objects.get(kind="approval.requested").deliveries.values_list("recipient", flat=True)
    assert set(told) == {fay.pk}


def test_an_approval_is_signed_with_its_reason(approval: Approval, account: BankAccount, fay: User) -> None:
    decided = approvals.approve(approval, by=fay, reason=REASON)
    account.refresh_from_db()
    assert (decided.outcome, decided.decided_by_id, decided.reason) == ("approved", fay.pk, REASON)
    assert account.status == BankAccount.Status.IN_USE


def test_the_submitter_hears_of_the_decision(approval: Approval, alice: User, fay: User) -> None:
    approvals.send_back(approval, by=fay, reason=REASON)
    event = Event.objects.get(kind="approval.sent_back")
    assert {one.recipient_id for one in event.deliveries.all()} == {alice.pk}


def test_nobody_decides_what_they_submitted(northgate: Dealer, fay: User) -> None:
    factories.person("Fred", "finance")
    bank_accounts.propose(northgate, by=fay, reason=REASON, **ACCOUNT)
    own = Approval.objects.get()
    for verb in (approvals.approve, approvals.send_back, approvals.reject):
        with pytest.raises(approvals.OwnSubmission):
            verb(own, by=fay, reason=REASON)
    own.refresh_from_db()
    assert own.outcome == Approval.Outcome.WAITING


def test_the_database_refuses_a_decision_by_the_submitter(approval: Approval) -> None:
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(
            outcome="approved", decided_by=approval.submitted_by_id, decided_at=timezone.now(), reason=REASON
        )


def test_nothing_is_submitted_that_nobody_could_decide(northgate: Dealer, alice: User) -> None:
    with pytest.raises(approvals.NobodyToDecide, match="Northgate"):
        bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    assert not BankAccount.objects.exists()
    assert not northgate.events.exists()


def test_who_submits_is_not_counted_among_the_deciders(northgate: Dealer, fay: User) -> None:
    with pytest.raises(approvals.NobodyToDecide):
        bank_accounts.propose(northgate, by=fay, reason=REASON, **ACCOUNT)


def test_a_decider_of_another_region_is_none(northgate: Dealer, alice: User, south: Territory) -> None:
    factories.person("Sam", "finance", node=south)
    with pytest.raises(approvals.NobodyToDecide):
        bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)


def test_a_decider_whose_account_is_disabled_is_none(northgate: Dealer, alice: User, fay: User) -> None:
    User.objects.filter(pk=fay.pk).update(is_active=False)
    with pytest.raises(approvals.NobodyToDecide):
        bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)


@pytest.mark.parametrize("reason", ["", "   ", "ok", "不行"])
def test_a_decision_without_a_sentence_is_refused(approval: Approval, fay: User, reason: str) -> None:
    with pytest.raises(NoReason):
        approvals.reject(approval, by=fay, reason=reason)


def test_a_chinese_sentence_may_have_fewer_characters(approval: Approval, fay: User) -> None:
    assert approvals.reject(approval, by=fay, reason="户名与执照不符").outcome == "rejected"


def test_who_lacks_the_right_does_not_decide(approval: Approval, carol: User) -> None:
    with pytest.raises(NotYours):
        approvals.approve(approval, by=carol, reason=REASON)


def test_who_does_not_reach_the_dealer_does_not_decide(approval: Approval, south: Territory) -> None:
    sam = factories.person("Sam", "finance", node=south)
    with pytest.raises(NotYours):
        approvals.approve(approval, by=sam, reason=REASON)


def test_a_decision_is_taken_once(approval: Approval, fay: User) -> None:
    approvals.reject(approval, by=fay, reason=REASON)
    with pytest.raises(approvals.AlreadyDecided, match="Not approved"):
        approvals.approve(approval, by=fay, reason=REASON)


def test_the_submitter_withdraws(approval: Approval, account: BankAccount, alice: User, fay: User) -> None:
    with pytest.raises(NotYours):
        approvals.withdraw(approval, by=fay)
    assert approvals.withdraw(approval, by=alice).outcome == "withdrawn"
    account.refresh_from_db()
    assert account.status == BankAccount.Status.TURNED_DOWN


def test_two_requests_for_the_same_decision_are_refused(account: BankAccount, northgate: Dealer, alice: User) -> None:
    with pytest.raises(Refused, match="already being waited for"):
        approvals.request(account, kind="bank_account", dealer=northgate, by=alice)


def test_a_new_submission_starts_a_new_run(approval: Approval, account: BankAccount, alice: User, fay: User) -> None:
    approvals.send_back(approval, by=fay, reason=REASON)
    bank_accounts.correct(account, by=alice, reason=REASON, number="6222020200112299")
    second = Approval.objects.waiting().get()
    assert approvals.run_of(second, fay) == [second]
    assert approvals.run_of(approval, fay) == [approval]


def test_what_waits_for_a_person_is_what_they_could_decide(
    approval: Approval, fay: User, carol: User, alice: User, south: Territory
) -> None:
    sam = factories.person("Sam", "finance", node=south)
    waiting = {who.name: Approval.objects.waiting_for(who).count() for who in (fay, carol, alice, sam)}
    assert waiting == {"Fay": 1, "Carol": 0, "Alice": 0, "Sam": 0}


def test_a_due_date_skips_the_week_end() -> None:
    assert working_days_after(date(2026, 3, 20), 1) == date(2026, 3, 23)
    assert working_days_after(date(2026, 3, 20), 2, free={date(2026, 3, 23)}) == date(2026, 3, 25)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_at_once_one_wins(approval: Approval, account: BankAccount, fay: User) -> None:
    fred = factories.person("Fred", "finance")
    outcomes = at_once(
        approval,
        lambda: approvals.approve(Approval.objects.get(pk=approval.pk), by=fay, reason=REASON),
        lambda: approvals.reject(Approval.objects.get(pk=approval.pk), by=fred, reason=REASON),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadyDecided", "Approval"]
    approval.refresh_from_db()
    account.refresh_from_db()
    expected = {"approved": BankAccount.Status.IN_USE, "rejected": BankAccount.Status.TURNED_DOWN}
    assert account.status == expected[approval.outcome]
    assert Event.objects.filter(kind__in=["approval.approved", "approval.rejected"]).count() == 1


def test_the_sidebar_counts_what_waits_for_the_reader(
    approval: Approval, fay: User, carol: User, signed_in: SignIn
) -> None:
    assert '<span class="count">' in signed_in(fay).get("/").text
    assert '<span class="count">' not in signed_in(carol).get("/").text


def test_a_decision_is_taken_on_its_page(approval: Approval, fay: User, signed_in: SignIn) -> None:
    client, address = signed_in(fay), f"/approvals/{approval.public_id}/"
    page = client.get(address).text
    assert "6222020200112233" in page
    assert "Alice" in page
    assert client.post(address, {"decision": "approve", "reason": "ok"}).status_code == 422
    assert client.post(address, {"decision": "approve", "reason": REASON}).status_code == 302
    approval.refresh_from_db()
    assert approval.outcome == "approved"
    late = client.post(address, {"decision": "reject", "reason": REASON}, follow=True)
    assert "no longer waiting" in late.text


def test_a_word_that_is_no_decision_decides_nothing(approval: Approval, fay: User, signed_in: SignIn) -> None:
    address = f"/approvals/{approval.public_id}/"
    assert signed_in(fay).post(address, {"decision": "burn", "reason": REASON}).status_code == 400
    approval.refresh_from_db()
    assert approval.outcome == "waiting"


def test_who_may_not_decide_reads_the_steps_and_no_account_number(
    approval: Approval, north: Territory, signed_in: SignIn
) -> None:
    client, address = signed_in(factories.person("Lena", "legal", node=north)), f"/approvals/{approval.public_id}/"
    page = client.get(address).text
    assert "6222020200112233" not in page
    assert 'value="approve"' not in page
    assert client.post(address, {"decision": "approve", "reason": REASON}).status_code == 403


def test_own_submissions_cannot_be_decided_by_a_second_tab(northgate: Dealer, fay: User, signed_in: SignIn) -> None:
    factories.person("Fred", "finance")
    bank_accounts.propose(northgate, by=fay, reason=REASON, **ACCOUNT)
    own = Approval.objects.get()
    answer = signed_in(fay).post(f"/approvals/{own.public_id}/", {"decision": "approve", "reason": REASON}, follow=True)
    assert "Somebody else has to decide" in answer.text
    own.refresh_from_db()
    assert own.outcome == "waiting"


def test_strangers_find_no_decision(
    approval: Approval, bob: User, south: Territory, alice: User, signed_in: SignIn
) -> None:
    sam = factories.person("Sam", "finance", node=south)
    address = f"/approvals/{approval.public_id}/"
    for user in (bob, alice, sam):
        assert signed_in(user).get(address).status_code == 404
    for user in (bob, sam):
        assert signed_in(user).post(address + "withdraw/").status_code == 404


def test_a_dealer_withdraws_what_he_submitted(approval: Approval, alice: User, ann: User, signed_in: SignIn) -> None:
    address = f"/approvals/{approval.public_id}/withdraw/"
    assert signed_in(ann).post(address).status_code == 403
    assert signed_in(alice).post(address).status_code == 302
    approval.refresh_from_db()
    assert approval.outcome == "withdrawn"


def test_approvals_cost_the_same_however_many(northgate: Dealer, carol: User, fay: User, signed_in: SignIn) -> None:
    client = signed_in(fay)
    cost = []
    for letters in ("ABC", "DEFGHIJKLMNOPQRSTUVWXYZ"):
        for letter in letters:
            bank_accounts.propose(northgate, by=carol, reason=REASON, **ACCOUNT | {"currency": f"X{letter}X"})
        with CaptureQueriesContext(connection) as captured, at_most(7):
            client.get("/approvals/")
        cost.append(count_of(captured))
    assert cost[0] == cost[1]
