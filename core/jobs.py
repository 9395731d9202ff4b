"""Jobs: work apart from a request. PostgreSQL is the record; the broker is only a doorbell.

Each room says in its `jobs.py` which kinds it brings::

    @job("ledger.import", title=_("Import"), runs_as=RunsAs.PERSON, permission="ledger.add_batch", queue="import")
    def import_file(run: Run) -> dict[str, Any]:
        ...

and a verb asks for one inside its own transaction: `jobs.enqueue("ledger.import", payload={"upload": 7}, by=user)`.
How a job is carried out stands in `core.runs`, how often by itself in `core.schedules`.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from kombu import Connection
from kombu.pools import producers

from core import access
from core.errors import Refused
from core.ids import new_public_id
from core.models import Job

if TYPE_CHECKING:
    from celery import Task

    from core.runs import Run

logger = logging.getLogger(__name__)
type Text = "str | Promise"
type Result = Mapping[str, Any]


class RunsAs(StrEnum):
    """Under whose database role the work is done."""

    JOBS = "jobs"  # set-wise, over all dealers
    TENANT = "tenant"  # for one dealer, walled in like its people
    PERSON = "person"  # as who asked, with the rights held when it runs


@dataclass(frozen=True, slots=True)
class Kind:
    """What jobs of one kind have in common.

    `permission` is asked of the person again when the job runs. `done_text` is what the job's page says at the end:
    words that take the result's values, or a function of the result. A result with `in_vain` says why nothing could
    be taken. An atomic kind is one transaction, the note that it is done included; another kind has a transaction for
    each `run.step()`.
    """

    code: str
    title: Text
    work: "Callable[[Run], Mapping[str, Any] | None]"
    runs_as: RunsAs
    queue: str
    permission: str
    done_text: "Text | Callable[[Result], str]"
    atomic: bool


_kinds: dict[str, Kind] = {}


def job[W: "Callable[[Run], Mapping[str, Any] | None]"](
    code: str,
    *,
    title: Text,
    runs_as: RunsAs = RunsAs.JOBS,
    queue: str = "default",
    permission: str = "",
    done_text: Text | Callable[[Result], str] = "",
    atomic: bool = True,
) -> Callable[[W], W]:
    """Register the work behind a kind."""
    if queue not in settings.JOB_QUEUES:
        raise ValueError(f"No worker listens on the queue {queue!r}: see JOB_QUEUES")

    def register(work: W) -> W:
        if code in _kinds:
            raise ValueError(f"The kind of job {code} is defined twice")
        _kinds[code] = Kind(code, title, work, runs_as, queue, permission, done_text, atomic)
        return work

    return register


def kinds() -> Mapping[str, Kind]:
    return dict(_kinds)


def kind_of(code: str) -> Kind:
    return _kinds[code]


def title_of(job: Job) -> Text:
    kind = _kinds.get(job.kind)
    return kind.title if kind else job.kind


def done_text_of(job: Job) -> str:
    """What came of it, in the reader's language."""
    kind = _kinds.get(job.kind)
    if kind is None or job.state != Job.State.DONE:
        return ""
    return kind.done_text(job.result) if callable(kind.done_text) else str(kind.done_text) % job.result


def discover() -> None:
    autodiscover_modules("jobs")


