"""One browser for the journeys of a file, and pages in it that are signed in as somebody."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from scripts.browsing import launch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop beside the tests
        browser = launch(play)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: "Browser") -> Iterator[Callable[..., "Page"]]:
    """A page signed in as somebody; what the browser complains about is collected and must be nothing."""
    complaints: list[str] = []
    contexts = []

    def open_page(url: str, session: str, **more: Any) -> "Page":
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **more)
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
        page = context.new_page()
        page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints
