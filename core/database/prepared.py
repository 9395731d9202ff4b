"""A query that every request asks: put together once, and planned once for each connection to the database.

Planning a query over many tables takes several times as long as answering it for one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from django.db import connection
from psycopg.sql import Literal

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

_ANY = -1  # stands where the key goes while the query is put together: no row has it


class OneByKey[M: Model]:
    """`queryset.filter(pk=key).first()` for a queryset whose conditions do not change: all else becomes part of the
    statement, whose plan the connection keeps (psycopg prepares it, unless `prepare_threshold` says never)."""

    def __init__(self, queryset: QuerySet[M]) -> None:
        self._model = queryset.model
        compiler = queryset.order_by().filter(pk=_ANY).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        connection.ensure_connection()
        written = ("%(key)s" if one == _ANY else _literal(one) for one in params)
        self._statement = sql.replace("%%", "%%%%") % tuple(written)
        columns = [expression for expression, _sql, _alias in compiler.select]
        self._converters = compiler.get_converters(columns)
        start, end = compiler.klass_info["select_fields"][0], compiler.klass_info["select_fields"][-1] + 1
        self._columns = slice(start, end)
        self._names = [columns[position].target.attname for position in range(start, end)]
        self._annotations = compiler.annotation_col_map

    def get(self, key: int) -> M | None:
        row = self._row(key)
        if row is None:
            return None
        for position, (converters, expression) in self._converters.items():
            for convert in converters:
                row[position] = convert(row[position], expression, connection)
        found = self._model.from_db(connection.alias, self._names, row[self._columns])
        for name, position in self._annotations.items():
            setattr(found, name, row[position])
        return found

    def _row(self, key: int) -> list[Any] | None:
        """Asked by a cursor that binds on the server: Django's own puts values into the text, which is then new."""
        connection.ensure_connection()
        wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
        binding: Any = psycopg.Cursor(connection.connection)
        with connection.wrap_database_errors, wrap(binding) as cursor:
            cursor.execute(self._statement, {"key": key})
            row = cursor.fetchone()
        return None if row is None else list(row)


def _literal(value: Any) -> str:
    return Literal(value).as_string(connection.connection).replace("%", "%%")
