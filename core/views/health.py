"""Probes for whoever watches the processes."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from core.doors import Audience, door


@door(Audience.SYSTEM)
def alive(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@door(Audience.SYSTEM)
def ready(request: HttpRequest) -> JsonResponse:
    """The process can serve: the database answers. 503 otherwise, never an empty page."""
    try:
        with connection.cursor() as cursor:  # allow sql_in_pages: asks whether it answers, reads nothing
            cursor.execute("select 1")
    except DatabaseError:
        return JsonResponse({"status": "waiting", "database": "does not answer"}, status=503)
    return JsonResponse({"status": "ready", "database": "answers"})
