"""A contract in force is amended: another text from a day on, signed like the first, and nothing of it in between."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils.timezone import localdate as today

from contracts.differences import changes
from contracts.models import Certificate, Contract, Grant, Paper, RebateTerm, ReviewRhythm, Target, TargetMonth
from contracts.services import (
    amendments,
    certificates,
    contracts,
    network_targets,
    papers,
    price_limits,
    rebates,
    rhythms,
    signatures,
    targets,
)
from contracts.sheet import Sheet
from contracts.tiers import Tier
from core.errors import Refused
from core.periods import Length, Period, months_later
from dealers.models import Dealer, Event, Territory, User
from tests import factories
from tests.contracts.test_signing import (
    REASON,
    hand,
    legal,
    media,
    offer,
    offered,
    operations,
    words_in,
)
from tests.ledger.books import Book
from tests.pages import text_of
from tests.racing import at_once

type SignIn = Callable[..., Client]
__all__ = ["legal", "media", "offered", "operations"]
Status = Contract.Status
MAY = date(2026, 5, 1)


@pytest.fixture(autouse=True)
def spring(time_machine: Any) -> None:
    """The contract runs from January to December 2026, and it is the middle of April."""
    time_machine.move_to("2026-04-15T10:00:00Z")


@pytest.fixture
def active(northgate: Dealer, north: Territory, carol: User, alice: User, operations: User) -> Contract:
    company = factories.company(name="Halvard Fittings")
    contract = factories.contract(northgate, company=company, number="NG-01", special_terms="Two show rooms.")
    factories.grant(contract, territory=north, exclusivity=Grant.Exclusivity.EXCLUSIVE)
    certificates.issue(contract, by=operations)
    targets.agree(
        targets.propose(contract, by=carol, year=Period.of(today(), Length.YEAR), total=Decimal(1_200_000)), by=alice
    )
    return contract


def signed(contract: Contract, alice: User, dave: User) -> Contract:
    contract = signatures.sign(contract, by=alice, hand=hand(contract))
    return signatures.countersign(contract, by=dave, hand=hand(contract, name="Dave"))


@pytest.fixture
def draft(active: Contract, carol: User) -> Contract:
    return amendments.draft(active, by=carol, starts_on=MAY)


@pytest.fixture
def filed(draft: Contract, carol: User, legal: User, dave: User, alice: User, operations: User) -> Contract:
    contracts.change(draft, by=carol, version=draft.version, changes={"payment_days": 60})
    return on_file(draft, carol, legal, dave, alice, operations)


def on_file(draft: Contract, carol: User, legal: User, dave: User, alice: User, operations: User) -> Contract:
    ready = signed(offer(draft, carol, legal, dave), alice, dave)
    return contracts.file(ready, by=operations, number=f"HV-1-{draft.pk}", place="Cabinet 4")


# ---- from a copy to the text that counts -----------------------------------------------------
def test_an_amendment_begins_as_a_copy_of_what_counts(
    active: Contract, carol: User, alice: User, signed_in: SignIn
) -> None:
    made = amendments.draft(active, by=carol, starts_on=MAY)
    assert (made.number, made.starts_on, made.ends_on) == (f"{active.number}-A1", MAY, active.ends_on)
    assert (made.special_terms, made.amends) == (active.special_terms, active)
    grant = Grant.objects.get(contract=made)
    assert (grant.starts_on, grant.exclusivity, grant.in_force) == (MAY, "exclusive", False)
    assert signed_in(alice).get(made.get_absolute_url()).status_code == 404, "our own business until it is offered"
    page = text_of(signed_in(carol).get(made.get_absolute_url()))
    assert "it reads as the contract does now" in page


def test_a_rhythm_is_copied_with_its_months_and_a_changed_one_is_said(active: Contract, carol: User) -> None:
    ReviewRhythm.objects.create(dealer=active.dealer, contract=active, level="executive", every="quarter", day=10)
    made = amendments.draft(active, by=carol, starts_on=MAY)
    one = ReviewRhythm.objects.get(contract=made)
    assert (one.every, one.day, one.month) == ("quarter", 10, 1), "January, as in the contract, and not May"

    def said() -> list[tuple[str, str, str]]:
        sheets = [Sheet(contract, carol, on=today()) for contract in (active, made)]
        return [(change.what, change.before, change.after) for change in changes(*sheets)]

    assert said() == []
    rhythms.take_out(one, by=carol)
    rhythms.add(made, by=carol, level="executive", every="year", mode="visit", month=3, day=10, at=one.at)
    assert said() == [
        (
            "Review meetings",
            "Executives: Quarterly, By video, day 10 of the month, 10:00, beginning with January",
            "Executives: Yearly, By visit, day 10 of the month, 10:00, beginning with March",
        )
    ]


def test_until_its_first_day_the_old_text_counts_and_then_the_new_one(filed: Contract, active: Contract) -> None:
    active.refresh_from_db()
    assert (active.ends_on, active.amended_on) == (MAY - timedelta(days=1), MAY)
    for day, text, days in ((today(), active, 30), (MAY, filed, 60)):
        found = Contract.objects.in_force(on=day).get()
        assert (found, found.payment_days) == (text, days)
        assert Grant.objects.in_force(on=day).get().contract == text
    assert not Contract.objects.in_force(on=date(2027, 1, 1)).exists()


def test_it_goes_the_way_of_the_contract_and_is_its_own_paper(
    draft: Contract, active: Contract, carol: User, legal: User, dave: User, alice: User, signed_in: SignIn
) -> None:
    contracts.change(
        draft, by=carol, version=draft.version, changes={"payment_days": 60, "credit_limit": Decimal(5000)}
    )
    offered = offer(draft, carol, legal, dave)
    english, _chinese = papers.current(offered)
    text = words_in(english.path().read_bytes())
    assert "What this amendment changes" in text and f"From 1 May 2026 on, the contract {active.number}" in text
    assert "30 days 60 days" in text and "none CNY 5,000" in text
    assert Paper.objects.filter(contract=active, sha256=english.sha256).count() == 0
    page = text_of(signed_in(alice).get(offered.get_absolute_url()))
    assert "What this amendment changes" in page and "60 days" in page and "Read and sign" in page
    assert "Another text" not in page and active.number in page


def test_both_sides_see_one_text_that_counts_and_its_history(
    filed: Contract, active: Contract, alice: User, carol: User, signed_in: SignIn, time_machine: Any
) -> None:
    for user in (alice, carol):
        page = text_of(signed_in(user).get(active.get_absolute_url()))
        assert "From 1 May 2026 on, an amendment counts" in page and filed.number in page
    told = Event.objects.visible_to(alice).get(kind="amendment.filed")
    assert told.data == {"contract": active.number, "day": "2026-05-01"}
    assert signed_in(alice).get("/contract/").headers["Location"] == active.get_absolute_url()
    time_machine.move_to("2026-05-02T10:00:00Z")
    assert signed_in(alice).get("/contract/").headers["Location"] == filed.get_absolute_url()
    system = User.objects.get(kind="system")
    assert contracts.run_out(on=today(), by=system) == (1, 0)
    active.refresh_from_db()
    assert active.status == Status.ENDED
    assert not Event.objects.filter(kind="contract.ended").exists(), "the agreement goes on"


def test_a_certificate_on_the_wall_stays_good_and_shows_what_is_granted_now(
    active: Contract, carol: User, legal: User, dave: User, alice: User, operations: User, south: Territory,
    client: Client, time_machine: Any,
) -> None:  # fmt: skip
    number = Certificate.objects.get().number
    draft = amendments.draft(active, by=carol, starts_on=MAY)
    Grant.objects.filter(contract=draft).update(territory=south)
    filed = on_file(draft, carol, legal, dave, alice, operations)
    assert Certificate.objects.count() == 1
    before = text_of(client.get(f"/authorisation/{number}/"))
    assert "In force today" in before and "North" in before and "31 Dec 2026" in before
    time_machine.move_to("2026-06-15T10:00:00Z")
    after = text_of(client.get(f"/authorisation/{number}/"))
    assert "In force today" in after and "South" in after and "1 Jan 2026" in after and "31 Dec 2026" in after
    paper = words_in(certificates.draw_certificate(Certificate.objects.get(), alice, language="en"))
    assert "South" in paper and "31 December 2026" in paper
    Contract.objects.filter(pk=filed.pk).update(status=Status.ENDED)
    assert "Not in force today" in text_of(client.get(f"/authorisation/{number}/"))


# ---- targets, prices, rebates ----------------------------------------------------------------
def test_a_target_that_is_left_alone_goes_on_and_a_new_one_cuts_it_at_the_month(
    draft: Contract, active: Contract, carol: User, legal: User, dave: User, alice: User, operations: User
) -> None:
    (kept,) = Sheet(draft, carol, on=today()).targets
    assert kept.target.contract == active and kept.target.total == 1_200_000
    new = targets.propose(draft, by=carol, year=Period.of(MAY, Length.YEAR), total=Decimal(960_000))
    assert [one.target for one in Sheet(draft, carol, on=today()).targets] == [new]
    filed = on_file(draft, carol, legal, dave, alice, operations)
    old = Target.objects.get(contract=active)
    assert (old.total, old.ends_on, old.status) == (Decimal(400_000), date(2026, 4, 30), "agreed")
    assert [one.month.month for one in old.months.all()] == [1, 2, 3, 4]
    new.refresh_from_db()
    assert (new.contract, new.status, new.starts_on, new.ends_on) == (filed, "agreed", MAY, date(2026, 12, 31))
    words = words_in(papers.current(filed)[0].path().read_bytes())
    assert "CNY 1,200,000, 1 Jan 2026 to 31 Dec 2026" in words and "CNY 960,000, 1 May 2026 to 31 Dec 2026" in words


def test_the_network_gets_one_target_for_an_agreement_of_several_texts(filed: Contract, dave: User) -> None:
    TargetMonth.objects.all().delete()
    Target.objects.all().delete()
    Book(filed.dealer).sold_in(date(2025, 3, 10), "1000")
    assert network_targets.propose_for_all(year=Period.of(MAY, Length.YEAR), by=dave) == 1
    one = Target.objects.get()
    assert (one.starts_on, one.ends_on, one.contract) == (date(2026, 1, 1), date(2026, 12, 31), filed)


def test_a_rebate_that_is_left_alone_counts_on_and_a_changed_one_begins_anew(
    offered: Contract, carol: User, legal: User, dave: User, alice: User, operations: User
) -> None:
    contracts.take_back(offered, by=carol, reason=REASON)
    tiers = [Tier(Decimal(1000), Decimal("0.02"))]
    fields: dict[str, Any] = {"method": "by_slices", "period": "quarter", "example": Decimal(2000)}
    rebates.add(Contract.objects.get(), tiers, by=carol, name="Volume", **fields)
    rebates.add(Contract.objects.get(), tiers, by=carol, name="Growth", **fields)
    contract = on_file(Contract.objects.get(), carol, legal, dave, alice, operations)
    Book(contract.dealer).sold_in(date(2026, 4, 10), "700")
    draft = amendments.draft(contract, by=carol, starts_on=MAY)
    rebates.change(RebateTerm.objects.get(contract=draft, name="Growth"), tiers, by=carol, cap=Decimal(50))
    filed = on_file(draft, carol, legal, dave, alice, operations)
    Book(contract.dealer).sold_in(date(2026, 5, 10), "400")
    earned = {one.term.name: one.turnover for one in Sheet(filed, alice, on=date(2026, 5, 20)).rebates}
    assert earned == {"Volume": 1100, "Growth": 400}


def test_a_price_may_change_from_a_day_on(
    draft: Contract, carol: User, active: Contract, signed_in: SignIn, legal: User, dave: User
) -> None:
    line = factories.product_line("TAPS", name="Faucets")
    price_limits.add(draft, by=carol, tool="recommended_price", line=line, price=Decimal("19.90"))
    page = text_of(signed_in(carol).get(draft.get_absolute_url()))
    assert "CNY 19.90" in page and "Faucets" in page
    assert not active.price_limits.exists()


# ---- what is refused -------------------------------------------------------------------------
@pytest.mark.parametrize("day", [date(2026, 5, 2), date(2026, 1, 1), date(2027, 1, 1)])
def test_it_begins_with_a_month_inside_the_term(active: Contract, carol: User, day: date, signed_in: SignIn) -> None:
    answer = signed_in(carol).post(f"{active.get_absolute_url()}amend/", {"starts_on": day.isoformat()})
    assert answer.status_code in {409, 422} and day.isoformat() in answer.text
    assert not Contract.objects.filter(amends__isnull=False).exists()


def test_one_amendment_at_a_time(draft: Contract, active: Contract, carol: User) -> None:
    with pytest.raises(Refused, match="is on its way"):
        amendments.draft(active, by=carol, starts_on=date(2026, 7, 1))
    contracts.withdraw(draft, by=carol, reason=REASON)
    assert amendments.draft(active, by=carol, starts_on=MAY).number == f"{active.number}-A2"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_begin_an_amendment_at_once_make_one(active: Contract, carol: User) -> None:
    outcomes = at_once(
        active.dealer,
        *(lambda: amendments.draft(Contract.objects.get(pk=active.pk), by=carol, starts_on=MAY) for _each in range(2)),
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    assert Contract.objects.filter(amends=active).count() == 1


@pytest.mark.django_db(transaction=True)
def test_notice_and_the_filing_of_an_amendment_do_not_pass_each_other(
    draft: Contract, active: Contract, carol: User, legal: User, dave: User, alice: User, operations: User
) -> None:
    ready = signed(offer(draft, carol, legal, dave), alice, dave)
    end = date(2026, 8, 1)

    def notice() -> Contract:
        found = Contract.objects.get(pk=active.pk)
        return contracts.give_notice(found, by=dave, side="dealer", on=today(), ends_on=end, reason=REASON)

    def file() -> Contract:
        return contracts.file(Contract.objects.get(pk=ready.pk), by=operations, number="HV-2", place="Cabinet 4")

    outcomes = at_once(active, notice, file)
    assert sum(isinstance(one, Refused) for one in outcomes) == 1
    active.refresh_from_db()
    ready.refresh_from_db()
    if active.status == Status.IN_NOTICE:
        assert (active.ends_on, active.amended_on, ready.status) == (end, None, Status.SIGNED_BY_DEALER)
    else:
        assert (active.amended_on, ready.status) == (MAY, Status.ACTIVE)


def test_notice_is_given_of_the_text_that_goes_on(filed: Contract, active: Contract, dave: User) -> None:
    notice: dict[str, Any] = {"side": "dealer", "on": today(), "ends_on": date(2026, 8, 1), "reason": REASON}
    with pytest.raises(Refused, match="Give notice of the amendment"):
        contracts.give_notice(active, by=dave, **notice)
    assert contracts.give_notice(filed, by=dave, **notice).ends_on == date(2026, 8, 1)


def test_only_what_is_in_force_is_amended(offered: Contract, carol: User) -> None:
    with pytest.raises(Refused, match="only a contract in force is amended"):
        amendments.draft(offered, by=carol, starts_on=MAY)


def test_the_next_amendment_begins_from_the_last_text(filed: Contract, active: Contract, carol: User) -> None:
    second = amendments.draft(active, by=carol, starts_on=months_later(MAY, 2))
    assert (second.number, second.payment_days, second.amends) == (f"{active.number}-A2", 60, active)
    with pytest.raises(Refused, match="the amendment begins after its first day"):
        contracts.change(second, by=carol, version=second.version, changes={"starts_on": MAY})


@pytest.mark.parametrize("change", ["amended_on = '2026-06-01'", "starts_on = '2026-05-02'", "ends_on = '2026-06-15'"])
def test_the_database_refuses_texts_that_overlap_or_contradict_themselves(
    filed: Contract, active: Contract, change: str
) -> None:
    row = filed if change.startswith("starts_on") else active
    with pytest.raises(DatabaseError), transaction.atomic():
        Contract.objects.filter(pk=row.pk).update(**_as_fields(change))
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=filed.pk).update(starts_on=date(2026, 4, 1))


def _as_fields(change: str) -> dict[str, str]:
    name, value = change.split(" = ")
    return {name: value.strip("'")}


def test_who_may_not_draft_contracts_does_not_amend_them(
    active: Contract, alice: User, legal: User, signed_in: SignIn
) -> None:
    address = f"{active.get_absolute_url()}amend/"
    assert signed_in(legal).get(address).status_code == 403
    assert signed_in(alice).get(address).status_code == 404
    assert "Amend" not in text_of(signed_in(legal).get(active.get_absolute_url())).split()
