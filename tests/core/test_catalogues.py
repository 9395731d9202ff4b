"""Catalogues are compiled without gettext, and only when they have changed."""

import gettext
import os
from pathlib import Path
from typing import Any

from core.management.commands.compile_catalogues import compile_stale

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nLanguage: zh_Hans\\n"

msgid "dealer"
msgstr "经销商"
"""


def test_a_catalogue_is_compiled_when_it_is_newer_than_what_it_made(tmp_path: Path, settings: Any) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(CATALOGUE, encoding="utf-8")
    assert compile_stale() == [folder / "django.mo"]
    assert compile_stale() == []
    with (folder / "django.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("dealer") == "经销商"
    later = (folder / "django.mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert compile_stale() == [folder / "django.mo"]
