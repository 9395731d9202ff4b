"""The language and appearance switches: on the account for people signed in, the language in a cookie for everybody."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.doors import Audience, door


@door(Audience.ACCOUNT, methods=("POST",))
def set_language(request: HttpRequest) -> HttpResponse:
    """Take `language` from the form, go back to `next`. An unknown language changes nothing."""
    response = _back(request)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _keep(request.user, "language", language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.USES_HTTPS
        )
    return response


@door(Audience.ACCOUNT, methods=("POST",))
def set_theme(request: HttpRequest) -> HttpResponse:
    """Take `theme` (auto, light, dark) from the form, go back to `next`."""
    theme = request.POST.get("theme", "")
    if theme in {"auto", "light", "dark"}:
        _keep(request.user, "theme", theme)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        target = "/"
    return HttpResponseRedirect(target)


def _keep(user: Any, field: str, value: str) -> None:
    if user.is_authenticated:
        setattr(user, field, value)
        user.save(update_fields=[field])
