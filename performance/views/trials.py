"""What a trial of scoring rules came to: the grades before and after, and whose grade would change."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from core import formatting
from core.doors import Audience, door
from core.models import Job
from dealers.models import Dealer
from dealers.requests import PortalRequest
from performance.models import ScorecardTemplate
from performance.scales import Rules
from performance.services import trials
from performance.services.trials import Moved, Trial


@door(Audience.STAFF, "core.job:trial", permission="performance.view_scorecard")
def trial(request: PortalRequest, public_id: str) -> HttpResponse:
    """Only the person who asked sees it, and of the dealers those in his reach."""
    done = Job.objects.visible_to(request.user).filter(kind=trials.TRY, state=Job.State.DONE)
    job = get_object_or_404(done, public_id=public_id)
    kept = job.result["trial"]
    found = trials.read(kept)
    tried = ScorecardTemplate.objects.visible_to(request.user).prefetch_related("measures", "grades")
    template = tried.filter(public_id=kept["template"]).first()
    rows = _named(request, found)
    context = {
        "job": job,
        "trial": found,
        "template": template,
        "has_changed": template is None or Rules.of(template).digest != kept["digest"],
        "figures": _figures(found),
        "grades": _beside(found),
        "most": max([*found.before.values(), *found.after.values()], default=0),
        "rows": rows,
        "unnamed": found.moved_count - len(rows),
    }
    return render(request, "performance/trial.html", context)


@dataclass(frozen=True, slots=True)
class Row:
    """A dealer whose grade would change."""

    dealer: Dealer
    moved: Moved

    @property
    def difference(self) -> Decimal | None:
        old, new = self.moved.scores
        return None if old is None or new is None else new - old


def _named(request: PortalRequest, found: Trial) -> list[Row]:
    dealers = Dealer.objects.visible_to(request.user).in_bulk([one.dealer_id for one in found.moved])
    return [Row(dealers[one.dealer_id], one) for one in found.moved if one.dealer_id in dealers]


def _figures(found: Trial) -> list[dict[str, Any]]:
    old, new = found.means
    return [
        {"label": _("Dealers"), "value": formatting.number(found.dealers)},
        {"label": _("With another grade"), "value": formatting.number(found.moved_count)},
        {"label": _("Mean score as it was"), "value": "" if old is None else formatting.number(old, 1)},
        {"label": _("Mean score on trial"), "value": "" if new is None else formatting.number(new, 1)},
    ]


def _beside(found: Trial) -> list[dict[str, Any]]:
    """Each grade with how many had it and how many would; those without a score last."""
    letters = sorted({*found.before, *found.after}, key=lambda one: (not one, one))
    return [
        {"grade": letter, "before": found.before.get(letter, 0), "after": found.after.get(letter, 0)}
        for letter in letters
    ]
