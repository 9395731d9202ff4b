"""Reminders by real processes: a worker is killed between the commit of a reminder and its mail; the next one sends it
once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from subprocess import Popen

import pytest
from django.db.models.functions import Now

from communications import jobs as our_jobs
from communications.models import Reminder
from core import jobs, ticks
from core.models import Job
from dealers.models import Dealer, Delivery, Event, User
from tests.communications import table
from tests.communications.smtp import MailServer, mail_server
from tests.communications.test_reminders import item_due
from tests.core.test_worker import _wait_until, broker, kill

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["broker"]  # a fixture


@contextmanager
def worker(broker: str, mail: MailServer) -> Iterator["Popen[bytes]"]:
    """The worker as it runs in production, sending through the suite's mail server."""
    from tests.core import test_worker

    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{mail.port}"
    try:
        with test_worker.worker(broker) as process:
            yield process
    finally:
        del os.environ["EMAIL_URL"]


def test_a_worker_killed_between_commit_and_mail_reminds_once(broker: str, northgate: Dealer, carol: User) -> None:
    item_due(northgate, carol, table.today() - timedelta(days=3))
    with mail_server() as mail:
        mail.greeting = "421 not now"  # the mail cannot leave before the worker dies
        with worker(broker, mail) as first:
            job = jobs.enqueue(our_jobs.REMIND, key="suite")
            _wait_until(lambda: Reminder.objects.filter(event__isnull=False).exists())
            kill(first)
        assert mail.taken == []
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(lease_until=Now(), rung_at=None)  # a minute later
        Delivery.objects.update(not_before=Now())
        Delivery.objects.exclude(lease_until=None).update(lease_until=Now())
        mail.greeting = "220 here again"
        with worker(broker, mail):
            jobs.enqueue(our_jobs.REMIND, key="suite, the next quarter")
            ticks.tick()
            ticks.tick()
            _wait_until(lambda: bool(mail.taken))
            _wait_until(lambda: Delivery.objects.filter(state=Delivery.State.SENT).count() == 2)
        assert len(mail.taken) == 1
    assert Reminder.objects.count() == Event.objects.filter(kind="reminder.action_overdue").count() == 1
