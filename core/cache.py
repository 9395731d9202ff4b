"""Django's cache in PostgreSQL, on connections of its own.

It carries what must stand at once and for every process, whatever becomes of the request: throttle counters, one-time
codes that were used. Written over the request's connection it would vanish with the request's rollback, and a counter's
row would stay locked until the answer is out. Values are what JSON can say.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import randbelow
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connection
from psycopg import Cursor
from psycopg_pool import ConnectionPool

_SWEEP_ONE_IN = 200  # every so many writes, what has expired is cleared away
_IS_FRESH = "(expires_at is null or expires_at > clock_timestamp())"
_STORE = (
    "insert into core_cache (key, value, expires_at) "
    "values (%s, %s, clock_timestamp() + make_interval(secs => %s)) on conflict (key) do update "
    "set value = excluded.value, expires_at = excluded.expires_at"
)


class PostgresCache(BaseCache):
    """A few small values, read and written by single statements that stand when they return."""

    _pool: ConnectionPool | None = None
    _opening = threading.Lock()

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store unless something fresh is there; of several at once, one succeeds."""
        statement = f"{_STORE} where not (core_cache.expires_at is null or core_cache.expires_at > clock_timestamp())"
        with self._cursor() as cursor:
            cursor.execute(statement, self._row(key, value, timeout, version))
            return cursor.rowcount == 1

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        with self._cursor() as cursor:
            cursor.execute(f"select value from core_cache where key = %s and {_IS_FRESH}", [self._key(key, version)])
            found = cursor.fetchone()
        return default if found is None else json.loads(found[0])

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        with self._cursor() as cursor:
            cursor.execute(_STORE, self._row(key, value, timeout, version))
            if randbelow(_SWEEP_ONE_IN) == 0:
                cursor.execute("delete from core_cache where expires_at <= clock_timestamp()")

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        statement = (
            "update core_cache set expires_at = clock_timestamp() + make_interval(secs => %s) "
            f"where key = %s and {_IS_FRESH}"
        )
        with self._cursor() as cursor:
            cursor.execute(statement, [self._seconds(timeout), self._key(key, version)])
            return cursor.rowcount == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        with self._cursor() as cursor:
            cursor.execute("delete from core_cache where key = %s", [self._key(key, version)])
            return cursor.rowcount == 1

    def clear(self) -> None:
        with self._cursor() as cursor:
            cursor.execute("delete from core_cache")

    def disconnect(self) -> None:
        """Give the connections back; the next use opens new ones."""
        with self._opening:
            if PostgresCache._pool is not None:
                PostgresCache._pool.close()
                PostgresCache._pool = None

    @contextmanager
    def _cursor(self) -> Iterator[Cursor[Any]]:
        with self._connections().connection() as own, own.cursor() as cursor:
            yield cursor

    def _connections(self) -> ConnectionPool:
        with self._opening:
            if PostgresCache._pool is None:
                params = dict(connection.get_connection_params())
                params.pop("pool", None)
                PostgresCache._pool = ConnectionPool(
                    kwargs={**params, "autocommit": True},
                    min_size=0,
                    max_size=2,
                    timeout=5,
                    open=True,
                    check=ConnectionPool.check_connection,  # the database may have been restarted
                    name="cache",
                )
            return PostgresCache._pool

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _row(self, key: str, value: Any, timeout: Any, version: int | None) -> list[Any]:
        return [self._key(key, version), json.dumps(value), self._seconds(timeout)]

    def _seconds(self, timeout: Any) -> float | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else float(seconds)
