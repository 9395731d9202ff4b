"""The bell reaches the broker, the embedded one or the server of REDIS_URL; one that is away costs nothing."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings

from config.celery import app
from core import jobs
from core.jobs import ring_the_bell
from core.servers.attendance import embedded_valkey

QUEUE = settings.CELERY_TASK_DEFAULT_QUEUE


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(jobs, "_silent_until", 0.0)  # whatever another test met
    if not settings.REDIS_URL:
        embedded_valkey().ensure()
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.queue_purge(QUEUE)
    yield
    if not settings.REDIS_URL:
        embedded_valkey().stop()


def test_a_ring_reaches_the_broker(broker: None) -> None:
    ring_the_bell()
    with app.connection_for_read() as connection:
        channel: Any = connection.default_channel
        message = channel.basic_get(QUEUE, no_ack=True)
    assert message.headers["task"] == "core.tasks.tick"


@pytest.mark.skipif(bool(settings.REDIS_URL), reason="a server that we did not start is not stopped")
def test_a_broker_that_is_away_costs_the_caller_nothing() -> None:
    embedded_valkey().stop()
    before = time.monotonic()
    ring_the_bell()
    assert time.monotonic() - before < 3
