"""The first wall: how a view reaches rows, and how a verb takes hold of one.

A view starts from `Model.objects.visible_to(user)`; a verb locks through `lock(obj)`. Nothing else queries
dealer-owned models without a scope: a lint in the suite holds this.
"""

from typing import Any, Protocol, Self

from django.core.exceptions import ImproperlyConfigured
from django.db import models, transaction
from django.utils.translation import gettext as _

from core.errors import Refused


class Scoped(Protocol):
    """A queryset that knows what a person may see."""

    def visible_to(self, user: Any) -> Self: ...


def lock[M: models.Model](obj: M, *, no_key: bool = True) -> M:
    """The row as it is now, locked until the transaction ends.

    `no_key` lets others go on adding rows that point here. Under row-level security a row that the role may not
    update does not exist for locking: then the answer is a refusal, never somebody else's row.
    """
    if not transaction.get_connection().in_atomic_block:
        raise ImproperlyConfigured("access.lock() needs a transaction: decorate the verb with @transaction.atomic")
    manager = type(obj)._default_manager
    fresh = manager.select_for_update(no_key=no_key, of=("self",)).filter(pk=obj.pk).first()
    if fresh is None:
        raise Refused(_("This is no longer there, or it is not open to you. Go back and reload the page."))
    return fresh


def rows_of[M: models.Model](model: type[M]) -> "models.QuerySet[M]":
    """All rows of a model, on purpose: for jobs, commands and the access module itself, never for a page."""
    return model._default_manager.all()
