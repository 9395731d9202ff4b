"""Put an archive in place of the database and the files."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.backup import BackupError, is_empty, restore, verify
from core.servers.attendance import close_connections
from core.servers.processes import locked
from dealers.holding import HOLD_SQL


class Command(BaseCommand):
    help = "Put a backup in place of what is there. Messages that were waiting are held (see held_deliveries)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace the data that is there")

    def handle(self, *args: Any, file: Path, yes: bool, **options: Any) -> None:
        try:
            with self._portal_stopped():
                manifest = verify(file)
                if not yes and not is_empty():
                    raise CommandError("There is data already: say --yes to replace it by the backup.")
                close_connections()
                restore(file, fence=[HOLD_SQL])
                call_command("migrate", verbosity=0, interactive=False)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Restored {manifest.rows} rows of {manifest.made_at}, {len(manifest.members) - 1} files.")
        self.stdout.write("Messages that were waiting then are held: see `manage.py held_deliveries`.")

    @contextlib.contextmanager
    def _portal_stopped(self) -> Iterator[None]:
        """The one-command start holds this lock; where processes are run otherwise, stop them first."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(settings.VAR_DIR / "run.lock", wait=False))
            except BlockingIOError:
                raise CommandError("The portal is running: stop it before a restore.") from None
            yield
