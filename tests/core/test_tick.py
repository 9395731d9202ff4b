"""The tick and the doorbell: what is due is found, with the broker and without it."""

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test import Client
from pytest_django import Settings

from communications import outbox
from communications.tasks import drain
from core import jobs, runs, ticks
from core.models import Job, Schedule
from core.tasks import run_job, tick
from dealers import events
from dealers.models import Dealer, Delivery, Letter, User
from dealers.services import letters
from dealers.tasks import send_letters
from tests.core import kinds

type Rings = list[tuple[str, tuple[int, ...], str]]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    kinds.during.clear()
    jobs._silent_until = 0.0
    yield
    jobs._silent_until = 0.0


@pytest.fixture
def rings(db: None, monkeypatch: pytest.MonkeyPatch) -> Rings:
    """What would have gone to the broker. The rooms' own schedules have just had their turn."""
    heard: Rings = []
    Schedule.objects.update(swept_until=Now())

    def hear(task: Any, *args: int, queue: str = "default") -> bool:
        heard.append((task.name, args, queue))
        return True

    monkeypatch.setattr(jobs, "ring", hear)
    return heard


def test_a_tick_rings_for_due_jobs_in_their_queue_and_not_twice_within_a_minute(db: None, rings: Rings) -> None:
    job = jobs.enqueue("suite.mark")
    ticks.tick()
    ticks.tick()
    assert rings == [("core.tasks.run_job", (job.pk,), "default")]
    Job.objects.update(rung_at=Now() - jobs.RING_AGAIN * 2)
    ticks.tick()
    assert len(rings) == 2


def test_a_tick_whose_rings_nobody_heard_is_followed_by_one_that_rings_again(
    db: None, rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.enqueue("suite.mark")
    with monkeypatch.context() as away:
        away.setattr(jobs, "ring", lambda *_message, **_queue: False)
        ticks.tick()
    ticks.tick()
    assert rings == [("core.tasks.run_job", (job.pk,), "default")]


def test_a_tick_rings_for_a_job_whose_worker_died(db: None, rings: Rings) -> None:
    job = jobs.enqueue("suite.mark")
    runs._claim(job.pk)
    Job.objects.update(lease_until=Now())
    ticks.tick()
    assert rings == [("core.tasks.run_job", (job.pk,), "default")]


def test_a_tick_turns_a_due_schedule_into_a_job_and_rings_for_it(db: None, rings: Rings) -> None:
    Schedule.objects.create(
        name="suite", kind="suite.mark", every="hour", swept_until="2026-01-01T00:00Z", makes_up=False
    )
    ticks.tick()
    (_name, (job_id,), _queue), *_others = [ring for ring in rings if ring[0] == "core.tasks.run_job"]
    assert Job.objects.get(pk=job_id).payload["period"]


def test_a_tick_rings_for_notices_that_wait(rings: Rings, northgate: Dealer, dave: User, carol: User) -> None:
    events.record("approval.requested", northgate, by=dave, notify=[carol])
    ticks.tick()
    assert ("communications.tasks.drain", (), "mail") in rings


def test_an_idle_tick_is_cheap(db: None, rings: Rings, django_assert_max_num_queries: Any) -> None:
    ticks.tick()
    with django_assert_max_num_queries(14):
        ticks.tick()
    assert rings == []


def test_a_thousand_changes_in_one_transaction_ring_once(
    rings: Rings, northgate: Dealer, dave: User, carol: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        for _time in range(5):
            events.record("approval.requested", northgate, by=dave, notify=[carol])
    assert rings == [("core.tasks.tick", (), "default")]


def test_a_ring_noted_in_a_part_that_is_undone_does_not_swallow_another(
    rings: Rings, northgate: Dealer, dave: User, carol: User, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(RuntimeError), transaction.atomic():
            events.record("approval.requested", northgate, by=dave, notify=[carol])
            raise RuntimeError
        events.record("approval.requested", northgate, by=dave, notify=[carol])
    assert rings == [("core.tasks.tick", (), "default")]


# ---- without a broker ------------------------------------------------------------------------
@pytest.fixture(params=["refuses", "is silent"])
def dead_broker(request: pytest.FixtureRequest, settings: Settings) -> Iterator[None]:
    """An address where nobody answers: at once, or never."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            listener.listen()
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        yield


def test_a_dead_broker_costs_no_time_worth_telling(dead_broker: None) -> None:
    jobs.ring_the_bell()  # what is imported once does not count
    jobs._silent_until = 0.0
    before = time.monotonic()
    jobs.ring_the_bell()
    assert time.monotonic() - before < 0.5
    before = time.monotonic()
    for _time in range(100):
        jobs.ring_the_bell()
    assert time.monotonic() - before < 0.1  # it is left alone for a while


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_a_page_is_fast_and_the_next_tick_delivers(
    dead_broker: None, rings_later: Callable[[], Rings], carol: User, dave: User, northgate: Dealer
) -> None:
    events.record("approval.requested", northgate, by=dave, notify=[carol])  # the bell was rung in vain
    client = Client()
    client.force_login(carol)
    before = time.monotonic()
    page = client.get("/notices/")
    assert time.monotonic() - before < 2
    assert page.status_code == 200
    heard = rings_later()
    ticks.tick()
    assert ("communications.tasks.drain", (), "mail") in heard
    outbox.drain()
    assert set(Delivery.objects.filter(channel="bell").values_list("state", flat=True)) == {"sent"}


@pytest.fixture
def rings_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Rings]:
    """Hear the rings from now on; before that they go to the broker."""

    def start() -> Rings:
        heard: Rings = []

        def hear(task: Any, *args: int, queue: str = "default") -> bool:
            heard.append((task.name, args, queue))
            return True

        monkeypatch.setattr(jobs, "ring", hear)
        return heard

    return start


# ---- every task ------------------------------------------------------------------------------
def test_every_task_is_listed_here_and_run_twice_leaves_the_same_state(
    rings: Rings, northgate: Dealer, dave: User, carol: User
) -> None:
    """A new task has to show that a broker which hands it out twice does no harm."""
    job = jobs.enqueue("suite.mark")
    events.record("approval.requested", northgate, by=dave, notify=[carol])
    letters.post(Letter.What.RESET, name=str(carol.email))
    calls: dict[str, Callable[[], object]] = {
        "core.tasks.tick": tick,
        "core.tasks.run_job": lambda: run_job(job.pk),
        "communications.tasks.drain": drain,
        "dealers.tasks.send_letters": send_letters,
    }
    ours = {name for name in current_app.tasks if not name.startswith("celery.")}
    assert ours == set(calls)
    for call in calls.values():
        call()
    before = _state()
    for call in (*calls.values(), *calls.values()):
        call()
    assert _state() == before


def _state() -> dict[str, list[tuple[Any, ...]]]:
    state = {}
    with connection.cursor() as cursor:
        for table in ("core_job", "core_schedule", "dealers_delivery", "dealers_event", "dealers_letter"):
            cursor.execute(f"select * from {table} order by id")
            state[table] = cursor.fetchall()
    return state
