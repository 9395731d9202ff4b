"""Asking again who somebody is, before what would hurt most: rights, bank data, the second factor itself."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.submissions import aside

WITHIN = timedelta(minutes=5)


def recently_confirmed(request: HttpRequest, within: timedelta = WITHIN) -> bool:
    """Was the strongest proof this person has given just now: the one-time code, or the password without one?"""
    user: Any = request.user
    if not user.is_authenticated:
        return False
    method = "mfa" if user.has_second_factor else "password"
    given = [one["at"] for one in get_authentication_records(request, user) if one["method"] == method]
    return bool(given) and time.time() - given[-1] < within.total_seconds()


def ask_again(request: HttpRequest, *, back: str = "", words: str = "") -> HttpResponse:
    """To the page that asks for the code or the password, and back here afterwards."""
    messages.info(request, words or _("Confirm that it is you, then go on."))
    target = _page(request, back)
    if request.headers.get("HX-Request"):
        return aside(HttpResponse(headers={"HX-Redirect": target}))
    return aside(HttpResponseRedirect(target))


def confirmed[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Guard a view: `@door(...)` outside, `@confirmed` inside. Its page must answer GET."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        return view(*args, **kwargs) if recently_confirmed(request) else ask_again(request)

    return guarded


# ---- pages with a form: asked before anything is typed, and nothing typed is lost ----------------------------
def before_showing(request: HttpRequest) -> HttpResponse | None:
    """Ask before the page is shown. What was typed meanwhile is not thrown away: `holds` answers that."""
    return None if request.POST or recently_confirmed(request) else ask_again(request)


def holds(request: HttpRequest, form: forms.BaseForm) -> bool:
    """Whether the proof is still fresh when the form is sent; if not, the form says so and keeps what was typed."""
    if recently_confirmed(request):
        return True
    words = _(
        "It is a while since you confirmed that it is you. {link}Confirm it again in another tab{end}, "
        "then send this form: what you typed is still here."
    )
    link = format_html('<a href="{}" target="_blank" rel="noopener">', _page(request, request.path))
    form.add_error(None, format_html(words, link=link, end=SafeString("</a>")))
    return False


def before_export(request: HttpRequest, back: str) -> HttpResponse | None:
    """Who takes away a whole list, or a long one, proves first who he is. `back` is a page: a file leaves none open."""
    if recently_confirmed(request):
        return None
    return ask_again(request, back=back, words=_("Confirm that it is you, then ask for the file again."))


def _page(request: HttpRequest, back: str) -> str:
    user: Any = request.user
    page = reverse("mfa_reauthenticate" if user.has_second_factor else "account_reauthenticate")
    came_from = request.get_full_path() if request.method == "GET" else request.path
    return f"{page}?{urlencode({'next': back or came_from})}"
