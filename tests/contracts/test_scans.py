"""A dealer who signs on paper sends the scan himself; ours looks at it and records the signatures."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError
from django.test import Client
from django.utils.timezone import localdate as today
from django.utils.timezone import now

from contracts.models import Contract, Paper, Signature
from contracts.services import papers, scans
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from dealers.models import Dealer, Delivery, User
from tests import factories
from tests.contracts.test_signing import body_of, media, operations, scan
from tests.dealers import files
from tests.pages import text_of

type SignIn = Callable[..., Client]
__all__ = ["media", "operations"]


@pytest.fixture
def offered(northgate: Dealer, carol: User, operations: User) -> Contract:
    contract = factories.contract(northgate, status=Contract.Status.OFFERED, submitted_by_id=carol.pk)
    contract.offered_at = now()
    contract.save(update_fields=["offered_at"])
    papers.issue(contract, by=carol)
    return contract


def test_from_the_dealers_scan_to_the_recorded_signature(
    offered: Contract, alice: User, bob: User, operations: User, signed_in: SignIn
) -> None:
    dealer, ours = signed_in(alice), signed_in(operations)
    assert "Signed on paper" in text_of(dealer.get(offered.get_absolute_url()))
    sent = dealer.post(f"{offered.get_absolute_url()}send-scan/", {"scan": scan(name="signed 1.pdf")}, follow=True)
    assert "We look at it and record your signature" in text_of(sent) and "from Alice" in text_of(sent)
    kept = Paper.objects.get(kind="scan")
    assert (kept.made_by_id, kept.edition) == (alice.pk, 1)
    assert not Signature.objects.exists(), "a scan is no signature before somebody has looked at it"
    told = Delivery.objects.filter(event__kind="contract.scan_sent").values_list("recipient_id", flat=True)
    assert operations.pk in set(told)
    answer = ours.get(kept.get_absolute_url())
    assert answer["Content-Disposition"].startswith("attachment") and body_of(answer) == files.pdf()
    assert signed_in(bob).get(kept.get_absolute_url()).status_code == 404

    assert f"Signed on paper, to be recorded: {offered.number}" in text_of(ours.get("/"))
    form = ours.get(f"{offered.get_absolute_url()}signed-on-paper/")
    assert "sent by Alice" in text_of(form)
    typed = {"sent": kept.public_id, "signed_by": "Alice Zhou", "signed_on": today().isoformat()}
    assert ours.post(f"{offered.get_absolute_url()}signed-on-paper/", typed).status_code == 302
    one = Signature.objects.get()
    assert (one.side, one.scan, one.method) == ("dealer", kept, "paper")
    assert "to be recorded" not in text_of(ours.get("/"))


def test_what_is_sent_is_looked_at_like_every_file(offered: Contract, alice: User, signed_in: SignIn) -> None:
    client, address = signed_in(alice), f"{offered.get_absolute_url()}send-scan/"
    assert "this is none of them" in text_of(client.post(address, {"scan": scan(b"MZ\x90\x00program")}))
    assert client.post(address, {"scan": SimpleUploadedFile("empty.pdf", b"")}).status_code in {409, 422}
    assert not Paper.objects.filter(kind="scan").exists()
    for number in range(scans.MOST):
        scans.send(offered, by=alice, scan=scan(files.pdf(str(number).encode())))
    with pytest.raises(Refused, match="here already"):
        scans.send(offered, by=alice, scan=scan(files.pdf(b"another")))


def test_the_same_file_is_kept_once(offered: Contract, alice: User) -> None:
    scans.send(offered, by=alice, scan=scan())
    with pytest.raises(Refused, match="already here as"):
        scans.send(offered, by=alice, scan=scan(name="again.pdf"))
    assert Paper.objects.filter(kind="scan").count() == 1


@pytest.mark.parametrize("who", ["ann", "bob", "carol"])
def test_only_his_own_executive_sends_it(offered: Contract, request: Any, who: str) -> None:
    with pytest.raises(NotYours):
        scans.send(offered, by=request.getfixturevalue(who), scan=scan())


def test_after_the_offer_nothing_more_is_sent(northgate: Dealer, alice: User, signed_in: SignIn) -> None:
    contract = factories.contract(northgate)
    answer = signed_in(alice).post(f"{contract.get_absolute_url()}send-scan/", {"scan": scan()})
    assert "can no longer be done" in text_of(answer) and not Paper.objects.exists()


@pytest.mark.parametrize("wrong", ["kind", "person", "state"])
def test_a_dealers_session_adds_no_paper_but_his_scan(offered: Contract, alice: User, carol: User, wrong: str) -> None:
    fields: dict[str, Any] = {
        "dealer_id": offered.dealer_id, "contract": offered, "kind": "scan", "edition": 1, "terms_version": 1,
        "file_name": "s.pdf", "content_type": "application/pdf", "size": 1, "sha256": "0" * 64,
        "made_by_id": alice.pk, "made_at": now(),
    }  # fmt: skip
    if wrong == "state":
        Contract.objects.filter(pk=offered.pk).update(status="signed_by_dealer", signed_on=today())
    changed: dict[str, Any] = {"kind": {"kind": "offer", "language": "it"}, "person": {"made_by_id": carol.pk}}
    with pytest.raises(DatabaseError), acting(Role.DEALER, dealer_id=alice.dealer_id, user_id=alice.pk):
        Paper.objects.create(**fields | changed.get(wrong, {}))
    if wrong != "state":
        with acting(Role.DEALER, dealer_id=alice.dealer_id, user_id=alice.pk):
            Paper.objects.create(**fields)


def test_a_scan_of_another_document_is_not_recorded(
    offered: Contract, southport: Dealer, operations: User, bob: User
) -> None:
    other = factories.contract(southport, status=Contract.Status.OFFERED)
    papers.issue(other, by=operations)
    foreign = scans.send(other, by=bob, scan=scan())
    with pytest.raises(Refused, match="another document"):
        scans.chosen(offered, foreign.public_id)
