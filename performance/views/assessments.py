"""Assessments: run one, look at what came out, publish it, run it again and compare."""

from typing import Any

from django.contrib import messages
from django.db.models import Avg, Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import formatting
from core.doors import Audience, door
from core.errors import Refused
from core.listing import show
from core.models import Job
from core.periods import Length, Period
from dealers.requests import PortalRequest
from dealers.rights import looks_after_all
from dealers.views.frame import BOTH, fulfil, status_of
from performance.forms.scorecards import PeriodForm
from performance.models import Assessment, Objection, Scorecard
from performance.services import assessments
from performance.tables import ASSESSMENTS

VIEW, RUN, PUBLISH = "performance.view_assessment", "performance.run_assessment", "performance.publish_assessment"


@door(Audience.STAFF, permission=VIEW)
def assessment_list(request: PortalRequest) -> HttpResponse:
    return show(request, ASSESSMENTS, may_run=_may(request, RUN))


@door(Audience.STAFF, permission=RUN, methods=BOTH)
def run(request: PortalRequest) -> HttpResponse:
    """Ask for an assessment; a job does it and shows how far it is."""
    last_quarter = Period.of(timezone.localdate(), Length.QUARTER).previous
    form = PeriodForm(request.POST or None, initial={"period": request.GET.get("period") or last_quarter.key})
    asked: list[Job] = []
    if form.is_valid() and fulfil(form, lambda: asked.append(assessments.ask(by=request.user, **form.cleaned_data))):
        return redirect(asked[0])
    return render(request, "performance/assessment_new.html", {"form": form}, status=status_of(form))


@door(Audience.STAFF, "performance.assessment", permission=VIEW)
def assessment(request: PortalRequest, public_id: str) -> HttpResponse:
    """What came out, for the dealers in the reader's reach."""
    found = _find(request, public_id)
    cards = Scorecard.objects.visible_to(request.user).filter(assessment=found)
    told = cards.aggregate(
        dealers=Count("pk"),
        scored=Count("score"),
        mean=Avg("score"),
        coverage=Avg(F("weight_with_data") / F("weight")),
        answered=Count("pk", filter=Q(status__in=["acknowledged", "objected"])),
    )
    grades = list(cards.exclude(score=None).values("grade").annotate(number=Count("pk")).order_by("grade"))
    most = max((one["number"] for one in grades), default=0)
    context = {
        "assessment": found,
        "figures": _figures(told),
        "grades": grades,
        "most": most,
        "lowest": cards.exclude(score=None).select_related("dealer").order_by("score", "pk")[:10],
        "unscored": cards.filter(score=None).count(),
        "objections": Objection.objects.visible_to(request.user)
        .filter(scorecard__assessment=found, outcome=Objection.Outcome.WAITING)
        .select_related("scorecard__dealer")[:20],
        "editions": Assessment.objects.visible_to(request.user).filter(period=found.period).exclude(pk=found.pk),
        "may_publish": found.state == Assessment.State.COMPUTED and _may(request, PUBLISH),
        "may_run": _may(request, RUN),
    }
    return render(request, "performance/assessment.html", context)


def _may(request: PortalRequest, right: str) -> bool:
    """What concerns every dealer takes the right and the whole network."""
    return request.user.has_perm(right) and looks_after_all(request.user)


def _figures(told: dict[str, Any]) -> list[dict[str, Any]]:
    mean, coverage = told["mean"], told["coverage"]
    return [
        {"label": _("Dealers assessed"), "value": formatting.number(told["dealers"])},
        {"label": _("With a score"), "value": formatting.number(told["scored"])},
        {"label": _("Mean score"), "value": formatting.number(mean, 1) if mean is not None else ""},
        {
            "label": _("Mean coverage"),
            "value": formatting.percent(coverage, 0) if coverage is not None else "",
            "context_line": _("share of the weight with data"),
        },
        {"label": _("Answered by dealers"), "value": formatting.number(told["answered"])},
    ]


@door(Audience.STAFF, "performance.assessment", permission=PUBLISH, methods=("POST",))
def publish(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        assessments.publish(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The scorecards are with the dealers."))
    return redirect(found)


@door(Audience.STAFF, "performance.assessment", permission=VIEW, methods=("POST",))
def run_again(request: PortalRequest, public_id: str) -> HttpResponse:
    """The same edition from the same postings: does it come out the same?"""
    found = _find(request, public_id)
    told = assessments.run_again(found, by=request.user)
    if told.same:
        messages.success(request, _("Computed again as of its cut-off: every card came out the same."))
    else:
        text = _("Computed again as of its cut-off: %(count)s cards came out differently. Rules or terms have changed.")
        messages.warning(request, text % {"count": formatting.number(told.differing)})
    return redirect(found)


def _find(request: PortalRequest, public_id: str) -> Assessment:
    found = Assessment.objects.visible_to(request.user).select_related("computed_by", "published_by")
    return get_object_or_404(found, public_id=public_id)
