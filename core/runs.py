"""How a worker carries out a job: claim it, do the work in the right role, note the end — all or nothing.

A claim is a lease with a number (the fence), not an open transaction. Work and the note that it is done are one
transaction, which stands only if the fence still matches: whatever dies or hangs in between, the job is done once.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth import load_backend
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from core import jobs
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.jobs import Kind, RunsAs
from core.models import Job
from core.models.job import LEASE, NEXT_FENCE, UNTIL, JobQuerySet

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 3
_BACK_OFF = (timedelta(seconds=10), timedelta(seconds=60))
PULSE = 1.0  # seconds between two looks of the thread that tells how far a job is


class LostClaim(Exception):  # noqa: N818  (it reads as what happened)
    """Somebody else has the job by now, or it was cancelled: nothing of this run may stay."""


class Finding(Exception):  # noqa: N818  (it reads as what happened)
    """The work was done, and what it found needs somebody. The job is set aside at once, with its result: trying again
    by itself would find the same. What the work wrote is undone."""

    def __init__(self, message: str, result: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.result = result


def run(job_id: int) -> None:
    """Carry out a job if it is due. Called twice, or for what another worker has: nothing happens."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        _attempt(job)
    except LostClaim:
        logger.info("Job %s went to another worker or was cancelled", job_id)
    except Exception as error:
        logger.exception("Job %s (%s) failed in attempt %s", job_id, job.kind, job.attempts)
        _put_back(job, f"{type(error).__name__}: {error}"[:500])


def _attempt(job: Job) -> None:
    with Run(job, jobs.kind_of(job.kind)) as current:
        try:
            current.carry_out()
        except Refused as refusal:
            with translation.override(current.language):
                _end(job, Job.State.FAILED, error=str(refusal))
        except Finding as finding:
            logger.error("Job %s (%s) found: %s", job.pk, job.kind, finding)
            _end(job, Job.State.QUARANTINED, error=str(finding), result=dict(finding.result))


def _claim(job_id: int) -> Job | None:
    with acting(Role.JOBS):
        job = Job.objects.due().select_for_update(skip_locked=True, no_key=True).filter(pk=job_id).first()
        if job is None:
            return None
        if job.attempts >= MAX_ATTEMPTS:  # whoever tried it did not live to tell
            _set_aside(Job.objects.filter(pk=job.pk), job, "The worker stopped without a word.")
            return None
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.RUNNING,
            attempts=job.attempts + 1,
            fence=NEXT_FENCE,
            lease_until=UNTIL,
            started_at=Now(),
            stage="",
            done=0,
            total=0,
        )
        job.refresh_from_db()
        return job


