"""What the mechanism tidies up by itself every night."""

from datetime import time, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core import schedules, submissions
from core.exports import later
from core.jobs import job
from core.models import Job, Schedule
from core.runs import Run

KEPT = timedelta(days=90)


@job(
    "core.tidy",
    title=_("Tidy up"),
    done_text=_(
        "%(jobs)s old jobs, %(sessions)s ended sessions, %(files)s exported files and %(submissions)s marks of forms "
        "that were sent were removed."
    ),
)
def tidy(run: Run) -> dict[str, Any]:
    """Remove what ended long ago: sessions, exported files, jobs. What failed stays until somebody dealt with it."""
    ended = Job.objects.filter(state__in=[Job.State.DONE, Job.State.CANCELLED], finished_at__lt=Now() - KEPT)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    sessions = store.get_model_class().objects.filter(expire_date__lt=Now())
    return {
        "jobs": ended.delete()[0],
        "sessions": sessions.delete()[0],
        "files": later.sweep(),
        "submissions": submissions.sweep(),
    }


schedules.define(
    schedules.Default("Tidy up", kind="core.tidy", every=Schedule.Every.DAY, at=time(3, 10), makes_up=False)
)
