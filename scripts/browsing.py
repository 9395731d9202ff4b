"""The Chromium that pages are tried and photographed in."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

# The first is Chromium without its windows: the same engine at half the work. All are packages of the distributions.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in _PROGRAMS if (path := shutil.which(name))), "")  # or nothing


def launch(play: Playwright) -> Browser:
    return play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
