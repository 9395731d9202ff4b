"""Many counts by one statement: the numbers in the sidebar, on tabs, in a strip of figures."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

MOST = 1000  # a number beyond says "many": nobody waits for it to be exact


def counts(querysets: "Mapping[str, models.QuerySet[Any] | None]") -> dict[str, int]:
    """How many rows each queryset has, up to `MOST`. None is left out; what cannot have rows is 0."""
    parts: list[str] = []
    params: list[Any] = []
    numbers: dict[str, int] = {}
    asked: list[str] = []
    for name, queryset in querysets.items():
        if queryset is None:
            continue
        numbers[name] = 0
        try:
            statement, values = queryset.order_by().values("pk")[:MOST].query.get_compiler("default").as_sql()
        except EmptyResultSet:
            continue
        parts.append(f"(select count(*) from ({statement}) as q)")
        params.extend(values)
        asked.append(name)
    if asked:
        with connection.cursor() as cursor:
            cursor.execute(f"select {', '.join(parts)}", params)
            numbers.update(zip(asked, cursor.fetchone(), strict=True))
    return numbers
