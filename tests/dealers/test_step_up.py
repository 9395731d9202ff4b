"""Bank data and long exports: whoever asks proves again who it is, before anything is typed."""

from typing import Any

import pytest

from core.exports import answers
from core.models import Job
from dealers.models import Approval, Dealer, User
from dealers.services import bank_accounts
from tests import factories
from tests.factories import PASSWORD


def test_bank_data_ask_for_a_fresh_proof_before_anything_is_typed(
    northgate: Dealer, alice: User, carol: User, signed_in: Any
) -> None:
    for page in ("bank/", "bank/propose/"):
        here = f"/dealers/{northgate.public_id}/{page}"
        asked = signed_in(alice, lately=False).get(here)
        assert asked.status_code == 302 and asked["Location"].startswith("/accounts/confirm/")
        back = asked.client.post(asked["Location"], {"password": PASSWORD, "next": here})
        assert back["Location"] == here and asked.client.get(here).status_code == 200


def test_deciding_on_an_account_asks_for_a_fresh_proof(northgate: Dealer, alice: User, signed_in: Any) -> None:
    fay = factories.person("Fay", "finance")
    bank_accounts.propose(
        northgate, by=alice, holder="Northgate", bank="Bank of Test", number="6222020200112233", currency="CNY",
        reason="The old account is closed.",
    )  # fmt: skip
    page = f"/approvals/{Approval.objects.get().public_id}/"
    asked = signed_in(fay, lately=False).get(page)
    assert asked.status_code == 302 and asked["Location"].startswith("/accounts/confirm/")
    assert (
        signed_in(fay, lately=False)
        .post(page, {"decision": "approve", "reason": "The bank letter confirms it."})["Location"]
        .startswith("/accounts/confirm/")
    )
    assert Approval.objects.get().outcome == Approval.Outcome.WAITING
    assert signed_in(fay).get(page).status_code == 200


def test_a_long_export_asks_for_a_fresh_proof(
    northgate: Dealer, southport: Dealer, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "DIRECT", 1)
    olga = factories.person("Olga", "channel_operations")
    asked = signed_in(olga, lately=False).get("/dealers/export.csv")
    assert asked.status_code == 302 and asked["Location"].startswith("/accounts/confirm/")
    assert not Job.objects.exists()
    assert signed_in(olga).get("/dealers/export.csv")["Location"] == Job.objects.get().get_absolute_url()
