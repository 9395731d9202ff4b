"""One dealer's business at a glance: purchases, what he owes, what is on the way. For us and for himself."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from core.doors import Audience, door
from dealers.models import Dealer
from dealers.requests import PortalRequest
from dealers.views.frame import file_page, find_dealer
from ledger.trade import Trade


@door(Audience.DEALER, permission="ledger.view_movement")
def my_trade(request: PortalRequest) -> HttpResponse:
    dealer = get_object_or_404(Dealer.objects.visible_to(request.user))
    return redirect("ledger:trade", dealer.public_id)


@door(Audience.PORTAL, "dealers.dealer", permission="ledger.view_movement")
def trade(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = find_dealer(request, public_id)
    found = Trade(dealer, request.user, on=timezone.localdate())
    return file_page(request, dealer, "trade", "ledger/trade.html", trade=found)
