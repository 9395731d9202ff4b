"""A list in a real browser: typing, paging, sorting, filtering and ticking, with mouse and keyboard."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from dealers.models import Territory, User
from scripts.browsing import CHROMIUM
from tests import factories
from tests.dealers.test_dealer_list import plant

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium found"),
    pytest.mark.django_db(transaction=True),
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def session(dave: User, north: Territory, south: Territory, signed_in: Callable[[User], Client]) -> str:
    plant(60, north)
    factories.dealer("RH", name="Ruihe", name_zh="瑞和商贸", home=south, city="Hangzhou", tier="gold")
    return signed_in(dave).cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def page(browse: Any, session: str, live_server: Any) -> "Page":
    opened: Page = browse(live_server.url, session)
    opened.goto(f"{live_server.url}/dealers/")
    return opened


def names(page: "Page") -> list[str]:
    return page.locator("#rows tbody .name a").all_inner_texts()


def focused(page: "Page") -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_typing_narrows_the_rows_and_keeps_the_cursor(page: "Page") -> None:
    page.click("#list-search-text")
    page.keyboard.type("uihe", delay=30)
    page.wait_for_url("**/dealers/?search=uihe")
    assert names(page) == ["Ruihe"]
    assert focused(page) == "list-search-text"
    page.keyboard.type("xx")
    page.get_by_text("Nothing here contains “uihexx”.").wait_for()
    page.get_by_text("Remove the search").click()
    page.wait_for_url("**/dealers/")
    assert page.input_value("#list-search-text") == ""


def test_pages_turn_by_keyboard_and_the_browser_goes_back(page: "Page") -> None:
    page.focus("#page-next")
    page.keyboard.press("Enter")
    page.wait_for_url("**after=*")
    assert names(page)[0] == "Plant 0050" and "51 to 61 of 61" in page.inner_text(".pages")
    assert focused(page) == "page-next"
    page.go_back()
    page.get_by_text("1 to 50 of 61").last.wait_for()
    assert names(page)[0] == "Plant 0000"


def test_a_head_sorts_and_says_so(page: "Page") -> None:
    page.click("#sort-name")
    page.wait_for_url("**sort=-name")
    assert names(page)[0] == "Ruihe"
    assert page.get_attribute("th:has(#sort-name)", "aria-sort") == "descending"
    assert focused(page) == "sort-name"


def test_a_filter_is_chosen_and_taken_away(page: "Page") -> None:
    page.click("summary.filter")
    page.select_option("[name=territory]", "SOUTH")
    page.click(".pane button[type=submit]")
    page.wait_for_url("**/dealers/?territory=SOUTH")
    assert names(page) == ["Ruihe"]
    page.click("[aria-label='Remove filter Territory and below']")
    page.wait_for_url("**/dealers/")
    assert len(names(page)) == 50


def test_what_was_typed_stays_when_the_filters_change(page: "Page") -> None:
    page.fill("#list-search-text", "plant")
    page.wait_for_url("**search=plant")
    page.click("summary.filter")
    page.select_option("[name=territory]", "NORTH")
    page.click(".pane button[type=submit]")
    page.wait_for_url("**territory=NORTH")
    page.fill("#list-search-text", "plant 0007")
    page.wait_for_url("**search=plant+0007**")
    assert "territory=NORTH" in page.url and names(page) == ["Plant 0007"]


def test_what_is_ticked_becomes_a_file(page: "Page") -> None:
    page.check("[aria-label='Select Plant 0001']")
    page.check("[aria-label='Select Plant 0003']")
    with page.expect_download() as download:
        page.locator("[data-bulk]").get_by_text("Export").click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_what_is_ticked_is_handed_over(page: "Page") -> None:
    page.check("[data-bulk-all]")
    page.locator("[data-bulk]").get_by_text("Hand over").click()
    page.get_by_role("heading", name="Hand over 50 dealers").wait_for()


@pytest.mark.parametrize("path", ["/dealers/", "/dealers/?search=uihe", "/dealers/?search=xyzzy", "/search/?q=ruihe"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_in_the_way_of_anybody(
    path: str,
    scheme: str,
    browse: Any,
    session: str,
    live_server: Any,
) -> None:
    page = browse(live_server.url, session, color_scheme=scheme)
    page.goto(live_server.url + path)
    page.evaluate((settings.BASE_DIR / "tests/vendor/axe/axe.min.js").read_text())
    found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.impact, v.id, v.nodes[0].html]))")
    assert [one for one in found if one[0] in {"serious", "critical"}] == []


@pytest.mark.parametrize("path", ["/dealers/", "/dealers/?tier=gold&territory=SOUTH", "/search/?q=ruihe"])
def test_on_a_phone_nothing_scrolls_sideways(path: str, browse: Any, session: str, live_server: Any) -> None:
    page = browse(live_server.url, session)
    page.set_viewport_size(PHONE)
    page.goto(live_server.url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.locator("main a", has_text="Ruihe" if "?" in path else "Plant 0000").first.is_visible()
