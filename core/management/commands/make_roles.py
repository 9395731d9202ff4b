"""Make the database roles; `migrate` does the same, this is for servers where roles are made apart."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from core.database.logins import as_owner, serving_password
from core.database.roles import ensure_roles


class Command(BaseCommand):
    help = "Create the missing database roles and bring the app login up to date."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            created = ensure_roles(connection, app_password=serving_password())
        self.stdout.write("Created: " + ", ".join(created) if created else "All roles are there.")
