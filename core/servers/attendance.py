"""For commands: the embedded database is up while a command runs, and gone afterwards if nobody else uses it."""

import atexit
import contextlib
from collections.abc import Iterator

import django
from django.conf import settings
from django.db import connection, connections

from core.database.logins import as_owner, serving_password
from core.database.roles import ensure_roles
from core.servers.postgres import Postgres
from core.servers.valkey import Valkey

NEED_NO_DATABASE = {"help", "version", "run", "collectstatic", "makemessages", "compile_catalogues"}


def embedded_postgres() -> Postgres:
    return Postgres(settings.VAR_DIR / "pg")


def embedded_valkey() -> Valkey:
    return Valkey(settings.VAR_DIR / "valkey")


def attend(command: str) -> None:
    """Called by manage.py before the command."""
    if not settings.DATABASE_EMBEDDED or not command or command.startswith("-") or command in NEED_NO_DATABASE:
        return
    stack = contextlib.ExitStack()
    stack.enter_context(embedded_database())
    atexit.register(stack.close)


@contextlib.contextmanager
def embedded_database() -> Iterator[None]:
    """The embedded database up, with the login that serves; our own connections are closed at the end."""
    serving = settings.DATABASES["default"]
    server = embedded_postgres()
    with server.in_use(serving["NAME"]):
        if not server.has_role(serving["USER"]):
            django.setup()
            with as_owner():
                ensure_roles(connection, app_password=serving_password())
        try:
            yield
        finally:
            close_connections()


def close_connections() -> None:
    """Close Django's connections and pools: a server with our own clients never looks idle."""
    for opened in connections.all(initialized_only=True):
        opened.close()
        if hasattr(opened, "close_pool"):
            opened.close_pool()
