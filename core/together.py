"""Many lists by one statement: a page that is put together from a score of small lists asks for all of them at once.

Each list is found by its own queryset and comes back as that queryset would have read it, related rows and annotations
included. `core.counting` does the same for numbers.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, QuerySet
from django.utils.dateparse import parse_duration

# What the database writes otherwise where it answers in JSON, by the kind of field.
_READERS: dict[str, Callable[[Any], Any]] = {
    "DateField": date.fromisoformat,
    "DateTimeField": datetime.fromisoformat,
    "TimeField": time.fromisoformat,
    "DecimalField": Decimal,
    "FloatField": float,
    "DurationField": parse_duration,
    "JSONField": lambda value: json.dumps(value, default=float),  # which the field reads by itself
}
# What it writes as it is. A kind that stands in neither is refused: it would come back as something else.
_AS_IT_IS = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "FileField", "ForeignKey",
    "IntegerField", "OneToOneField", "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField",
    "SlugField", "SmallIntegerField", "TextField",
}  # fmt: skip


def read(querysets: "Iterable[QuerySet[Any, Any]]") -> None:
    """Have all of them read. What they prefetch is asked for afterwards, as ever."""
    asked = []
    for queryset in querysets:
        compiler = queryset.query.get_compiler(queryset.db)
        try:
            statement, params = compiler.as_sql()
        except EmptyResultSet:
            _give(queryset, compiler, [])
        else:
            asked.append((queryset, compiler, statement, params))
    if len(asked) == 1:
        bool(asked[0][0])  # its own statement is shorter
    elif asked:
        parts = [_part(compiler, statement) for _, compiler, statement, _ in asked]
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(parts)}", [one for *_, params in asked for one in params])
            found = cursor.fetchone()
        for (queryset, compiler, *_), rows in zip(asked, found, strict=True):
            _give(queryset, compiler, _rows(compiler, rows))


def _part(compiler: Any, statement: str) -> str:
    """The rows as one text. Columns are numbered: rows of two tables have columns of one name."""
    columns = ", ".join(f"c{number}" for number in range(len(compiler.select)))
    return f"(select json_agg(q)::text from ({statement}) as q({columns}))"


def _rows(compiler: Any, text: str | None) -> list[list[Any]]:
    readers = [_reader(column[0].output_field) for column in compiler.select]
    if text is None:
        return []
    dated = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
    found = [list(row.values()) for row in json.loads(text, parse_float=Decimal)]
    for row in found:
        for place, reader in dated:
            if row[place] is not None:
                row[place] = reader(row[place])
    return found


def _reader(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    if isinstance(field, ArrayField):
        return _of_each(_reader(field.base_field))
    kind = field.get_internal_type()
    if kind not in _READERS and kind not in _AS_IT_IS:
        raise TypeError(f"{field} cannot be read together with others")
    return _READERS.get(kind)


def _of_each(reader: Callable[[Any], Any] | None) -> Callable[[Any], Any] | None:
    return (lambda many: [None if one is None else reader(one) for one in many]) if reader else None


def _give(queryset: "QuerySet[Any, Any]", compiler: Any, rows: Sequence[Sequence[Any]]) -> None:
    """Have a queryset make its objects of rows that were read already."""
    compiler.execute_sql = lambda *_, **__: [rows]
    queryset.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]  # this query, for this once
    try:
        bool(queryset)
    finally:
        del queryset.query.get_compiler
