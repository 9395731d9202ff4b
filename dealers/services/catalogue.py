"""Products and terminals: reference data that our people keep, each change with its event."""

from typing import Any

from django.db import transaction

from core import access
from core.errors import refuse_unsound
from dealers import events
from dealers.models import Product, Terminal, User
from dealers.rights import require


@transaction.atomic
def add[T: (Product, Terminal)](thing: T, *, by: User) -> T:
    require(by, f"dealers.add_{thing._meta.model_name}")
    refuse_unsound(thing)
    thing.save()
    events.record("catalogue.added", thing, by=by)
    return thing


@transaction.atomic
def change[T: (Product, Terminal)](thing: T, *, by: User, **fields: Any) -> T:
    """New facts; `is_archived` among them: what is archived is no longer offered and can be taken back."""
    require(by, f"dealers.change_{thing._meta.model_name}")
    thing = access.lock(thing)
    changed = [name for name, value in fields.items() if getattr(thing, name) != value]
    if not changed:
        return thing
    for name in changed:
        setattr(thing, name, fields[name])
    refuse_unsound(thing)
    thing.save(update_fields=changed)
    events.record("catalogue.changed", thing, by=by, data={"fields": sorted(changed)})
    return thing