# ---- asking ----------------------------------------------------------------------------------
@transaction.atomic
def enqueue(
    code: str,
    *,
    key: str = "",
    payload: Mapping[str, Any] | None = None,
    by: Any = None,
    tenant: int | None = None,
) -> Job:
    """Ask for a job; it exists if the transaction does. The same kind and key twice is the same job.

    Without a key every call is a job of its own. People of a dealer ask for their own dealer only.
    """
    kind = kind_of(code)
    tenant_id = getattr(by, "dealer_id", None) or tenant
    if kind.runs_as is RunsAs.TENANT and tenant_id is None:
        raise ValueError(f"A job of the kind {code} is done for one dealer: which?")
    if kind.runs_as is RunsAs.PERSON and by is None:
        raise ValueError(f"A job of the kind {code} is done as the person who asked: who?")
    wanted = {"kind": code, "tenant_id": tenant_id, "key": key or new_public_id()}
    asked_by = by.pk if by is not None else None
    Job.objects.bulk_create(
        [Job(**wanted, payload=dict(payload or {}), requested_by_id=asked_by)], ignore_conflicts=True
    )
    found = Job.objects.filter(**wanted).first()
    if found is None:  # there, but somebody else's
        raise Refused(_("Somebody else has asked for this already; it is under way."))
    if found.state == Job.State.WAITING:
        transaction.on_commit(partial(ring_for, found.pk, kind.queue))
    return found


@transaction.atomic
def cancel(job: Job, *, by: Any) -> Job:
    """Stop a job that has not ended. What a worker is doing for it at this moment is undone."""
    job = access.lock(job)
    if job.requested_by_id != by.pk:
        raise Refused(_("Only the person who asked for this can cancel it."))
    if not job.is_open:
        raise Refused(_("This has ended already."))
    job.state, job.finished_at = Job.State.CANCELLED, timezone.now()
    job.save(update_fields=["state", "finished_at"])
    return job


@transaction.atomic
def retry(job: Job) -> Job:
    """Try a job again that failed or was set aside, as if it had just been asked for."""
    job = access.lock(job)
    if job.state not in {Job.State.FAILED, Job.State.QUARANTINED}:
        raise Refused(_("Only what failed can be tried again."))
    job.state, job.finished_at, job.error, job.attempts = Job.State.WAITING, None, "", 0
    job.save(update_fields=["state", "finished_at", "error", "attempts"])
    queue = kind_of(job.kind).queue if job.kind in _kinds else "default"
    transaction.on_commit(partial(ring_for, job.pk, queue))
    return job


# ---- ringing ---------------------------------------------------------------------------------
RING_AGAIN = timedelta(seconds=60)  # a message nobody took by then is void, and sent again
_SILENCE = 5.0  # seconds without a try after the broker did not answer
_HASTE = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2, "max_retries": 0}
_silent_until = 0.0


def ring_the_bell() -> None:
    """Ask a worker to look what is due now. Losing the ring costs seconds: the tick finds what it missed."""
    from core.tasks import tick

    ring(tick)


def ring_after_commit() -> None:
    """`ring_the_bell` once this transaction stands: once, however many changes it tells of."""
    noted: list[Any] = connection.run_on_commit  # what a savepoint noted is gone from here once that is undone
    if not any(what is ring_the_bell for _savepoints, what, _robust in noted):
        transaction.on_commit(ring_the_bell)


def ring_for(job_id: int, queue: str) -> bool:
    from core.tasks import run_job

    return ring(run_job, job_id, queue=queue)


def ring(task: "Task[Any, Any]", *args: int, queue: str = "default") -> bool:
    """Send one message, quickly or not at all: a broker that is away must not slow down who waits for a page.

    Returns whether the broker has it.
    """
    global _silent_until  # noqa: PLW0603  (one bell for the process)
    if time.monotonic() < _silent_until:
        return False
    try:
        with producers[_bell(settings.CELERY_BROKER_URL)].acquire(block=True, timeout=1) as producer:
            task.apply_async(args, queue=queue, producer=producer, retry=False, expires=RING_AGAIN.total_seconds())
    except Exception as error:  # whatever it was: the record is in the database
        _silent_until = time.monotonic() + _SILENCE
        logger.warning("The broker does not answer (%s); the next tick finds what is due.", error)
        return False
    return True


@cache
def _bell(broker: str) -> Connection:
    """Connections for ringing only. A worker's may wait for a slow broker, a request's may not."""
    return Connection(broker, transport_options=settings.CELERY_BROKER_TRANSPORT_OPTIONS | _HASTE)
