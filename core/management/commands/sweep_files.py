from typing import Any

from django.core.management.base import BaseCommand

from core.database.context import acting
from core.database.roles import Role
from core.files.store import stores


class Command(BaseCommand):
    help = "Removes stored files that no row names: what a failed upload has left behind. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        for store in stores():
            with acting(Role.JOBS):
                count = store.sweep()
            self.stdout.write(f"{store.area}: {count} removed")
