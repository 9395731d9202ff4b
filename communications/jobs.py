"""What this room does by itself."""

from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.services import reminders, series
from core import schedules
from core.jobs import job
from core.models import Schedule
from core.runs import Run
from dealers.models import User

REMIND = "communications.remind"


@job(REMIND, title=_("Reminding people"), done_text=_("%(noted)s reminders were sent."), atomic=False)
def remind(run: Run) -> dict[str, Any]:
    """Note what is due, then tell it, batch by batch: what a stopped worker leaves, the next one tells."""
    by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
    with run.step():
        noted = reminders.sweep(now=timezone.now())
        told = reminders.tell(by=by)
    while told == reminders.BATCH:
        with run.step():
            told = reminders.tell(by=by)
    return {"noted": noted}


SERIES = "communications.series"


@job(
    SERIES,
    title=_("Proposing the meetings that were agreed with contracts"),
    done_text=_("%(proposed)s meetings were proposed, %(stopped)s called off."),
)
def keep_series(run: Run) -> dict[str, Any]:
    by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
    now = timezone.now()
    return {"proposed": series.propose_due(now=now, by=by), "stopped": series.stop(now=now, by=by)}


schedules.define(schedules.Default("Meetings by agreed rhythm", SERIES, Schedule.Every.DAY, at=time(2, 0)))

# Mornings begin at quarters of an hour, wherever people are. A missed quarter is made up by the next.
schedules.define(
    schedules.Default("Reminders", kind=REMIND, every=Schedule.Every.QUARTER_HOUR, at=time(0, 0), makes_up=False)
)
