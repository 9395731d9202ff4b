"""Real processes beside the suite: a broker, and workers on the suite's database, started and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from core.servers.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
type Worker = subprocess.Popen[bytes]


@contextmanager
def embedded_broker(name: str) -> Iterator[Valkey]:
    """A broker of its own for one file of tests; at the address that this process and its workers ring at."""
    server, before = Valkey(settings.VAR_DIR / name), settings.CELERY_BROKER_URL
    server.ensure()
    settings.CELERY_BROKER_URL = address_of(server)
    try:
        yield server
    finally:
        settings.CELERY_BROKER_URL = before
        server.stop()


def address_of(server: Valkey) -> str:
    return f"redis+socket://{server.socket}"


@contextmanager
def worker(broker: str, *, hands: int = 1, more: Mapping[str, str] = {}) -> Iterator[Worker]:
    """A worker on the suite's database, under the login that serves, in a process group of its own."""
    process = start_worker(broker, hands=hands, more=more)
    try:
        yield process
    finally:
        kill(process)


def start_worker(broker: str, *, hands: int = 1, more: Mapping[str, str] = {}) -> Worker:
    words = ["-A", "config", "worker", "-I", "tests.core.kinds", "-c", str(hands), "-l", "WARNING"]
    command = [sys.executable, "-m", "celery", *words]
    return subprocess.Popen(command, cwd=ROOT, env={**_environment(broker), **more}, start_new_session=True)


def kill(process: Worker) -> None:
    """At once, with its children: nothing that comes after runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def wait_until(true: Callable[[], bool], patience: float = 60) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "It did not happen"
        time.sleep(0.05)


def _environment(broker: str) -> dict[str, str]:
    database, owner = connection.settings_dict, settings.DATABASE_OWNER
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
