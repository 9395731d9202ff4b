"""Pages of scores: published to the dealer and no earlier, from the total to the lines, acknowledged or objected to."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.errors import NotYours
from core.periods import Period
from dealers.models import Dealer, Product, Territory, User
from ledger.models import StockGap
from performance.models import Assessment, Objection, Scorecard
from performance.services import assessments
from tests import factories
from tests.ledger.books import Book
from tests.pages import at_most, text_of
from tests.performance.conftest import QUARTER

type SignIn = Callable[[User], Client]
WHY = "Two invoices of March were paid in time."


@pytest.fixture
def card(trading: Book, system: User) -> Scorecard:
    assessments.assess(QUARTER, by=system)
    return Scorecard.objects.get()


@pytest.fixture
def published(card: Scorecard, system: User) -> Scorecard:
    assessments.publish(card.assessment, by=system)
    card.refresh_from_db()
    return card


def test_the_card_tells_how_it_came_about(published: Scorecard, alice: User, signed_in: SignIn) -> None:
    with at_most(21):
        answer = signed_in(alice).get(published.get_absolute_url())
    text = text_of(answer)
    assert answer.status_code == 200
    for said in ("63.0", "of 100", "Attainment = sell-in ÷ target", "900.00 ÷ 1,000.00 = 90.0%", "50 of 100 weight",
                 "Brought to 100: 31.5 ÷ 50 × 100", "No stock was reported in this time.", "not scored",
                 "Buy CNY 100 more", "Growth = (sell-in − sell-in a year before) ÷ sell-in a year before"):  # fmt: skip
        assert said in text.replace("\xa0", " "), said


def test_the_card_says_how_much_of_it_rests_on_counts_that_do_not_balance(
    trading: Book, system: User, alice: User, signed_in: SignIn
) -> None:
    item = Product.objects.create(code="I", name="Item")
    trading.sold_on(date(2026, 3, 1), "90", product=item)
    trading.counted(date(2026, 3, 31), item, "30")
    StockGap.objects.create(
        dealer=trading.dealer, batch=trading.batch, row=1, product=item, counted_on=date(2026, 3, 31),
        counted=Decimal(30), since=date(2026, 2, 28), opening=Decimal(150), bought=Decimal(0), sold=Decimal(90),
    )  # fmt: skip
    made = assessments.assess(QUARTER, by=system).assessment
    assert made is not None
    assessments.publish(made, by=system)
    text = text_of(signed_in(alice).get(Scorecard.objects.get().get_absolute_url()))
    assert "1 of the 1 counts do not balance" in text
    assert "On counts that do not balance 10 of 100 weight" in text


def test_the_lines_behind_a_value_add_up_to_it(published: Scorecard, alice: User, signed_in: SignIn) -> None:
    client = signed_in(alice)
    page = client.get(published.get_absolute_url())
    [row] = [row for row in page.context["sheet"].rows if row.line.measure == "attainment"]
    [source] = row.sources
    lines = text_of(client.get(source.url))
    assert "900.00" in lines and "1,000.00" not in lines, "last year's line belongs to another time"


def test_nobody_of_the_dealer_sees_a_card_before_it_is_published(
    card: Scorecard, alice: User, carol: User, signed_in: SignIn
) -> None:
    assert signed_in(alice).get(card.get_absolute_url()).status_code == 404
    assert "No scorecard yet" in text_of(signed_in(alice).get("/score/"))
    assert "Not published" in text_of(signed_in(carol).get(card.get_absolute_url()))


def test_only_who_may_open_the_assessment_is_led_to_it(card: Scorecard, dave: User, signed_in: SignIn) -> None:
    lena = factories.person("Lena", "legal")  # reads scorecards, not assessments
    for reader, is_led in ((dave, True), (lena, False)):
        client = signed_in(reader)
        page = client.get(card.get_absolute_url())
        assert page.status_code == 200
        assert (card.assessment.get_absolute_url() in page.text) is is_led
        assert (client.get(card.assessment.get_absolute_url()).status_code == 200) is is_led


def test_my_score_is_the_latest_published_card(published: Scorecard, alice: User, bob: User, signed_in: SignIn) -> None:
    assert signed_in(alice).get("/score/").headers["Location"] == published.get_absolute_url()
    assert signed_in(bob).get(published.get_absolute_url()).status_code == 404


def test_the_dealer_acknowledges_once(published: Scorecard, alice: User, carol: User, signed_in: SignIn) -> None:
    address = f"{published.get_absolute_url()}acknowledge/"
    assert signed_in(carol).post(address).status_code == 404, "that is the dealer's own act"
    answer = signed_in(alice).post(address, follow=True)
    assert "Acknowledged by Alice" in text_of(answer)
    assert "acknowledged already" in text_of(signed_in(alice).post(address, follow=True))
    published.refresh_from_db()
    assert published.status == Scorecard.Status.ACKNOWLEDGED


def test_an_objection_is_answered_by_somebody_else_with_words(
    published: Scorecard, alice: User, dave: User, carol: User, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    form = client.get(f"{published.get_absolute_url()}object/?measure=attainment")
    assert form.context["form"]["measure"].value() == "attainment"
    refused = client.post(f"{published.get_absolute_url()}object/", {"measure": "attainment", "reason": "no"})
    assert refused.status_code == 422 and not Objection.objects.exists()
    sent = client.post(f"{published.get_absolute_url()}object/", {"measure": "attainment", "reason": WHY}, follow=True)
    assert WHY in text_of(sent)
    objection = Objection.objects.get()
    assert objection.line is not None and objection.line.measure == "attainment"
    page = f"/objections/{objection.public_id}/answer/"
    assert signed_in(carol).get(page).status_code == 403, "an account manager does not judge"
    said = {"outcome": "not_upheld", "reason": "The bank booked both payments on 2 April."}
    answered = signed_in(dave).post(page, said, follow=True)
    assert "Not upheld: The bank booked both payments on 2 April." in text_of(answered)


def test_an_assessment_is_looked_at_and_published(card: Scorecard, dave: User, alice: User, signed_in: SignIn) -> None:
    client, page = signed_in(dave), card.assessment.get_absolute_url()
    text = text_of(client.get(page))
    assert "Not published" in text and "Northgate" in text and "Dealers assessed 1" in text
    assert signed_in(alice).get(page).status_code == 404
    assert "came out the same" in text_of(client.post(f"{page}run-again/", follow=True))
    assert "with the dealers" in text_of(client.post(f"{page}publish/", follow=True))
    assert Assessment.objects.get().state == Assessment.State.PUBLISHED
    assert signed_in(alice).get(card.get_absolute_url()).status_code == 200


def test_a_period_is_asked_for_in_words_that_say_what_is_wrong(dave: User, agreed: Any, signed_in: SignIn) -> None:
    client = signed_in(dave)
    assert "is no period" in text_of(client.post("/assessments/new/", {"period": "soon"}))
    assert "is not over yet" in text_of(client.post("/assessments/new/", {"period": "2099"}))
    assert client.post("/assessments/new/", {"period": "2026-Q1"}).headers["Location"].startswith("/jobs/")


def test_rules_are_open_to_both_sides(alice: User, carol: User, signed_in: SignIn) -> None:
    for user in (alice, carol):
        text = text_of(signed_in(user).get("/scoring/"))
        assert "Quarterly scorecard" in text and "Full points from 30 days to 60 days" in text


def test_what_raised_the_total_is_shown_against_the_quarter_before(
    book: Book, target: Any, system: User, alice: User, signed_in: SignIn
) -> None:
    target("0", "1000", "0", "0", "1000", "0")
    for month, before, now in ((2, "1000", "900"), (5, "1000", "1100")):
        book.sold_in(date(2025, month, 10), before)
        book.sold_in(date(2026, month, 10), now)
    for key in ("2026-Q1", "2026-Q2"):
        made = assessments.assess(Period.parse(key), by=system).assessment
        assert made is not None
        assessments.publish(made, by=system)
    first, second = Scorecard.objects.order_by("starts_on")
    client = signed_in(alice)
    with at_most(9):
        answer = client.get(second.get_absolute_url())
    drawn = answer.context["sheet"].waterfall
    assert (drawn["from"], drawn["to"]) == (first.score, second.score) == (Decimal("63.0"), Decimal("90.0"))
    assert {step["n"]: step["v"] for step in drawn["steps"]} == {
        "Target attainment": Decimal("7.0"), "Growth": Decimal("20.0")}  # fmt: skip
    assert "Why 63.0 became 90.0" in text_of(answer)


def test_who_looks_after_some_dealers_does_not_judge_all(
    card: Scorecard, north: Territory, southport: Dealer, signed_in: SignIn
) -> None:
    """An assessment concerns every dealer: the right alone is not enough."""
    regional = factories.person("Rhea", "head_of_sales", node=north)
    client = signed_in(regional)
    said = client.post("/assessments/new/", {"period": "2026-Q1"})
    assert said.status_code == 403
    assert "it takes somebody who looks after the whole network" in text_of(
        client.post(f"{card.assessment.get_absolute_url()}publish/", follow=True)
    )
    assert Assessment.objects.get().state == Assessment.State.COMPUTED
    with pytest.raises(NotYours):
        assessments.assess(QUARTER, by=regional)


def test_the_tab_shows_every_period(published: Scorecard, northgate: Dealer, carol: User, signed_in: SignIn) -> None:
    text = text_of(signed_in(carol).get(f"/dealers/{northgate.public_id}/scores/"))
    assert "Q1 2026" in text and "63.0" in text


def test_the_home_page_counts_its_questions(published: Scorecard, alice: User, signed_in: SignIn) -> None:
    factories.contact(published.dealer)
    client = signed_in(alice)
    with at_most(8):
        text = text_of(client.get("/"))
    assert "Score, Q1 2026 63.0" in text and "Your scorecard, first quarter 2026" in text


def test_what_happened_to_a_card_is_told_in_the_readers_language(
    published: Scorecard, alice: User, signed_in: SignIn
) -> None:
    """Written by somebody who reads English."""
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    alice.refresh_from_db()
    text = text_of(signed_in(alice).get(f"/dealers/{published.dealer.public_id}/timeline/"))
    assert "2026年第一季度考核评分表" in text and "first quarter" not in text


def test_the_page_of_a_card_lies_under_my_score(published: Scorecard, alice: User, signed_in: SignIn) -> None:
    page = signed_in(alice).get(published.get_absolute_url())
    current = [one.label for part in page.context["portal"]["sections"]() for one in part.items if one.is_current]
    assert current == ["My score"]
