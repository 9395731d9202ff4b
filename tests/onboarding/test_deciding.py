"""Screening and three signatures: in order, by different people, with reasons; the last one takes a dealer on."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from contracts.models import Contract, Grant
from core.errors import NotYours, Refused
from core.reasons import NoReason
from dealers.models import Dealer, Delivery, Event, Territory, User
from dealers.services import letters
from dealers.services.approvals import AlreadyDecided, NobodyToDecide, OwnSubmission
from onboarding.models import Answer, Application, Mark, Opening, Step
from onboarding.screening import Total, total
from onboarding.services import applicants, decisions, screening
from tests import factories
from tests.onboarding.conftest import REASON, as_applicant, mark_all, next_step
from tests.racing import at_once

State = Application.State


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


# ---- marks -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        ([(15, 4), (10, 4), (10, 3), (15, 5), (10, 5), (20, 4), (10, 3), (10, 4)], Total(Decimal(81), 100)),
        ([(60, 5), (40, None)], Total(Decimal(100), 60)),
        ([(60, None), (40, None)], Total(None, 0)),
        ([(50, 1), (50, 1)], Total(Decimal(20), 100)),
    ],
)
def test_the_total_is_of_what_is_marked(marked: list[tuple[int, int | None]], wanted: Total) -> None:
    assert total(marked) == wanted
    assert wanted.is_provisional is (wanted.covered < 100)


def test_marking_begins_the_screening_and_needs_evidence(application: Application, carol: User) -> None:
    criterion = application.opening.criteria.get(name="Funds")
    with pytest.raises(Refused):
        screening.mark(application, criterion, by=carol, evidence="visit", text="  ", score=4)
    screening.mark(application, criterion, by=carol, evidence="document", text="Bank reference", score=4)
    assert fresh(application).state == State.SCREENING
    with pytest.raises(Refused):
        screening.mark(application, criterion, by=carol, evidence="visit", text="Seen", score=6)


def test_who_does_not_look_after_the_place_marks_nothing(application: Application, south: Territory) -> None:
    stranger = factories.person("Sam", "account_manager", node=south)
    criterion = application.opening.criteria.get(name="Funds")
    with pytest.raises(NotYours):
        screening.mark(application, criterion, by=stranger, evidence="visit", text="Seen", score=4)


def test_a_finding_keeps_the_claim_of_its_day(application: Application, carol: User) -> None:
    from django.utils.timezone import localdate

    found = screening.find_out(
        application, by=carol, evidence="visit", on=localdate(), field="staff_count", seen="12", is_different=True
    )
    assert (found.claimed, found.seen) == ("23", "12")
    with pytest.raises(Refused, match="what was seen instead"):
        screening.find_out(application, by=carol, evidence="visit", on=localdate(), is_different=True, note="No")


# ---- asking ----------------------------------------------------------------------------------
def test_nothing_goes_to_approval_before_every_criterion_is_marked(
    application: Application, carol: User, rita: User, petra: User, dave: User
) -> None:
    screening.take(application, by=carol)
    with pytest.raises(Refused, match="Not marked yet: Legal person"):
        decisions.submit(application, by=carol, reason=REASON)


def test_nothing_is_asked_for_that_nobody_could_decide(application: Application, carol: User, rita: User) -> None:
    mark_all(application, carol)
    with pytest.raises(NobodyToDecide, match="Product-line manager"):
        decisions.submit(application, by=carol, reason=REASON)
    assert not Step.objects.exists() and fresh(application).state == State.SCREENING


def test_the_first_to_decide_is_told(waiting: Step, rita: User, petra: User) -> None:
    told = set(Delivery.objects.filter(event__kind="application.asked").values_list("recipient", flat=True))
    assert told == {rita.pk}
    assert [one.pk for one in Step.objects.waiting_for(rita)] == [waiting.pk]
    assert not Step.objects.waiting_for(petra).exists()


# ---- deciding --------------------------------------------------------------------------------
def test_three_people_decide_in_order_and_the_last_one_takes_the_dealer_on(
    waiting: Step, rita: User, petra: User, dave: User, north: Territory, taps: Any
) -> None:
    application = waiting.application
    for person in (rita, petra, dave):
        assert next_step(application).number == (rita, petra, dave).index(person) + 1
        decisions.approve(next_step(application), by=person, reason=REASON)
    application = fresh(application)
    dealer, contract = application.handling.dealer, application.handling.contract
    assert application.state == State.APPROVED and dealer and contract
    assert (dealer.status, dealer.home, dealer.capital) == (Dealer.Status.CANDIDATE, north, Decimal(2_000_000))
    [grant] = contract.grants.all()
    assert (contract.status, grant.territory, grant.line) == (Contract.Status.DRAFT, north, taps)
    assert grant.exclusivity == Grant.Exclusivity.EXCLUSIVE and "50,000" in contract.special_terms
    assert [one.name for one in dealer.contacts.all()] == ["Wu Jianping"]
    assert [one.kind for one in dealer.documents.all()] == ["licence"]


def test_the_applicant_reads_reasons_but_neither_names_nor_notes(waiting: Step, rita: User) -> None:
    decisions.send_back(waiting, by=rita, reason=REASON, internal_note="His brother works for a rival.")
    [answer] = Answer.objects.all()
    assert (answer.outcome, answer.reason, answer.step) == ("sent_back", REASON, 1)
    mail.outbox.clear()
    letters.send_due()
    body = mail.outbox[-1].body
    assert REASON in body and "brother" not in body and "Rita" not in body


def test_what_was_sent_back_is_written_on_and_decided_anew(waiting: Step, carol: User, rita: User) -> None:
    decisions.send_back(waiting, by=rita, reason=REASON)
    application = waiting.application
    as_applicant(application, applicants.save, motive="Because we have ten fitters.")
    as_applicant(application, applicants.submit)
    decisions.submit(fresh(application), by=carol, reason=REASON)
    step = next_step(application)
    assert (step.round, step.number) == (2, 1)
    decisions.approve(step, by=rita, reason=REASON)


def test_what_is_not_approved_is_over(waiting: Step, rita: User, carol: User) -> None:
    decisions.reject(waiting, by=rita, reason=REASON)
    assert fresh(waiting.application).state == State.REJECTED
    with pytest.raises(screening.NotNow):
        decisions.submit(waiting.application, by=carol, reason=REASON)
    with pytest.raises(applicants.NotOpen):
        as_applicant(waiting.application, applicants.withdraw)


def test_nobody_decides_what_he_submitted(application: Application, rita: User, petra: User, dave: User) -> None:
    other = factories.person("Rolf", "regional_director")
    mark_all(application, rita)
    step = decisions.submit(application, by=rita, reason=REASON)
    with pytest.raises(OwnSubmission):
        decisions.approve(step, by=rita, reason=REASON)
    decisions.approve(step, by=other, reason=REASON)


def test_nobody_decides_two_steps(waiting: Step, north: Territory, petra: User, dave: User) -> None:
    both = factories.person("Ines", "regional_director", "product_line_manager")
    decisions.approve(waiting, by=both, reason=REASON)
    step = next_step(waiting.application)
    assert not Step.objects.waiting_for(both).exists()
    with pytest.raises(OwnSubmission, match="another step"):
        decisions.approve(step, by=both, reason=REASON)
    decisions.approve(step, by=petra, reason=REASON)


def test_a_decision_takes_the_right_the_reach_and_a_reason(
    waiting: Step, petra: User, rita: User, south: Territory
) -> None:
    elsewhere = factories.person("Sven", "regional_director", node=south)
    for person in (petra, elsewhere):
        with pytest.raises(NotYours):
            decisions.approve(waiting, by=person, reason=REASON)
    with pytest.raises(NoReason):
        decisions.approve(waiting, by=rita, reason="ok")


# ---- knock-outs ------------------------------------------------------------------------------
def test_a_failed_knock_out_stops_every_approval_until_it_is_waived(
    application: Application, carol: User, rita: User, petra: User, dave: User
) -> None:
    mark_all(application, carol, fails="Sound accounts")
    step = decisions.submit(application, by=carol, reason=REASON)
    with pytest.raises(decisions.KnockedOut, match="Sound accounts"):
        decisions.approve(step, by=rita, reason=REASON)
    failed = Mark.objects.get(is_passed=False)
    with pytest.raises(NotYours):
        screening.waive(failed, by=rita, reason=REASON)
    with pytest.raises(NoReason):
        screening.waive(failed, by=dave, reason="fine")
    screening.waive(failed, by=dave, reason=REASON)
    decisions.approve(step, by=rita, reason=REASON)


def test_marking_again_ends_the_waiver(application: Application, carol: User, dave: User) -> None:
    mark_all(application, carol, fails="Sound accounts")
    screening.waive(Mark.objects.get(is_passed=False), by=dave, reason=REASON)
    mark_all(application, carol, fails="Sound accounts")
    assert Mark.objects.get(is_passed=False).stops()


# ---- at once ---------------------------------------------------------------------------------
def _approving(step: Step, person: User) -> Callable[[], object]:
    return partial(decisions.approve, step, by=User.objects.get(pk=person.pk), reason=REASON)


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_decide_one_step_at_once_one_wins(waiting: Step, rita: User) -> None:
    other = factories.person("Rolf", "regional_director")
    results = at_once(waiting.application, _approving(waiting, rita), _approving(waiting, other))
    assert sorted(type(one).__name__ for one in results) == ["AlreadyDecided", "Step"]
    [lost] = [one for one in results if isinstance(one, AlreadyDecided)]
    assert lost.status == 409
    assert Step.objects.count() == 2 and Answer.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_the_applicant_withdraws_while_somebody_approves_one_of_both_happens(waiting: Step, rita: User) -> None:
    application = waiting.application
    results = at_once(application, _approving(waiting, rita), lambda: as_applicant(application, applicants.withdraw))
    state = fresh(application).state
    decided = [one for one in results if isinstance(one, Step)]
    assert state == State.WITHDRAWN and len(decided) in {0, 1}  # approved first, it is withdrawn after that
    assert not Step.objects.filter(outcome="waiting").exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_approval_makes_a_dealer_and_a_contract_or_nothing(
    waiting: Step, rita: User, petra: User, dave: User, monkeypatch: Any, opening: Opening
) -> None:
    application = waiting.application
    decisions.approve(waiting, by=rita, reason=REASON)
    decisions.approve(next_step(application), by=petra, reason=REASON)
    with connection.cursor() as cursor:  # the draft cannot be written: no such currency any more
        cursor.execute("update onboarding_opening set currency = '' where id = %s", [opening.pk])
    with pytest.raises(Refused):
        decisions.approve(next_step(application), by=dave, reason=REASON)
    assert fresh(application).state == State.IN_APPROVAL
    assert not Dealer.objects.exists() and not Contract.objects.exists()
    assert not Event.objects.filter(kind="application.approved").exists()
