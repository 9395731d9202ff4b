"""The tick: what is due now? Beat asks every ten seconds, and the doorbell in between.

It turns due schedules into jobs, rings for jobs that nobody has taken, and lets the rooms above ring for what they
have waiting. It does no work itself: idle, it costs a handful of small statements.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from core import jobs, schedules
from core.database.context import acting
from core.database.roles import Role
from core.models import Job

_LOCK = 7_301_968_515  # any fixed number: one tick at a time
_AT_ONCE = 200  # jobs rung for by one tick


@dataclass(frozen=True, slots=True)
class Sweep:
    """Something a room keeps waiting: is any of it due, and whom to ring then."""

    is_due: Callable[[], bool]
    ring: Callable[[], object]


_sweeps: list[Sweep] = []


def add(sweep: Sweep) -> None:
    _sweeps.append(sweep)


def tick(now: datetime | None = None) -> None:
    """Find what is due and ring for it. Two ticks at once follow each other."""
    try:
        with acting(Role.JOBS):
            _wait_for_turn()
            schedules.sweep(now=now or timezone.now())
            waiting = _take_rings()
            due = [sweep for sweep in _sweeps if sweep.is_due()]
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "55P03":  # lock not available: another tick is at it
            return
        raise
    unheard = [job.pk for job in waiting if not jobs.ring_for(job.pk, _queue_of(job))]
    if unheard:  # the broker is away: the next tick rings again, not only that of a minute later
        with acting(Role.JOBS):
            Job.objects.filter(pk__in=unheard).update(rung_at=None)
    for sweep in due:
        sweep.ring()


def _queue_of(job: Job) -> str:
    kind = jobs.kinds().get(job.kind)
    return kind.queue if kind else "default"


def _wait_for_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', '2s', true), pg_advisory_xact_lock(%s)", [_LOCK])


def _take_rings() -> list[Job]:
    """Due jobs nobody was rung for lately. A busy queue is not filled with rings for the same jobs."""
    unheard = Q(rung_at__isnull=True) | Q(rung_at__lt=Now() - jobs.RING_AGAIN)
    found = list(Job.objects.due().filter(unheard).only("pk", "kind")[:_AT_ONCE])
    if found:
        Job.objects.filter(pk__in=[job.pk for job in found]).update(rung_at=Now())
    return found
