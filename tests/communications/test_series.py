"""A rhythm that a contract agrees makes its series of meetings by itself: ahead, each once, around free days."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from communications import jobs as our_jobs
from communications.models import Meeting, Side, Topic
from communications.services import meetings, series
from contracts.models import Contract, ReviewRhythm
from contracts.services import contracts
from core import jobs, runs, ticks
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.models import Job, Schedule, SpecialDay
from dealers.models import Dealer, Delivery, Event, User
from tests import factories
from tests.communications import table
from tests.pages import text_of
from tests.racing import at_once_while

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
WHY = "The plant is closed on that day."
State = Meeting.State


@pytest.fixture
def system(db: None) -> User:
    return User.objects.get(kind=User.Kind.SYSTEM)


def agreed(dealer: Dealer, *, contract: dict[str, Any] | None = None, **fields: Any) -> ReviewRhythm:
    term = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)} | (contract or {})
    held = Contract.objects.filter(dealer=dealer).first() or factories.contract(dealer, **term)
    given = {"level": "working", "every": "month", "day": 10, "at": time(10)} | fields
    return ReviewRhythm.objects.create(dealer=dealer, contract=held, **given)


def run(system: User, now: datetime = NOW) -> tuple[int, int]:
    with acting(Role.JOBS):
        return series.propose_due(now=now, by=system), series.stop(now=now, by=system)


def in_china(dealer: Dealer, manager: User | None = None) -> Dealer:
    Dealer.objects.filter(pk=dealer.pk).update(
        country="CN", time_zone="Asia/Shanghai", manager_id=manager.pk if manager else None
    )
    dealer.refresh_from_db()
    return dealer


def local(one: Meeting) -> str:
    return f"{one.local_start:%Y-%m-%d %H:%M}"


def test_the_next_two_are_always_proposed_ahead_by_the_dealers_clock_around_free_days(
    northgate: Dealer, carol: User, alice: User, system: User
) -> None:
    in_china(northgate, carol)
    agreed(northgate, day=19)
    SpecialDay.objects.create(country="CN", on=date(2026, 3, 19), name="suite")
    assert run(system) == (2, 0)
    assert [local(one) for one in Meeting.objects.order_by("starts_at")] == ["2026-03-20 10:00", "2026-04-20 10:00"]
    assert run(system) == (0, 0), "asked again, nothing is new"
    assert run(system, datetime(2026, 4, 1, 2, tzinfo=UTC)) == (1, 0)
    assert [one.period for one in Meeting.objects.order_by("starts_at")] == ["2026-03", "2026-04", "2026-05"]
    assert run(system, datetime(2026, 11, 20, tzinfo=UTC)) == (1, 0), "the term ends with December"


def test_a_meeting_of_the_series_has_people_an_agenda_and_waits_for_the_dealer(
    northgate: Dealer, carol: User, alice: User, system: User
) -> None:
    User.objects.filter(pk=alice.pk).update(language="zh-hans")
    in_china(northgate, carol)
    agreed(northgate, level="executive", every="quarter", month=2, mode="visit")
    run(system)
    one = Meeting.objects.earliest("starts_at")
    assert (one.level, one.length, one.organiser_id, one.proposed_by_id) == ("executive", 90, carol.pk, carol.pk)
    assert "2026年5月" in one.title, "in the language of who heads the dealer"
    assert one.waits_for(Side.DEALER) and not one.waits_for(Side.US)
    assert set(one.participants.values_list("person_id", flat=True)) == {alice.pk, carol.pk}
    assert list(one.topics.values_list("source", flat=True)) == [
        Topic.Source.CARRIED, Topic.Source.DATA, Topic.Source.US
    ]  # fmt: skip
    told = Delivery.objects.filter(event__kind="meeting.due", event__subject_id=one.pk, channel="bell")
    assert set(told.values_list("recipient_id", flat=True)) == {alice.pk, carol.pk}


def test_the_dealer_agrees_to_it_on_its_page(northgate: Dealer, alice: User, signed_in: Any, system: User) -> None:
    today = timezone.now().date()
    agreed(northgate, contract={"starts_on": today, "ends_on": today + timedelta(days=200)})
    run(system, timezone.now())
    one = Meeting.objects.earliest("starts_at")
    said = signed_in(alice).post(f"{one.get_absolute_url()}agree/", {"sequence": "0"}, follow=True)
    assert "The meeting is agreed" in text_of(said)
    one.refresh_from_db()
    assert one.state == State.AGREED


def test_a_yearly_meeting_is_proposed_half_a_year_before(northgate: Dealer, system: User) -> None:
    agreed(northgate, every="year", month=11)
    assert run(system) == (0, 0), "in March nobody knows his days of November"
    assert run(system, datetime(2026, 5, 6, 12, tzinfo=UTC)) == (1, 0)


def test_where_nobody_has_an_account_a_name_sits_at_the_table(northgate: Dealer, system: User) -> None:
    factories.contact(northgate, name="Herr Brandt")
    agreed(northgate)
    run(system)
    seats = Meeting.objects.earliest("starts_at").participants.values_list("name", "side")
    assert ("Herr Brandt", "dealer") in seats and {side for _name, side in seats} == {"us", "dealer"}


def test_what_people_moved_or_cancelled_stays_as_they_left_it(
    northgate: Dealer, carol: User, alice: User, system: User
) -> None:
    agreed(northgate)
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    now = timezone.now().replace(hour=12)
    start = now.date().replace(day=1)
    Contract.objects.update(starts_on=start, ends_on=start + timedelta(days=300))
    run(system, now)
    first, second = Meeting.objects.order_by("starts_at")
    elsewhere = table.when(first.starts_at + timedelta(days=45))
    moved = meetings.propose_time(first, by=carol, when=elsewhere, reason=WHY)
    meetings.cancel(second, by=alice, reason=WHY)
    assert run(system, now) == (0, 0)
    moved.refresh_from_db()
    assert moved.starts_at == elsewhere.starts_at and Meeting.objects.count() == 2


def test_notice_and_the_end_of_a_contract_stop_the_series(
    northgate: Dealer, carol: User, alice: User, system: User
) -> None:
    today = timezone.now().date()
    agreed(northgate, contract={"starts_on": today - timedelta(days=60), "ends_on": today + timedelta(days=300)})
    run(system, timezone.now())
    first, second = Meeting.objects.order_by("starts_at")
    meetings.agree(first, by=alice, sequence=0)
    contract = Contract.objects.get()
    contracts.give_notice(
        contract, by=carol, side="dealer", on=today, ends_on=contract.ends_on, reason="They retire at the end of it."
    )
    assert run(system, timezone.now()) == (0, 1)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.AGREED, State.CANCELLED), "what was agreed is people's to call off"
    assert second.cancel_reason and Event.objects.filter(kind="meeting.series_stopped").count() == 1
    assert run(system, timezone.now()) == (0, 0)
    assert run(system, timezone.now() + timedelta(days=120)) == (0, 0)


@pytest.fixture
def amended(northgate: Dealer, system: User) -> Callable[..., list[Meeting]]:
    """Two meetings are proposed, the first is agreed; then an amendment is filed that begins before both."""

    def amend(**fields: Any) -> list[Meeting]:
        before = agreed(northgate, every="quarter", month=2)
        assert run(system) == (2, 0)
        may, august = Meeting.objects.order_by("starts_at")
        Meeting.objects.filter(pk=may.pk).update(state=State.AGREED, sequence=1)
        Contract.objects.filter(pk=before.contract_id).update(ends_on=date(2026, 4, 30), amended_on=date(2026, 5, 1))
        text = factories.contract(northgate, amends=before.contract, starts_on=date(2026, 5, 1))
        given = {"level": "working", "every": "quarter", "month": 2, "day": 10, "at": time(10)} | fields
        ReviewRhythm.objects.create(dealer=northgate, contract=text, **given)
        return [may, august]

    return amend


def test_an_amendment_that_leaves_the_rhythm_alone_carries_the_series_on(
    system: User, amended: Callable[..., list[Meeting]]
) -> None:
    before = amended()
    assert run(system) == (0, 0)
    assert list(Meeting.objects.order_by("starts_at")) == before
    assert {one.rhythm.contract.amends_id for one in Meeting.objects.all() if one.rhythm} == {
        Contract.objects.get(amends=None).pk
    }
    assert run(system, NOW + timedelta(days=90)) == (1, 0), "it goes on"


def test_what_people_cancelled_stays_cancelled_through_an_amendment(
    system: User, amended: Callable[..., list[Meeting]]
) -> None:
    _may, august = amended()
    Meeting.objects.filter(pk=august.pk).update(state=State.CANCELLED, sequence=1, cancel_reason=WHY)
    assert run(system) == (0, 0)


def test_an_amendment_with_another_rhythm_keeps_what_people_agreed(
    system: User, amended: Callable[..., list[Meeting]]
) -> None:
    may, august = amended(day=20)
    assert run(system) == (1, 1)
    found = {one.pk: (f"{one.local_start:%m-%d}", one.state) for one in Meeting.objects.order_by("starts_at")}
    assert found.pop(may.pk) == ("05-11", State.AGREED)
    assert found.pop(august.pk) == ("08-10", State.CANCELLED)
    assert list(found.values()) == [("08-20", State.PROPOSED)]
    assert run(system) == (0, 0)


@pytest.mark.parametrize("status", ["draft", "in_review", "offered", "signed_by_dealer", "ended", "withdrawn"])
def test_a_contract_that_is_not_in_force_proposes_nothing(northgate: Dealer, system: User, status: str) -> None:
    agreed(northgate, contract={"status": status})
    assert run(system) == (0, 0)


def test_one_month_of_a_rhythm_has_one_meeting_whoever_writes(
    northgate: Dealer, southport: Dealer, system: User
) -> None:
    rhythm = agreed(northgate)
    run(system)
    one = Meeting.objects.earliest("starts_at")
    again: dict[str, Any] = {
        "dealer": northgate, "title": "Again", "starts_at": one.starts_at, "zone": "UTC", "proposed_by_id": system.pk,
        "proposed_side": "us",
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="once_a_period"), transaction.atomic():
        Meeting.objects.create(**again, rhythm=rhythm, period=one.period)
    with pytest.raises(IntegrityError, match="of_a_series"), transaction.atomic():
        Meeting.objects.create(**again, rhythm=rhythm)
    with pytest.raises(IntegrityError, match="same_dealer"), transaction.atomic():
        Meeting.objects.create(**again | {"dealer": southport}, rhythm=rhythm, period="2026-09")
        transaction.get_connection().check_constraints()


def test_the_statements_do_not_grow_with_the_dealers(system: User, statements: Any, world: Any) -> None:
    def cost(count: int) -> int:
        for _number in range(count):
            dealer = factories.dealer(country="DE", time_zone="Europe/Berlin")
            factories.person("Head", "dealer_executive", dealer=dealer)
            agreed(dealer)
        with statements() as asked:
            assert run(system)[0] == 2 * count
        return len(asked)

    assert cost(1) == cost(6)


@pytest.mark.parametrize(
    "zone", ["Pacific/Kiritimati", "Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "America/St_Johns"]
)
def test_ten_oclock_is_ten_oclock_where_the_dealer_is_before_and_after_the_clocks_change(
    northgate: Dealer, system: User, zone: str
) -> None:
    Dealer.objects.filter(pk=northgate.pk).update(time_zone=zone)
    agreed(northgate, day=12)
    run(system)
    run(system, datetime(2026, 10, 1, tzinfo=UTC))
    for one in Meeting.objects.all():
        assert f"{one.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" == "10:00" and one.zone == zone
    assert Meeting.objects.count() == 4


def test_the_job_runs_every_night(northgate: Dealer, system: User, monkeypatch: pytest.MonkeyPatch) -> None:
    today = timezone.now().date()
    agreed(northgate, contract={"starts_on": today, "ends_on": today + timedelta(days=200)})
    schedule = Schedule.objects.get(kind=our_jobs.SERIES)
    assert schedule.every == Schedule.Every.DAY and schedule.is_active
    Schedule.objects.filter(pk=schedule.pk).update(swept_until=timezone.now() - timedelta(days=1))
    ticks.tick()
    waiting = Job.objects.get(kind=our_jobs.SERIES)
    runs.run(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.state == Job.State.DONE and "2 meetings were proposed" in jobs.done_text_of(waiting)


def test_what_is_far_ahead_is_no_task_of_today(northgate: Dealer, alice: User, signed_in: Any, system: User) -> None:
    today = timezone.now().date()
    agreed(
        northgate, every="quarter", month=(today.month % 12) + 1,
        contract={"starts_on": today, "ends_on": today + timedelta(days=350)},
    )  # fmt: skip
    run(system, timezone.now())
    near, far = Meeting.objects.order_by("starts_at")
    Meeting.objects.filter(pk=near.pk).update(starts_at=timezone.now() + timedelta(days=20), title="Near review")
    Meeting.objects.filter(pk=far.pk).update(title="Far review")
    text = text_of(signed_in(alice).get("/"))
    assert "proposes a meeting: Near review" in text and "proposes a meeting: Far review" not in text


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_propose_each_meeting_once(northgate: Dealer, system: User) -> None:
    agreed(northgate)
    results = at_once_while(lambda: hold(series.LOCK), *[lambda: run(system)[0]] * 2)
    assert set(results) == {0, 2} and Meeting.objects.count() == 2
