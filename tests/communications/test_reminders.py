"""Reminders: each person once for each occasion, in the own morning, whatever fails and whoever asks at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as some

from communications import jobs as our_jobs
from communications import outbox
from communications.models import ActionItem, Meeting, Minutes, Participant, Reminder
from communications.services import actions, reminders
from communications.services import meetings as meeting_verbs
from contracts.models import Contract
from core import jobs, runs, ticks
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.models import Job, Schedule
from dealers.models import Dealer, Delivery, Event, User
from ledger.models import ReportDue, ReportDuty
from tests import factories
from tests.communications import table
from tests.communications.smtp import MailServer
from tests.racing import at_once_while

ZONES = (
    "Pacific/Kiritimati", "Pacific/Auckland", "Australia/Lord_Howe", "Asia/Tokyo", "Asia/Shanghai", "Asia/Kathmandu",
    "Asia/Kolkata", "Europe/Berlin", "UTC", "America/Sao_Paulo", "America/St_Johns", "Pacific/Pago_Pago",
)  # fmt: skip
MORNING = time(8)
WHY = "The supplier of the frames failed us."
QUARTER = timedelta(minutes=15)


@pytest.fixture
def system(db: None) -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


def run(now: datetime, system: User) -> list[tuple[str, int]]:
    """One sweep under the role that jobs have; what is new: rule and person."""
    before = set(Reminder.objects.values_list("pk", flat=True))
    with acting(Role.JOBS):
        reminders.sweep(now=now)
        while reminders.tell(by=system):
            pass
    new = Reminder.objects.exclude(pk__in=before).order_by("pk")
    return [(one.rule.removeprefix("reminder."), one.person_id) for one in new]


def in_zone(user: User, zone: str) -> User:
    User.objects.filter(pk=user.pk).update(time_zone=zone)
    return user


def item_due(dealer: Dealer, owner: User, due_on: date, *, is_draft: bool = False) -> ActionItem:
    return ActionItem.objects.create(
        dealer=dealer, what="Send the plan", owner_id=owner.pk, side="us", first_due_on=due_on, due_on=due_on,
        made_by_id=owner.pk, published_at=None if is_draft else datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def meeting_at(dealer: Dealer, at: datetime, *people: User, state: str = "agreed") -> Meeting:
    meeting = Meeting.objects.create(
        dealer=dealer, title="Review", starts_at=at, zone="UTC", state=state, organiser_id=people[0].pk,
        proposed_by_id=people[0].pk, proposed_side="us",
    )  # fmt: skip
    for one in people:
        Participant.objects.create(dealer=dealer, meeting=meeting, person_id=one.pk, name=one.name, side="us")
    return meeting


def morning(day: date, zone: str) -> datetime:
    """Worked out by Python's own calendar, not by the database."""
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)


# ---- when --------------------------------------------------------------------------------------
@pytest.mark.parametrize("zone", ZONES)
def test_a_meeting_is_reminded_of_from_the_morning_of_the_day_before_by_the_own_clock(
    northgate: Dealer, carol: User, system: User, zone: str
) -> None:
    in_zone(carol, zone)
    starts_at = datetime(2026, 3, 30, 12, tzinfo=UTC)  # between the change of the clocks in America and in Europe
    meeting_at(northgate, starts_at, carol)
    first = morning(starts_at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1), zone)
    assert run(first - timedelta(seconds=1), system) == []
    assert run(first, system) == [("meeting_tomorrow", carol.pk)]
    assert run(first + QUARTER, system) == []
    assert run(starts_at + timedelta(minutes=1), system) == []


