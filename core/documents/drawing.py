"""One paper from one template and its facts, the same bytes whenever it is drawn again.

A template lies in `<room>/papers/<name>.typ` and is called `<room>/<name>`; the frame that all share is
`core/papers/paper.typ`. Facts arrive as JSON and are shown as text: what somebody typed is never read as markup. Words
are translated and figures formatted before they come here, in the language of the paper. A template reads nothing but
papers and draws with the fonts of one folder.
"""

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.apps import apps
from django.utils import translation
from django.utils.translation import pgettext

FORMAT = "a-2a"  # PDF/A with tags: opens in thirty years, and a screen reader finds its way


class Undrawable(Exception):  # noqa: N818  (it reads as what is the matter)
    """The template or its facts are at fault: for the log, not for a reader."""


def draw(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """The paper as PDF. `data` holds texts, lists and mappings; `title` and `made_at` (ISO, with zone) must be there.

    draw("contracts/contract", {"title": "NG-01", "made_at": "2026-03-20T09:00:00+00:00", ...}, language="zh-hans")
    """
    pdf = _compile(template, data, language, format="pdf", pdf_standards=[FORMAT])
    return pdf if isinstance(pdf, bytes) else b"".join(pdf)


def picture(template: str, data: Mapping[str, Any], *, language: str, ppi: int = 96) -> list[bytes]:
    """Its pages as PNG, to be looked at."""
    pages = _compile(template, data, language, format="png", ppi=ppi)
    return [pages] if isinstance(pages, bytes) else pages


def _compile(template: str, data: Mapping[str, Any], language: str, **how: Any) -> Any:
    root = _papers()
    source = root / f"{template}.typ"
    if not source.resolve().is_relative_to(root) or not source.is_file():
        raise Undrawable(f"There is no paper “{template}”. It would lie in <room>/papers/<name>.typ.")
    compiler = typst.Compiler(
        source, root=root, font_paths=_fonts(), ignore_system_fonts=True,
        package_path=root / "-", package_cache_path=root / "-",
    )  # fmt: skip
    inputs = {"data": _facts(template, data, language), "language": language}
    try:
        return compiler.compile(timestamp=_made_at(template, data), sys_inputs=inputs, **how)
    except typst.TypstError as fault:
        raise Undrawable(f"The paper “{template}” could not be drawn: {fault.diagnostic or fault.message}") from fault


def _facts(template: str, data: Mapping[str, Any], language: str) -> str:
    if not data.get("title"):
        raise Undrawable(f"The paper “{template}” has no title.")
    with translation.override(language):
        words = {"page": pgettext("paper", "Page {page} of {pages}")}
    try:
        return json.dumps({**data, "words": words}, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as fault:
        raise Undrawable(f"The paper “{template}” takes texts, lists and mappings: {fault}") from fault


def _made_at(template: str, data: Mapping[str, Any]) -> datetime:
    """The moment that the file names as its making: that of the facts, so that drawing again gives the same bytes."""
    try:
        moment = datetime.fromisoformat(data["made_at"])
    except (KeyError, TypeError, ValueError):
        raise Undrawable(f"The paper “{template}” needs made_at, the moment of its facts.") from None
    if moment.tzinfo is None:
        raise Undrawable(f"The moment made_at of the paper “{template}” does not name its zone.")
    return moment.astimezone(UTC).replace(microsecond=0)


@cache
def _fonts() -> typst.Fonts:
    """Read once in a process: reading takes ten times as long as drawing."""
    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])


@cache
def _papers() -> Path:
    """A folder with every room's papers and nothing else: the root that no template can leave."""
    holder = tempfile.TemporaryDirectory(prefix="entente-papers-")
    _kept.append(holder)
    root = Path(holder.name).resolve()
    for room in apps.get_app_configs():
        papers = Path(room.path) / "papers"
        if papers.is_dir():
            shutil.copytree(papers, root / room.label)
    return root


_kept: list[tempfile.TemporaryDirectory[str]] = []  # removed when the process ends
