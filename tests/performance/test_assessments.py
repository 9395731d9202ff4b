"""Editions: computed anew until published, closed afterwards, and corrected by the next one."""

import json
import threading
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import NotYours, Refused
from core.periods import Period
from dealers.models import Dealer, Delivery, Event, User
from performance import scoring
from performance.assessing import SCORE
from performance.models import Assessment, Scorecard, ScorecardLine, TemplateMeasure
from performance.services import assessments
from tests import factories
from tests.ledger.books import Book
from tests.performance.conftest import QUARTER

FEBRUARY = date(2026, 2, 10)
WHY = "The invoices of March came in late."


def card(dealer: Dealer) -> Scorecard:
    return Scorecard.objects.get(dealer=dealer, is_latest=True)


def assessed(by: User, reason: str = "") -> Assessment:
    made = assessments.assess(QUARTER, by=by, reason=reason).assessment
    assert made is not None
    return made


def test_a_card_adds_up_from_its_lines(trading, system, northgate) -> None:
    summary = assessments.assess(QUARTER, by=system)
    made = card(northgate)
    lines = {line.measure: line for line in made.lines.all()}
    assert [lines["attainment"].score, lines["growth"].score] == [90, 0]
    assert made.points == sum(line.points for line in lines.values() if line.points is not None)
    assert made.points == Decimal("31.5") and made.weight_with_data == 50 and made.weight == 100
    assert made.score == scoring.total([Decimal("31.5"), Decimal(0)], Decimal(50)) == 63
    assert made.grade == "C" and made.peer_median is None, "one dealer is no crowd to hide in"
    assert (summary.dealers, summary.scored, summary.grades) == (1, 1, {"C": 1})


def test_too_little_data_is_no_score(book, target, system, northgate) -> None:
    target("0", "1000", "0")
    book.sold_in(FEBRUARY, "1000")
    assessments.assess(QUARTER, by=system)
    assert (card(northgate).score, card(northgate).missing) == (None, "little_data")
    assert card(northgate).grade == ""


def test_only_who_had_a_contract_is_assessed(trading, southport, system) -> None:
    factories.contract(southport, starts_on=date(2026, 4, 1))
    assert assessments.assess(QUARTER, by=system).dealers == 1


def test_a_period_that_is_not_over_is_refused(agreed, system) -> None:
    with pytest.raises(Refused, match="is not over yet"):
        assessments.assess(Period.parse("2099-Q1"), by=system)


def test_until_it_is_published_it_is_computed_anew(trading, system, northgate) -> None:
    first = assessed(system)
    trading.sold_in(FEBRUARY, "100")
    again = assessed(system)
    assert first == again and Assessment.objects.count() == Scorecard.objects.count() == 1
    assert card(northgate).lines.get(measure="attainment").score == 100


def test_what_was_published_stays_and_a_correction_is_the_next_edition(trading, system, northgate, southport) -> None:
    factories.contract(southport)
    Book(southport).sold_in(FEBRUARY, "1")
    first = assessed(system)
    assessments.publish(first, by=system)
    assert assessments.assess(QUARTER, by=system).assessment is None, "nothing has changed"
    trading.sold_in(FEBRUARY, "100")
    with pytest.raises(Refused, match="reason"):
        assessments.assess(QUARTER, by=system)
    summary = assessments.assess(QUARTER, by=system, reason=WHY)
    assert summary.assessment and summary.assessment.edition == 2 and summary.changed == 1, "only whose numbers changed"
    assert [one.edition for one in Scorecard.objects.filter(dealer=northgate).order_by("edition")] == [1, 2]
    assert Scorecard.objects.get(dealer=northgate, edition=1).lines.get(measure="attainment").score == 90
    assert card(northgate).edition == 2 and card(southport).edition == 1
    assessments.assess(QUARTER, by=system, reason=WHY)
    assert Scorecard.objects.filter(dealer=northgate).count() == 2, "an open edition is computed anew"


@pytest.mark.parametrize("change", [{"score": 99}, {"grade": "A"}, {"points": 1}])
def test_the_database_keeps_published_numbers(trading, system, northgate, change) -> None:
    assessments.publish(assessed(system), by=system)
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        Scorecard.objects.filter(dealer=northgate).update(**change)
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        ScorecardLine.objects.filter(dealer=northgate).update(score=1)
    with pytest.raises(IntegrityError, match="is published"), transaction.atomic():
        ScorecardLine.objects.filter(dealer=northgate).delete()


def test_an_edition_computed_again_is_the_same_though_the_ledger_went_on(trading, system, northgate) -> None:
    first = assessed(system)
    trading_later = Book(northgate)
    trading_later.sold_in(FEBRUARY, "100")
    again = assessments.run_again(first, by=system)
    assert again.same and again.fingerprint == first.fingerprint
    newer = assessed(system)
    assert newer.fingerprint != again.fingerprint


