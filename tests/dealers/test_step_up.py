"""Bank data and long exports: whoever asks proves again who it is before anything is typed; nothing typed is lost."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from core import runs
from core.exports import answers, later
from core.models import Job
from dealers.models import Approval, BankAccount, Dealer, Territory, User
from dealers.services import approvals, bank_accounts
from tests import factories
from tests.dealers.test_dealer_list import plant
from tests.factories import PASSWORD

type SignIn = Callable[..., Client]

REASON = "The old account is closed."
ACCOUNT = {"holder": "Northgate", "bank": "Bank of Test", "number": "6222020200112233", "currency": "CNY"}
CSV = "/dealers/export.csv"


@pytest.fixture
def fay(north: Territory) -> User:
    return factories.person("Fay", "finance", node=north)


@pytest.fixture
def account(northgate: Dealer, alice: User, fay: User) -> BankAccount:
    return bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)


def confirming(back: str) -> str:
    return f"/accounts/confirm/?{urlencode({'next': back})}"


def test_account_numbers_are_shown_by_their_end_until_somebody_proves_who_it_is(
    northgate: Dealer, account: BankAccount, alice: User, signed_in: SignIn
) -> None:
    client, address = signed_in(alice, lately=False), f"/dealers/{northgate.public_id}/bank/"
    page = client.get(address).text
    assert "…2233" in page and ACCOUNT["number"] not in page
    full = f"{address}?numbers=full"
    assert client.get(full).headers["Location"] == confirming(full)
    assert client.post(confirming(full), {"password": PASSWORD, "next": full}).headers["Location"] == full
    assert ACCOUNT["number"] in client.get(full).text


def _page(which: str, account: BankAccount, alice: User, fay: User) -> tuple[User, str, dict[str, str]]:
    """Who opens it, where it is, what is sent."""
    approval = Approval.objects.get()
    if which == "decide":
        return fay, f"/approvals/{approval.public_id}/", {"decision": "approve", "reason": REASON}
    if which == "correct":
        approvals.send_back(approval, by=fay, reason=REASON)
        return alice, f"/bank-accounts/{account.public_id}/correct/", ACCOUNT | {"reason": REASON}
    address = f"/dealers/{account.dealer.public_id}/bank/propose/"
    return alice, address, ACCOUNT | {"currency": "EUR", "reason": REASON}


@pytest.mark.parametrize("which", ["propose", "correct", "decide"])
def test_bank_data_asks_before_anything_is_typed_and_keeps_what_was(
    which: str, account: BankAccount, alice: User, fay: User, bob: User, signed_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    who, address, data = _page(which, account, alice, fay)
    client = signed_in(who, lately=False, enforce_csrf_checks=True)
    assert client.get(address).headers["Location"] == confirming(address)
    assert signed_in(bob, lately=False).get(address).status_code == 404, "a stranger is not even asked"
    _confirm(client, address)
    token = {"csrfmiddlewaretoken": _token_in(client.get(address))}

    time_machine.shift(301)
    before = list(BankAccount.objects.values()), list(Approval.objects.values())
    kept = client.post(address, data | token)
    assert kept.status_code == 422
    assert REASON in kept.text and "Confirm it again in another tab" in kept.text
    assert (list(BankAccount.objects.values()), list(Approval.objects.values())) == before
    _confirm(client, address)
    assert client.post(address, data | token).status_code == 302, "the form in the first tab goes through"


def _confirm(client: Client, back: str) -> None:
    token = _token_in(client.get(confirming(back)))
    sent = {"password": PASSWORD, "next": back, "csrfmiddlewaretoken": token}
    assert client.post(confirming(back), sent).headers["Location"] == back


def _token_in(page: Any) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found
    return found[1]


@pytest.mark.parametrize("sent", [{}, {"decision": "approve", "reason": "no"}])
@pytest.mark.parametrize("which", ["correct", "decide"])
def test_a_form_that_comes_back_shows_no_number_without_a_fresh_proof(
    which: str, sent: dict[str, str], account: BankAccount, alice: User, fay: User, signed_in: SignIn
) -> None:
    who, address, _data = _page(which, account, alice, fay)
    assert ACCOUNT["number"] not in signed_in(who, lately=False).post(address, sent).text


def test_who_sees_neither_number_nor_decision_is_not_asked(
    account: BankAccount, north: Territory, signed_in: SignIn
) -> None:
    lena = factories.person("Lena", "legal", node=north)
    address = f"/approvals/{Approval.objects.get().public_id}/"
    assert signed_in(lena, lately=False).get(address).status_code == 200


# ---- exports ----------------------------------------------------------------------------------------
def test_a_whole_list_longer_than_a_page_asks_for_a_fresh_proof(
    north: Territory, dave: User, signed_in: SignIn
) -> None:
    plant(51, north)
    client, back = signed_in(dave, lately=False), "/dealers/?sort=-name"
    assert client.get(f"{CSV}?sort=-name").headers["Location"] == confirming(back)
    answer = client.post(confirming(back), {"password": PASSWORD, "next": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)], "back on the list, where the file can be asked for again"
    assert client.get(f"{CSV}?sort=-name").headers["Content-Disposition"].startswith("attachment")


def test_part_of_a_list_or_a_short_one_asks_nothing(
    northgate: Dealer, north: Territory, dave: User, signed_in: SignIn
) -> None:
    client = signed_in(dave, lately=False)
    assert client.get(CSV).status_code == 200
    plant(51, north)
    assert client.get(CSV, {"search": "plant"}).status_code == 200
    assert client.post("/dealers/export/", {"selected": northgate.public_id, "format": "csv"}).status_code == 200


def test_a_long_export_and_its_file_ask_for_a_fresh_proof(
    north: Territory, dave: User, signed_in: SignIn, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(answers, "DIRECT", 1)
    plant(3, north)
    part = f"{CSV}?search=plant"
    asked = signed_in(dave, lately=False).get(part)
    assert asked.headers["Location"] == confirming("/dealers/?search=plant")
    assert not Job.objects.exists()

    answer = signed_in(dave).get(part)
    job = Job.objects.get(kind=later.KIND)
    assert answer.headers["Location"] == job.get_absolute_url()
    runs.run(job.pk)
    job.refresh_from_db()
    fetched = signed_in(dave, lately=False).get(job.result["url"])
    assert fetched.headers["Location"] == confirming(job.get_absolute_url())
    assert signed_in(dave).get(job.result["url"]).status_code == 200


def test_a_proof_holds_for_five_minutes(north: Territory, dave: User, signed_in: SignIn, time_machine: Any) -> None:
    plant(51, north)
    client = signed_in(dave)
    assert client.get(CSV).status_code == 200
    time_machine.move_to(timezone.now() + timedelta(seconds=301))
    assert client.get(CSV).status_code == 302
