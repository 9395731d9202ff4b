"""Answers to requests that cannot be served. They read no database and no context processor: the transaction may be
broken, and whoever asks may not be known. Each says what happened, what to do, and a reference if there is one.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template


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
    """The page for a status (400, 403, 404, 409, 429, 500, 503); `retry_after` in seconds also becomes the header."""
    page = get_template(template or f"{status.value}.html")
    minutes = -(-retry_after // 60) if retry_after else None
    known = {"status": status.value, "reference": getattr(request, "id", ""), "minutes": minutes}
    response = HttpResponse(page.render(known), status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response