@pytest.mark.parametrize("most", [30, pytest.param(120, marks=pytest.mark.long)])
def test_an_action_is_overdue_once_its_day_is_over_where_its_owner_lives(
    northgate: Dealer, carol: User, system: User, most: int
) -> None:
    """Clock changes, leap days, ends of months and years, twelve zones: asked a second before, and any time after."""

    @examples(max_examples=most, deadline=None)
    @given(
        zone=some.sampled_from(ZONES),
        day=some.dates(date(2024, 1, 1), date(2032, 12, 31))
        | some.sampled_from(
            [date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 24), date(2026, 10, 25), date(2028, 2, 28),
             date(2028, 2, 29), date(2026, 12, 31), date(2027, 1, 31), date(2026, 4, 4), date(2026, 10, 3)]
        ),
        late=some.timedeltas(timedelta(0), timedelta(days=40)),
    )  # fmt: skip
    def check(zone: str, day: date, late: timedelta) -> None:
        in_zone(carol, zone)
        item = item_due(northgate, carol, day)
        due = morning(day + timedelta(days=1), zone)
        assert run(due - timedelta(seconds=1), system) == []
        assert run(due + late, system) == [("action_overdue", carol.pk)]
        assert run(due + late + timedelta(days=1), system) == []
        over = {"state": "dropped", "closed_at": due, "closed_on": day, "closed_by_id": carol.pk}
        ActionItem.objects.filter(pk=item.pk).update(**over)

    check()


@pytest.mark.parametrize("most", [15, pytest.param(60, marks=pytest.mark.long)])
def test_each_stage_before_the_notice_deadline_is_told_once_however_often_it_is_asked(
    northgate: Dealer, carol: User, system: User, most: int
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)

    @examples(max_examples=most, deadline=None)
    @given(zone=some.sampled_from(ZONES), ends_on=some.dates(date(2025, 6, 1), date(2031, 12, 31)),
           notice=some.integers(0, 365))  # fmt: skip
    def check(zone: str, ends_on: date, notice: int) -> None:
        in_zone(carol, zone)
        contract = factories.contract(northgate, starts_on=ends_on - timedelta(days=900), ends_on=ends_on,
                                      notice_days=notice)  # fmt: skip
        deadline = ends_on - timedelta(days=notice)
        for days in (90, 60, 30):
            at = morning(deadline - timedelta(days=days), zone)
            assert run(at - timedelta(seconds=1), system) == []
            assert run(at, system) == [("notice_deadline", carol.pk)]
            assert run(at + timedelta(days=12), system) == []
        Contract.objects.filter(pk=contract.pk).update(status="withdrawn")

    check()


def test_a_stage_that_was_missed_is_skipped(northgate: Dealer, carol: User, alice: User, system: User) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    factories.contract(northgate, ends_on=date(2026, 12, 31), notice_days=90)  # until 2 October
    assert sorted(run(datetime(2026, 9, 10, 12, tzinfo=UTC), system)) == [
        ("notice_deadline", pk) for pk in sorted([alice.pk, carol.pk])
    ]  # fmt: skip
    assert Reminder.objects.values_list("occasion", flat=True).distinct().get() == "2026-10-02 30"
    assert run(datetime(2026, 10, 3, 12, tzinfo=UTC), system) == []


def test_a_clock_that_does_not_exist_stops_nobody(northgate: Dealer, carol: User, system: User) -> None:
    in_zone(carol, "Mars/Olympus")
    item_due(northgate, carol, date(2026, 5, 4))
    assert run(datetime(2026, 5, 5, 8, tzinfo=UTC), system) == [("action_overdue", carol.pk)]


# ---- what --------------------------------------------------------------------------------------
def test_a_changed_time_is_reminded_of_anew_and_an_unchanged_one_is_not(
    northgate: Dealer, carol: User, system: User
) -> None:
    item = item_due(northgate, carol, date(2026, 5, 4))
    assert run(datetime(2026, 5, 5, 9, tzinfo=UTC), system) == [("action_overdue", carol.pk)]
    ActionItem.objects.filter(pk=item.pk).update(due_on=date(2026, 5, 8), moved_reason=WHY)
    assert run(datetime(2026, 5, 8, 23, tzinfo=UTC), system) == []
    assert run(datetime(2026, 5, 9, 9, tzinfo=UTC), system) == [("action_overdue", carol.pk)]
    meeting = meeting_at(northgate, datetime(2026, 5, 20, 9, tzinfo=UTC), carol)
    assert run(datetime(2026, 5, 19, 9, tzinfo=UTC), system) == [("meeting_tomorrow", carol.pk)]
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=datetime(2026, 5, 21, 9, tzinfo=UTC))
    assert run(datetime(2026, 5, 19, 10, tzinfo=UTC), system) == []
    assert run(datetime(2026, 5, 20, 10, tzinfo=UTC), system) == [("meeting_tomorrow", carol.pk)]
    Meeting.objects.filter(pk=meeting.pk).update(state="cancelled")
    assert run(datetime(2026, 5, 22, 10, tzinfo=UTC), system) == []


