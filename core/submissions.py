"""A form that is sent twice counts once, whether by a double click, a resend or an impatient network.

Every form of a page carries an id of its own beside the CSRF token (`core.templatetags.forms_sent`). The first arrival
writes the submission's key in the transaction of its effect; the second waits there, and is led to where the first one
led. What was refused, on the spot or by a message on the next page, leaves its id free; so does an answer that leads
nowhere, such as a file, or leads aside, such as to the page that asks for a fresh proof.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.datastructures import MultiValueDict

from core import doors
from core.doors import Audience, Door
from core.models import Submission

FIELD = "submission"
KEPT = timedelta(days=2)
_LONGEST = 64
_NOT_TYPED = {"csrfmiddlewaretoken", FIELD}


def new_id() -> str:
    return secrets.token_urlsafe(12)


class Sending:
    """One arrival of a form."""

    def __init__(self, request: HttpRequest, form_id: str) -> None:
        self.request, self.user_id = request, request.user.pk  # none where nobody is signed in
        self.key = _key(request, form_id)

    @classmethod
    def of(cls, request: HttpRequest, door: Door) -> "Sending | None":
        """The form that arrives; nothing for what is no form of ours, or goes to a door that stays shut."""
        is_asked = request.method == "POST" and door.once and door.audience is not Audience.SYSTEM
        if not is_asked or not doors.is_open_to(door, request.user):
            return None
        form_id = request.POST.get(FIELD, "")
        return cls(request, form_id) if 0 < len(form_id) <= _LONGEST else None

    def earlier(self) -> str | None:
        """Where the same form led before; None if this is the first. Waits for one that is under way."""
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into core_submission (key, user_id, location, at) values (%s, %s, '', now()) "
                "on conflict do nothing",
                [self.key, self.user_id],
            )
            if cursor.rowcount:
                return None
        return Submission.objects.filter(key=self.key).values_list("location", flat=True).first() or self.request.path

    def lead(self, location: str) -> HttpResponse:
        """To where the first one led, as whoever asked can follow."""
        if self.request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": location})
        return HttpResponseRedirect(location)

    def note(self, response: HttpResponse) -> None:
        """Keep where it led; what leads nowhere or was refused may be sent again."""
        mine = Submission.objects.filter(key=self.key)
        location = _leads_to(response)
        if location and not _was_refused(self.request):
            mine.update(location=location)
        else:
            mine.delete()


def shown_once[R: HttpResponse](response: R, *, leads_to: str) -> R:
    """Mark a page that is itself the result: the same form again leads elsewhere."""
    response.leads_to = leads_to  # type: ignore[attr-defined]  # read below
    return response


def aside[R: HttpResponse](response: R) -> R:
    """Mark an answer that sends somebody elsewhere first: nothing was done yet."""
    response.leads_to = ""  # type: ignore[attr-defined]  # read below
    return response


def _leads_to(response: HttpResponse) -> str:
    stated: str | None = getattr(response, "leads_to", None)
    return stated if stated is not None else response.get("Location") or response.get("HX-Redirect") or ""


def _was_refused(request: HttpRequest) -> bool:
    """A refusal that is told on the next page: an answer like any other, only without an effect."""
    told: Any = messages.get_messages(request)
    return any(one.level >= messages.ERROR for one in getattr(told, "_queued_messages", ()))


def _key(request: HttpRequest, form_id: str) -> str:
    """Of the person, the place, the form and everything typed and attached."""
    told = hashlib.sha256(repr((_sender(request), request.get_full_path(), form_id)).encode())
    typed: MultiValueDict[str, Any] = request.POST
    told.update(repr(sorted((name, values) for name, values in typed.lists() if name not in _NOT_TYPED)).encode())
    for name, many in sorted(request.FILES.lists()):
        for one in many:
            told.update(repr((name, one.name, one.size)).encode())
            for chunk in one.chunks():
                told.update(chunk)
            one.seek(0)
    return told.hexdigest()


def _sender(request: HttpRequest) -> str:
    """The account; or the browser, where nobody is signed in."""
    user: Any = request.user
    return f"user {user.pk}" if user.is_authenticated else request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")


def sweep() -> int:
    """Nobody sends a form again after days; says how many were forgotten."""
    return Submission.objects.filter(at__lt=Now() - KEPT).delete()[0]
