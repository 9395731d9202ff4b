"""Who was asked for a signature is reminded once, on the morning of the day it is due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from communications.models import Reminder
from communications.services import reminders
from core.database.context import acting
from core.database.roles import Role
from dealers.models import Delivery, User
from onboarding.models import Step
from onboarding.services import decisions
from tests.onboarding.conftest import REASON


def sweep(now: datetime) -> None:
    system = User.objects.get(kind=User.Kind.SYSTEM)
    with acting(Role.JOBS):
        reminders.sweep(now=now)
        while reminders.tell(by=system):
            pass


def reminded() -> list[int]:
    noted = Reminder.objects.filter(rule="reminder.step_waits").order_by("pk")
    return list(noted.values_list("person_id", flat=True))


def morning(step: Step, person: User) -> datetime:
    return datetime.combine(step.due_on, time(8), tzinfo=ZoneInfo(person.time_zone)).astimezone(UTC)


def test_a_waiting_signature_is_reminded_of_once_and_only_who_was_asked(
    waiting: Step, rita: User, petra: User, dave: User
) -> None:
    due = morning(waiting, rita)
    sweep(due - timedelta(minutes=1))
    assert reminded() == []
    sweep(due)
    sweep(due + timedelta(days=1))
    assert reminded() == [rita.pk]
    told = Delivery.objects.get(event__kind="reminder.step_waits", channel="bell")
    assert told.recipient_id == rita.pk and told.event.data == waiting.application.opening.told


def test_a_given_signature_reminds_nobody_and_the_next_one_whom_it_waits_for(
    waiting: Step, rita: User, petra: User, dave: User
) -> None:
    decisions.approve(waiting, by=rita, reason=REASON)
    following = Step.objects.get(number=2)
    sweep(morning(following, petra))
    assert reminded() == [petra.pk]


def test_a_step_that_waits_for_weeks_is_not_told_of_for_ever(waiting: Step, rita: User) -> None:
    sweep(morning(waiting, rita) + timedelta(days=20))
    assert reminded() == []
