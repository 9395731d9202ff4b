"""Two people edited the same thing: what was typed, on the version that stands now, and where the two differ."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from dealers.history import FieldChange


def both_versions[F: Any](make: Callable[[QueryDict], F], typed: QueryDict, row: Any) -> tuple[F, list[FieldChange]]:
    """`make` builds the form of `row` from data; the form has `changes()` and carries a `version`."""
    data = typed.copy()
    data["version"] = str(row.version)
    form: Any = make(data)
    form.full_clean()
    difference = [
        FieldChange(form.fields[name].label or name, _shown(row, name), _shown(form.instance, name))
        for name, value in form.changes().items()
        if getattr(row, name) != value
    ]
    return form, difference


def _shown(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    value = display() if display else getattr(row, name)
    return ", ".join(value) if isinstance(value, list) else str("" if value is None else value)
