"""Django's `migrate`, as the database's owner, with the roles made first: migrations only grant."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connection

from core.database.logins import as_owner, serving_password
from core.database.roles import ensure_roles


class Command(DjangoMigrate):
    help = "Bring the database to the current state of the code (as its owner; makes missing roles first)."

    def execute(self, *args: Any, **options: Any) -> str | None:
        # Around the checks too: they ask the database, and on a new server the serving login does not exist yet.
        with as_owner():
            ensure_roles(connection, app_password=serving_password())
            return super().execute(*args, **options)