def test_the_roll_up_and_the_movements_give_the_same(trading, system, northgate) -> None:
    """With nothing posted later the roll-up is read; with something posted later the movements are."""
    first = assessed(system)
    assert assessments.run_again(first, by=system).fingerprint == first.fingerprint
    Book(northgate)
    assert assessments.run_again(first, by=system).fingerprint == first.fingerprint


def test_publishing_tells_the_executives_of_each_dealer(trading, system, alice, ann, bob, northgate, southport) -> None:
    factories.contract(southport)
    assessments.publish(assessed(system), by=system)
    assert set(Delivery.objects.values_list("recipient_id", flat=True)) == {alice.pk, bob.pk}
    assert Event.objects.filter(kind="scorecard.published").count() == 2
    assert Event.objects.visible_to(alice).filter(kind="scorecard.published").count() == 1


def test_publishing_costs_the_same_for_many_dealers(trading, system, alice, statements, north) -> None:
    def published() -> int:
        made = assessed(system, WHY)
        with statements() as asked:
            assessments.publish(made, by=system)
        return len(asked)

    one = published()
    for number in range(9):
        factories.contract(factories.dealer(f"M{number}", home=north))
    assert published() <= one


def test_nobody_assesses_or_publishes_without_the_right(trading, system, carol, alice) -> None:
    made = assessed(system)
    for person in (carol, alice):
        with pytest.raises(NotYours):
            assessments.assess(QUARTER, by=person)
        with pytest.raises(NotYours):
            assessments.publish(made, by=person)


def test_dealers_of_a_tier_are_judged_by_their_own_template(trading, system, northgate, southport, rules) -> None:
    gold = rules("gold", ("growth", "100", "1"), tiers=["gold"])
    northgate.tier = "gold"
    northgate.save()
    factories.contract(southport)
    assessments.assess(QUARTER, by=system)
    assert card(northgate).template == gold and card(southport).template.code == "quarter"


def test_peers_are_shown_from_ten_on(trading, system, northgate, north, rules) -> None:
    for number in range(9):
        other = factories.dealer(f"P{number}", home=north)
        factories.contract(other)
        book = Book(other)
        book.sold_in(date(2025, 2, 1), "100")
        book.sold_in(FEBRUARY, "115")
    rules("quarter", ("attainment", "1", "1"), ("growth", "99", "0.15"))
    assessments.assess(QUARTER, by=system)
    assert [card(northgate).peers, card(northgate).peer_median] == [10, 100]


def test_a_measure_that_is_gone_says_so(trading, system, northgate, rules) -> None:
    rules("quarter", ("attainment", "90", "1"), ("vanished", "10", "1"))
    assessments.assess(QUARTER, by=system)
    assert card(northgate).lines.get(measure="vanished").missing == "not_installed"


def told(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("assess", *arguments, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def test_the_command_prints_one_line(trading, northgate) -> None:
    answer = told("2026-Q1", "--publish")
    assert answer.pop("seconds") < 60
    assert answer == {
        "period": "2026-Q1", "edition": 1, "dealers": 1, "scored": 1, "changed": 1, "grades": {"C": 1},
        "coverage": "0.5000",
    }  # fmt: skip
    assert card(northgate).published_at is not None
    assert told("2026-Q1")["edition"] is None


@pytest.mark.parametrize(("key", "fault"), [("2026-Q7", "no period"), ("2011-Q1", "Nobody can be assessed")])
def test_the_command_refuses_in_words(trading, key: str, fault: str) -> None:
    with pytest.raises(CommandError, match=fault):
        call_command("assess", key)


decimals = st.decimals(-(10**4), 10**4, places=4)
tops = st.none() | st.tuples(st.integers(0, 50), st.integers(1, 50))


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(
    decimals, decimals, decimals, st.none() | decimals, st.none() | st.tuples(st.integers(0, 50), st.integers(1, 50))
)
def test_the_database_scores_as_the_arithmetic_does(value, zero_at, full_at, floor, top) -> None:
    if zero_at == full_at or (top and zero_at > full_at):
        return
    full_until = full_at + top[0] if top else None
    zero_again_at = full_until + top[1] if top else None
    scale = TemplateMeasure(
        zero_at=zero_at, full_at=full_at, full_until=full_until, zero_again_at=zero_again_at, floor=floor
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {SCORE} from (select %s::numeric as value, %s::numeric as zero_at, %s::numeric as full_at, "
            "%s::numeric as full_until, %s::numeric as zero_again_at, %s::numeric as floor) r",
            [value, zero_at, full_at, full_until, zero_again_at, floor],
        )
        assert cursor.fetchone()[0] == scoring.score(value, scale)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_make_one_edition(northgate, dave) -> None:
    factories.contract(northgate)
    Book(northgate).sold_in(FEBRUARY, "1")
    faults: list[BaseException] = []

    def run() -> None:
        try:
            assessments.assess(QUARTER, by=dave)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Assessment.objects.count() == Scorecard.objects.count() == 1
