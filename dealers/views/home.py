"""Where a person lands: My day for our people, the dealer's home for dealers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from core.doors import Audience, door
from dealers import briefing
from dealers.briefing import SECTION_TITLES, Place, Reader, Section, Work
from dealers.models import Dealer, User
from dealers.requests import PortalRequest


@door(Audience.PORTAL)
def home(request: PortalRequest) -> HttpResponse:
    return _dealer_home(request) if request.user.is_dealers else _my_day(request)


def _my_day(request: PortalRequest) -> HttpResponse:
    reader = Reader(request.user, _my_dealers(request.user), timezone.localdate(), Place.DAY)
    work = briefing.find_work(reader)
    context = {
        "reader": reader,
        "work": work,
        "sections": _sections(work.rows, reader),
        "concerned": len({row.dealer_id for row in work.rows if row.dealer_id}),
        "cards": briefing.find_cards(reader),
        "now": timezone.now(),
    }
    return render(request, "dealers/my_day.html", context)


def _my_dealers(user: User) -> Any:
    """The dealers a person looks after; who looks after none sees all in reach. The archive stays silent."""
    reach = Dealer.objects.visible_to(user).filter(archived_at__isnull=True)
    mine = reach.filter(manager=user.pk)
    return mine if mine.exists() else reach


def _sections(rows: tuple[Work, ...], reader: Reader) -> list[dict[str, Any]]:
    """What is due on this very day comes first, whatever it is; the rest stays in its section."""
    placed: dict[Section, list[Work]] = {section: [] for section in Section}
    for row in rows:
        is_today = row.due == reader.on and row.section is not Section.DECIDE
        placed[Section.TODAY if is_today else row.section].append(row)
    return [
        {"code": section, "title": SECTION_TITLES[section], "rows": found} for section, found in placed.items() if found
    ]


def _dealer_home(request: PortalRequest) -> HttpResponse:
    own = Dealer.objects.visible_to(request.user)
    dealer = get_object_or_404(own.select_related("home", "manager"))
    reader = Reader(request.user, own, timezone.localdate(), Place.HOME, dealer)
    context = {
        "reader": reader,
        "dealer": dealer,
        "lead": briefing.find_lead(reader),
        "work": briefing.find_work(reader),
        "figures": briefing.find_figures(reader),
        "cards": briefing.find_cards(reader),
        "now": timezone.now(),
    }
    return render(request, "dealers/home.html", context)
