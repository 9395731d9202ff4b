"""Look at the database's roles before serving."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.database.doctor import findings


class Command(BaseCommand):
    help = "Check that the login which serves cannot pass the walls between dealers; exit code 1 if it could."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if found := findings():
            raise CommandError("\n".join(found))
        self.stdout.write("The walls stand: the serving login owns nothing and passes no policy.")
