"""Error pages as they arrive: status, words, reference, headers; and nothing is read to make them."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from django.utils import translation

from core.doors import Audience, Door, refusal
from core.views import errors


def fail(request: HttpRequest, kind: str) -> HttpResponse:
    raise {"400": SuspiciousOperation, "403": PermissionDenied, "404": Http404, "500": RuntimeError}[kind]


urlpatterns = [path("fail/<str:kind>/", fail)]
handler400 = "core.views.errors.bad_request"
handler403 = "core.views.errors.permission_denied"
handler404 = "core.views.errors.page_not_found"
handler500 = "core.views.errors.server_error"


@pytest.fixture
def bare() -> Iterator[Client]:
    """Requests without sessions or users: the pages do without."""
    middleware = ["django.middleware.csp.ContentSecurityPolicyMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=middleware, DEBUG=False):
        yield Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize("kind", ["400", "403", "404", "500"])
def test_a_fault_answers_with_its_page(bare: Client, kind: str) -> None:
    response = bare.get(f"/fail/{kind}/")
    assert response.status_code == int(kind)
    assert f"Error {kind}" in response.content.decode()
    assert "Content-Security-Policy" in response.headers


def test_a_form_without_its_token_is_told_what_to_do(bare: Client) -> None:
    response = bare.post("/fail/404/")
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "This form is no longer valid" in response.content.decode()


def test_the_portal_uses_these_pages() -> None:
    from config import urls

    assert {urls.handler400, urls.handler403, urls.handler404, urls.handler500} == {
        handler400, handler403, handler404, handler500,
    }  # fmt: skip


def test_an_answer_carries_reference_and_waiting_time() -> None:
    request = RequestFactory().get("/")
    request.id = "7F3A"  # type: ignore[attr-defined]
    response = errors.answer(request, HTTPStatus.TOO_MANY_REQUESTS, retry_after=61)
    assert response.headers["Retry-After"] == "61"
    assert "Try again in 2 minutes." in response.content.decode()
    assert "Reference 7F3A." in response.content.decode()
    conflict = errors.answer(RequestFactory().get("/"), HTTPStatus.CONFLICT)
    assert "Reference" not in conflict.content.decode()
    assert "Retry-After" not in conflict.headers


def test_a_page_is_drawn_once_for_each_language_and_holds_nothing_of_the_answer_before() -> None:
    def page(reference: str, language: str = "en") -> str:
        request = RequestFactory().get("/")
        request.id = reference  # type: ignore[attr-defined]
        with translation.override(language):
            return errors.answer(request, HTTPStatus.NOT_FOUND).content.decode()

    first, second, chinese = page("7F3A"), page("<b>9C1E"), page("7F3A", "zh-hans")
    assert "Reference &lt;b&gt;9C1E." in second
    assert first.replace("7F3A", "") == second.replace("&lt;b&gt;9C1E", "")
    assert 'lang="zh-Hans"' in chinese
    assert "7F3A" in chinese


def test_the_address_of_a_button_says_what_it_is_to_whoever_opens_it() -> None:
    request = RequestFactory().get("/", headers={"Accept-Language": "en"})
    request.user = AnonymousUser()
    response = refusal(Door(Audience.PUBLIC, methods=("POST",)), request)
    assert isinstance(response, HttpResponse) and response.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert response.headers["Allow"] == "POST"
    assert "press it there" in response.content.decode()
