"""The request as views behind a door see it."""

from django.http import HttpRequest

from dealers.models import User


class PortalRequest(HttpRequest):
    """The door has let the person in, so there is one."""

    user: User
