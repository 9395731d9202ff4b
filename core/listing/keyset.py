"""Paging by key: a page begins behind a row, not at a number, so the last page is as fast as the first.

The key of a row is what the list is sorted by, with the primary key as the last resort: a total order, also with ties
and missing values. Missing values come last, whichever way a column is sorted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func, Value

type Key = Sequence[Any]


class Beyond(Func):
    """`(a, b) > (x, y)`: one comparison of rows, which an index on (a, b) answers by itself."""

    output_field = models.BooleanField()

    def __init__(self, *columns_then_values: Any, descending: bool) -> None:
        super().__init__(*columns_then_values)
        self.descending = descending

    def as_sql(  # type: ignore[override]  # a comparison has none of a function's options
        self, compiler: Any, connection: Any, **_context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        parts = [compiler.compile(one) for one in self.get_source_expressions()]
        half = len(parts) // 2
        columns, values = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        sign = "<" if self.descending else ">"
        return f"({columns}) {sign} ({values})", tuple(value for _sql, params in parts for value in params)


@dataclass(frozen=True, slots=True)
class Order:
    """Fields sorted the same way, on one index. `nullable`: the first of them may be missing."""

    fields: tuple[str, ...]
    descending: bool = False
    nullable: bool = False
    missing_first: bool = False  # only while walking backwards

    @property
    def key_fields(self) -> tuple[str, ...]:
        return (*self.fields, "pk")

    def backwards(self) -> "Order":
        return replace(self, descending=not self.descending, missing_first=not self.missing_first)

    def applied_to[M: models.Model](self, queryset: models.QuerySet[M]) -> models.QuerySet[M]:
        """All rows in this order by one statement: for exports, where nobody pages."""
        first, *rest = self.key_fields
        ends = {"nulls_first" if self.missing_first else "nulls_last": True} if self.nullable else {}
        head = F(first).desc(**ends) if self.descending else F(first).asc(**ends)
        return queryset.order_by(head, *self._signed(rest))

    def take[M: models.Model](
        self, queryset: models.QuerySet[M], key: Key | None, count: int, wide: models.QuerySet[M] | None = None
    ) -> list[M]:
        """The first `count` rows beyond the key, or from the beginning.

        `wide` reads the rows where `queryset` would have to sort many: then keys are sorted, and only a page is joined.
        """
        rows: list[M] = []
        for part in self._parts(queryset, key):
            wanted = part[: count - len(rows)]
            if wide is not None:
                wanted = wide.filter(pk__in=wanted.values("pk")).order_by(*part.query.order_by)
            rows.extend(wanted)
            if len(rows) >= count:
                break
        return rows

    # ---- inside --------------------------------------------------------------------------------
    def _parts[M: models.Model](self, queryset: models.QuerySet[M], key: Key | None) -> Iterator[models.QuerySet[M]]:
        """The order in pieces that an index serves: a comparison of rows never finds a missing value."""
        if not self.nullable:
            yield self._from(queryset, self.key_fields, key)
            return
        first, *rest = self.key_fields
        known = queryset.filter(**{f"{first}__isnull": False})
        missing = queryset.filter(**{f"{first}__isnull": True})
        in_missing = key is not None and key[0] is None
        in_known = key is not None and key[0] is not None
        known_part = self._from(known, self.key_fields, key if in_known else None)
        missing_part = self._from(missing, rest, key[1:] if in_missing and key is not None else None)
        if self.missing_first:
            yield from ([known_part] if in_known else [missing_part, known_part])
        else:
            yield from ([missing_part] if in_missing else [known_part, missing_part])

    def _from[M: models.Model](
        self, queryset: models.QuerySet[M], fields: Sequence[str], key: Key | None
    ) -> models.QuerySet[M]:
        ordered = queryset.order_by(*self._signed(fields))
        if key is None:
            return ordered
        values = [
            Value(value, output_field=field_at(queryset.model, name)) for name, value in zip(fields, key, strict=True)
        ]
        return ordered.filter(Beyond(*(F(name) for name in fields), *values, descending=self.descending))

    def _signed(self, fields: Sequence[str]) -> list[str]:
        return [f"-{name}" if self.descending else name for name in fields]


@dataclass(frozen=True, slots=True)
class Window[M: models.Model]:
    """A page's rows, and whether there is something on either side."""

    rows: list[M]
    has_previous: bool
    has_next: bool


def window[M: models.Model](
    queryset: models.QuerySet[M],
    order: Order,
    size: int,
    *,
    after: Key | None = None,
    before: Key | None = None,
    from_end: bool = False,
    wide: models.QuerySet[M] | None = None,
) -> Window[M]:
    """`size` rows after a key, before a key, from the end, or from the beginning. One row more tells what follows."""
    if before is None and not from_end:
        rows = order.take(queryset, after, size + 1, wide)
        return Window(rows[:size], after is not None, len(rows) > size)
    rows = order.backwards().take(queryset, before, size + 1, wide)
    return Window(rows[:size][::-1], len(rows) > size, before is not None)


def field_at(model: type[models.Model], path: str) -> Any:
    """The field at the end of a path such as `home__low`."""
    *way, last = path.split("__")
    for step in way:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise FieldDoesNotExist(f"{model._meta.label} has no relation {step}")
        model = related
    return model._meta.pk if last == "pk" else model._meta.get_field(last)
