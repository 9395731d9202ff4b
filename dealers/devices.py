"""Browsers in which an account has signed in before.

Failed attempts are counted per account, so an outsider could keep somebody out by failing for him. A known browser has
a counter of its own, which nobody else can use up; who sits elsewhere gets one by resetting the password.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from dealers.models import User
from dealers.sign_in_log import fingerprint

_SALT = "dealers.devices"
_LIFE = 180 * 24 * 60 * 60


def known_as(request: HttpRequest, name: str) -> str:
    """The browser's own mark if this account signed in here before, else nothing."""
    try:
        cookie = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=_LIFE)
    except signing.BadSignature:
        return ""
    return str(cookie["mark"]) if fingerprint(name) in cookie["names"] else ""


def remember(response: HttpResponse, user: User) -> None:
    names = [fingerprint(name) for name in (user.email, user.mobile) if name]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"mark": secrets.token_urlsafe(16), "names": names}, salt=_SALT),
        max_age=_LIFE,
        secure=settings.USES_HTTPS,
        httponly=True,
        samesite="Lax",
    )
