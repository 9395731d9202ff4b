"""Two logins: `app` serves, the owner migrates and backs up."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection


def serving_password() -> str:
    """The password of the app login, as the settings have it."""
    return str(settings.DATABASES["default"]["PASSWORD"])


@contextmanager
def as_owner() -> Iterator[None]:
    """Reconnect the default connection as the database's owner, and put the serving login back afterwards.

    For commands only (migrate, backup, restore, make_roles): no request is ever answered inside.
    """
    before: dict[str, Any] = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    if before["USER"] == settings.DATABASE_OWNER["USER"]:
        yield
        return
    _reconnect({**settings.DATABASE_OWNER, "OPTIONS": {k: v for k, v in before["OPTIONS"].items() if k != "pool"}})
    try:
        yield
    finally:
        _reconnect(before)


def _reconnect(login: dict[str, Any]) -> None:
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]  # the PostgreSQL wrapper has it
    connection.settings_dict.update(login)
