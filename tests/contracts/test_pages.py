"""Pages of contracts: the dealer's from the offer on, terms in words, both readings worked, every step by who may."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localdate as today

from contracts.models import Contract, RebateTerm, RebateTier, Target, TargetMonth
from dealers.models import Dealer, User
from tests import factories
from tests.contracts.test_signing import body_of, words_in
from tests.ledger.books import Book
from tests.pages import at_most, text_of

type SignIn = Callable[[User], Client]
WHY = "The terms were agreed at the yearly meeting."


@pytest.fixture
def agreed(northgate: Dealer) -> Contract:
    return factories.contract(
        northgate, starts_on=today().replace(month=1, day=1), ends_on=today().replace(month=12, day=31),
        credit_limit=Decimal(5000),
    )  # fmt: skip


@pytest.fixture
def rebate(agreed: Contract) -> RebateTerm:
    term = RebateTerm.objects.create(
        dealer=agreed.dealer, contract=agreed, name="Growth", period="year", method=RebateTerm.Method.BY_SLICES,
        currency="CNY", example=Decimal(2000),
    )  # fmt: skip
    for threshold, rate in ((0, "0.10"), (1000, "0.25")):
        RebateTier.objects.create(dealer=agreed.dealer, term=term, threshold=threshold, rate=Decimal(rate))
    return term


def form(company: Any, **more: Any) -> dict[str, Any]:
    return {
        "company": company.pk, "starts_on": "2027-01-01", "ends_on": "2027-12-31", "notice_days": "90",
        "jurisdiction": "CN", "currency": "CNY", "payment_days": "30",
    } | more  # fmt: skip


def test_a_draft_grows_on_pages_and_goes_to_review(
    northgate: Dealer, carol: User, alice: User, north: Any, dave: User, signed_in: SignIn
) -> None:
    for role in ("legal", "channel_operations"):
        factories.person(role.title(), role)
    client, company = signed_in(carol), factories.company()
    page = f"/dealers/{northgate.public_id}/contracts/new/"
    wrong = client.post(page, form(company, ends_on="2026-01-01"))
    assert wrong.status_code == 422 and "must not end before it starts" in text_of(wrong)
    client.post(page, form(company))
    contract = Contract.objects.get()
    here = contract.get_absolute_url()
    assert signed_in(alice).get(here).status_code == 404, "the dealer knows nothing of a draft"
    assert "A contract grants something" in text_of(client.post(f"{here}submit/", {"reason": WHY}))
    client.post(f"{here}grants/add/", {"territory": north.pk, "exclusivity": "exclusive"})
    client.post(
        f"{here}rebates/add/",
        {"name": "Growth", "period": "quarter", "method": "by_slices", "payout": "offset", "example": "2000",
         "threshold_1": "0", "rate_1": "10", "threshold_2": "1000", "rate_2": "25"},
    )  # fmt: skip
    client.post(f"{here}targets/add/", {"year": "2027", "total": "120000", "growth": "30"})
    text = text_of(client.get(here))
    for said in ("North, all product lines", "Exclusive: nobody else", "120,000", "By slices", "350.00", "500.00"):
        assert said in text, said
    assert "in review" in text_of(client.post(f"{here}submit/", {"reason": WHY}, follow=True))
    contract.refresh_from_db()
    assert contract.status == Contract.Status.IN_REVIEW
    assert client.post(f"{here}grants/add/", {"territory": north.pk, "exclusivity": "exclusive"}).status_code == 422


def test_a_rhythm_is_agreed_on_the_draft_and_stands_on_the_paper_in_both_languages(
    northgate: Dealer, carol: User, alice: User, signed_in: SignIn
) -> None:
    draft = factories.contract(northgate, status=Contract.Status.DRAFT)
    client, here = signed_in(carol), draft.get_absolute_url()
    asked = {"level": "executive", "every": "quarter", "mode": "visit", "month": "4", "day": "8", "weekday": "2",
             "at": "14:00"}  # fmt: skip
    page = client.get(f"{here}rhythms/add/").text
    assert page.count('type="radio" name="level"') == 2  # no third button that says to choose
    wrong = client.post(f"{here}rhythms/add/", asked | {"day": "0"})
    assert wrong.status_code == 422 and not draft.rhythms.exists()
    client.post(f"{here}rhythms/add/", asked)
    assert "in the draft already" in text_of(client.post(f"{here}rhythms/add/", asked))
    text = text_of(client.get(here))
    assert "Executives: Quarterly" in text and "By visit, Tuesday on or after day 8 of the month, 14:00" in text
    paper = words_in(body_of(client.get(f"{here}draft.pdf?language=en")))
    assert "Review meetings" in paper and "Quarterly" in paper and "Tuesday on or after day 8" in paper
    assert words_in(body_of(client.get(f"{here}draft.pdf?language=zh-hans"))) != paper
    rhythm = draft.rhythms.get()
    Contract.objects.filter(pk=draft.pk).update(status="in_review")
    client.post(f"/rhythms/{rhythm.public_id}/remove/")
    assert draft.rhythms.exists(), "terms change in a draft only"
    Contract.objects.filter(pk=draft.pk).update(status="draft")
    assert signed_in(alice).post(f"/rhythms/{rhythm.public_id}/remove/").status_code in {403, 404}
    client.post(f"/rhythms/{rhythm.public_id}/remove/")
    assert not draft.rhythms.exists()


def test_a_draft_that_somebody_else_saved_is_not_overwritten(northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    contract = factories.contract(northgate, status=Contract.Status.DRAFT)
    client, page = signed_in(carol), f"{contract.get_absolute_url()}edit/"
    said = form(contract.company, number=contract.number, version=contract.version)
    assert client.post(page, said | {"payment_days": "45"}).status_code == 302
    late = client.post(page, said | {"payment_days": "60"})
    text = text_of(late)
    assert late.status_code == 409 and "Somebody else changed this contract" in text
    assert "45 60" in text, "what stands beside what was typed"
    contract.refresh_from_db()
    assert contract.payment_days == 45
    again = said | {"payment_days": "60", "version": late.context["form"]["version"].value()}
    assert client.post(page, again).status_code == 302
    contract.refresh_from_db()
    assert contract.payment_days == 60, "saving again writes what the form shows"


def test_both_readings_are_worked_and_the_agreed_one_is_marked(
    agreed: Contract, rebate: RebateTerm, alice: User, signed_in: SignIn
) -> None:
    page = signed_in(alice).get(agreed.get_absolute_url())
    [earned] = page.context["sheet"].rebates
    assert [(one.total, one.is_agreed) for one in earned.readings] == [("350.00", True), ("500.00", False)]
    assert "1,000.00 × 10% + 1,000.00 × 25%" in text_of(page)


def test_the_dealer_reads_how_far_the_next_tier_is(
    agreed: Contract, rebate: RebateTerm, alice: User, signed_in: SignIn
) -> None:
    Book(agreed.dealer).sold_in(today(), "900")
    client = signed_in(alice)
    with at_most(14):
        text = text_of(client.get(agreed.get_absolute_url())).replace("\xa0", " ")
    assert "CNY 100 more by" in text and "reach 25%: CNY 10 more rebate." in text
    assert "Rebate" in text_of(client.get("/")) and "90.00" in text_of(client.get("/"))


def test_the_first_slice_promises_no_sum_that_it_does_not_pay(
    agreed: Contract, rebate: RebateTerm, alice: User, signed_in: SignIn
) -> None:
    RebateTier.objects.filter(term=rebate, threshold=0).update(threshold=500)
    Book(agreed.dealer).sold_in(today(), "400")
    text = text_of(signed_in(alice).get(agreed.get_absolute_url())).replace("\xa0", " ")
    assert "reach the first tier: what lies above it earns 10%." in text and "more rebate" not in text


def test_the_place_whose_rules_apply_is_called_by_its_name(
    agreed: Contract, alice: User, carol: User, signed_in: SignIn
) -> None:
    text = text_of(signed_in(alice).get(agreed.get_absolute_url()))
    assert "Jurisdiction China" in text and "What the rules for China allow" in text
    found = signed_in(carol).get("/contracts/", {"jurisdiction": "CN"})
    assert "Jurisdiction China" in text_of(found) and agreed.number in text_of(found)
    assert agreed.number not in text_of(signed_in(carol).get("/contracts/", {"jurisdiction": "EU"}))


def test_credit_left_is_the_limit_less_what_is_owed(agreed: Contract, alice: User, signed_in: SignIn) -> None:
    Book(agreed.dealer).invoiced("I-1", "1200", today() + timedelta(days=9), on=today())
    text = text_of(signed_in(alice).get("/"))
    assert "3,800" in text and "limit 5,000 − owed 1,200 − open orders 0" in text


def test_my_contract_is_the_one_in_force(agreed: Contract, alice: User, bob: User, signed_in: SignIn) -> None:
    assert signed_in(alice).get("/contract/").headers["Location"] == agreed.get_absolute_url()
    assert "No contract yet" in text_of(signed_in(bob).get("/contract/"))
    assert signed_in(bob).get(agreed.get_absolute_url()).status_code == 404


def test_a_notice_that_comes_too_late_is_refused_in_words(agreed: Contract, carol: User, signed_in: SignIn) -> None:
    said = {"side": "us", "on": f"{today()}", "ends_on": f"{today() + timedelta(days=5)}", "reason": WHY}
    answer = signed_in(carol).post(f"{agreed.get_absolute_url()}notice/", said)
    assert answer.status_code == 422 and "The notice period is 90 days" in text_of(answer)


def test_the_dealer_agrees_to_a_proposed_target(
    agreed: Contract, carol: User, alice: User, ann: User, system: User, signed_in: SignIn
) -> None:
    target = Target.objects.create(
        dealer=agreed.dealer, contract=agreed, starts_on=agreed.starts_on, ends_on=agreed.ends_on, total=1200,
        currency="CNY", proposed_by_id=system.pk,
    )  # fmt: skip
    for number in range(1, 13):
        month = date(today().year, number, 1)
        TargetMonth.objects.create(dealer=agreed.dealer, target=target, month=month, value=100)
    Book(agreed.dealer).sold_in(today().replace(day=1), "300")
    assert "A target is proposed to you" in text_of(signed_in(alice).get("/"))
    page = target.get_absolute_url()
    assert signed_in(ann).post(f"{page}agree/").status_code == 403
    said = text_of(signed_in(alice).post(f"{page}agree/", follow=True))
    assert "Agreed by Alice" in said and "300" in said and "25.0% of the target" in said
    target.refresh_from_db()
    assert target.status == Target.Status.AGREED


def test_targets_for_all_are_proposed_from_last_year(
    agreed: Contract, carol: User, dave: User, signed_in: SignIn
) -> None:
    Book(agreed.dealer).sold_in(date(today().year - 1, 5, 5), "1000")
    client = signed_in(dave)
    offered = client.get("/targets/new/").context["form"]["growth"].value()
    assert offered == "30", "the house rate, as people write it"
    answer = client.post("/targets/new/", {"year": today().year, "growth": offered}, follow=True)
    assert "1 target is proposed" in text_of(answer) and "1,300" in text_of(answer)


def test_targets_are_proposed_within_reach_only(
    agreed: Contract, southport: Dealer, carol: User, signed_in: SignIn
) -> None:
    factories.contract(southport, starts_on=agreed.starts_on, ends_on=agreed.ends_on)
    for dealer in (agreed.dealer, southport):
        Book(dealer).sold_in(date(today().year - 1, 5, 5), "1000")
    signed_in(carol).post("/targets/new/", {"year": today().year, "growth": "30"})
    assert [target.dealer for target in Target.objects.all()] == [agreed.dealer]


def test_a_dealer_s_home_leads_with_what_is_missing_to_the_next_tier(
    rebate: RebateTerm, alice: User, carol: User, signed_in: SignIn
) -> None:
    Book(rebate.dealer).sold_in(today().replace(month=1, day=1), "600")
    client, end = signed_in(alice), f"31 Dec {today().year}"
    text = text_of(client.get("/"))
    assert f"CNY 400 more by {end} reaches tier 2 Worth CNY 40 to you. Bought until now: CNY 600" in text
    assert "600.00 × 10% = 60.00" in text
    file = text_of(signed_in(carol).get(rebate.dealer.get_absolute_url()))
    assert "reaches tier" not in file and f"CNY 400 more by {end} reach 25%: CNY 40 more rebate." in file
    Book(rebate.dealer).sold_in(today().replace(month=1, day=1), "400")
    text = text_of(client.get("/"))
    assert "reaches tier" not in text and "The highest tier is reached." in text


def test_rules_of_law_are_open_to_both_sides(alice: User, carol: User, signed_in: SignIn) -> None:
    for user in (alice, carol):
        assert "European Union and EEA" in text_of(signed_in(user).get("/rules/"))


def test_a_dealer_reads_the_rules_that_his_contracts_name(agreed: Contract, alice: User, signed_in: SignIn) -> None:
    text = text_of(signed_in(alice).get("/rules/"))
    assert agreed.jurisdiction == "CN" and "China" in text and "European Union" not in text


def test_a_list_finds_a_contract_by_dealer_and_number(agreed: Contract, carol: User, signed_in: SignIn) -> None:
    client = signed_in(carol)
    assert agreed.number in text_of(client.get("/contracts/?search=Northgate"))
    assert "Northgate" in text_of(client.get(f"/contracts/?search={agreed.number}"))
    assert agreed.number not in text_of(client.get("/contracts/?search=Southport"))


@pytest.fixture
def system(db: None) -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


def test_a_contract_is_found_by_any_part_of_its_number(
    agreed: Contract, southport: Dealer, carol: User, alice: User, bob: User, signed_in: SignIn
) -> None:
    draft = factories.contract(
        agreed.dealer, number="HZ-2026-DRAFT", status=Contract.Status.DRAFT, starts_on=date(2030, 1, 1),
        ends_on=date(2030, 12, 31), filed_on=None, signed_on=None, countersigned_on=None, filing_number="",
    )  # fmt: skip
    Contract.objects.filter(pk=agreed.pk).update(number="HZ-2026-0417")

    def found(user: User, words: str) -> list[str]:
        groups = signed_in(user).get("/search/", {"q": words}).context["groups"]
        return [hit.label for group in groups if group.source.code == "contracts" for hit in group.hits]

    assert found(carol, "6-041") == ["HZ-2026-0417"]
    assert found(carol, "hz-2026") == ["HZ-2026-0417", draft.number]
    assert found(alice, "hz-2026") == ["HZ-2026-0417"], "a draft is our own business"
    assert found(bob, "hz-2026") == []
