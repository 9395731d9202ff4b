"""What this room does by itself."""

from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import schedules
from core.jobs import job
from core.models import Schedule
from core.runs import Run
from onboarding.services import sweeping

SWEEP = "onboarding.sweep_drafts"


@job(
    SWEEP,
    title=gettext_lazy("Sweeping applications that were never sent"),
    done_text=gettext_lazy("%(told)s told, %(removed)s removed."),
)
def sweep_drafts(run: Run) -> dict[str, Any]:
    told, removed = sweeping.sweep(now=timezone.now())
    return {"told": told, "removed": removed}


schedules.define(schedules.Default("Applications that were never sent", SWEEP, Schedule.Every.DAY, at=time(2, 30)))
