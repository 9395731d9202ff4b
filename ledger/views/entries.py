"""The lines behind figures, for our people and for the dealer himself: lists and files."""

from django.http import HttpResponse

from core.doors import Audience, door
from core.exports.answers import answer
from core.listing import show
from dealers.requests import PortalRequest
from ledger.tables import INVOICES, MOVEMENTS, ORDERS, PAYMENTS, STOCK


@door(Audience.PORTAL, permission="ledger.view_movement")
def movements(request: PortalRequest) -> HttpResponse:
    return show(request, MOVEMENTS)


@door(Audience.PORTAL, permission="ledger.view_movement")
def movements_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, MOVEMENTS, file_format)


@door(Audience.PORTAL, permission="ledger.view_invoice")
def invoices(request: PortalRequest) -> HttpResponse:
    return show(request, INVOICES)


@door(Audience.PORTAL, permission="ledger.view_invoice")
def invoices_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, INVOICES, file_format)


@door(Audience.PORTAL, permission="ledger.view_payment")
def payments(request: PortalRequest) -> HttpResponse:
    return show(request, PAYMENTS)


@door(Audience.PORTAL, permission="ledger.view_payment")
def payments_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, PAYMENTS, file_format)


@door(Audience.PORTAL, permission="ledger.view_stockcount")
def stock(request: PortalRequest) -> HttpResponse:
    return show(request, STOCK)


@door(Audience.PORTAL, permission="ledger.view_stockcount")
def stock_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, STOCK, file_format)


@door(Audience.PORTAL, permission="ledger.view_order")
def orders(request: PortalRequest) -> HttpResponse:
    return show(request, ORDERS)
