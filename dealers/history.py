"""What exactly a change wrote: before and after, field by field, in words. For our people only.

Changes are found by the event's transaction *and* its subject, so that a row of another dealer written in the same
transaction is out of reach.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import access, formatting
from core.models import Change
from dealers.models import BankAccount, Event, User
from dealers.models.bank_account import masked

SILENT = {"id", "version", "sort_key", "grams"}
MASKED = {(BankAccount, "number")}  # in full only on pages that ask first who it is


@dataclass(frozen=True, slots=True)
class FieldChange:
    label: "str | Promise"
    before: str
    after: str


def label_of(model: type[models.Model], name: str) -> "str | Promise":
    field = model._meta.get_field(name)
    return field.verbose_name if isinstance(field, models.Field) else name


def changes_of(events: Iterable[Event], user: User) -> dict[int, list[FieldChange]]:
    """Per event its changed fields; nothing about models that the person may not view. Three queries at most a kind."""
    readable = {event.pk: model for event in events if (model := _readable(event, user)) is not None}
    wanted = [event for event in events if event.pk in readable]
    if not wanted or not user.is_ours:
        return {}
    condition = Q(pk__in=[])
    for event in wanted:
        table = readable[event.pk]._meta.db_table
        condition |= Q(transaction=event.transaction, table=table, row_id=event.subject_id)
    rows = access.rows_of(Change).filter(condition, operation=Change.Operation.UPDATE).order_by("pk")
    by_subject: dict[tuple[int, int], list[Change]] = {}
    for row in rows:
        by_subject.setdefault((row.transaction, row.row_id), []).append(row)
    names = _Names.of(rows, {model._meta.db_table: model for model in readable.values()})
    return {
        event.pk: [
            one
            for row in by_subject.get((event.transaction, event.subject_id or 0), [])
            for one in _fields(readable[event.pk], row, names)
        ]
        for event in wanted
    }


def _readable(event: Event, user: User) -> type[models.Model] | None:
    if not event.subject_type or event.subject_id is None:
        return None
    try:
        model = apps.get_model(event.subject_type)
    except LookupError:  # the room that brought it is no longer installed
        return None
    return model if user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}") else None


def _fields(model: type[models.Model], row: Change, names: "_Names") -> Iterable[FieldChange]:
    before, after = row.before or {}, row.after or {}
    for field in model._meta.concrete_fields:
        old, new = before.get(field.column), after.get(field.column)
        if field.name not in SILENT and old != new:
            told = [_words(field, value, names) for value in (old, new)]
            if (model, field.name) in MASKED:
                told = [masked(one) if one else "" for one in told]
            yield FieldChange(field.verbose_name, *told)


def _words(field: "models.Field[Any, Any]", value: Any, names: "_Names") -> str:
    """A stored value as people read it; what is empty stays empty."""
    if value is None or value == "":
        return ""
    if isinstance(field, models.ForeignKey):
        return names.name(field.related_model, value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, list):
        return formatting.listed(value)
    return _moment(field, value)


def _moment(field: "models.Field[Any, Any]", value: Any) -> str:
    found: date | datetime | None = None
    if isinstance(field, models.DateTimeField):
        found = parse_datetime(str(value))
        return formatting.moment(found) if found else str(value)
    if isinstance(field, models.DateField):
        found = parse_date(str(value))
        return formatting.day(found) if found else str(value)
    return str(value)


class _Names:
    """The names of what the changed foreign keys point at, one query a model."""

    def __init__(self, known: Mapping[type[models.Model], Mapping[int, str]]) -> None:
        self._known = known

    @classmethod
    def of(cls, rows: Iterable[Change], tables: Mapping[str, type[models.Model]]) -> "_Names":
        wanted: dict[type[models.Model], set[int]] = {}
        for row in rows:
            before, after = row.before or {}, row.after or {}
            for field in tables[row.table]._meta.concrete_fields:
                if isinstance(field, models.ForeignKey) and before.get(field.column) != after.get(field.column):
                    found = (before.get(field.column), after.get(field.column))
                    wanted.setdefault(field.related_model, set()).update(key for key in found if key is not None)
        return cls(
            {
                model: {pk: str(one) for pk, one in access.rows_of(model).in_bulk(sorted(keys)).items()}
                for model, keys in wanted.items()
                if keys
            }
        )

    def name(self, model: type[models.Model], pk: int) -> str:
        return self._known.get(model, {}).get(pk, f"#{pk}")