class Run:
    """One attempt at a job, handed to the work: what to do, for whom, and how far it is.

    While the work's transaction is open its own writes are invisible, so a thread with a connection of its own
    tells people how far it is and keeps the lease alive; it ends with the process, and then so does the lease.
    """

    def __init__(self, job: Job, kind: Kind) -> None:
        self.job, self.kind = job, kind
        self.payload: Mapping[str, Any] = job.payload
        self.by: Any = None  # who asked, for kinds that run as a person; loaded for each step
        self._progress: tuple[str, int, int] = ("", 0, 0)
        self._ended = threading.Event()
        self._lost = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name=f"job {job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._keeper.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._keeper.join()

    # ---- for the work --------------------------------------------------------------------------
    def progress(self, done: int, total: int, stage: str = "") -> None:
        """How far it is. Costs nothing; stops the work if the job was cancelled or taken over."""
        self._progress = (stage or self._progress[0], done, total)
        if self._lost.is_set():
            raise LostClaim

    @contextmanager
    def step(self, stage: str = "") -> Iterator[None]:
        """One transaction of the work, in its role and with the rights held now. An atomic kind is one step."""
        if stage:
            self._progress = (stage, 0, 0)
        with acting(Role.JOBS):
            with self._entered():
                yield
            self._hold()

    # ---- inside --------------------------------------------------------------------------------
    @property
    def language(self) -> str:
        return str(self.by.language) if self.by else settings.LANGUAGE_CODE

    def carry_out(self) -> None:
        if self.kind.runs_as is RunsAs.PERSON:
            self._load_person()
        with translation.override(self.language):
            if not self.kind.atomic:
                self._note_done(self.kind.work(self))
                return
            with transaction.atomic():
                with self.step():
                    result = self.kind.work(self)
                self._note_done(result)

    def _note_done(self, result: Mapping[str, Any] | None) -> None:
        _stage, done, total = self._progress
        _end(self.job, Job.State.DONE, result=dict(result or {}), done=done, total=total)

    @contextmanager
    def _entered(self) -> Iterator[None]:
        match self.kind.runs_as:
            case RunsAs.JOBS:
                with acting(Role.JOBS, user_id=self.job.requested_by_id):
                    yield
            case RunsAs.TENANT:
                with acting(Role.DEALER, dealer_id=self.job.tenant_id, user_id=self.job.requested_by_id):
                    yield
            case RunsAs.PERSON:
                by = self._load_person()
                with acting(by.database_role(), dealer_id=by.dealer_id, user_id=by.pk):
                    yield

    def _load_person(self) -> Any:
        """Who asked, with the rights held now: they may have gone since."""
        with acting(None):
            backend: Any = load_backend(settings.AUTHENTICATION_BACKENDS[0])
            self.by = backend.get_user(self.job.requested_by_id)
        if self.by is None:
            raise Refused(_("The account that asked for this may no longer sign in."))
        if self.kind.permission and not self.by.has_perm(self.kind.permission):
            raise Refused(_("The right to do this was withdrawn before it was done."))
        if self.by.dealer_id != self.job.tenant_id:
            raise Refused(_("The account that asked for this belongs to another dealer by now."))
        return self.by

    def _hold(self) -> None:
        """Lock the claim until the transaction ends, so that nobody takes the job over while we commit."""
        if not Job.objects.held(self.job).select_for_update(no_key=True).exists():
            raise LostClaim

    def _keep(self) -> None:
        """The thread: write progress that is new, renew the lease in good time, see whether the claim still holds."""
        written, renewed = self._progress, time.monotonic()
        try:
            while not self._ended.wait(PULSE):
                now = time.monotonic()
                if self._progress == written and now - renewed < LEASE.total_seconds() / 3:
                    continue
                written, renewed = self._progress, now
                try:
                    self._renew(*written)
                except DatabaseError as error:  # the work has its own connection, and will notice by itself
                    logger.warning("The lease of job %s could not be renewed: %s", self.job.pk, error)
                    connection.close()
        finally:
            connection.close()

    def _renew(self, stage: str, done: int, total: int) -> None:
        with acting(Role.JOBS):
            found = Job.objects.held(self.job).update(lease_until=UNTIL, stage=stage, done=done, total=total)
            if not found and Job.objects.filter(pk=self.job.pk).exists():
                self._lost.set()


# ---- the end ---------------------------------------------------------------------------------
def _end(job: Job, state: Job.State, **facts: Any) -> None:
    with acting(Role.JOBS):
        held = Job.objects.held(job)
        if not held.update(state=state, finished_at=timezone.now(), lease_until=None, **facts):
            raise LostClaim


def _put_back(job: Job, error: str) -> None:
    """Try again after a while; three times in all."""
    with acting(Role.JOBS):
        held = Job.objects.held(job)
        if job.attempts >= MAX_ATTEMPTS:
            _set_aside(held, job, error)
            return
        pause = _BACK_OFF[min(job.attempts, len(_BACK_OFF)) - 1]
        held.update(state=Job.State.WAITING, lease_until=None, rung_at=None, not_before=Now() + pause)


def _set_aside(rows: JobQuerySet, job: Job, error: str) -> None:
    """Poison: it killed its worker, or failed, three times. Others go on; somebody has to look."""
    logger.error("Job %s (%s) is set aside after %s attempts", job.pk, job.kind, job.attempts)
    rows.update(state=Job.State.QUARANTINED, finished_at=timezone.now(), lease_until=None, error=error)
