"""Write database and files into one archive."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backup import BackupError, backup


class Command(BaseCommand):
    help = "Write database and files into one archive that proves that it is whole. Works while the portal runs."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="default: var/backups/<database>-<time>.tar")

    def handle(self, *args: Any, file: Path | None, **options: Any) -> None:
        path = file or self._default()
        if path.exists():
            raise CommandError(f"{path} is there already: a backup is never overwritten.")
        try:
            manifest = backup(path)
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from None
        size = path.stat().st_size / 1_000_000
        self.stdout.write(f"{path}: {manifest.rows} rows, {len(manifest.members) - 1} files, {size:.1f} MB")

    @staticmethod
    def _default() -> Path:
        name = settings.DATABASES["default"]["NAME"]
        return Path(settings.VAR_DIR) / "backups" / f"{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar"
