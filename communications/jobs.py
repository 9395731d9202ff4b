"""What this room does by itself."""

from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communications.services import reminders
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


# Mornings begin at quarters of an hour, wherever people are. A missed quarter is made up by the next.
schedules.define(
    schedules.Default("Reminders", kind=REMIND, every=Schedule.Every.QUARTER_HOUR, at=time(0, 0), makes_up=False)
)
