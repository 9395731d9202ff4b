"""What the dealers' room does by itself."""

from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from core import schedules
from core.jobs import job
from core.models import Schedule
from core.runs import Run
from dealers.models import User
from dealers.services import expiries

REMIND = "dealers.remind_of_expiries"


@job(
    REMIND,
    title=gettext_lazy("Reminding of documents that expire"),
    done_text=gettext_lazy("%(reminded)s documents were reminded of."),
)
def remind_of_expiries(run: Run) -> dict[str, Any]:
    by = User.objects.only("pk", "kind").get(kind=User.Kind.SYSTEM)
    return {"reminded": expiries.remind(on=timezone.localdate(), by=by)}


schedules.define(schedules.Default("Documents that expire", REMIND, Schedule.Every.DAY, at=time(6, 0)))
