"""A contract signed: exactly what was read, by who may, once; on paper with its scan; and filed after both."""

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils.timezone import localdate as today
from pypdf import PdfReader

from contracts.models import Certificate, Contract, Grant, Paper, Signature, Target, TargetMonth
from contracts.services import certificates, contracts, grants, papers, signatures
from contracts.services.signatures import Hand, NotRead, Outdated
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from dealers.models import Dealer, Delivery, Event, Person, Territory, User
from dealers.services import approvals, deputies
from tests import factories
from tests.dealers import files
from tests.pages import text_of
from tests.racing import at_once

type SignIn = Callable[..., Client]
Status = Contract.Status
REASON = "Everything is agreed with the dealer."


@pytest.fixture(autouse=True)
def media(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def legal(world: Any) -> User:
    return factories.person("Leo", "legal")


@pytest.fixture
def operations(world: Any) -> User:
    return factories.person("Olga", "channel_operations")


@pytest.fixture
def offered(northgate: Dealer, carol: User, north: Territory, legal: User, dave: User, operations: User) -> Contract:
    """Drafted by Carol, read by legal, approved by Dave."""
    year = {"starts_on": today().replace(month=1, day=1), "ends_on": today().replace(month=12, day=31)}
    company = factories.company(name="Halvard Fittings", name_zh="哈瓦德卫浴")
    draft = contracts.draft(
        northgate, by=carol, company=company, jurisdiction="CN", currency="CNY",
        special_terms="Two show rooms.\n#include $everything$", **year,
    )  # fmt: skip
    grants.grant(draft, by=carol, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    return offer(draft, carol, legal, dave)


def offer(contract: Contract, carol: User, *deciders: User) -> Contract:
    contracts.submit(contract, by=carol, reason=REASON)
    for person in deciders:
        approvals.approve(contract.dealer.approvals.get(outcome="waiting"), by=person, reason=REASON)
    contract.refresh_from_db()
    return contract


def hand(contract: Contract, *, name: str = "Alice Zhou", language: str = "en", has_read: bool = True) -> Hand:
    paper = next(one for one in papers.current(contract) if one.language == language)
    return Hand(name, paper.sha256, has_read, "192.0.2.7")


def scan(data: bytes | None = None, name: str = "signed.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data or files.pdf(), content_type="application/pdf")


def words_in(data: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# ---- what is offered -------------------------------------------------------------------------
def test_an_offer_keeps_its_text_in_both_languages(offered: Contract) -> None:
    english, chinese = papers.current(offered)
    assert (english.language, chinese.language) == ("en", "zh-hans")
    for paper in (english, chinese):
        data = paper.path().read_bytes()
        assert hashlib.sha256(data).hexdigest() == paper.sha256
        text = words_in(data)
        assert "#include $everything$" in text and offered.number in text
    assert "Exclusive: nobody else, not even us" in words_in(english.path().read_bytes())
    assert "北区" in words_in(chinese.path().read_bytes())
    assert "北区" not in words_in(english.path().read_bytes())


def test_the_paper_never_changes(offered: Contract) -> None:
    paper = papers.current(offered)[0]
    for statement in ("update contracts_paper set sha256 = ''", "delete from contracts_paper"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} where id = %s", [paper.pk])


def test_an_offer_that_is_taken_back_is_a_draft_and_the_next_one_a_new_edition(
    offered: Contract, carol: User, legal: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    first = papers.current(offered)[0]
    draft = contracts.take_back(offered, by=carol, reason="The payment term was wrong.")
    assert draft.status == Status.DRAFT
    assert not Contract.objects.visible_to(alice).exists() and not Paper.objects.visible_to(alice).exists()
    assert signed_in(alice).get(first.get_absolute_url()).status_code == 404
    told = Event.objects.visible_to(alice).get(kind="contract.taken_back")
    assert told.reason == "The payment term was wrong."
    contracts.change(draft, by=carol, version=draft.version, changes={"payment_days": 45})
    again = offer(draft, carol, legal, dave)
    assert {one.edition for one in papers.current(again)} == {2}
    assert papers.current(again)[0].sha256 != first.sha256
    assert "45 days" in words_in(papers.current(again)[0].path().read_bytes())
    with pytest.raises(Outdated, match="Read the new document"):
        signatures.sign(again, by=alice, hand=Hand("Alice", first.sha256, True))


# ---- the dealer signs ------------------------------------------------------------------------
def test_the_dealer_signs_exactly_what_he_read(offered: Contract, alice: User, carol: User, dave: User) -> None:
    contract = signatures.sign(offered, by=alice, hand=hand(offered, language="zh-hans"))
    assert (contract.status, contract.signed_by, contract.signed_on) == (Status.SIGNED_BY_DEALER, "Alice Zhou", today())
    one = Signature.objects.get()
    assert (one.side, one.method, one.recorded_by_id, one.address) == ("dealer", "electronic", alice.pk, "192.0.2.7")
    assert one.paper.language == "zh-hans" and one.sha256 == one.paper.sha256
    told = Delivery.objects.filter(event__kind="contract.signed_by_dealer", channel="bell")
    assert {carol.pk, dave.pk} <= set(told.values_list("recipient_id", flat=True)), "who submitted, who countersigns"


def test_nothing_is_signed_unread_or_without_a_name(offered: Contract, alice: User) -> None:
    with pytest.raises(NotRead):
        signatures.sign(offered, by=alice, hand=hand(offered, has_read=False))
    with pytest.raises(Refused, match="Type your name"):
        signatures.sign(offered, by=alice, hand=hand(offered, name="  "))
    assert not Signature.objects.exists()


@pytest.mark.parametrize("who", ["ann", "bob", "carol"])
def test_only_his_own_executive_signs_for_a_dealer(offered: Contract, request: Any, who: str) -> None:
    with pytest.raises(NotYours):
        signatures.sign(offered, by=request.getfixturevalue(who), hand=hand(offered))


def test_a_contract_is_signed_once(offered: Contract, alice: User) -> None:
    signatures.sign(offered, by=alice, hand=hand(offered))
    with pytest.raises(Refused, match="can no longer be done"):
        signatures.sign(offered, by=alice, hand=hand(offered))


def test_the_sign_page_wants_a_fresh_proof_and_signs_what_it_showed(
    offered: Contract, alice: User, carol: User, bob: User, signed_in: SignIn
) -> None:
    address = f"{offered.get_absolute_url()}sign/"
    stale = signed_in(alice, lately=False).get(address)
    assert stale.status_code == 302 and "/accounts/confirm/" in stale["Location"]
    assert signed_in(bob).get(address).status_code == 404
    assert signed_in(carol).get(address).status_code == 404, "our people do not sign for a dealer"
    client = signed_in(alice)
    page = client.get(address)
    sha256 = page.context["paper"].sha256
    assert " ".join(sha256[at : at + 8] for at in range(0, 64, 8)) in text_of(page)
    unread = client.post(address, {"name": "Alice Zhou", "sha256": sha256})
    assert unread.status_code in {409, 422}
    assert "Confirm that you have read" in text_of(unread) and 'value="Alice Zhou"' in unread.text
    old = client.post(address, {"name": "Alice Zhou", "sha256": "0" * 64, "has_read": "on"})
    assert "Read the new document" in text_of(old) and sha256 in old.text
    done = client.post(address, {"name": "Alice Zhou", "sha256": sha256, "has_read": "on"}, follow=True)
    assert "You have signed the contract" in text_of(done)
    assert Signature.objects.get().address == "127.0.0.1"
    assert client.get(address).status_code == 302, "nothing is left to sign"


def test_a_proof_that_grew_old_keeps_what_was_typed(offered: Contract, alice: User, signed_in: SignIn) -> None:
    sent = {"name": "Alice Z.", "sha256": hand(offered).sha256, "has_read": "on"}
    late = signed_in(alice, lately=False).post(f"{offered.get_absolute_url()}sign/", sent)
    assert "Confirm it again" in text_of(late) and 'value="Alice Z."' in late.text
    assert not Signature.objects.exists()


# ---- ours ------------------------------------------------------------------------------------
def test_ours_countersigns_the_document_that_the_dealer_signed(
    offered: Contract, alice: User, dave: User, operations: User
) -> None:
    signatures.sign(offered, by=alice, hand=hand(offered, language="zh-hans"))
    with pytest.raises(Outdated, match="another document"):
        signatures.countersign(offered, by=dave, hand=hand(offered, name="Dave", language="en"))
    with pytest.raises(Refused, match="nobody for us yet"):
        contracts.file(offered, by=operations, number="F-1", place="Cabinet 4")
    contract = signatures.countersign(offered, by=dave, hand=hand(offered, name="Dave", language="zh-hans"))
    assert contract.is_signed_by_both() and contract.countersigned_by == "Dave"
    with pytest.raises(Refused, match="signed it for us already"):
        signatures.countersign(offered, by=dave, hand=hand(offered, name="Dave", language="zh-hans"))
    told = Delivery.objects.filter(event__kind="contract.signed", channel="email").values_list(
        "recipient_id", flat=True
    )
    assert {alice.pk, operations.pk} <= set(told)


def test_who_submitted_a_contract_does_not_countersign_it(
    northgate: Dealer, north: Territory, dave: User, alice: User, legal: User, operations: User
) -> None:
    factories.person("Hugo", "head_of_sales")
    contract = factories.contract(northgate, status=Status.OFFERED, submitted_by_id=dave.pk)
    papers.issue(contract, by=dave)
    signatures.sign(contract, by=alice, hand=hand(contract))
    with pytest.raises(Refused, match="you submitted this contract"):
        signatures.countersign(contract, by=dave, hand=hand(contract, name="Dave"))


def test_the_dealer_does_not_countersign(offered: Contract, alice: User, signed_in: SignIn) -> None:
    signatures.sign(offered, by=alice, hand=hand(offered))
    with pytest.raises(NotYours):
        signatures.countersign(offered, by=alice, hand=hand(offered))
    assert signed_in(alice).get(f"{offered.get_absolute_url()}countersign/").status_code == 404


# ---- on paper --------------------------------------------------------------------------------
def on_paper(contract: Contract, by: User, upload: Any = None, **more: Any) -> Contract:
    given: dict[str, Any] = {
        "signed_by": "Alice Zhou",
        "signed_on": today(),
        "countersigned_by": "Dave",
        "countersigned_on": today(),
    }
    return signatures.record_signatures(contract, by=by, scan=upload or scan(), **given | more)


def test_a_paper_that_was_signed_and_sealed_is_recorded_with_its_scan(
    offered: Contract, operations: User, alice: User, signed_in: SignIn
) -> None:
    contract = on_paper(offered, operations)
    assert contract.is_signed_by_both()
    assert {one.side for one in Signature.objects.all()} == {"dealer", "us"}
    kept = Signature.objects.first()
    assert kept and kept.scan and kept.method == Signature.Method.PAPER
    sent = signed_in(alice).get(kept.scan.get_absolute_url())
    assert sent["Content-Disposition"].startswith("attachment") and body_of(sent) == files.pdf()


def test_ours_may_follow_electronically_after_a_paper(offered: Contract, operations: User, dave: User) -> None:
    contract = on_paper(offered, operations, countersigned_by="", countersigned_on=None)
    assert not contract.is_signed_by_both()
    theirs = signatures.signature_of(contract, Contract.Side.DEALER)
    assert theirs is not None
    assert signatures.countersign(contract, by=dave, hand=Hand("Dave", theirs.sha256, True)).is_signed_by_both()


def test_a_scan_is_what_its_content_says(offered: Contract, operations: User, signed_in: SignIn) -> None:
    client, address = signed_in(operations), f"{offered.get_absolute_url()}signed-on-paper/"
    typed = {"signed_by": "Alice Zhou", "signed_on": today().isoformat()}
    program = client.post(address, typed | {"scan": scan(b"MZ\x90\x00program")})
    assert "this is none of them" in text_of(program) and 'value="Alice Zhou"' in program.text
    nothing = client.post(address, typed)
    assert nothing.status_code == 422
    assert not Signature.objects.exists() and not Paper.objects.filter(kind="scan").exists()
    assert client.post(address, typed | {"scan": scan()}).status_code == 302


def test_a_paper_is_not_signed_in_the_future_or_by_nobody(offered: Contract, operations: User) -> None:
    with pytest.raises(Refused, match="in the future"):
        on_paper(offered, operations, signed_on=today() + timedelta(days=1))
    with pytest.raises(Refused, match="each with the day"):
        on_paper(offered, operations, countersigned_on=None)


# ---- races and the database's own word -------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_when_the_dealer_signs_while_we_withdraw_one_wins_and_the_other_is_told(
    offered: Contract, alice: User, carol: User
) -> None:
    read = hand(offered)
    outcomes = at_once(
        offered,
        lambda: signatures.sign(Contract.objects.get(pk=offered.pk), by=alice, hand=read),
        lambda: contracts.take_back(Contract.objects.get(pk=offered.pk), by=carol, reason=REASON),
    )
    offered.refresh_from_db()
    refused = [one for one in outcomes if isinstance(one, Refused)]
    assert len(refused) == 1 and "can no longer be done" in str(refused[0])
    is_signed = offered.status == Status.SIGNED_BY_DEALER
    assert is_signed or offered.status == Status.DRAFT
    assert Signature.objects.exists() is is_signed
    assert Event.objects.filter(kind="contract.taken_back").exists() is not is_signed


@pytest.mark.django_db(transaction=True)
def test_of_two_of_ours_who_sign_at_once_one_signs_and_the_other_is_told_who(
    offered: Contract, alice: User, dave: User
) -> None:
    other = factories.person("Hugo", "head_of_sales")
    signatures.sign(offered, by=alice, hand=hand(offered))

    def sign(by: User) -> Callable[[], object]:
        read = hand(offered, name=by.name)
        return lambda: signatures.countersign(Contract.objects.get(pk=offered.pk), by=by, hand=read)

    outcomes = at_once(offered, sign(dave), sign(other))
    offered.refresh_from_db()
    (refused,) = [one for one in outcomes if isinstance(one, Refused)]
    assert f"{offered.countersigned_by} has signed it for us already" in str(refused)
    assert Signature.objects.filter(side="us").count() == 1
    assert Event.objects.filter(kind="contract.signed").count() == 1


def test_a_deputy_signs_for_us_and_both_names_are_kept(
    offered: Contract, alice: User, dave: User, signed_in: SignIn
) -> None:
    other = factories.person("Hugo", "head_of_sales")
    pair = Person.objects.in_bulk([dave.pk, other.pk])
    deputies.name(pair[dave.pk], deputy=pair[other.pk], starts_on=today(), ends_on=today(), by=dave)
    signatures.sign(offered, by=alice, hand=hand(offered))
    by = User.objects.get(pk=other.pk)  # as his next request loads him
    signatures.countersign(offered, by=by, hand=hand(offered, name="Hugo"))
    event = Event.objects.get(kind="contract.signed")
    assert (event.actor_id, event.on_behalf_of_id) == (other.pk, dave.pk)
    timeline = signed_in(other).get(f"{offered.dealer.get_absolute_url()}timeline/").content.decode()
    assert "Hugo for Dave" in timeline


def dealers_session(user: User) -> Any:
    return acting(Role.DEALER, dealer_id=user.dealer_id, user_id=user.pk)


@pytest.mark.parametrize(
    "change",
    ["status = 'active'", "status = 'withdrawn'", "status = 'signed_by_dealer', signed_on = null", "signed_by = 'Eve'"],
)
def test_a_dealers_session_changes_nothing_of_a_contract_but_to_sign_it(
    offered: Contract, alice: User, change: str
) -> None:
    with pytest.raises(DatabaseError), dealers_session(alice), connection.cursor() as cursor:
        cursor.execute(f"update contracts_contract set {change} where id = %s", [offered.pk])


@pytest.mark.parametrize("wrong", [{"side": "us"}, {"method": "paper"}, {"sha256": "0" * 64}, {"recorded_by_id": None}])
def test_a_dealers_session_writes_no_signature_but_his_own(
    offered: Contract, alice: User, carol: User, wrong: dict[str, Any]
) -> None:
    paper = papers.current(offered)[0]
    fields: dict[str, Any] = {
        "dealer_id": offered.dealer_id, "contract": offered, "paper": paper, "side": "dealer", "method": "electronic",
        "name": "Alice", "signed_on": today(), "sha256": paper.sha256, "recorded_by_id": alice.pk,
        "recorded_at": paper.made_at,
    }  # fmt: skip
    if wrong == {"recorded_by_id": None}:
        wrong = {"recorded_by_id": carol.pk}
    with pytest.raises(DatabaseError), dealers_session(alice):
        Signature.objects.create(**fields | wrong)
    with dealers_session(alice):
        Signature.objects.create(**fields)


def test_a_signature_is_never_changed(offered: Contract, alice: User) -> None:
    signatures.sign(offered, by=alice, hand=hand(offered))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Signature.objects.update(name="Somebody else")


# ---- certificate and page --------------------------------------------------------------------
@pytest.fixture
def active(offered: Contract, alice: User, dave: User, operations: User) -> Contract:
    signatures.sign(offered, by=alice, hand=hand(offered))
    signatures.countersign(offered, by=dave, hand=hand(offered, name="Dave"))
    return contracts.file(offered, by=operations, number="HV-1", place="Cabinet 4")


def test_filing_issues_a_certificate_in_both_languages(
    active: Contract, alice: User, bob: User, signed_in: SignIn
) -> None:
    certificate = Certificate.objects.get()
    address = certificate.get_absolute_url()
    english = signed_in(alice).get(f"{address}?language=en")
    text = words_in(body_of(english))
    assert "Certificate of authorisation" in text and "Northgate" in text and str(certificate) in text
    chinese = signed_in(alice).get(f"{address}?language=zh-hans")
    assert "北区" in words_in(body_of(chinese))
    assert signed_in(bob).get(address).status_code == 404


def test_anybody_checks_a_certificate_and_learns_what_stands_on_it(active: Contract, client: Client) -> None:
    number = Certificate.objects.get().number
    page = client.get("/authorisation/", {"number": f" {str(Certificate.objects.get()).upper()} "}, follow=True)
    said = text_of(page)
    assert page.redirect_chain[-1][0].endswith(f"/authorisation/{number}/")
    assert "In force today" in said and "Northgate" in said and "North" in said
    for private in (active.number, active.filing_number, "Cabinet", "CNY"):
        assert private not in said
    Contract.objects.filter(pk=active.pk).update(status=Status.ENDED)
    assert "Not in force today" in text_of(client.get(f"/authorisation/{number}/"))


def test_a_number_that_nobody_gave_is_told_apart_and_many_tries_have_to_wait(active: Contract, client: Client) -> None:
    unknown = client.get("/authorisation/zzzzzzzzzzzzzz/")
    assert unknown.status_code == 404 and "No certificate has this number" in text_of(unknown)
    answers = [client.get(f"/authorisation/zzzzzzzzzzzz{number:02}/").status_code for number in range(25)]
    assert answers[-1] == 429


def test_the_public_reads_no_certificate_but_by_its_number(active: Contract) -> None:
    with acting(Role.PUBLIC):
        assert certificates.check(Certificate(number="x" * 14).number) is None
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            list(Certificate.objects.all())


def test_a_contract_that_was_taken_over_gets_its_certificate_on_its_page(
    northgate: Dealer, operations: User, signed_in: SignIn
) -> None:
    contract = factories.contract(northgate, origin=Contract.Origin.TAKEN_OVER)
    client = signed_in(operations)
    assert "Issue a certificate" in text_of(client.get(contract.get_absolute_url()))
    assert client.post(f"{contract.get_absolute_url()}certify/").status_code == 302
    assert Certificate.objects.get().contract == contract
    certificates.issue(contract, by=operations)
    assert Certificate.objects.count() == 1
    assert "Issue a certificate" not in text_of(client.get(contract.get_absolute_url()))


def test_the_page_shows_the_way_and_to_each_side_its_own(
    active: Contract, alice: User, carol: User, signed_in: SignIn
) -> None:
    ours = text_of(signed_in(carol).get(active.get_absolute_url()))
    for said in ("Wording reviewed", "Leo", "Signed for the dealer", "Alice Zhou", "Dave", "Filed as HV-1", "SHA-256"):
        assert said in ours, said
    theirs = text_of(signed_in(alice).get(active.get_absolute_url()))
    assert "Signed for the manufacturer" in theirs and "SHA-256" in theirs
    assert "Wording reviewed" not in theirs and REASON not in theirs, "the review is our own business"


def test_the_way_and_what_is_to_do_at_every_step(
    offered: Contract, alice: User, dave: User, operations: User, carol: User, signed_in: SignIn
) -> None:
    Dealer.objects.filter(pk=offered.dealer_id).update(manager=carol.pk)
    home = text_of(signed_in(alice).get("/", follow=True))
    assert f"A contract is offered to you: {offered.number}" in home
    assert "Waiting for the dealer's signature" in text_of(signed_in(carol).get("/"))
    assert "Read and sign" in text_of(signed_in(alice).get(offered.get_absolute_url()))
    signatures.sign(offered, by=alice, hand=hand(offered))
    assert f"To be countersigned: {offered.number}" in text_of(signed_in(dave).get("/"))
    assert f"To be filed: {offered.number}" not in text_of(signed_in(operations).get("/"))
    signatures.countersign(offered, by=dave, hand=hand(offered, name="Dave"))
    assert f"To be filed: {offered.number}" in text_of(signed_in(operations).get("/"))


def test_the_draft_can_be_read_as_a_document_by_ours_only(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    draft = factories.contract(northgate, status=Status.DRAFT)
    address = f"{draft.get_absolute_url()}draft.pdf?language=en"
    answer = signed_in(carol).get(address)
    assert "not an offer" in words_in(body_of(answer))
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(alice).get(address).status_code == 404


def test_the_months_of_a_target_add_up_on_paper(northgate: Dealer, carol: User) -> None:
    contract = factories.contract(northgate, status=Status.DRAFT)
    target = Target.objects.create(
        dealer=northgate, contract=contract, starts_on=contract.starts_on, ends_on=contract.ends_on,
        total=Decimal("1000"), currency="CNY", proposed_by_id=carol.pk,
    )  # fmt: skip
    for month, value in ((1, "333.34"), (2, "333.33"), (5, "333.33")):
        TargetMonth.objects.create(
            dealer=northgate, target=target, month=contract.starts_on.replace(month=month), value=Decimal(value)
        )
    text = words_in(papers.draw_contract(contract, carol, language="en"))
    assert "Quarter 1, 2026 333.34 333.33 – 666.67" in text
    assert "Quarter 2, 2026 – 333.33 – 333.33" in text
