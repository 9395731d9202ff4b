"""What is settled about the reader before a page is made: session still good, language, time zone, second factor."""

import zoneinfo
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core import doors
from core.doors import Audience
from dealers import second_factor, sessions

type Next = Callable[[HttpRequest], HttpResponse]
_WITHOUT_FACTOR = {Audience.ACCOUNT, Audience.PUBLIC, Audience.SYSTEM}


class SessionLimitsMiddleware:
    """A session that is over ends here, before anybody asks who signed in with it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user: Any = request.user
        if user.is_authenticated:
            now = timezone.now()
            if sessions.is_over(request.session, user, now=now):
                request.session_is_over = True  # type: ignore[attr-defined]  # the sign-in log asks
                logout(request)
            else:
                sessions.note_use(request.session, now=now)
        return _whole_page(request, self.get_response(request))


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A fragment that would become the sign-in page: have the browser go there instead."""
    sign_in = reverse(settings.LOGIN_URL)
    is_sent_away = response.status_code == 302 and response.headers.get("Location", "").startswith(sign_in)
    if not (is_sent_away and request.headers.get("HX-Request") and not request.user.is_authenticated):
        return response
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
    return HttpResponse(headers={"HX-Redirect": f"{sign_in}?{urlencode({'next': page})}"})


class PreferencesMiddleware:
    """Signed in: what the account says. Otherwise: the language cookie, then what the browser prefers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        language = user.language if user.is_authenticated else translation.get_language_from_request(request)
        zone = user.time_zone if user.is_authenticated else settings.BUSINESS_TIME_ZONE
        with translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
            if user.is_authenticated:
                response.headers["Cache-Control"] = "no-store"
        return response


class SecondFactorMiddleware:
    """Who must have a one-time code and has none sets it up before anything else; account doors stay open."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user: Any = request.user
        if not user.is_authenticated or not second_factor.is_missing(user):
            return None
        match = request.resolver_match
        door = doors.of(view, match.view_name if match else "")
        if door is not None and door.audience in _WITHOUT_FACTOR:
            return None
        messages.info(request, _("Your role needs a second factor. Set it up to go on."))
        target = reverse("mfa_activate_totp")
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
