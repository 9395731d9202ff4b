"""A form that is sent twice counts once, whether by a double click, a resend or an impatient network.

Every form of a page carries an id of its own beside the CSRF token (`core.templatetags.forms_sent`). The first arrival
writes the submission's key in the transaction of its effect; the second waits there, and is led to where the first one
led. What was refused is undone with everything else, so that its id is free again; an answer that leads nowhere, such
as a file, leaves no trace either.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.datastructures import MultiValueDict

from core.doors import Audience, Door
from core.models import Submission

FIELD = "submission"
KEPT = timedelta(days=2)
_LONGEST = 64
_SIGNED_IN = {Audience.DEALER, Audience.STAFF, Audience.PORTAL, Audience.ADMIN}
_NOT_TYPED = {"csrfmiddlewaretoken", FIELD}


def new_id() -> str:
    return secrets.token_urlsafe(12)


class Sending:
    """One arrival of a form."""

    def __init__(self, request: HttpRequest, form_id: str) -> None:
        self.request, self.user_id = request, request.user.pk
        self.key = _key(request, form_id)

    @classmethod
    def of(cls, request: HttpRequest, door: Door) -> "Sending | None":
        """The form that arrives; nothing for what is no form of ours, or nobody's."""
        if request.method != "POST" or door.audience not in _SIGNED_IN or not request.user.is_authenticated:
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
        """Keep where it led; what leads nowhere may be asked for again."""
        mine = Submission.objects.filter(key=self.key)
        location = response.headers.get("Location") or response.headers.get("HX-Redirect")
        if location:
            mine.update(location=location)
        else:
            mine.delete()


def _key(request: HttpRequest, form_id: str) -> str:
    """Of the person, the place, the form and everything typed; a file counts by its name and size."""
    told = hashlib.sha256(repr((request.user.pk, request.path, form_id)).encode())
    typed: MultiValueDict[str, Any] = request.POST
    told.update(repr(sorted((name, values) for name, values in typed.lists() if name not in _NOT_TYPED)).encode())
    files = [(name, one.name, one.size) for name, many in request.FILES.lists() for one in many]
    told.update(repr(sorted(files, key=repr)).encode())
    return told.hexdigest()


def sweep() -> int:
    """Nobody sends a form again after days; says how many were forgotten."""
    return Submission.objects.filter(at__lt=Now() - KEPT).delete()[0]
