"""Faults on the way of a notice, with real processes: workers killed, messages doubled and lost, a broker that goes
away, mail servers that refuse or hang. Whatever happens, everybody is told what an undisturbed run tells, and once.

The undisturbed run is made first, in a transaction that is undone: reminders, events, deliveries and mails are then
compared as multisets, by rule, subject, occasion and person, by business key, and by Message-ID.
"""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import mail as memory
from django.db import connection, connections, transaction
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import override_settings
from kombu import Connection

from communications import jobs as our_jobs
from communications import outbox
from communications.models import Meeting, Reminder
from communications.services import announcements, reminders
from communications.services import meetings as meeting_verbs
from communications.tasks import drain
from communications.views.failures import SHOWN
from config.celery import app
from core import jobs, ticks
from core.database.context import acting
from core.database.locks import hold
from core.database.roles import Role
from core.models import Job, Schedule
from core.reminders import rules
from core.servers.valkey import Valkey
from core.tasks import run_job, tick
from dealers import events
from dealers.models import Approval, Dealer, Delivery, Event, Letter, User
from dealers.services import bank_accounts, letters
from ledger.models import ReportDue, ReportDuty
from onboarding.models import Step
from tests import factories
from tests.communications import table
from tests.communications.smtp import MailServer, mail_server
from tests.communications.test_announcements import out
from tests.communications.test_reminders import item_due, meeting_at
from tests.dealers.test_approvals import ACCOUNT, REASON
from tests.onboarding.conftest import *  # noqa: F403  (an application that waits for a signature)
from tests.pages import text_of
from tests.processes import Worker, address_of, embedded_broker, kill, start_worker, wait_until
from tests.racing import wait_until_blocked

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.django_db(transaction=True)]
State = Delivery.State
PROMPT = 2.0  # seconds: a page that does not wait for the broker or the mail server


@dataclass
class Plant:
    """Broker, mail server and workers, for all tests of this file."""

    broker: Valkey
    mail: MailServer
    workers: list[Worker] = field(default_factory=list)
    is_awake: bool = False

    def work(self) -> None:
        """Have one worker at work; the one that rests goes on."""
        self.is_awake = True
        for one in self.workers:
            os.killpg(one.pid, signal.SIGCONT)
        if not self.workers:
            mail = {"EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}", "EMAIL_TIMEOUT": "2"}
            self.workers.append(start_worker(address_of(self.broker), hands=2, more=mail))

    def settled(self) -> None:
        """Wait until the worker has nothing in hand."""
        wait_until(lambda: all(self._is_idle() for _look in range(4)))

    def rest(self) -> None:
        """The worker waits, so that the next test can lay its things out; in the middle of nothing."""
        if self.is_awake:
            self.settled()
        for one in self.workers:
            os.killpg(one.pid, signal.SIGSTOP)
        self.is_awake = False

    def _is_idle(self) -> bool:
        """Rings that nobody needs any more are dropped; then nothing is open but for what it begins this moment."""
        with Connection(address_of(self.broker)) as line, connection.cursor() as cursor:
            channel: Any = line.default_channel
            channel.client.delete(*settings.JOB_QUEUES)
            time.sleep(0.03)
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and state <> 'idle' "
                "and pid <> pg_backend_pid()"
            )
            return bool(cursor.fetchone() == (0,))

    def kill(self) -> None:
        self.is_awake = False
        while self.workers:
            kill(self.workers.pop())

    def empty(self) -> None:
        with Connection(address_of(self.broker)) as line:
            channel: Any = line.default_channel
            channel.client.flushall()


@pytest.fixture(scope="module")
def _plant(django_db_setup: None) -> Iterator[Plant]:
    with embedded_broker("valkey-of-faults") as broker, mail_server() as mail:
        plant = Plant(broker, mail)
        yield plant
        plant.kill()


@pytest.fixture
def plant(_plant: Plant) -> Iterator[Plant]:
    jobs._silent_until = 0.0
    _plant.broker.ensure()
    _plant.mail.taken.clear()
    _plant.mail.go.clear()
    _plant.mail.hung.clear()
    yield _plant
    _plant.mail.recover()
    if not nothing_waits():
        _plant.kill()  # a test failed: its worker is not to meet the next one's rows
    _plant.rest()


