"""How scores are made: the rules in force and those that are announced, for both sides."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.doors import Audience, door
from dealers.requests import PortalRequest
from performance.comparison import Standing, standing
from performance.models import ScorecardTemplate
from performance.rules import Rule

VIEW = "performance.view_scorecardtemplate"


@door(Audience.PORTAL, permission=VIEW)
def rules(request: PortalRequest) -> HttpResponse:
    """Every set of rules that judges today, and what is in use from a later period."""
    found = ScorecardTemplate.objects.visible_to(request.user).prefetch_related("measures", "grades")
    today = timezone.localdate()
    context = {"templates": shown(found.in_force(on=today)), "announced": found.announced(on=today)}
    return render(request, "performance/rules.html", context)


def shown(templates: Iterable[ScorecardTemplate]) -> list[tuple[ScorecardTemplate, list[Rule], Standing]]:
    today = timezone.localdate()
    return [(one, [Rule(line) for line in one.measures.all()], standing(one, on=today)) for one in templates]
