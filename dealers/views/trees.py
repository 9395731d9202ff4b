"""Browsing and keeping a tree: the same pages for territories and for product lines."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import Listing, open_page, show_page
from dealers import tables
from dealers.forms.trees import move_form, node_form
from dealers.models import Dealer, Product, ProductLine, Territory, User
from dealers.models.tree import Node
from dealers.requests import PortalRequest
from dealers.services import trees
from dealers.tables.trees import IN_ORDER

BOTH = ("GET", "POST")
MOST_LISTED = 25


@dataclass(frozen=True, slots=True)
class Tree:
    """What differs between the two trees."""

    model: type[Node]
    name: str  # in addresses: dealers:territories, dealers:territory, ...
    plural: str
    listing: Listing
    what: "str | Promise"
    fields: tuple[str, ...]
    counted: "str | Promise"
    adding: "str | Promise"

    @property
    def title(self) -> "str | Promise":
        return self.listing.title

    def right(self, what: str) -> str:
        return f"dealers.{what}_{self.model._meta.model_name}"

    def url(self, node: Node | None, page: str = "") -> str:
        if node is None:
            return reverse(f"dealers:{self.plural}")
        return reverse(f"dealers:{self.name}{page and '_'}{page}", args=[node.pk])


TERRITORIES = Tree(
    Territory, "territory", "territories", tables.TERRITORIES,
    gettext_lazy("The map in pieces: a territory means itself and everything in it."),
    ("name", "name_zh", "code", "level", "time_zone"), gettext_lazy("Dealers"), gettext_lazy("Add a territory"),
)  # fmt: skip
LINES = Tree(
    ProductLine, "product_line", "product_lines", tables.LINES,
    gettext_lazy("What we sell, in groups: a line means itself and the lines below it."),
    ("name", "name_zh", "code"), gettext_lazy("Products"), gettext_lazy("Add a product line"),
)  # fmt: skip


def urls(tree: Tree) -> list[URLPattern]:
    """The addresses of one tree; each carries the rights of its own model."""
    base, view, kind = tree.plural.replace("_", "-"), tree.right("view"), tree.model._meta.label_lower

    @door(Audience.STAFF, permission=view)
    def roots(request: PortalRequest) -> HttpResponse:
        return _list(request, tree)

    @door(Audience.STAFF, permission=view)
    def export(request: PortalRequest, file_format: str) -> HttpResponse:
        return answer(request, tree.listing, file_format)

    @door(Audience.STAFF, kind, permission=view)
    def node(request: PortalRequest, pk: int) -> HttpResponse:
        return _browse(request, tree, _node(request.user, tree, pk))

    @door(Audience.STAFF, permission=tree.right("add"), methods=BOTH)
    def add(request: PortalRequest) -> HttpResponse:
        return _add(request, tree)

    @door(Audience.STAFF, kind, permission=tree.right("change"), methods=BOTH)
    def edit(request: PortalRequest, pk: int) -> HttpResponse:
        return _edit(request, tree, _node(request.user, tree, pk))

    @door(Audience.STAFF, kind, permission=tree.right("change"), methods=BOTH)
    def move(request: PortalRequest, pk: int) -> HttpResponse:
        return _move(request, tree, _node(request.user, tree, pk))

    @door(Audience.STAFF, kind, permission=tree.right("change"), methods=BOTH)
    def archive(request: PortalRequest, pk: int) -> HttpResponse:
        return _archive(request, tree, _node(request.user, tree, pk))

    @door(Audience.STAFF, kind, permission=tree.right("change"), methods=("POST",))
    def restore(request: PortalRequest, pk: int) -> HttpResponse:
        found = _node(request.user, tree, pk)
        _try(request, lambda: trees.restore(found, by=request.user), _("It is offered again."))
        return redirect(tree.url(found))

    return [
        path(f"{base}/", roots, name=tree.plural),
        path(f"{base}/export.<str:file_format>", export, name=f"{tree.plural}_export"),
        path(f"{base}/add/", add, name=f"{tree.name}_add"),
        path(f"{base}/<int:pk>/", node, name=tree.name),
        path(f"{base}/<int:pk>/edit/", edit, name=f"{tree.name}_edit"),
        path(f"{base}/<int:pk>/move/", move, name=f"{tree.name}_move"),
        path(f"{base}/<int:pk>/archive/", archive, name=f"{tree.name}_archive"),
        path(f"{base}/<int:pk>/restore/", restore, name=f"{tree.name}_restore"),
    ]


def _node(user: User, tree: Tree, pk: int) -> Node:
    found: Node = get_object_or_404(_nodes(user, tree), pk=pk)
    return found


def _nodes(user: User, tree: Tree) -> Any:
    manager: Any = tree.model._default_manager
    return manager.visible_to(user)


# ---- browsing --------------------------------------------------------------------------------


def _list(request: PortalRequest, tree: Tree) -> HttpResponse:
    page = open_page(request, tree.listing)
    shown: list[Any] = page.shown.rows
    numbers = _counts(request.user, tree, shown)
    is_tree = page.sort == IN_ORDER and not page.search
    for one in shown:
        one.inside, one.is_set_in = numbers[one.pk], is_tree
        one.where = "" if is_tree or one.parent is None else _("in %(place)s") % {"place": one.parent.local_name}
    if is_tree and shown and shown[0].depth and page.shown.has_previous:  # a page that begins inside says where
        above = _nodes(request.user, tree).above(shown[0]).exclude(pk=shown[0].pk)
        shown[0].where = " › ".join(one.local_name for one in above)
    return show_page(request, page, tree=tree, may_add=request.user.has_perm(tree.right("add")))


def _browse(request: PortalRequest, tree: Tree, node: Node) -> HttpResponse:
    nodes = _nodes(request.user, tree)
    shown = list(nodes.filter(parent=node).order_by("is_archived", "low"))
    numbers = _counts(request.user, tree, [*shown, node])
    above = list(nodes.above(node).exclude(pk=node.pk))
    context = {
        "tree": tree,
        "node": node,
        "rows": [(one, tree.url(one), numbers[one.pk]) for one in shown],
        "count": numbers[node.pk],
        "list_url": tree.url(None),
        "below_url": f"{tree.url(None)}?{urlencode({'within': node.code})}",
        "may_add": request.user.has_perm(tree.right("add")),
        "may_change": request.user.has_perm(tree.right("change")),
        "steps": [(one, tree.url(one)) for one in above],
        **{page: tree.url(node, page) for page in ("edit", "move", "archive", "restore")},
        **_inside(request.user, node),
    }
    return render(request, "dealers/tree.html", context)


def _counts(user: User, tree: Tree, nodes: Sequence[Node]) -> dict[int, int]:
    """How many dealers (that the reader may see) or products are in each node, by one grouped query."""
    if tree is TERRITORIES:
        things: Any = Dealer.objects.visible_to(user).filter(archived_at__isnull=True)
        spot = "home__low"
    else:
        things = Product.objects.visible_to(user).filter(is_archived=False, line__isnull=False)
        spot = "line__low"
    spread = list(things.order_by(spot).values_list(spot).annotate(n=Count("pk")))
    spots, sums = [low for low, _n in spread], [0]
    for _low, n in spread:
        sums.append(sums[-1] + n)
    return {one.pk: sums[bisect_right(spots, one.high)] - sums[bisect_right(spots, one.low - 1)] for one in nodes}


def _inside(user: User, node: Node) -> dict[str, Any]:
    """Who is appointed here, or which products belong here."""
    if isinstance(node, Territory):
        found = Dealer.objects.visible_to(user).filter(
            archived_at__isnull=True, home__in=Territory.objects.within(node)
        )
        return {"dealers": found.select_related("home", "manager").order_by("home__low", "sort_key")[:MOST_LISTED]}
    if isinstance(node, ProductLine):
        products = Product.objects.visible_to(user).filter(is_archived=False, line__in=ProductLine.objects.within(node))
        return {"products": products.select_related("line").order_by("line__low", "code")[:MOST_LISTED]}
    return {}


# ---- keeping ---------------------------------------------------------------------------------


def _add(request: PortalRequest, tree: Tree) -> HttpResponse:
    form_class = node_form(tree.model, tree.fields, with_parent=True)
    form = form_class(request.POST or None, user=request.user, initial={"parent": _wanted_parent(request, tree)})
    if request.method == "POST" and form.is_valid():
        try:
            made = trees.add(tree.model(**form.cleaned_data), by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is in the tree.") % {"name": made})
            return redirect(tree.url(made))
    return _form(request, tree, None, form, str(tree.adding))


def _wanted_parent(request: PortalRequest, tree: Tree) -> Node | None:
    number = request.GET.get("in", "")
    found: Node | None = _nodes(request.user, tree).filter(pk=number).first() if number.isdecimal() else None
    return found


def _edit(request: PortalRequest, tree: Tree, node: Node) -> HttpResponse:
    form = node_form(tree.model, tree.fields)(request.POST or None, user=request.user, instance=node)
    if request.method == "POST" and form.is_valid():
        fresh = _node(request.user, tree, node.pk)
        if _try(request, lambda: trees.change(fresh, by=request.user, **form.cleaned_data), _("Saved.")):
            return redirect(tree.url(node))
    return _form(request, tree, node, form, _("Change %(name)s") % {"name": node})


def _move(request: PortalRequest, tree: Tree, node: Node) -> HttpResponse:
    form = move_form(tree.model)(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["parent"]
        done = _("%(name)s has moved, with everything in it.") % {"name": node}
        if _try(request, lambda: trees.move(node, target, by=request.user), done):
            return redirect(tree.url(node))
    return _form(request, tree, node, form, _("Move %(name)s") % {"name": node})


def _archive(request: PortalRequest, tree: Tree, node: Node) -> HttpResponse:
    reason = request.POST.get("reason", "")
    refusal = ""
    if request.method == "POST":
        try:
            trees.archive(node, by=request.user, reason=reason)
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("%(name)s is in the archive.") % {"name": node})
            return redirect(tree.url(node))
    context = {"tree": tree, "node": node, "back": tree.url(node), "reason": reason, "refusal": refusal}
    return render(request, "dealers/tree_archive.html", context)


def _form(request: PortalRequest, tree: Tree, node: Node | None, form: Any, title: str) -> HttpResponse:
    context = {"tree": tree, "node": node, "form": form, "title": title, "list_url": tree.url(None)}
    return render(request, "dealers/tree_form.html", context | {"back": tree.url(node)})


def _try(request: PortalRequest, verb: Any, done: str) -> bool:
    try:
        verb()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True
