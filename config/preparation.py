"""What has to be true before the portal serves: a free port, a database that is current, something to see."""

import json
import socket
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import access
from core.database.doctor import OLDEST_MAJOR
from core.database.logins import as_owner
from dealers.models import Dealer

DEMO_COMMAND = "load_demo"


def check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be opened ({error.strerror}): stop what listens there, or choose another one, "
                f"for example PORT={port + 1}."
            ) from None


def check_server() -> None:
    """A server named by DATABASE_URL answers, to its owner, and is new enough."""
    database = settings.DATABASES["default"]
    place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
    try:
        with psycopg.connect(
            host=database["HOST"] or None,
            port=database["PORT"] or None,
            dbname=database["NAME"],
            user=settings.DATABASE_OWNER["USER"] or None,
            password=settings.DATABASE_OWNER["PASSWORD"] or None,
            connect_timeout=5,
        ) as asked:
            major = asked.info.server_version // 10000
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise CommandError(f"The database {database['NAME']} at {place} does not answer: {reason}") from None
    if major < OLDEST_MAJOR:
        raise CommandError(f"The server at {place} is PostgreSQL {major}; {OLDEST_MAJOR} or newer is needed.")


def is_behind() -> bool:
    """Does the database lack migrations of this code?"""
    with as_owner():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def wants_demo() -> bool:
    """The demo network is for a first look: in development only, and never beside real dealers.

    Loading it is another room's command; an installation without that command starts empty.
    """
    if not settings.DEBUG or DEMO_COMMAND not in get_commands():
        return False
    with as_owner():
        return not access.rows_of(Dealer).exists()


def load_demo() -> None:
    call_command(DEMO_COMMAND)


def demo_logins() -> list[dict[str, Any]]:
    """What the demo left in `demo.json`: {"database": name, "logins": [{"role", "login", "password"}, ...]}."""
    try:
        left = json.loads((settings.VAR_DIR / "demo.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    if not settings.DEBUG or left.get("database") != settings.DATABASES["default"]["NAME"]:
        return []
    logins: list[dict[str, Any]] = left.get("logins", [])
    return logins
