"""The role context: for the time of one block the connection acts as one role, for one dealer, by one user.

Role and settings are transaction-local, set by one statement and *put back* at the end: SET LOCAL outlives a released
savepoint, and a session-level setting would survive in the pool and show the next request the previous dealer's rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from core.database.roles import Role, role_names

_READ = """
    select current_setting('role'), session_user,
           coalesce(current_setting('app.dealer_id', true), ''),
           coalesce(current_setting('app.user_id', true), ''),
           coalesce(current_setting('app.application', true), '')
"""
_SET = """
    select set_config('role', %s, true), set_config('app.dealer_id', %s, true),
           set_config('app.user_id', %s, true), set_config('app.application', %s, true)
"""


@contextmanager
def acting(
    role: Role | None, *, dealer_id: int | None = None, user_id: int | None = None, application: str = ""
) -> Iterator[None]:
    """Act as `role` inside one transaction. `None` stays on the login role (account doors).

    A connection that is not the app login (an owner's shell, the suite's superuser) becomes it first, so that code
    never serves with an owner's rights. Nested calls give back what they found.
    """
    names = role_names(connection)
    with transaction.atomic():
        before = _one(_READ) if _is_nested() or not _is_app(names) else None
        assume = before is not None and before[1] != names[Role.APP] and not _is_app(names)
        login = f'set local session authorization "{names[Role.APP]}"; ' if assume else ""
        entered = names[role] if role else "none"
        _execute(login + _SET, [entered, _text(dealer_id), _text(user_id), application])
        yield
        if before is not None and not connection.needs_rollback:
            login = "reset role; set local session authorization default; " if assume else ""
            _execute(login + _SET, [before[0], before[2], before[3], before[4]])


def _is_app(names: dict[str, str]) -> bool:
    return bool(connection.settings_dict["USER"] == names[Role.APP])


def _is_nested() -> bool:
    """True when somebody may already have set a role in this transaction (our own block is the first level)."""
    return len(connection.savepoint_ids) > 0


def _one(statement: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row: tuple[str, ...] = cursor.fetchone()
        return row


def _execute(statement: str, params: list[str] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
