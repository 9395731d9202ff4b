"""Compile the message catalogues without gettext."""

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand


def compile_stale() -> list[Path]:
    """Compile each catalogue whose compiled form is missing or older; returns the files written."""
    written = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
                partial = target.with_suffix(".mo.partial")
                polib.pofile(str(source)).save_as_mofile(str(partial))
                partial.replace(target)  # whole or not at all, also when two do it at once
                written.append(target)
    return written


class Command(BaseCommand):
    help = "Compile the message catalogues (.po to .mo); what is up to date is left alone."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_stale():
            self.stdout.write(f"Compiled {path.relative_to(settings.BASE_DIR)}")
