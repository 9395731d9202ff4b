"""A real worker on a real broker: killed in the middle of a job, its job is taken over by the next one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models.functions import Now
from kombu import Connection
from pytest_django import Settings

from core import jobs, ticks
from core.models import Job, Schedule
from core.servers.valkey import Valkey
from core.tasks import tick
from tests.core import kinds  # noqa: F401  (brings the kind of job that this process asks for)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def broker(settings: Settings) -> Iterator[str]:
    """The Redis server that the environment names, else the embedded one."""
    jobs._silent_until = 0.0
    if settings.REDIS_URL:
        yield settings.REDIS_URL
        return
    server = Valkey(settings.VAR_DIR / "valkey-of-worker")
    server.ensure()
    settings.CELERY_BROKER_URL = f"redis+socket://{server.socket}"
    yield settings.CELERY_BROKER_URL
    server.stop()


@contextmanager
def worker(broker: str) -> Iterator[subprocess.Popen[bytes]]:
    """A worker on the suite's database, under the login that serves, in a process group of its own."""
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "config",
        "worker",
        "-I",
        "tests.core.kinds",
        "-c",
        "1",
        "-l",
        "WARNING",
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=_environment(broker), start_new_session=True)
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _environment(broker: str) -> dict[str, str]:
    database, owner = connection.settings_dict, django_settings.DATABASE_OWNER
    login = quote(str(owner["USER"]), safe="") + (f":{quote(owner['PASSWORD'], safe='')}" if owner["PASSWORD"] else "")
    host, port = str(database["HOST"]), database["PORT"]
    place = f"/{host}" if host.startswith("/") else f"{host}:{port}" if port else host  # a socket's folder, or a server
    return {
        **os.environ,
        "DATABASE_URL": f"postgres://{login}@{place}/{database['NAME']}",
        "DATABASE_APP_PASSWORD": str(database["PASSWORD"]),
        "REDIS_URL": broker,
        "PYTHONPATH": str(ROOT),
    }


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
        _wait_until(sign.exists)
        _wait_until(lambda: Job.objects.get(pk=job.pk).stage == "Halfway")  # told while the work is still open
        assert int(sign.read_text()) != os.getpid()
        kill(first)
    left = Job.objects.get(pk=job.pk)
    assert (left.state, left.attempts) == (Job.State.RUNNING, 1)
    assert not Schedule.objects.filter(kind="mark").exists()
    Job.objects.filter(pk=job.pk).update(lease_until=Now(), rung_at=None)  # a minute later
    with worker(broker):
        ticks.tick()
        _wait_until(lambda: Job.objects.get(pk=job.pk).state == Job.State.DONE)
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert Schedule.objects.filter(kind="mark").count() == 1


def _wait_until(true: Callable[[], bool], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "It did not happen"
        time.sleep(0.1)
