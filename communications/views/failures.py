"""What could not be delivered or done, for the people who look after the portal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from communications.services import notices
from core import jobs
from core.doors import Audience, door
from core.errors import Refused
from core.models import Job
from dealers import events
from dealers.models import Delivery

SHOWN = 100


@door(Audience.STAFF, permission="dealers.change_delivery")
def failures(request: HttpRequest) -> HttpResponse:
    """Names of dealers stay out: whoever looks after the machinery need not know them."""
    deliveries = Delivery.objects.failed_for(request.user)
    failed_jobs = Job.objects.troubled_for(request.user)
    context: dict[str, Any] = {
        "more": max(deliveries.count() - SHOWN, 0),
        "deliveries": [
            (one, kind.title or one.event.kind if (kind := events.kinds().get(one.event.kind)) else one.event.kind)
            for one in deliveries.select_related("event", "recipient").order_by("-pk")[:SHOWN]
        ],
        "jobs": [(one, jobs.title_of(one)) for one in failed_jobs.order_by("-finished_at")[:SHOWN]],
    }
    return render(request, "communications/failures.html", context)


@door(Audience.STAFF, "dealers.delivery:failed", permission="dealers.change_delivery", methods=("POST",))
def send_again(request: HttpRequest, public_id: str) -> HttpResponse:
    delivery = get_object_or_404(Delivery.objects.failed_for(request.user), public_id=public_id)
    try:
        notices.send_again(delivery)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is on its way again."))
    return redirect("communications:failures")


@door(Audience.STAFF, "core.job:failed", permission="core.change_job", methods=("POST",))
def retry_job(request: HttpRequest, public_id: str) -> HttpResponse:
    job = get_object_or_404(Job.objects.troubled_for(request.user), public_id=public_id)
    try:
        jobs.retry(job)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It will be tried again."))
    return redirect("communications:failures")
