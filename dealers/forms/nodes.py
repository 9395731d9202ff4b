"""Choosing a place in a tree of thousands by typing: name or code, with suggestions."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.scoped_fields import ScopedModelChoiceField
from dealers.models.tree import Node

MOST_SUGGESTIONS = 300
_CODE = re.compile(r"\(([^()]+)\)\s*$")


class Suggest(forms.TextInput):
    """A text field with a list of suggestions beside it."""

    template_name = "forms/suggest.html"
    suggestions: "QuerySet[Any] | None" = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"list": f"{name}_suggestions", "autocomplete": "off"}
        context["suggestions"] = [labelled(node) for node in self.suggestions or ()]
        return context


class NodeField(ScopedModelChoiceField):
    """Takes “Zhejiang (CN-ZJ)”, “CN-ZJ” or a name that only one place has."""

    widget = Suggest
    default_error_messages = {
        "invalid_choice": _("There is no such place. Type its name or code and choose from the list."),
        "ambiguous": _("Several places have this name. Type the code, or choose from the list."),
    }

    def scope_to(self, user: Any) -> None:
        super().scope_to(user)
        self.suggest(self.queryset)  # type: ignore[arg-type]  # set by scope_to

    def suggest(self, nodes: "QuerySet[Any]") -> None:
        self.widget.suggestions = nodes[:MOST_SUGGESTIONS]

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) and self.queryset is not None:
            value = self.queryset.filter(pk=value).first()
        return labelled(value) if isinstance(value, Node) else value

    def to_python(self, value: Any) -> Any:
        typed = str(value or "").strip()
        if not typed:
            return None
        if self.queryset is None:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        code = match[1].strip() if (match := _CODE.search(typed)) else typed
        found = list(self.queryset.filter(code__iexact=code)[:1])
        found = found or list(self.queryset.filter(Q(name__iexact=typed) | Q(name_zh=typed))[:2])
        if len(found) > 1:
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        if not found:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return found[0]

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "")


def labelled(node: Node) -> str:
    return f"{node.local_name} ({node.code})"
