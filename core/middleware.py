"""The middleware that opens the door: one transaction and one database role around view *and* rendering."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, get_urlconf, resolve

from core import doors
from core.database.context import acting
from core.submissions import Sending


class DoorMiddleware:
    """Enter the role that the address asks for; undo everything when the answer is an error.

    Exceptions below have become responses by the time they get here, so deciding by status is necessary. Nothing in a
    request talks to the network: mail and jobs go through the outbox, so the request-long transaction is short.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        door = request.door = self._door(request)  # type: ignore[attr-defined]  # the frame asks for it
        if door is None or door.audience is doors.Audience.SYSTEM:
            return self.get_response(request)
        user = request.user  # settled before the role is entered: afterwards accounts are out of reach
        user_id = user.pk if user.is_authenticated else None
        dealer_id = getattr(user, "dealer_id", None)
        with acting(doors.role_for(door, user), dealer_id=dealer_id, user_id=user_id):
            response = self.get_response(request)
            if response.streaming and not getattr(response, "file_to_stream", None):
                raise ImproperlyConfigured("A streamed body would read outside its role: make the export a job.")
            if response.status_code >= 400 and not door.keeps:
                transaction.set_rollback(True)
            elif sending := getattr(request, "sending", None):
                sending.note(response)
        return response

    def process_view(
        self, request: HttpRequest, view: doors.View, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> HttpResponseBase | None:
        """Views of other packages cannot guard their door themselves: it was declared for them. Then, with the token
        checked and nobody sent elsewhere first: was the same form sent before?"""
        match = request.resolver_match
        declared = doors.of(view, match.view_name) if match else None
        if declared is None:
            return None
        refused = None if hasattr(view, "door") else doors.refusal(declared, request)
        return refused if refused is not None else self._sent_before(request, declared)

    @staticmethod
    def _sent_before(request: HttpRequest, door: doors.Door) -> HttpResponse | None:
        sending = Sending.of(request, door)
        earlier = sending.earlier() if sending else None
        if sending is None or earlier is not None:
            return sending.lead(earlier) if sending and earlier else None
        request.sending = sending  # type: ignore[attr-defined]  # its answer is noted when the view is done
        return None

    @staticmethod
    def _door(request: HttpRequest) -> doors.Door | None:
        try:
            return _door_at(request.path_info, get_urlconf() or settings.ROOT_URLCONF)
        except Resolver404:
            return None


@lru_cache(maxsize=4096)  # the handler looks the same address up again, and a look through all of them takes its time
def _door_at(path: str, urlconf: str) -> doors.Door:
    match = resolve(path, urlconf)
    door = doors.of(match.func, match.view_name)
    if door is None:  # fail closed: an address nobody declared is open to nobody
        raise ImproperlyConfigured(f"{path} has no door: declare who {match.view_name!r} is for.")
    return door
