"""Products and terminals as lists."""

from typing import Any

from django.db.models import BooleanField, QuerySet, Value
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.formatting import pieces
from core.listing import Column, Empty, Listing, Sort, register
from dealers.filters import ProductFilter, TerminalFilter
from dealers.models import Product, Terminal


def _products(user: Any) -> QuerySet[Product]:
    """What is not sold to dealers is none of theirs to see."""
    found = Product.objects.visible_to(user).select_related("line").defer("grams")
    return found.filter(is_sold_to_dealers=True) if user.is_dealers else found


def _product(one: Product) -> SafeString:
    note = "" if one.is_sold_to_dealers else format_html(' <span class="tag">{}</span>', _("not sold to dealers"))
    address = reverse("dealers:product", args=[one.public_id])
    return format_html('<a href="{}">{}</a>{}{}', address, one.local_name, note, _under(one.other_name))


def _under(text: str) -> SafeString:
    return format_html('<span class="under">{}</span>', text) if text else SafeString("")


PRODUCTS = register(
    Listing(
        "products",
        gettext_lazy("Products"),
        rows=_products,
        columns=(
            Column(
                "name",
                gettext_lazy("Product"),
                _product,
                lambda one: one.name,
                Sort(("name",), "dealers_product_by_name"),
            ),
            Column("name_zh", gettext_lazy("Chinese name"), export=lambda one: one.name_zh),
            Column(
                "code",
                gettext_lazy("Item code"),
                lambda one: one.code,
                lambda one: one.code,
                Sort(("code",), "dealers_product_code_key"),
                phone="bare",
            ),
            Column(
                "line",
                gettext_lazy("Product line"),
                lambda one: one.line.local_name if one.line else "",
                lambda one: one.line.code if one.line else "",
                phone="dropped",
            ),
            Column("unit", gettext_lazy("Unit"), lambda one: pieces(one.unit), lambda one: one.unit, phone="dropped"),
        ),
        sort="code",
        empty=Empty(
            "package",
            gettext_lazy("No products yet"),
            gettext_lazy("The catalogue comes by import or one by one; reports and price lists refer to it."),
        ),
        filters=ProductFilter,
        export_right="dealers.view_product",
        export_url="dealers:products_export",
        template="dealers/products.html",
    )
)


def _terminals(user: Any) -> QuerySet[Terminal]:
    may_change = Value(user.has_perm("dealers.change_terminal"), output_field=BooleanField())
    return Terminal.objects.visible_to(user).select_related("territory").defer("grams").annotate(may_change=may_change)


def _terminal(one: Any) -> SafeString:
    name, under = one.local_name, _under(one.other_name)
    if not one.may_change:
        return format_html("{}{}", name, under)
    return format_html('<a href="{}">{}</a>{}', reverse("dealers:terminal_edit", args=[one.public_id]), name, under)


TERMINALS = register(
    Listing(
        "terminals",
        gettext_lazy("Terminals"),
        rows=_terminals,
        columns=(
            Column(
                "name",
                gettext_lazy("Terminal"),
                _terminal,
                lambda one: one.name,
                Sort(("name",), "dealers_terminal_by_name"),
            ),
            Column("name_zh", gettext_lazy("Chinese name"), export=lambda one: one.name_zh),
            Column(
                "code",
                gettext_lazy("Code"),
                lambda one: one.code,
                lambda one: one.code,
                Sort(("code",), "dealers_terminal_code_key"),
                phone="dropped",
            ),
            Column(
                "class",
                gettext_lazy("Class"),
                lambda one: one.get_outlet_class_display(),
                lambda one: one.get_outlet_class_display(),
                phone="bare",
            ),
            Column(
                "territory",
                gettext_lazy("Area"),
                lambda one: one.territory.local_name,
                lambda one: one.territory.code,
            ),
        ),
        sort="code",
        empty=Empty(
            "building-store",
            gettext_lazy("No terminals yet"),
            gettext_lazy(
                "They come by import or one by one. A grant can name them, and dealers' customers can be matched "
                "to them."
            ),
        ),
        filters=TerminalFilter,
        export_right="dealers.view_terminal",
        export_url="dealers:terminals_export",
        template="dealers/terminals.html",
    )
)
