"""Answers to requests that cannot be served. They read no database and no context processor: the transaction may be
broken, and whoever asks may not be known. Each says what happened, what to do, and a reference if there is one.
"""

from functools import lru_cache
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.utils.html import escape
from django.utils.translation import get_language

_REFERENCE = "⟨reference⟩"  # stands in a kept page where each answer has its own


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.FORBIDDEN)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.NOT_FOUND)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return answer(request, HTTPStatus.TOO_MANY_REQUESTS, retry_after=300)


def server_error(request: HttpRequest) -> HttpResponse:
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was too old, or came from elsewhere."""
    return answer(request, HTTPStatus.FORBIDDEN, template="403_csrf.html")


def answer(
    request: HttpRequest, status: HTTPStatus, *, template: str = "", retry_after: int | None = None
) -> HttpResponse:
    """The page for a status (400, 403, 404, 405, 409, 429, 500, 503); `retry_after` seconds also become the header."""
    reference = getattr(request, "id", "")
    minutes = -(-retry_after // 60) if retry_after else None
    drawn_from = Engine.get_default().get_template(template or f"{status.value}.html")
    page = _page(drawn_from, get_language(), status.value, _REFERENCE if reference else "", minutes)
    response = HttpResponse(page.replace(_REFERENCE, escape(reference)), status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


# Nothing in it is about who asks, so it is drawn once, also for somebody who tries address after address.
@lru_cache(maxsize=256)
def _page(template: Template, language: str | None, status: int, reference: str, minutes: int | None) -> str:
    return template.render(Context({"status": status, "reference": reference, "minutes": minutes}))
