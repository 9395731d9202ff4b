"""Signatures on an application by a deputy, and by who stands above when they wait too long."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from communications.models import Reminder
from communications.services import reminders
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours
from dealers.models import Event, Person, User
from dealers.services import deputies
from dealers.services.approvals import NobodyToDecide, OwnSubmission
from onboarding.models import Step
from onboarding.services import decisions
from tests import factories
from tests.dealers.test_approvals import SignIn
from tests.onboarding.conftest import REASON, next_step


@pytest.fixture
def standing(rita: User, dave: User) -> None:
    """The head of sales stands in for the regional director."""
    pair = Person.objects.in_bulk([rita.pk, dave.pk])
    today = timezone.localdate()
    deputies.name(pair[rita.pk], deputy=pair[dave.pk], starts_on=today, ends_on=today, by=rita)


def fresh(user: User) -> User:
    """As the next request loads him."""
    return User.objects.get(pk=user.pk)


def test_without_standing_in_the_head_of_sales_signs_no_step_of_the_region(waiting: Step, dave: User) -> None:
    with pytest.raises(NotYours):
        decisions.approve(waiting, by=dave, reason=REASON)


def test_a_deputy_signs_where_somebody_else_is_left_for_his_own_step(
    waiting: Step, standing: None, rita: User, petra: User, dave: User, signed_in: SignIn
) -> None:
    with pytest.raises(NobodyToDecide):  # the third signature is his, and nobody signs two
        decisions.approve(waiting, by=fresh(dave), reason=REASON)
    second = factories.person("Doris", "head_of_sales")
    assert "You stand in for Rita." in signed_in(dave).get("/").content.decode()
    assert "You stand in for Rita." in signed_in(dave).get(waiting.application.get_absolute_url()).content.decode()
    decisions.approve(waiting, by=fresh(dave), reason=REASON)
    waiting.refresh_from_db()
    assert (waiting.decided_by_id, waiting.decided_for_id) == (dave.pk, rita.pk)
    event = Event.objects.get(kind="application.step_approved")
    assert (event.actor_id, event.on_behalf_of_id) == (dave.pk, rita.pk)
    assert "Dave for Rita" in signed_in(dave).get(waiting.application.get_absolute_url()).content.decode()
    decisions.approve(next_step(waiting.application), by=petra, reason=REASON)
    last = next_step(waiting.application)
    with pytest.raises(OwnSubmission):
        decisions.approve(last, by=fresh(dave), reason=REASON)
    decisions.approve(last, by=second, reason=REASON)


def test_a_deputy_sends_back_and_turns_down_though_nobody_else_could_sign_his_step(
    waiting: Step, standing: None, rita: User, dave: User
) -> None:
    decisions.send_back(waiting, by=fresh(dave), reason=REASON)
    waiting.refresh_from_db()
    assert waiting.decided_for_id == rita.pk


def test_a_step_that_was_decided_for_somebody_is_one_of_his(
    waiting: Step, standing: None, rita: User, petra: User, dave: User
) -> None:
    """The pair counts as one: what dave signed for rita, rita has signed."""
    factories.person("Doris", "head_of_sales")
    decisions.approve(waiting, by=fresh(dave), reason=REASON)
    both = factories.person("Rolf", "regional_director", "product_line_manager")
    Step.objects.filter(pk=waiting.pk).update(decided_for=both.pk)
    with pytest.raises(OwnSubmission):
        decisions.approve(next_step(waiting.application), by=both, reason=REASON)


def test_a_step_that_waits_too_long_goes_to_who_stands_above_once(
    waiting: Step, rita: User, petra: User, dave: User
) -> None:
    on = waiting.escalates_on
    assert on is not None and on > waiting.due_on
    morning = datetime(on.year, on.month, on.day, 8, tzinfo=UTC)
    system = User.objects.system()
    told = Reminder.objects.filter(rule="reminder.step_escalated").values_list("person_id", flat=True)
    for now, wanted in (
        (morning - timedelta(seconds=1), []), (morning, [dave.pk]), (morning + timedelta(days=1), [dave.pk]),
    ):  # fmt: skip
        with acting(Role.JOBS):
            reminders.sweep(now=now)
            reminders.tell(by=system)
        assert list(told.all()) == wanted
    factories.person("Doris", "head_of_sales")
    with pytest.raises(NotYours):
        decisions.approve(waiting, by=dave, reason=REASON)
    Step.objects.filter(pk=waiting.pk).update(escalates_on=date(2026, 1, 1))
    assert list(Step.objects.waiting_for(dave)) == [waiting]
    decisions.approve(waiting, by=dave, reason=REASON)
    waiting.refresh_from_db()
    assert (waiting.decided_by_id, waiting.decided_for_id) == (dave.pk, None)
