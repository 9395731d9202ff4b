"""Draw every component to files and, where a Chromium is found, take pictures in both themes, languages and widths.

    python -m scripts.gallery [FOLDER]      (default: var/gallery)

For whoever works on the look: no address of the portal shows these pages.
"""

from __future__ import annotations

import functools
import http.server
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.browsing import CHROMIUM, launch

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("components", "list", "charts", "form", "sign_in", "rooms")
FAULTS = ("400", "403", "403_csrf", "404", "405", "409", "429", "500", "503")
# Same policy as the portal's, so that a picture also shows what the policy would refuse.
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
SHOTS = [  # suffix of the name, theme, language
    ("", "light", "en"),
    ("-dark", "dark", "en"),
    ("-phone", "light", "en"),
    ("-phone-dark", "dark", "zh-hans"),
    ("-zh", "light", "zh-hans"),
]


def draw(folder: Path) -> list[str]:
    """Write all pages into `folder`, once per theme and language."""
    from django.contrib.messages import constants
    from django.contrib.messages.storage.base import Message
    from django.template import engines
    from django.utils import translation

    from tests.gallery import rooms, samples

    folder.mkdir(parents=True, exist_ok=True)
    messages = [Message(constants.SUCCESS, "Contact logged."), Message(constants.ERROR, "This contract is closed.")]
    written = []
    for suffix, theme, language in SHOTS:
        with translation.override(language):
            shown = samples.context() | rooms.context()
            known = {**shown, "portal": samples.portal(theme=theme), "user": user(), "csrf_token": "x"}
            for name in (*PAGES, *FAULTS):
                path = ROOT / ("templates" if name in FAULTS else "tests/gallery/pages") / f"{name}.html"
                template = engines["django"].from_string(path.read_text(encoding="utf-8"))
                fault = {"status": name[:3], "reference": "7F3A-20", "minutes": 5}
                page = {**known, "messages": messages if name == "components" else []}
                text = template.render(fault if name in FAULTS else page)
                (folder / f"{name}{suffix}.html").write_text(text, encoding="utf-8")
                written.append(f"{name}{suffix}")
    return written


def user() -> object:
    from types import SimpleNamespace

    return SimpleNamespace(name="Lin Yue", title="Account manager", is_authenticated=True)


class Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    (folder / "static").unlink(missing_ok=True)
    (folder / "static").symlink_to(ROOT / "static")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def shoot(
    folder: Path,
    names: list[str],
    look: Callable[[Page, str], list[str]] = lambda page, name: [],
    *,
    pictures: bool = True,
) -> list[str]:
    """A picture of each page; returns what the browser and `look` complained about."""
    from playwright.sync_api import sync_playwright

    server = serve(folder)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    complaints: list[str] = []
    with sync_playwright() as play:
        browser = launch(play)
        page = browser.new_page()  # one for all: the next finds styles and scripts read
        said = listen(page)
        for name in names:
            said.clear()
            page.set_viewport_size({"width": 390 if "-phone" in name else 1440, "height": 860})
            page.emulate_media(color_scheme="dark" if "-dark" in name else "light")
            page.goto(f"{base}/{name}.html")
            for chart in page.locator("[data-chart]").all():  # they ask for their library when the page is there
                chart.and_(page.locator("[data-drawn]")).wait_for(state="attached")
            if pictures:
                page.screenshot(path=folder / f"{name}.png", full_page=True)
            complaints += [f"{name}: {text}" for text in [*said, *too_wide(page), *look(page, name)]]
        browser.close()
    server.shutdown()
    return complaints


def listen(page: Page) -> list[str]:
    """What the browser complains about from now on: refused styles and scripts, faults in ours."""
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def too_wide(page: Page) -> list[str]:
    """Nothing scrolls sideways."""
    excess = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [f"{excess} px wider than the window"] if excess > 0 else []


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    folder = Path(arguments[0] if arguments else ROOT / "var" / "gallery").resolve()
    names = draw(folder)
    if not CHROMIUM:
        sys.stdout.write(f"{len(names)} pages in {folder}; no Chromium here, so no pictures.\n")
        return
    wanted = [name for name in names if name.split("-")[0] in (set(arguments[1:]) or set(names) | {*PAGES, *FAULTS})]
    complaints = shoot(folder, wanted)
    sys.stdout.write("\n".join([f"{len(wanted)} pictures in {folder}", *complaints]) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
