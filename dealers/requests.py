"""The request as views behind a door see it."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from dealers.models import User


class PortalRequest(HttpRequest):
    """The door has let the person in, so there is one."""

    user: User


def address_of(request: HttpRequest) -> str:
    """The network address a request comes from; behind a proxy only as far as the settings trust it."""
    return str(get_adapter(request).get_client_ip(request)) if request.META.get("REMOTE_ADDR") else ""
