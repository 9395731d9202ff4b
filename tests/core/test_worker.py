"""A real worker on a real broker: killed in the middle of a job, its job is taken over by the next one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db.models.functions import Now
from kombu import Connection
from pytest_django import Settings

from core import jobs, ticks
from core.models import Job, Schedule
from core.tasks import tick
from tests.core import kinds  # noqa: F401  (brings the kind of job that this process asks for)
from tests.processes import address_of, embedded_broker, kill, wait_until, worker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def broker(settings: Settings) -> Iterator[str]:
    """The Redis server that the environment names, else the embedded one."""
    jobs._silent_until = 0.0
    if settings.REDIS_URL:
        yield settings.REDIS_URL
        return
    with embedded_broker("valkey-of-worker") as server:
        yield address_of(server)


def test_a_ring_goes_to_its_queue_alone(broker: str) -> None:
    with Connection(broker) as line:
        channel: Any = line.default_channel
        for queue in django_settings.JOB_QUEUES:
            channel.queue_purge(queue)
        jobs.ring(tick, queue="mail")
        heard = {queue: channel.basic_get(queue, no_ack=True) for queue in django_settings.JOB_QUEUES}
    assert [queue for queue, message in heard.items() if message] == ["mail"]


def test_a_worker_killed_in_the_middle_of_a_job_is_replaced_and_the_job_is_done_once(
    broker: str, tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    with worker(broker) as first:
        job = jobs.enqueue("suite.slow", payload={"sign": str(sign)})
        wait_until(sign.exists)
        wait_until(lambda: Job.objects.get(pk=job.pk).stage == "Halfway")  # told while the work is still open
        assert int(sign.read_text()) != os.getpid()
        kill(first)
    left = Job.objects.get(pk=job.pk)
    assert (left.state, left.attempts) == (Job.State.RUNNING, 1)
    assert not Schedule.objects.filter(kind="mark").exists()
    Job.objects.filter(pk=job.pk).update(lease_until=Now(), rung_at=None)  # a minute later
    with worker(broker):
        ticks.tick()
        wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert Schedule.objects.filter(kind="mark").count() == 1
