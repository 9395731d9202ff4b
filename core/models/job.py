"""A piece of work to be done apart from a request. The row is the record; the broker only rings for it."""

from datetime import datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.ids import new_public_id
from core.ownership import system


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> Self:
        """A job shows what somebody asked for: nobody else sees it."""
        return self.filter(requested_by_id=user.pk) if user.pk else self.none()

    def troubled_for(self, user: Any) -> Self:
        """What was set aside, for whoever may look after that."""
        return self.filter(state=Job.State.QUARANTINED) if user.has_perm("core.change_job") else self.none()

    def due(self) -> Self:
        """Waiting and wanted by now, or left behind by a worker that died. The database's clock decides."""
        waiting = Q(state=Job.State.WAITING, not_before__lte=Now())
        left = Q(state=Job.State.RUNNING, lease_until__lte=Now())
        return self.filter(waiting | left).order_by("not_before", "pk")

    def held(self, job: "Job") -> Self:
        """The job as long as the claim that `job` came from holds: a later claim has another fence."""
        return self.filter(pk=job.pk, fence=job.fence, state=Job.State.RUNNING)


@system
class Job(models.Model):
    """`kind` and `key` say what is to be done: asked for twice, it is the same job.

    The payload holds ids, never values. A claim lasts until `lease_until` and has a number, the fence: what a worker
    did is kept only if nobody claimed the job after it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Under way")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")
        QUARANTINED = "quarantined", _("Set aside after repeated failure")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=200)
    payload = models.JSONField(_("about"), default=dict)
    # By number: the mechanism knows neither dealers nor accounts.
    tenant_id = models.BigIntegerField(_("dealer"), null=True)
    requested_by_id = models.BigIntegerField(_("asked for by"), null=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.WAITING)
    stage = models.CharField(_("stage"), max_length=80, blank=True)
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("of"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), db_default=Now())
    rung_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("asked for"), db_default=Now())
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="core_job_due", condition=Q(state__in=["waiting", "running"])
            ),
            models.Index(fields=["requested_by_id", "-id"], name="core_job_of_person"),
            models.Index(
                fields=["-finished_at"], name="core_job_trouble", condition=Q(state__in=["failed", "quarantined"])
            ),
        ]
        constraints = [
            models.UniqueConstraint(name="core_job_once", fields=["kind", "tenant_id", "key"], nulls_distinct=False),
            models.CheckConstraint(
                name="core_job_running_has_lease",
                condition=~Q(state="running") | Q(lease_until__isnull=False, started_at__isnull=False),
            ),
            models.CheckConstraint(
                name="core_job_ended_at",
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | (~Q(state__in=["waiting", "running"]) & Q(finished_at__isnull=False)),
            ),
            models.CheckConstraint(name="core_job_progress", condition=Q(done__gte=0, total__gte=0)),
            models.CheckConstraint(
                name="core_job_failed_says_why", condition=~Q(state__in=["failed", "quarantined"]) | ~Q(error="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def get_absolute_url(self) -> str:
        return reverse("job", args=[self.public_id])

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def was_in_vain(self) -> bool:
        """The work was done, and nothing could be taken: what came of it says why."""
        return self.state == self.State.DONE and bool(self.result.get("in_vain"))

    def time_left(self, *, now: datetime) -> timedelta | None:
        """At the pace so far; None while that cannot be told."""
        if self.state != self.State.RUNNING or not self.started_at or not 0 < self.done <= self.total:
            return None
        return (now - self.started_at) * (self.total - self.done) / self.done


LEASE = timedelta(seconds=60)
UNTIL = Now() + LEASE  # a claim taken or renewed in this statement ends then
NEXT_FENCE = F("fence") + 1
