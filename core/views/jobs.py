"""A job's page: how far it is, how long still, and what came of it. Only the person who asked sees it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.vary import vary_on_headers

from core import jobs
from core.doors import Audience, door
from core.errors import Refused
from core.models import Job


@door(Audience.PORTAL, "core.job")
@vary_on_headers("HX-Request")
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page asks for its fragment again as long as the job is open."""
    found = get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id)
    left = found.time_left(now=timezone.now())
    result_url = str(found.result.get("url", ""))
    context = {
        "job": found,
        "title": jobs.title_of(found),
        "seconds_left": None if left is None else round(left.total_seconds()),
        "poll_url": reverse("job", args=[found.public_id]) if found.is_open else "",
        "done_text": jobs.done_text_of(found),
        "result_url": result_url if result_url.startswith("/") and not result_url.startswith("//") else "",
    }
    return render(request, "core/job.html" + ("#state" if request.htmx else ""), context)  # type: ignore[attr-defined]


@door(Audience.PORTAL, "core.job", methods=("POST",))
def cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    found = get_object_or_404(Job.objects.visible_to(request.user), public_id=public_id)
    try:
        jobs.cancel(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)
