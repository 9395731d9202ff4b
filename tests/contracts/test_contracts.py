"""A contract on its way: by four eyes, in words, and each step only when it is its turn."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate as today

from contracts.models import Contract, Grant, Target
from contracts.services import contracts, grants, signatures
from core.errors import NotYours, Refused
from dealers.models import Dealer, Event, Territory, User
from dealers.services import approvals
from tests import factories
from tests.dealers import files

Status = Contract.Status
REASON = "Everything is agreed with the dealer."


def this_year() -> dict[str, Any]:
    return {"starts_on": today().replace(month=1, day=1), "ends_on": today().replace(month=12, day=31)}


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
def draft(northgate: Dealer, carol: User, north: Any) -> Contract:
    fields = this_year() | {"company": factories.company(), "jurisdiction": "CN", "currency": "CNY"}
    contract = contracts.draft(northgate, by=carol, **fields)
    grants.grant(contract, by=carol, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    return contract


def decided(contract: Contract, *people: User) -> Contract:
    for person in people:
        waiting = contract.dealer.approvals.get(outcome="waiting")
        approvals.approve(waiting, by=person, reason=REASON)
    contract.refresh_from_db()
    return contract


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("signed.pdf", files.pdf(), content_type="application/pdf")


def signed(contract: Contract, by: User) -> Contract:
    return signatures.record_signatures(
        contract, by=by, scan=scan(), signed_by="Alice", signed_on=today(), countersigned_by="Dave",
        countersigned_on=today(),
    )  # fmt: skip


@pytest.fixture
def offered(draft: Contract, carol: User, legal: User, dave: User) -> Contract:
    contracts.submit(draft, by=carol, reason=REASON)
    return decided(draft, legal, dave)


def test_from_draft_to_force(offered: Contract, alice: User, operations: User) -> None:
    assert offered.status == Status.OFFERED
    contract = contracts.file(signed(offered, operations), by=operations, number="F-1", place="Cabinet 4")
    assert contract.status == Status.ACTIVE and contract.is_in_force(on=today())
    assert Grant.objects.get().in_force
    told = Event.objects.exclude(visibility="internal").filter(kind__startswith="contract.")
    assert set(told.values_list("kind", flat=True)) == {"contract.offered", "contract.signed", "contract.filed"}
    recipients = {delivery.recipient_id for event in told for delivery in event.deliveries.all()}
    assert recipients == {alice.pk}, "who filed knows it"


def test_what_is_granted_for_the_whole_term_follows_the_term(draft: Contract, carol: User) -> None:
    part = Grant.objects.create(
        dealer=draft.dealer, contract=draft, starts_on=draft.starts_on + timedelta(days=40), ends_on=draft.ends_on
    )
    term = {"starts_on": draft.starts_on - timedelta(days=31), "ends_on": draft.ends_on + timedelta(days=31)}
    contracts.change(draft, by=carol, version=draft.version, changes=term)
    whole = Grant.objects.exclude(pk=part.pk).get()
    assert (whole.starts_on, whole.ends_on) == (term["starts_on"], term["ends_on"])
    part.refresh_from_db()
    assert part.ends_on == draft.ends_on, "a part of the term stays what was agreed"


def test_the_first_contract_makes_a_candidate_a_dealer(offered, northgate, operations) -> None:
    Dealer.objects.update(status=Dealer.Status.CANDIDATE)
    contracts.file(signed(offered, operations), by=operations, number="F-1", place="Cabinet 4")
    northgate.refresh_from_db()
    assert northgate.status == Dealer.Status.ACTIVE


def test_nobody_approves_what_he_submitted(draft: Contract, north: Any, dave: User, legal: User) -> None:
    factories.person("Hugo", "head_of_sales")
    contracts.submit(draft, by=dave, reason=REASON)
    decided(draft, legal)
    with pytest.raises(Refused, match="Somebody else"):
        approvals.approve(draft.dealer.approvals.get(outcome="waiting"), by=dave, reason=REASON)


def test_it_is_refused_at_once_when_nobody_could_approve_it(draft: Contract, carol: User, legal: User) -> None:
    with pytest.raises(approvals.NobodyToDecide):
        contracts.submit(draft, by=carol, reason=REASON)
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_sent_back_it_is_a_draft_and_can_be_submitted_again(draft, carol, legal, dave) -> None:
    contracts.submit(draft, by=carol, reason=REASON)
    approvals.send_back(
        draft.dealer.approvals.get(outcome="waiting"), by=legal, reason="Clause 4 contradicts clause 9."
    )
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT and draft.offered_at is None
    contracts.submit(draft, by=carol, reason=REASON)
    assert decided(draft, legal, dave).status == Status.OFFERED


def test_an_empty_contract_is_not_reviewed(northgate, carol, legal, dave) -> None:
    fields = this_year() | {"company": factories.company(), "jurisdiction": "CN", "currency": "CNY"}
    with pytest.raises(Refused, match="grants something"):
        contracts.submit(contracts.draft(northgate, by=carol, **fields), by=carol, reason=REASON)


def test_terms_change_in_a_draft_only(offered: Contract, carol: User, north: Any) -> None:
    with pytest.raises(Refused, match="in a draft only"):
        contracts.change(offered, by=carol, version=offered.version, changes={"payment_days": 60})
    with pytest.raises(Refused, match="in a draft only"):
        grants.grant(offered, by=carol, territory=north)


def test_a_save_on_an_outdated_draft_writes_nothing(draft: Contract, carol: User) -> None:
    contracts.change(draft, by=carol, version=draft.version, changes={"payment_days": 45})
    with pytest.raises(contracts.StaleContract) as refused:
        contracts.change(draft, by=carol, version=draft.version, changes={"payment_days": 60})
    assert refused.value.contract.payment_days == 45


def test_a_shorter_term_takes_its_grants_along(draft: Contract, carol: User) -> None:
    middle = draft.starts_on.replace(month=6, day=30)
    contracts.change(draft, by=carol, version=draft.version, changes={"ends_on": middle})
    assert Grant.objects.get().ends_on == middle


def test_filing_says_who_holds_the_ground(offered, southport, operations, north, dave) -> None:
    theirs = factories.contract(southport, number="SP-7", **this_year())
    factories.grant(theirs, territory=north)
    with pytest.raises(Refused, match=r"Southport also sells there until .* \(contract SP-7\)"):
        contracts.file(signed(offered, operations), by=operations, number="F-1", place="Cabinet 4")
    offered.refresh_from_db()
    assert offered.status == Status.SIGNED_BY_DEALER


def test_whom_the_person_does_not_reach_is_not_named(offered, southport, north, world) -> None:
    factories.grant(factories.contract(southport, **this_year()), territory=north, exclusivity=Grant.Exclusivity.SOLE)
    filer = factories.person("Nick", "channel_operations", node=north)
    Grant.objects.filter(dealer=southport).update(territory=world)
    grants.place(Grant.objects.all())
    with pytest.raises(Refused, match="another dealer outside your reach") as refused:
        contracts.file(signed(offered, filer), by=filer, number="F-1", place="Cabinet 4")
    assert "Southport" not in str(refused.value)


def test_a_dealer_has_one_contract_in_force_at_a_time(offered, northgate, operations) -> None:
    factories.contract(northgate, **this_year())
    with pytest.raises(Refused, match="Another contract of Northgate is in force"):
        contracts.file(signed(offered, operations), by=operations, number="F-1", place="Cabinet 4")


def test_nobody_signs_in_the_future(offered: Contract, operations: User) -> None:
    with pytest.raises(Refused, match="in the future"):
        signatures.record_signatures(
            offered, by=operations, scan=scan(), signed_by="Alice", signed_on=today() + timedelta(days=1),
            countersigned_by="Dave", countersigned_on=today(),
        )  # fmt: skip


@pytest.mark.parametrize("verb", ["withdraw", "file"])
def test_a_dealer_cannot_do_our_part(offered: Contract, alice: User, verb: str) -> None:
    with pytest.raises(NotYours):
        if verb == "withdraw":
            contracts.withdraw(offered, by=alice, reason=REASON)
        else:
            contracts.file(offered, by=alice, number="1", place="2")


def test_notice_keeps_its_period_and_ends_the_grants(northgate, carol, north) -> None:
    contract = factories.contract(northgate, starts_on=today() - timedelta(30), ends_on=today() + timedelta(300))
    granted = factories.grant(contract, territory=north)
    told: dict[str, Any] = {"by": carol, "side": "us", "on": today(), "reason": REASON}
    with pytest.raises(Refused, match="at the earliest"):
        contracts.give_notice(contract, ends_on=today() + timedelta(89), **told)
    contract = contracts.give_notice(contract, ends_on=today() + timedelta(90), **told)
    granted.refresh_from_db()
    assert contract.status == Status.IN_NOTICE and granted.ends_on == today() + timedelta(90) and granted.in_force


def test_a_contract_cannot_be_ended_before_it_begins(northgate: Dealer, carol: User) -> None:
    begins = today() + timedelta(200)
    contract = factories.contract(northgate, starts_on=begins, ends_on=begins + timedelta(364))
    told: dict[str, Any] = {
        "by": carol,
        "side": "us",
        "on": today(),
        "reason": "The showroom never opened, as agreed on the phone.",
    }
    with pytest.raises(Refused, match="cannot end before that"):
        contracts.give_notice(contract, ends_on=begins - timedelta(1), **told)


def test_what_is_over_ends_or_goes_on(northgate, southport, north, south) -> None:
    system = User.objects.get(kind="system")
    over: dict[str, Any] = {"starts_on": date(2025, 1, 1), "ends_on": date(2025, 12, 31)}
    ending = factories.contract(northgate, **over)
    going_on = factories.contract(southport, prolongs=True, **over)
    factories.grant(going_on, territory=south)
    assert contracts.run_out(on=date(2026, 1, 1), by=system) == (1, 1)
    assert contracts.run_out(on=date(2026, 1, 1), by=system) == (0, 0), "once"
    ending.refresh_from_db()
    going_on.refresh_from_db()
    assert ending.status == Status.ENDED
    assert (going_on.status, going_on.ends_on) == (Status.ACTIVE, date(2026, 12, 31))
    assert Grant.objects.get().ends_on == date(2026, 12, 31)


def test_what_another_dealer_got_meanwhile_does_not_go_on(northgate, southport, north) -> None:
    old = factories.contract(northgate, prolongs=True, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    factories.grant(old, territory=north)
    new = factories.contract(southport, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
    factories.grant(new, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    assert contracts.run_out(on=date(2026, 1, 1), by=User.objects.get(kind="system")) == (1, 0)


def test_a_draft_is_our_own_business(draft: Contract, alice: User) -> None:
    assert not Contract.objects.visible_to(alice).exists() and not Grant.objects.visible_to(alice).exists()
    assert not Event.objects.visible_to(alice).filter(kind__startswith="contract").exists()


def test_a_line_manager_sees_dealers_by_what_they_were_granted(northgate, southport, north, world) -> None:
    faucets, tiles = factories.product_line("FAUCETS"), factories.product_line("TILES")
    factories.grant(factories.contract(northgate), territory=north, line=faucets)
    factories.grant(factories.contract(southport), territory=north, line=tiles)
    person = factories.person("Liz")
    from django.contrib.auth.models import Group

    from dealers.backends import attach_scope_to
    from dealers.models import Assignment

    role = Group.objects.get(name="product_line_manager")
    Assignment.objects.create(user=person, role=role, line=faucets, starts_on=date(2020, 1, 1))
    assert list(Dealer.objects.visible_to(attach_scope_to(person))) == [northgate]
    Contract.objects.update(status=Status.ENDED)
    assert not Dealer.objects.visible_to(attach_scope_to(person)).exists()
    assert not Target.objects.exists()


def test_a_grant_brings_a_dealer_into_reach_at_once(
    northgate: Dealer, southport: Dealer, north: Territory, carol: User
) -> None:
    """The condition on dealers is put together once for a reach; what it finds is asked anew each time."""
    factories.contract(northgate)
    theirs = factories.contract(southport)

    def seen() -> set[str]:
        return set(Contract.objects.visible_to(carol).values_list("dealer__code", flat=True))

    assert seen() == {"NG"}
    grant = factories.grant(theirs, territory=north)
    assert seen() == {"NG", "SP"}
    grant.delete()
    assert seen() == {"NG"}