# ---- what is to be told ------------------------------------------------------------------------
@pytest.fixture
def due(northgate: Dealer, carol: User, alice: User, dave: User, waiting: Step) -> None:
    """Something due for every rule of every room, and a notice of every kind that goes out by mail."""
    Schedule.objects.update(swept_until=Now())
    Dealer.objects.filter(pk=northgate.pk).update(manager_id=carol.pk)
    now, today = datetime.now(UTC), table.today()
    meeting_at(northgate, now + timedelta(hours=2), carol, alice)
    missing = meeting_at(northgate, now - timedelta(days=2), carol, state="held")
    Meeting.objects.filter(pk=missing.pk).update(held_at=missing.starts_at)
    for days in (3, 4, 5):
        item_due(northgate, carol, today - timedelta(days=days))
    factories.contract(
        northgate, starts_on=today - timedelta(days=300), ends_on=today + timedelta(days=100), notice_days=80
    )
    duty = ReportDuty.objects.create(dealer=northgate, kind="stock-counts", starts_on=date(2026, 1, 1))
    for month, days in ((1, 1), (2, -3)):
        ReportDue.objects.create(dealer=northgate, duty=duty, kind=duty.kind, month=date(2026, month, 1),
                                 due_on=today + timedelta(days=days))  # fmt: skip
    late = today - timedelta(days=1)
    Step.objects.filter(pk=waiting.pk).update(due_on=late, escalates_on=late)
    factories.person("Fay", "finance")
    bank_accounts.propose(northgate, by=alice, reason=REASON, **ACCOUNT)
    Approval.objects.update(escalates_on=late)
    for kind in events.kinds().values():
        if "email" in kind.channels and not kind.code.startswith(("reminder.", "suite.")):
            told = {"dealer": [alice], "internal": [carol]}.get(kind.visibility, [alice, carol])
            events.record(kind.code, northgate, by=dave, notify=told)
    mary = factories.person("Mary", "marketing_director")
    announcements.ask_again(out(mary), by=mary)
    meeting = table.agreed(northgate, carol, alice)  # with the invitation as a file
    meeting_verbs.cancel(meeting, by=alice, reason="The road is closed that week.")


type Told = tuple[Counter[Any], ...]


def told(ids: list[str]) -> Told:
    """Who was told what: by keys of the business, with how often; deliveries with their end."""
    return (
        Counter(Reminder.objects.values_list("rule", "subject_id", "occasion", "person_id")),
        Counter(Event.objects.values_list("kind", "subject_type", "subject_id")),
        Counter(Delivery.objects.values_list("business_key", "state")),
        Counter(ids),
    )


@pytest.fixture
def undisturbed(due: None) -> Told:
    """What one run without any fault tells; undone, so that the faults find everything still due."""
    system = User.objects.get(kind=User.Kind.SYSTEM)
    in_memory = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
    with override_settings(MAILERS=in_memory), transaction.atomic():
        memory.outbox = []
        with acting(Role.JOBS):
            assert reminders.sweep(now=datetime.now(UTC)) > 0
            while reminders.tell(by=system):
                pass
        outbox.drain()
        while letters.send_due():
            pass
        found = told([str(mail.extra_headers["Message-ID"]) for mail in memory.outbox])
        transaction.set_rollback(True)
    assert {rule for rule, *_key in found[0]} == set(rules())
    assert set(found[3].values()) == {1}
    return found


def nothing_waits() -> bool:
    return not (
        Delivery.objects.filter(state__in=[State.WAITING, State.SENDING]).exists()
        or Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()
        or Reminder.objects.filter(event__isnull=True).exists()
        or Letter.objects.filter(sent_at__isnull=True).exists()
    )


def everything_was_tried() -> bool:
    """Once: what was not taken has its pause."""
    untried = Delivery.objects.filter(state__in=[State.WAITING, State.SENDING], attempts=0)
    working = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    untold = Reminder.objects.filter(event__isnull=True)
    return not (untried.exists() or working.exists() or untold.exists())


