"""The gallery in a real browser: no refusal by the policy, nothing too wide, nothing that shuts anybody out."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scripts import gallery
from scripts.browsing import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe" / "axe.min.js"


def barriers(page: "Page", name: str) -> list[str]:
    """What axe finds, minor things too: components are copied into every page."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then(r => r.violations)")
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node.get('failureSummary', '')}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium found")
def test_the_gallery_is_open_to_everybody(tmp_path: Path) -> None:
    once = set(gallery.FAULTS) - {"404"}  # the error pages differ in words only
    twice = {"rooms-dark", "rooms-phone"}  # both themes and widths are in the other two
    drawn = set(gallery.draw(tmp_path)) - twice
    names = sorted(name for name in drawn if name.split("-")[0] not in once and not name.endswith("-zh"))
    assert not gallery.shoot(tmp_path, names, barriers, pictures=False)