def test_minutes_are_missed_until_they_are_sent(northgate: Dealer, carol: User, alice: User, system: User) -> None:
    meeting = meeting_at(northgate, datetime(2026, 5, 20, 9, tzinfo=UTC), carol, state="held")
    Meeting.objects.filter(pk=meeting.pk).update(held_at=meeting.starts_at)
    assert run(datetime(2026, 5, 20, 23, tzinfo=UTC), system) == []
    assert run(datetime(2026, 5, 21, 8, tzinfo=UTC), system) == [("minutes_missing", carol.pk)]
    assert not Event.objects.visible_to(alice).exists()
    other = meeting_at(northgate, datetime(2026, 5, 22, 9, tzinfo=UTC), carol, state="minutes_out")
    Minutes.objects.create(dealer=northgate, meeting=other, version=1, content={}, sha256="0" * 64,
                           sent_by_id=carol.pk, sent_at=other.starts_at)  # fmt: skip
    assert run(datetime(2026, 5, 24, 9, tzinfo=UTC), system) == []


def test_the_owner_and_the_account_manager_are_told_and_the_draft_nobody(
    northgate: Dealer, carol: User, dave: User, system: User
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    item_due(northgate, dave, date(2026, 5, 4))
    item_due(northgate, dave, date(2026, 5, 4), is_draft=True)
    assert sorted(run(datetime(2026, 5, 6, tzinfo=UTC), system)) == sorted(
        ("action_overdue", pk) for pk in (carol.pk, dave.pk)
    )
    event = Event.objects.get(kind="reminder.action_overdue")
    assert set(event.deliveries.values_list("recipient_id", "channel")) == {
        (pk, channel) for pk in (carol.pk, dave.pk) for channel in ("bell", "email")
    }  # fmt: skip


def test_people_in_two_zones_share_the_event_and_are_told_each_in_the_own_morning(
    northgate: Dealer, carol: User, dave: User, system: User
) -> None:
    in_zone(carol, "Asia/Shanghai")
    in_zone(dave, "America/New_York")
    meeting_at(northgate, datetime(2026, 5, 20, 13, tzinfo=UTC), carol, dave)
    assert run(datetime(2026, 5, 19, 0, tzinfo=UTC), system) == [("meeting_tomorrow", carol.pk)]
    assert run(datetime(2026, 5, 19, 12, tzinfo=UTC), system) == [("meeting_tomorrow", dave.pk)]
    event = Event.objects.get(kind="reminder.meeting_tomorrow")
    assert event.deliveries.filter(channel="bell").count() == 2


def test_reports_are_reminded_of_before_they_are_due_and_when_they_are_late(
    northgate: Dealer, alice: User, ann: User, bob: User, carol: User, system: User
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    duty = ReportDuty.objects.create(dealer=northgate, kind="stock-counts", starts_on=date(2026, 1, 1))
    due = ReportDue.objects.create(
        dealer=northgate, duty=duty, kind=duty.kind, month=date(2026, 4, 1), due_on=date(2026, 5, 5)
    )  # fmt: skip
    assert run(datetime(2026, 5, 2, 7, 59, tzinfo=UTC), system) == []
    assert sorted(run(datetime(2026, 5, 2, 8, tzinfo=UTC), system)) == sorted(
        ("report_due", pk) for pk in (alice.pk, ann.pk)
    )
    assert run(datetime(2026, 5, 6, 7, tzinfo=UTC), system) == []
    assert sorted(run(datetime(2026, 5, 6, 8, tzinfo=UTC), system)) == sorted(
        ("report_late", pk) for pk in (alice.pk, ann.pk, carol.pk)
    )
    ReportDue.objects.filter(pk=due.pk).update(due_on=date(2026, 5, 1))
    ReportDue.objects.filter(pk=due.pk).update(filed_on=date(2026, 5, 6))
    assert run(datetime(2026, 5, 7, 8, tzinfo=UTC), system) == []


# ---- once, whatever happens ----------------------------------------------------------------------
@pytest.fixture
def overdue(northgate: Dealer, carol: User) -> Iterator[ActionItem]:
    yield item_due(northgate, carol, table.today() - timedelta(days=3))


def mails(mail: MailServer) -> int:
    outbox.drain()
    outbox.drain()
    return len(mail.taken)


def test_two_ticks_ask_for_one_sweep(overdue: ActionItem, carol: User, mail: MailServer) -> None:
    Schedule.objects.filter(kind=our_jobs.REMIND).update(swept_until=datetime.now(UTC) - QUARTER)
    ticks.tick()
    ticks.tick()
    job = Job.objects.get(kind=our_jobs.REMIND)
    runs.run(job.pk)
    runs.run(job.pk)  # delivered twice
    again = jobs.enqueue(our_jobs.REMIND, key="another quarter")
    runs.run(again.pk)
    assert [one.state for one in Job.objects.filter(kind=our_jobs.REMIND)] == [Job.State.DONE] * 2
    assert mails(mail) == 1
    assert Reminder.objects.count() == Event.objects.filter(kind="reminder.action_overdue").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once(overdue: ActionItem, mail: MailServer) -> None:
    first, second = (jobs.enqueue(our_jobs.REMIND, key=key) for key in ("one", "two"))
    at_once_while(lambda: hold(reminders.LOCK), lambda: runs.run(first.pk), lambda: runs.run(second.pk))
    assert mails(mail) == 1
    assert Reminder.objects.count() == 1


def test_a_worker_that_dies_before_the_notice_is_written_leaves_nothing_half_done(
    overdue: ActionItem, system: User, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """kill -9: nothing that comes after it runs."""

    def die(*_args: Any, **_facts: Any) -> None:
        raise Killed

    now = datetime.now(UTC)
    with monkeypatch.context() as patched:
        patched.setattr("dealers.events.deliver", die)
        with pytest.raises(Killed), acting(Role.JOBS):
            reminders.sweep(now=now)
            reminders.tell(by=system)
    assert not Event.objects.filter(kind="reminder.action_overdue").exists()
    run(now, system)
    assert mails(mail) == 1


def test_what_was_noted_and_not_told_is_told_by_the_next(
    overdue: ActionItem, system: User, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting(Role.JOBS):
        assert reminders.sweep(now=datetime.now(UTC)) == 1  # and here the worker stops
    run(datetime.now(UTC), system)
    assert mails(mail) == 1


def test_many_are_told_in_batches(
    northgate: Dealer, carol: User, system: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(5):
        item_due(northgate, carol, date(2026, 5, 4))
    monkeypatch.setattr(reminders, "BATCH", 2)
    job = jobs.enqueue(our_jobs.REMIND, key="many")
    runs.run(job.pk)
    assert Job.objects.get(pk=job.pk).result == {"noted": 5}
    assert Delivery.objects.filter(channel="bell").count() == 5


def test_the_sweep_is_one_statement_a_rule_however_many_are_due(
    northgate: Dealer, carol: User, system: User, django_assert_num_queries: Any
) -> None:
    from core.reminders import rules, zones

    zones()
    for _number in range(30):
        item_due(northgate, carol, date(2026, 5, 4))
    with django_assert_num_queries(len(rules()) + 1 + 2):  # the lock, and the savepoint around
        reminders.sweep(now=datetime(2026, 5, 6, tzinfo=UTC))
    assert Reminder.objects.count() == 30


def test_a_released_promise_is_not_reminded_of(northgate: Dealer, carol: User, alice: User, system: User) -> None:
    item = table.promise(northgate, carol, carol, days=0)
    actions.release(item, by=alice, reason=WHY)
    assert run(datetime.now(UTC) + timedelta(days=3), system) == []
    meeting = table.agreed(northgate, carol, alice)
    meeting_verbs.cancel(meeting, by=alice, reason=WHY)
    assert run(meeting.starts_at - timedelta(hours=3), system) == []
