"""The bell: what I was told, newest first; and what I want to be told."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from communications import channels
from communications.models import NoticePreference
from communications.services import notices
from core.doors import Audience, door
from dealers import events
from dealers.models import Delivery, Event
from dealers.models.event import DeliveryQuerySet

PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as the page shows it."""

    notice: Delivery
    said: str
    icon: str
    tone: str


@door(Audience.PORTAL)
@vary_on_headers("HX-Request")
def bell(request: HttpRequest) -> HttpResponse:
    """Notices by key: `before` is the last one of the page before."""
    mine = _mine(request)
    before = request.GET.get("before", "")
    page = mine.filter(pk__lt=get_object_or_404(mine, public_id=before).pk) if before else mine
    found = list(page.for_list()[: PAGE + 1])
    older = f"{reverse('communications:bell')}?before={found[PAGE - 1].public_id}" if len(found) > PAGE else ""
    context = {
        "lines": [_line(notice) for notice in found[:PAGE]],
        "has_unread": mine.unread().exists(),
        "older_url": older,
        "newest_url": reverse("communications:bell") if before else "",
    }
    return render(request, "communications/bell.html" + ("#notices" if request.htmx else ""), context)  # type: ignore[attr-defined]


@door(Audience.PORTAL, methods=("POST",))
def read_all(request: HttpRequest) -> HttpResponse:
    notices.read_all(by=request.user)  # type: ignore[arg-type]  # the door let somebody signed in pass
    return redirect("communications:bell")


@door(Audience.PORTAL, "dealers.delivery")
def notice(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open a notice: it is read now, and leads to what it tells of, if that can still be seen."""
    found = get_object_or_404(Delivery.objects.visible_to(request.user).select_related("event"), public_id=public_id)
    notices.read(found, by=request.user)  # type: ignore[arg-type]
    address = _address(found.event, request.user)
    if not address:
        messages.info(request, _("What this notice tells of has no page that you can open."))
    return redirect(address or "communications:bell")


@door(Audience.PORTAL, methods=("GET", "POST"))
@vary_on_headers("HX-Request")
def preferences(request: HttpRequest) -> HttpResponse:
    """Which kinds of event over which channel. Another page may fetch the form alone and show it as a part."""
    user: Any = request.user
    if request.method == "POST":
        wanted = (name.partition(" ") for name in request.POST.getlist("wanted"))
        notices.choose([(kind, channel) for kind, _space, channel in wanted], by=user)
        messages.success(request, _("Your choice was saved."))
        return redirect("communications:preferences")
    choices = NoticePreference.objects.chosen_by([user.pk])
    offered = {channels.BELL: _("Bell")} | {
        code: channel.title for code, channel in channels.registered().items() if channel.reaches(user)
    }
    rows = [
        (
            kind.title,
            [(f"{kind.code} {code}", title, choices.wants(user.pk, kind, code)) for code, title in offered.items()],
        )
        for kind in notices.kinds_for(user)
    ]
    context = {"channels": list(offered.values()), "rows": rows}
    return render(
        request,
        "communications/notice_preferences.html" + ("#form" if request.htmx else ""),  # type: ignore[attr-defined]
        context,
    )


def _mine(request: HttpRequest) -> DeliveryQuerySet:
    mine: DeliveryQuerySet = Delivery.objects.visible_to(request.user).notices()
    return mine


def _line(found: Delivery) -> Line:
    kind = events.kinds().get(found.event.kind)
    return Line(found, events.tell(found.event), kind.icon if kind else "point", kind.tone if kind else "")


def _address(event: Event, user: Any) -> str:
    """The page of what the event is about, as far as this person may see it and it has one."""
    try:
        model: Any = apps.get_model(event.subject_type)
        found = model.objects.visible_to(user).filter(pk=event.subject_id).first()
        return str(found.get_absolute_url()) if found is not None else ""
    except (LookupError, ValueError, AttributeError, NoReverseMatch):  # its room is gone, or it has no page
        return ""
