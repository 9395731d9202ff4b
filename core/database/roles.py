"""The database roles: who may touch which rows, whatever Python forgot.

`app` is the login that serves: it inherits nothing and owns nothing, so forgetting to enter a role means *permission
denied*, not rows. The others are entered for the time of one request or job (see `context`).
Roles live in the whole cluster, so their names carry the database's name.
"""

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql


class Role(StrEnum):
    APP = "app"  # the login
    DEALER = "dealer"  # people of one dealer: app.dealer_id says which
    PUBLIC = "public"  # applicants and passers-by
    STAFF = "staff"  # the manufacturer's people
    ADMIN = "admin"  # staff + content types, permissions, groups, users
    JOBS = "jobs"  # set-wise work over all dealers


ENTERED = (Role.DEALER, Role.PUBLIC, Role.STAFF, Role.ADMIN, Role.JOBS)
_LOCK = 7_301_968_514  # any fixed number: one process at a time makes roles


def role_name(role: Role, database: str) -> str:
    """The role's name in the cluster, for example `entente_dealer`."""
    name = f"{settings.DATABASE_ROLE_PREFIX or database}_{role}"
    if len(name) > 63:
        raise ValueError(f"The role name {name!r} is longer than PostgreSQL's 63 letters: set DATABASE_ROLE_PREFIX.")
    return name


def role_names(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """All roles of the connected database, keyed by their short name."""
    database = connection.settings_dict["NAME"]
    return {str(role): role_name(role, database) for role in Role}


def ensure_roles(connection: BaseDatabaseWrapper, *, app_password: str) -> list[str]:
    """Create what is missing and bring the app login up to date; returns the names created.

    Needs CREATEROLE (a managed server's owner has it). Concurrent CREATE ROLE fails now and then, hence the lock.
    """
    names = role_names(connection)
    created: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_LOCK])
        try:
            cursor.execute("select rolname from pg_roles where rolname = any(%s)", [list(names.values())])
            present = {row[0] for row in cursor.fetchall()}
            for role in Role:
                if names[role] not in present:
                    how = "login noinherit" if role is Role.APP else "nologin"
                    _run(cursor, sql.SQL("create role {} " + how).format(sql.Identifier(names[role])))
                    created.append(names[role])
            _run(
                cursor,
                sql.SQL("alter role {} with login password {}").format(
                    sql.Identifier(names[Role.APP]), sql.Literal(app_password)
                ),
            )
            for role in ENTERED:
                _run(
                    cursor,
                    sql.SQL("grant {} to {}").format(sql.Identifier(names[role]), sql.Identifier(names[Role.APP])),
                )
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_LOCK])
    return created


def _run(cursor: Any, statement: sql.Composable) -> None:
    cursor.execute(statement.as_string(cursor.connection))
