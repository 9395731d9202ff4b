"""What the contracts' room does by itself."""

from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from contracts.services import contracts
from core import schedules
from core.jobs import job
from core.models import Schedule
from core.runs import Run
from dealers.models import User

RUN_OUT = "contracts.run_out"


@job(
    RUN_OUT,
    title=gettext_lazy("Ending or prolonging contracts whose term is over"),
    done_text=gettext_lazy("%(ended)s ended, %(prolonged)s went on."),
)
def run_out(run: Run) -> dict[str, Any]:
    ended, prolonged = contracts.run_out(on=timezone.localdate(), by=User.objects.only("pk", "kind").get(kind="system"))
    return {"ended": ended, "prolonged": prolonged}


schedules.define(schedules.Default("Contracts whose term is over", RUN_OUT, Schedule.Every.DAY, at=time(1, 0)))
