"""What the performance room does by itself: assess the period that has ended, a few days into the next."""

from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from core import access, schedules
from core.formatting import number
from core.jobs import Result, RunsAs, job
from core.models import Schedule
from core.periods import Period
from core.runs import Run
from dealers.models import User
from performance.models import Assessment, ScorecardTemplate
from performance.services import assessments, trials
from performance.services.assessments import Summary

ASSESS_BY_SCHEDULE = "performance.assess_by_schedule"


def _assessed(result: Result) -> str:
    period = Period.parse(result["period"])
    if not result.get("has_template", True):
        return gettext("No template for this length is in use.")
    if not result.get("has_changed", True):
        return gettext("%(period)s: nothing has changed since the last edition.") % {"period": period}
    return gettext("%(period)s: %(scored)s of %(dealers)s dealers have a score.") % {
        "period": period, "scored": number(result["scored"]), "dealers": number(result["dealers"])}  # fmt: skip


def _tried(result: Result) -> str:
    return gettext("%(period)s: %(moved)s of %(dealers)s dealers would have another grade.") % {
        "period": Period.parse(result["period"]), "moved": number(result["moved"]),
        "dealers": number(result["dealers"])}  # fmt: skip


@job(
    assessments.ASSESS,
    title=gettext_lazy("Assessing dealers"),
    runs_as=RunsAs.PERSON,
    permission="performance.run_assessment",
    queue="assessment",
    done_text=_assessed,
)
def assess(run: Run) -> dict[str, Any]:
    """Asked for by a person, for the period in the payload."""
    period = Period.parse(run.payload["period"])
    summary = assessments.assess(period, by=run.by, reason=run.payload.get("reason", ""), tell=run.progress)
    return _result(period, summary)


@job(
    ASSESS_BY_SCHEDULE,
    title=gettext_lazy("Assessing the period that has ended"),
    queue="assessment",
    done_text=_assessed,
)
def assess_by_schedule(run: Run) -> dict[str, Any]:
    """The schedule's period key says how long the periods are: 2026-04 months, 2026-Q2 quarters, 2026 years."""
    due = datetime.fromisoformat(run.payload["due_at"]).date()
    length = Period.parse(run.payload["period"]).length
    period = Period.of(due, length).previous
    if not ScorecardTemplate.objects.in_force(on=period.start).filter(length=length.value).exists():
        return {"period": period.key, "has_template": False, "url": ""}
    by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
    return _result(period, assessments.assess(period, by=by, tell=run.progress))


@job(
    trials.TRY,
    title=gettext_lazy("Trying scoring rules"),
    runs_as=RunsAs.PERSON,
    permission="performance.view_scorecardtemplate",
    queue="assessment",
    done_text=_tried,
)
def try_rules(run: Run) -> dict[str, Any]:
    """Asked for by whoever drafts or decides; the scores are kept with the job and nowhere else."""
    template = access.rows_of(ScorecardTemplate).get(pk=run.payload["template"])
    assessment = access.rows_of(Assessment).get(pk=run.payload["assessment"])
    found = trials.run(template, assessment, by=run.by, tell=run.progress)
    return {
        "period": found.period.key,
        "moved": found.moved_count,
        "dealers": found.dealers,
        "url": reverse("performance:trial", args=[run.job.public_id]),
        "trial": trials.kept(template, found),
    }


def _result(period: Period, summary: Summary) -> dict[str, Any]:
    """What the job's page needs to say what came of it, and where it leads."""
    if summary.assessment is None:
        return {"period": period.key, "has_changed": False, "url": ""}
    url = summary.assessment.get_absolute_url()
    return {"period": period.key, "scored": summary.scored, "dealers": summary.dealers, "url": url}


schedules.define(
    schedules.Default("Monthly assessment", ASSESS_BY_SCHEDULE, Schedule.Every.MONTH, at=time(3, 0), day=5),
    schedules.Default("Quarterly assessment", ASSESS_BY_SCHEDULE, Schedule.Every.QUARTER, at=time(3, 30), day=10),
    schedules.Default("Yearly assessment", ASSESS_BY_SCHEDULE, Schedule.Every.YEAR, at=time(4, 0), day=15),
)
