"""Asking again who somebody is, before what would hurt most: rights, bank data, the second factor itself."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

WITHIN = timedelta(minutes=5)


def recently_confirmed(request: HttpRequest, within: timedelta = WITHIN) -> bool:
    """Was the strongest proof this person has given just now: the one-time code, or the password without one?"""
    user: Any = request.user
    if not user.is_authenticated:
        return False
    method = "mfa" if user.has_second_factor else "password"
    given = [one["at"] for one in get_authentication_records(request, user) if one["method"] == method]
    return bool(given) and time.time() - given[-1] < within.total_seconds()


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the code or the password, and back here afterwards. The form is filled in again."""
    user: Any = request.user
    page = reverse("mfa_reauthenticate" if user.has_second_factor else "account_reauthenticate")
    came_from = request.get_full_path() if request.method == "GET" else request.path
    messages.info(request, _("Confirm that it is you, then go on."))
    target = f"{page}?{urlencode({'next': came_from})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def unless_confirmed(request: HttpRequest) -> HttpResponse | None:
    """The question, where it has to be asked."""
    return None if recently_confirmed(request) else ask_again(request)


def confirmed[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Guard a view: `@door(...)` outside, `@confirmed` inside. Its page must answer GET."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request: Any = args[0]
        first = unless_confirmed(request)
        return view(*args, **kwargs) if first is None else first

    return guarded
