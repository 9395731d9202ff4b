"""Many counts by one statement: the numbers in the sidebar, on tabs, in a strip of figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models

MOST = 1000  # a number beyond says "many": nobody waits for it to be exact


@dataclass(frozen=True, slots=True)
class Question:
    """A statement that counts, ready to be asked again: putting it together costs more than the answer."""

    names: tuple[str, ...]  # what the statement counts, in its order
    empty: tuple[str, ...]  # what cannot have rows
    statement: str
    params: tuple[Any, ...]

    def ask(self) -> dict[str, int]:
        numbers = dict.fromkeys(self.empty, 0)
        if self.names:
            with connection.cursor() as cursor:
                cursor.execute(self.statement, self.params)
                numbers.update(zip(self.names, cursor.fetchone(), strict=True))
        return numbers


def question(querysets: "Mapping[str, models.QuerySet[Any] | None]") -> Question:
    """The question how many rows each queryset has, up to `MOST`. None is left out."""
    parts: list[str] = []
    params: list[Any] = []
    names: list[str] = []
    empty: list[str] = []
    for name, queryset in querysets.items():
        if queryset is None:
            continue
        try:
            statement, values = queryset.order_by().values("pk")[:MOST].query.get_compiler("default").as_sql()
        except EmptyResultSet:
            empty.append(name)
            continue
        parts.append(f"(select count(*) from ({statement}) as q)")
        params.extend(values)
        names.append(name)
    return Question(tuple(names), tuple(empty), f"select {', '.join(parts)}", tuple(params))


def counts(querysets: "Mapping[str, models.QuerySet[Any] | None]") -> dict[str, int]:
    """How many rows each queryset has, up to `MOST`. None is left out; what cannot have rows is 0."""
    return question(querysets).ask()
