"""Choices in forms that never reach further than the person who fills them in.

A field knows its model, and the form tells it who is asking; until then it offers nothing. A foreign id, an unknown
one and a malformed one are the same fault with the same words.
"""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.db import models

type Narrow = Callable[["models.QuerySet[Any]"], "models.QuerySet[Any]"]


class ScopedModelChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of the rows of `model` that the person may see; `narrow` leaves out what does not fit here."""

    def __init__(
        self,
        model: type[models.Model],
        *,
        narrow: Narrow | None = None,
        label_from: Callable[[Any], str] = str,
        **options: Any,
    ) -> None:
        self.model = model
        self.narrow = narrow
        self.label_from = label_from
        super().__init__(model._default_manager.none(), **options)

    def label_from_instance(self, obj: models.Model) -> str:
        return self.label_from(obj)

    def scope_to(self, user: Any) -> None:
        visible = cast("Any", self.model._default_manager).visible_to(user)
        self.queryset = self.narrow(visible) if self.narrow else visible


class ScopedForm(forms.BaseForm):
    """Mix-in for forms with scoped fields: `user` is obligatory, so that no field is left without its reader."""

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, ScopedModelChoiceField):
                field.scope_to(user)
