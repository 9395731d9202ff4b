"""Take the pictures of README and docs from a running portal with the demo network.

make run                                   # in one terminal
.venv/bin/python -m scripts.pictures [URL] # in another; writes docs/pictures/*.png
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from config.demo import DOMAIN, PASSWORD
from scripts.browsing import CHROMIUM, launch

TARGET = Path(__file__).resolve().parent.parent / "docs" / "pictures"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
TALL: dict[str, Any] = {"viewport": {"width": 1280, "height": 1100}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}


@dataclass(frozen=True, slots=True)
class Picture:
    """`go` leads from the first page after signing in to what is shown."""

    name: str
    login: str
    go: Callable[[Page, str], Any]
    screen: dict[str, Any]
    dark: bool = False


def _to(address: str) -> Callable[[Page, str], Any]:
    return lambda page, base: page.goto(base + address)


def _first_dealer(words: str, tab: str = "") -> Callable[[Page, str], Any]:
    def go(page: Page, base: str) -> None:
        page.goto(f"{base}/search/?q={words}")
        page.locator("main .rows a, main ul a").first.click()
        page.wait_for_load_state()
        if tab:
            page.locator("main nav a", has_text=tab).first.click()
            page.wait_for_load_state()

    return go


def _first_row(address: str) -> Callable[[Page, str], Any]:
    def go(page: Page, base: str) -> None:
        page.goto(base + address)
        page.locator("#rows tbody a").first.click()
        page.wait_for_load_state()

    return go


def _first_report(page: Page, base: str) -> None:
    page.goto(f"{base}/reports/?state=open")
    page.locator("#rows tbody a").first.click()
    page.wait_for_load_state()
    page.locator("main a.btn-primary").click()
    page.wait_for_load_state()


def _late_reporter(page: Page, base: str) -> None:
    page.goto(f"{base}/reports/duties/?owes=stock-counts")
    page.locator("#rows tbody tr", has=page.locator(".late")).first.locator("a").first.click()
    page.wait_for_load_state()


def _first_version(page: Page, base: str) -> None:
    page.goto(f"{base}/scoring/versions/")
    page.locator("main table a").first.click()
    page.wait_for_load_state()


def _first_opening(page: Page, base: str) -> None:
    page.goto(f"{base}/apply/")
    page.locator("main a[href^='/apply/']").first.click()
    page.wait_for_load_state()


def _candidates(page: Page, base: str) -> None:
    page.goto(f"{base}/openings/")
    page.locator("#rows tbody a", has_text="Wenzhou").first.click()
    page.wait_for_load_state()


def _to_be_signed(page: Page, base: str) -> None:
    page.goto(f"{base}/")
    page.locator("main a[href*='/contracts/']", has_text="D0001").first.click()
    page.wait_for_load_state()
    page.locator("main a[href$='/sign/']").first.click()


def _first_news(page: Page, base: str) -> None:
    page.goto(f"{base}/news/")
    page.locator("#rows tbody a").first.click()
    page.wait_for_load_state()


def _certificate(page: Page, base: str) -> None:
    page.goto(f"{base}/contract/")
    page.locator("main a[href^='/authorisation/']").first.click()


PICTURES = (
    Picture("my-day", "mark.jansen", _to("/"), DESKTOP),
    Picture("dealers", "mark.jansen", _to("/dealers/"), DESKTOP),
    Picture("dealer", "mark.jansen", _first_dealer("Ruihe"), DESKTOP),
    Picture("dealer-dark", "mark.jansen", _first_dealer("Ruihe"), DESKTOP, dark=True),
    Picture("dealer-zh", "lin.yue", _first_dealer("瑞和"), DESKTOP),
    Picture("scorecard", "daniel.reyes", _to("/score/"), TALL),
    Picture("scorecard-zh-dark", "chen.guodong", _to("/score/"), TALL, dark=True),
    Picture("contract", "daniel.reyes", _to("/contract/"), TALL),
    Picture("trade", "daniel.reyes", _to("/trade/"), DESKTOP),
    Picture("report-phone-zh", "chen.guodong", _first_report, PHONE),
    Picture("assessment", "mark.jansen", _first_row("/assessments/"), DESKTOP),
    Picture("receivables", "mark.jansen", _to("/receivables/"), DESKTOP),
    Picture("reports", "mark.jansen", _late_reporter, DESKTOP),
    Picture("scoring-rules", "elena.rossi", _first_version, DESKTOP),
    Picture("application", "mark.jansen", _first_opening, TALL),
    Picture("candidates", "mark.jansen", _candidates, TALL),
    Picture("screening", "mark.jansen", _first_row("/applications/?state=in_approval"), TALL),
    Picture("sources", "mark.jansen", _to("/applications/sources/"), DESKTOP),
    Picture("sign-zh", "chen.guodong", _to_be_signed, DESKTOP),
    Picture("amendment", "mark.jansen", _first_row("/contracts/?status=offered&search=D0011"), TALL),
    Picture("authorisation", "daniel.reyes", _certificate, DESKTOP),
    Picture("meeting", "mark.jansen", _first_row("/meetings/?state=agreed"), TALL),
    Picture("announcement", "elena.rossi", _first_row("/announcements/?search=Warranty"), DESKTOP),
    Picture("news-phone-zh", "chen.guodong", _first_news, PHONE),
    Picture("promises", "mark.jansen", _to("/promises/"), DESKTOP),
    Picture("territories", "mark.jansen", _to("/territories/"), DESKTOP),
    Picture("approvals", "chen.jing", _to("/approvals/"), DESKTOP),
    Picture("dealer-home-zh", "chen.guodong", _to("/"), DESKTOP),
    Picture("dealer-customers-zh", "chen.guodong", _to("/customers/"), DESKTOP),
    Picture("dealer-home-phone", "marco.bianchi", _to("/"), PHONE),
    Picture("dealers-phone-dark", "mark.jansen", _to("/dealers/"), PHONE, dark=True),
)


def take(browser: Browser, base: str, picture: Picture) -> None:
    context = browser.new_context(**picture.screen, color_scheme="dark" if picture.dark else "light")
    page = context.new_page()
    page.goto(base + "/")
    page.fill("input[name=login]", f"{picture.login}@{DOMAIN}")
    page.fill("input[name=password]", PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()
    picture.go(page, base)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=TARGET / f"{picture.name}.png")
    context.close()


def main() -> None:
    base = (sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000").rstrip("/")
    if not CHROMIUM:
        sys.exit("No Chromium was found: install the package chromium.")
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as tools:
        browser = launch(tools)
        for picture in PICTURES:
            take(browser, base, picture)
        browser.close()


if __name__ == "__main__":
    main()
