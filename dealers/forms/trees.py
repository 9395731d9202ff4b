from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.scoped_fields import ScopedForm
from dealers.forms.nodes import NodeField
from dealers.models.tree import Node


def _parent_field(model: type[Node], **options: Any) -> NodeField:
    return NodeField(
        model,
        label=_("Part of"),
        required=False,
        narrow=lambda nodes: nodes.filter(is_archived=False),
        help_text=_("Name or code. Empty: at the top."),
        **options,
    )


def node_form(model: type[Node], fields: tuple[str, ...], *, with_parent: bool = False) -> Any:
    """The form for one of the trees: its own fields, and where a new node stands."""
    members: dict[str, Any] = {"parent": _parent_field(model)} if with_parent else {}
    meta = type("Meta", (), {"model": model, "fields": [*members, *fields]})
    return type("NodeForm", (ScopedForm, forms.ModelForm), {**members, "Meta": meta})


def move_form(model: type[Node]) -> Any:
    """Where a node goes, with everything below it."""
    return type("MoveForm", (ScopedForm, forms.Form), {"parent": _parent_field(model)})
