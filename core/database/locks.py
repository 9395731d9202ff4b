"""Locks by name, held until the transaction ends: for rules that are about no single row."""

from django.db import connection


def hold(name: str, *, shared: bool = False) -> None:
    """Wait for the lock called `name`. Those who share it do not wait for each other. Take it before any row."""
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(hashtextextended(%s, 0))", [name])
