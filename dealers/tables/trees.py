"""The two trees as lists: in the order of the tree, so that it reads as one, and paged like every other list."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from dealers.filters import ProductLineFilter, TerritoryFilter
from dealers.models import ProductLine, Territory
from dealers.models.tree import Node

IN_ORDER = "tree"  # the order in which a node stands above what it holds
DEEPEST_SET_IN = 6


def _rows(model: type[Node]) -> Callable[[Any], QuerySet[Any]]:
    manager: Any = model._default_manager
    return lambda user: manager.visible_to(user).select_related("parent")


def _name(page: str) -> Callable[[Any], SafeString]:
    """The name, set in by its level; `where` and `is_set_in` are put on the rows of a page by its view."""

    def cell(node: Any) -> SafeString:
        level = min(node.depth, DEEPEST_SET_IN) if getattr(node, "is_set_in", False) else 0
        archived = format_html(' <span class="t-faint">{}</span>', _("archived")) if node.is_archived else ""
        under = getattr(node, "where", "") or node.other_name
        return format_html(
            '<span class="set-in level-{}"><a href="{}">{}</a>{}{}</span>',
            level, reverse(page, args=[node.pk]), node.local_name, archived,
            format_html('<span class="under">{}</span>', under) if under else "",
        )  # fmt: skip

    return cell


def _parent(node: Any) -> str:
    return node.parent.code if node.parent else ""


def _columns(name: str, page: str, counted: "str | Promise", *more: Column) -> tuple[Column, ...]:
    table = f"dealers_{name}"
    return (
        Column(
            IN_ORDER,
            gettext_lazy("Name"),
            _name(page),
            lambda node: node.name,
            Sort(("low",), f"{table}_range"),
        ),
        Column("name_zh", gettext_lazy("Chinese name"), export=lambda node: node.name_zh),
        Column(
            "code",
            gettext_lazy("Code"),
            lambda node: node.code,
            lambda node: node.code,
            Sort(("code",), f"{table}_code_key"),
            phone="dropped",
        ),
        Column("parent", gettext_lazy("Part of"), export=_parent),
        *more,
        Column(
            "inside",
            counted,
            lambda node: formatting.number(getattr(node, "inside", 0)),
            is_number=True,
            phone="main",
        ),
    )


TERRITORIES = register(
    Listing(
        "territories",
        gettext_lazy("Territories"),
        rows=_rows(Territory),
        columns=_columns(
            "territory",
            "dealers:territory",
            gettext_lazy("Dealers"),
            Column(
                "level",
                gettext_lazy("Level"),
                lambda node: node.level_name,
                lambda node: node.level,
                phone="dropped",
            ),
            Column("time_zone", gettext_lazy("Time zone"), export=lambda node: node.time_zone),
        ),
        sort=IN_ORDER,
        empty=Empty(
            "map-pin",
            gettext_lazy("The tree is empty"),
            gettext_lazy("Add the first entry at the top, or import a list of them."),
        ),
        filters=TerritoryFilter,
        key="code",
        export_right="dealers.view_territory",
        export_url="dealers:territories_export",
        template="dealers/tree_list.html",
    )
)
LINES = register(
    Listing(
        "product-lines",
        gettext_lazy("Product lines"),
        rows=_rows(ProductLine),
        columns=_columns("productline", "dealers:product_line", gettext_lazy("Products")),
        sort=IN_ORDER,
        empty=Empty(
            "category",
            gettext_lazy("The tree is empty"),
            gettext_lazy("Add the first entry at the top, or import a list of them."),
        ),
        filters=ProductLineFilter,
        key="code",
        export_right="dealers.view_productline",
        export_url="dealers:product_lines_export",
        template="dealers/tree_list.html",
    )
)
