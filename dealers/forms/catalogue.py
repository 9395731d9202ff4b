from django import forms
from django.utils.translation import gettext_lazy as _

from core.scoped_fields import ScopedForm
from dealers.forms.nodes import NodeField
from dealers.models import Product, ProductLine, Terminal, Territory


class ProductForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    line = NodeField(
        ProductLine,
        label=_("Product line"),
        required=False,
        narrow=lambda nodes: nodes.filter(is_archived=False),
    )

    class Meta:
        model = Product
        fields = ["name", "name_zh", "code", "line", "unit", "description", "is_sold_to_dealers", "is_archived"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"is_archived": _("No longer offered; what was sold stays on record.")}


class TerminalForm(ScopedForm, forms.ModelForm):  # type: ignore[type-arg]
    territory = NodeField(Territory, label=_("Area"), narrow=lambda nodes: nodes.filter(is_archived=False))

    class Meta:
        model = Terminal
        fields = ["name", "name_zh", "code", "outlet_class", "territory", "is_archived"]
        help_texts = {"is_archived": _("No longer offered; what was recorded with it stays.")}
