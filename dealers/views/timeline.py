"""Everything that happened with one dealer."""

from django.http import HttpResponse

from core.doors import Audience, door
from dealers import timeline
from dealers.requests import PortalRequest
from dealers.views.frame import file_page, find_dealer


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_dealer")
def timeline_page(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    topics = timeline.topics_for(request.user)
    topic = request.GET.get("topic", "")
    topic = topic if topic in topics else ""
    start = timeline.Cursor.parse(request.GET.get("before", ""))
    return file_page(
        request, dealer, "timeline", "dealers/timeline.html",
        topics=topics, topic=topic, page=timeline.page(dealer, request.user, topic=topic, start=start), start=start,
    )  # fmt: skip
