"""The frame's own script, tried with keyboard and mouse on the gallery's pages."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from scripts import gallery
from scripts.browsing import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="no Chromium found")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    gallery.draw(folder)
    server = gallery.serve(folder)
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    complaints = gallery.listen(page)
    yield page
    page.close()
    assert not [text for text in complaints if "404" not in text]  # one page asks for what is not there


def focused(page: "Page", attribute: str) -> str | None:
    found: str | None = page.evaluate("name => document.activeElement.getAttribute(name)", attribute)
    return found


def until(page: "Page", expression: str, arg: object = None) -> None:
    """Wait for a condition. Playwright's own way evaluates text within the page, which the page's policy forbids."""
    for _attempt in range(100):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never came true: {expression}")


def test_slash_puts_the_cursor_into_search(page: "Page", site: str) -> None:
    page.goto(f"{site}/list.html")
    page.keyboard.press("/")
    assert focused(page, "name") == "q"
    page.keyboard.type("a/b")
    assert page.input_value("[name=q]") == "a/b", "within a field it is a character like others"


def test_the_first_fault_has_the_focus(page: "Page", site: str) -> None:
    page.goto(f"{site}/form.html")
    assert focused(page, "name") == "code"
    assert focused(page, "aria-invalid") == "true"


def test_a_confirmed_form_is_sent_and_a_refused_one_is_not(page: "Page", site: str) -> None:
    sent: list[str] = []

    def receive(route: "Route") -> None:
        if route.request.method != "POST":
            return route.fallback()
        sent.append(route.request.url)
        return route.fulfill(status=204)

    page.route("**/*", receive)
    page.goto(f"{site}/components.html")
    page.get_by_role("button", name="Turn down").click()
    dialog = page.get_by_role("dialog")
    assert "C-2026-0114" in dialog.inner_text()
    assert focused(page, "value") == "no", "the safe answer is the one at hand"
    page.keyboard.press("Enter")
    assert not dialog.is_visible()
    assert not sent
    page.get_by_role("button", name="Turn down").click()
    with page.expect_request(lambda request: request.method == "POST"):
        dialog.get_by_role("button", name="Turn down").click()
    assert len(sent) == 1


def test_a_double_click_sends_a_form_once_and_its_button_says_so(page: "Page", site: str) -> None:
    sent: list[str] = []

    def receive(route: "Route") -> None:
        if route.request.method != "POST":
            return route.fallback()
        sent.append(route.request.url)
        return route.fulfill(status=204)

    page.route("**/*", receive)
    page.goto(f"{site}/form.html")
    button = page.get_by_role("button", name="Save").first
    button.dblclick()
    assert button.get_attribute("aria-disabled") == "true"
    page.wait_for_timeout(200)
    assert len(sent) == 1


def test_menus_close_on_escape_and_on_a_click_elsewhere(page: "Page", site: str) -> None:
    page.goto(f"{site}/list.html")
    menu = page.locator("details.menu", has_text="Sign out")
    menu.locator("summary").click()
    assert menu.get_by_role("button", name="Sign out").is_visible()
    page.keyboard.press("Escape")
    assert not menu.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    menu.locator("summary").click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_the_bulk_bar_counts_what_is_selected(page: "Page", site: str) -> None:
    page.goto(f"{site}/list.html")
    bar = page.get_by_role("toolbar")
    assert "1 selected" in bar.inner_text()
    page.get_by_label("Select all").check()
    assert "4 selected" in bar.inner_text()
    page.get_by_label("Select Wuxi Taihu").uncheck()
    assert page.get_by_label("Select all").evaluate("box => box.indeterminate")
    page.get_by_role("button", name="Clear selection").click()
    assert not bar.is_visible()


def test_on_a_phone_the_menu_is_a_drawer(page: "Page", site: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}/list.html")
    drawer = page.locator("#menu")
    assert not drawer.is_visible()
    more = page.get_by_role("navigation", name="Shortcuts").get_by_role("button", name="More")
    more.focus()
    page.keyboard.press(" ")
    assert drawer.is_visible()
    assert focused(page, "aria-current") == "page"
    assert page.locator("main").evaluate("part => part.closest('[inert]') !== null"), "what lies behind is out of reach"
    page.keyboard.press("Escape")
    assert not drawer.is_visible()
    assert more.evaluate("button => button === document.activeElement")


def test_messages_can_be_dismissed(page: "Page", site: str) -> None:
    page.goto(f"{site}/components.html")
    notes = page.locator("#flashes > .note")
    assert notes.count() == 2
    notes.first.get_by_role("button", name="Dismiss").click()
    assert notes.count() == 1
    assert focused(page, "id") == "main"


def test_a_failed_request_is_said_and_the_page_stays(page: "Page", site: str) -> None:
    page.goto(f"{site}/components.html")  # nothing answers where the explanation should be
    page.locator("a.explain[hx-get]").click()
    page.wait_for_selector("#flashes [data-failure]")
    assert "What you see is unchanged" in page.locator("#flashes").inner_text()
    assert page.locator("#explain-points").inner_html() == ""


def test_an_explanation_opens_in_place_and_closes_again(page: "Page", site: str) -> None:
    page.route("**/explanation", lambda route: route.fulfill(body="<h3>Points</h3><p>91.0 × 30 ÷ 100</p>"))
    page.goto(f"{site}/components.html")
    link = page.locator("a.explain[hx-get]")
    link.click()
    page.wait_for_selector("#explain-points h3")
    until(page, "document.activeElement.id === 'explain-points'")
    assert link.get_attribute("aria-expanded") == "true"
    until(page, "document.getElementById('live').textContent === 'Points'")
    link.click()
    assert page.locator("#explain-points").inner_html() == ""
    assert link.get_attribute("aria-expanded") == "false"


def test_charts_are_drawn_and_follow_the_theme(page: "Page", site: str) -> None:
    page.goto(f"{site}/charts.html", wait_until="networkidle")
    assert page.locator("[data-chart] canvas").count() == 6
    picture = "document.querySelector('[data-chart=target] canvas').toDataURL()"
    light = page.evaluate(picture)
    page.evaluate("document.documentElement.setAttribute('data-bs-theme', 'dark')")
    until(page, f"before => {picture} !== before", light)


def test_who_follows_the_system_gets_its_theme_before_the_first_paint(chromium: "Browser", site: str) -> None:
    for scheme in ("dark", "light"):
        page = chromium.new_page(color_scheme=scheme)
        page.goto(f"{site}/404.html")
        assert page.locator("html").get_attribute("data-bs-theme") == scheme
        page.close()