def later() -> None:
    """Pauses are over, leases have run out, and rings that nobody heard may be rung again."""
    Delivery.objects.update(not_before=Now() - timedelta(seconds=1))
    Delivery.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=Now() - timedelta(seconds=1))
    Letter.objects.update(not_before=Now() - timedelta(seconds=1))
    Letter.objects.exclude(lease_until=None).update(lease_until=Now() - timedelta(seconds=1))
    Job.objects.update(rung_at=None, not_before=Now() - timedelta(seconds=1))


def settle(true: Callable[[], bool] = nothing_waits) -> None:
    """Tick as the clock does, though twice a second, until everything is told."""
    ticked_at = 0.0

    def ticked() -> bool:
        nonlocal ticked_at
        if time.monotonic() - ticked_at > 0.5:
            ticks.tick()
            ticked_at = time.monotonic()
        return true()

    wait_until(ticked)


def ask(key: str = "one") -> Job:
    return jobs.enqueue(our_jobs.REMIND, key=key)


# ---- nothing goes wrong, and everything comes several times --------------------------------------
def test_every_message_handed_out_three_times_and_two_ticks_at_once_tell_once(plant: Plant, undisturbed: Told) -> None:
    plant.work()
    asked = [ask(), ask("two")]
    together = threading.Barrier(2)

    def ticking() -> None:
        try:
            together.wait(5)
            ticks.tick()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ticking) for _clock in range(2)]
    for thread in threads:
        thread.start()
    for _time in range(3):
        for job in reversed(asked):
            jobs.ring(drain, queue="mail")
            jobs.ring(run_job, job.pk)
            jobs.ring(tick)
    for thread in threads:
        thread.join(20)
    settle()
    assert told(plant.mail.ids) == undisturbed


# ---- workers that are killed ---------------------------------------------------------------------
def test_a_worker_killed_in_the_middle_of_the_sweep_leaves_nothing_half_done(plant: Plant, undisturbed: Told) -> None:
    plant.kill()
    ask()
    with transaction.atomic():
        hold(reminders.LOCK)  # it comes as far as this
        plant.work()
        wait_until(lambda: Job.objects.filter(state=Job.State.RUNNING).exists())
        wait_until_blocked(1)
        plant.kill()
    assert not Reminder.objects.exists()
    later()
    plant.work()
    settle()
    assert told(plant.mail.ids) == undisturbed


def test_a_worker_killed_between_commit_and_mail_tells_everything_once(plant: Plant, undisturbed: Told) -> None:
    plant.mail.hangs_at = "greeting"
    plant.work()
    ask()
    settle(lambda: plant.mail.hung.is_set() and Event.objects.filter(kind__startswith="reminder.").exists())
    plant.kill()
    assert plant.mail.taken == []
    plant.mail.recover()
    later()
    plant.work()
    settle()
    assert told(plant.mail.ids) == undisturbed


def test_a_worker_killed_after_the_server_took_the_mail_repeats_that_one_under_the_same_number(
    plant: Plant, undisturbed: Told
) -> None:
    plant.mail.hangs_at = "data"
    plant.work()
    ask()
    settle(plant.mail.hung.is_set)
    plant.kill()
    before = list(plant.mail.ids)  # taken, and never confirmed: one by each hand of the worker at most
    assert before
    plant.mail.recover()
    later()
    plant.work()
    settle()
    *rows, mails = told(plant.mail.ids)
    *right_rows, right_mails = undisturbed
    assert rows == right_rows
    assert mails == right_mails + Counter(before)
    assert max(mails.values()) == 2


# ---- the broker ----------------------------------------------------------------------------------
def test_a_broker_that_goes_away_costs_pages_nothing_and_everything_due_is_told_when_it_is_back(
    plant: Plant, undisturbed: Told, carol: User
) -> None:
    plant.work()
    page = Client()
    page.force_login(carol)
    page.get("/notices/")  # what is done once does not count
    settle()  # a worker that is cut off in the middle is one that is killed, and has tests of its own
    plant.settled()
    plant.broker.stop()
    ask()
    for _tick in range(3):
        before = time.monotonic()
        ticks.tick()
        assert page.get("/notices/").status_code == 200
        assert time.monotonic() - before < PROMPT
    assert not Reminder.objects.exists()
    plant.broker.ensure()
    back = time.monotonic()
    settle()
    assert time.monotonic() - back < 60
    assert told(plant.mail.ids) == undisturbed


def test_a_broker_that_forgets_everything_loses_nothing(plant: Plant, undisturbed: Told) -> None:
    plant.kill()
    ask()
    ticks.tick()  # nobody is there to hear it
    plant.empty()
    plant.work()
    wait_until(lambda: bool(app.control.ping(timeout=0.5)))
    assert not Reminder.objects.exists()
    later()  # a ring that nobody took for a minute is void
    ticks.tick()
    wait_until(Reminder.objects.exists)
    plant.empty()  # in the middle of its work
    later()
    settle()
    assert told(plant.mail.ids) == undisturbed


# ---- mail servers --------------------------------------------------------------------------------
def test_a_mail_server_that_refuses_for_now_is_left_alone_and_gets_everything_later(
    plant: Plant, undisturbed: Told
) -> None:
    plant.mail.recipient = "451 the disk is full"
    plant.work()
    ask()
    settle(everything_was_tried)
    waiting = Delivery.objects.filter(channel="email", state=State.WAITING)
    assert waiting.count() == len([key for key in undisturbed[2] if ":email:" in key[0] and key[1] == State.SENT])
    assert not waiting.exclude(attempts=1, not_before__gt=Now(), last_error__contains="451").exists()
    plant.mail.recover()
    later()
    settle()
    assert told(plant.mail.ids) == undisturbed


def test_what_a_mail_server_refuses_for_good_an_administrator_sees_and_sends_again(
    plant: Plant, undisturbed: Told, erin: User, signed_in: Callable[..., Client]
) -> None:
    plant.mail.recipient = "550 no such person"
    plant.work()
    ask()
    settle(everything_was_tried)
    dead = list(Delivery.objects.filter(state=State.FAILED))
    assert {(one.channel, one.attempts) for one in dead} == {("email", 1)}
    page = text_of(signed_in(erin).get("/notices/failed/"))
    assert page.count("no such person") == SHOWN < len(dead)
    assert f"{len(dead) - SHOWN} older ones are not shown" in page
    plant.mail.recover()
    for one in dead:
        assert signed_in(erin).post(f"/notices/failed/{one.public_id}/send/").status_code == 302
    plant.settled()  # no lease ends while its holder is at work: he would be taken for dead, and all sent again
    later()
    settle()
    assert told(plant.mail.ids) == undisturbed


def test_a_mail_server_that_hangs_holds_up_no_page_and_gets_everything_once_later(
    plant: Plant, undisturbed: Told, carol: User
) -> None:
    plant.mail.hangs_at = "greeting"
    plant.work()
    page = Client()
    page.force_login(carol)
    page.get("/notices/")
    ask()
    settle(plant.mail.hung.is_set)
    before = time.monotonic()
    assert page.get("/notices/").status_code == 200
    assert time.monotonic() - before < PROMPT
    settle(everything_was_tried)
    bells = Delivery.objects.filter(channel="bell", state=State.WAITING)
    mails = Delivery.objects.filter(channel="email", state=State.WAITING)
    assert not bells.exists()
    assert mails.exists() and not mails.exclude(not_before__gt=Now()).exists()
    plant.mail.recover()
    later()
    settle()
    assert told(plant.mail.ids) == undisturbed


def test_letters_that_a_slow_mail_server_holds_up_until_another_worker_has_them_go_out_once(
    plant: Plant, carol: User, alice: User
) -> None:
    options = {"host": "127.0.0.1", "port": plant.mail.port, "timeout": 20}
    through = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}
    for person in (carol, alice):
        letters.post(Letter.What.PASSWORD_CHANGED, user=person)
    plant.mail.hangs_at = "greeting"

    def slow() -> None:
        try:
            letters.send_due()
        finally:
            connections.close_all()

    with override_settings(MAILERS=through):
        first = threading.Thread(target=slow)
        first.start()
        wait_until(plant.mail.hung.is_set)
        held_up = Letter.objects.order_by("pk").last()
        assert held_up is not None
        Letter.objects.filter(pk=held_up.pk).update(lease_until=Now() - timedelta(seconds=1))  # a minute later
        plant.mail.hangs_at = ""
        letters.send_due()
        plant.mail.go.set()
        first.join(20)
        assert len(plant.mail.taken) == len(set(plant.mail.ids)) == 2
