"""Announcements as they reach a dealer: the list, one of them, and that it was read."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from communications.announcement_tables import NEWS
from communications.models import Announcement, AnnouncementCopy, AnnouncementReading
from communications.services import announcements
from communications.views.announcements import give
from core.doors import Audience, door
from core.errors import Refused
from core.listing import show
from dealers.requests import PortalRequest

KIND, VIEW = "communications.announcementcopy", "communications.view_announcementcopy"


@door(Audience.DEALER, permission=VIEW)
def news_list(request: PortalRequest) -> HttpResponse:
    return show(request, NEWS)


def _find(request: PortalRequest, public_id: str) -> AnnouncementCopy:
    found = AnnouncementCopy.objects.visible_to(request.user).select_related("announcement__author", "dealer")
    return get_object_or_404(found, public_id=public_id)


@door(Audience.DEALER, KIND, permission=VIEW)
def news(request: PortalRequest, public_id: str) -> HttpResponse:
    """Opening it notes that it was read, by whom and when."""
    copy = _find(request, public_id)
    announcements.read(copy, by=request.user)
    readings = AnnouncementReading.objects.visible_to(request.user).filter(copy=copy).select_related("person")
    confirmed = readings.filter(confirmed_at__isnull=False).order_by("confirmed_at").first()
    one = copy.announcement
    asks = one.needs_confirmation and one.is_out() and confirmed is None
    newer = AnnouncementCopy.objects.visible_to(request.user).filter(announcement__replaces=one).first()
    context = {
        "copy": copy, "one": one, "confirmed": confirmed, "asks": asks, "newer": newer, "readings": readings,
        "may_confirm": asks and request.user.has_perm(announcements.CONFIRM),
        "is_withdrawn": one.state == Announcement.State.WITHDRAWN,
    }  # fmt: skip
    return render(request, "communications/news.html", context)


@door(Audience.DEALER, KIND, permission=announcements.CONFIRM, methods=("POST",))
def confirm(request: PortalRequest, public_id: str) -> HttpResponse:
    copy = _find(request, public_id)
    try:
        announcements.confirm(copy, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Confirmed. Thank you."))
    return redirect(copy)


@door(Audience.DEALER, KIND, permission=VIEW)
def attachment(request: PortalRequest, public_id: str) -> FileResponse:
    return give(_find(request, public_id).announcement)
