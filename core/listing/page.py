"""One page of a list, read from an address: rows, heads, chips, links, and what has to be said about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models.expressions import Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_htmx.http import push_url, replace_url

from core import formatting
from core.listing.address import Address
from core.listing.columns import Column, Empty, Listing, Total
from core.listing.filters import SEARCH, Chip, ListFilter
from core.listing.keyset import Key, Order, Window, window

CAP = 1000  # counted to here; beyond it "1,000+" says enough


class CappedCount(Subquery):
    """How many rows a sliced queryset has, counted beside the page by the same statement."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. `direction` is set on the column that the list is sorted by."""

    label: str
    css: str
    code: str
    url: str = ""
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One place to go from here; without address it stands there, but cannot be followed."""

    code: str
    label: str
    url: str
    rel: str = ""
    whole_page: bool = False  # the search box outside the rows has to change as well


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    select: str  # what the box before the row is called
    cells: SafeString


@dataclass
class Page:
    listing: Listing
    address: Address
    user: Any
    filters: ListFilter | None
    sort: str
    shown: Window[Any]
    total: int
    first_number: int | None
    notes: list[str] = field(default_factory=list)
    found: "models.QuerySet[Any] | None" = None

    # ---- rows and heads ------------------------------------------------------------------------
    @cached_property
    def rows(self) -> list[Row]:
        columns = [
            (column.cell, cell_attributes(column, i)) for i, column in enumerate(self.listing.shown) if column.cell
        ]
        key, select = self.listing.key, _("Select %(name)s")
        for row in self.shown.rows:
            row.listed_for = self.user  # a cell may say to a dealer otherwise what it says to us
        return [
            Row(
                getattr(row, key),
                select % {"name": row},
                # Put together here: four hundred turns of a template's loop cost more than the rest of the page.
                # allow marked_safe: attributes are ours, cells are escaped here
                SafeString("".join(f"<td{attributes}>{_escaped(cell(row))}</td>" for cell, attributes in columns)),
            )
            for row in self.shown.rows
        ]

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.listing.shown]

    def _head(self, column: Column) -> Head:
        css = "num" if column.is_number else ""
        if column.sort is None:
            return Head(str(column.label), css, column.code)
        up, down = column.code, f"-{column.code}"
        if self.sort in (up, down):
            direction = "ascending" if self.sort == up else "descending"
            return Head(str(column.label), css, up, self.address.sorted_by(down if self.sort == up else up), direction)
        first = down if column.sort.descending_first else up
        return Head(str(column.label), css, up, self.address.sorted_by(first))

    @cached_property
    def totals(self) -> Sequence[Total]:
        """What all rows that were found come to, not only those of this page."""
        if self.listing.totals is None or self.found is None or not self.shown.rows:
            return ()
        return self.listing.totals(self.found.order_by(), self.user)

    # ---- what narrows it -----------------------------------------------------------------------
    @cached_property
    def chips(self) -> list[Chip]:
        return self.filters.chips(self.address) if self.filters else []

    @property
    def search(self) -> str:
        return self.address.get(SEARCH)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.address.filters) and self.asks_first is None

    @cached_property
    def asks_first(self) -> Empty | None:
        return self.filters.asks_first() if self.filters else None

    @property
    def empty(self) -> Empty:
        """What stands in place of the rows."""
        return self.asks_first or self.listing.empty

    @property
    def has_pane(self) -> bool:
        return bool(self.address.get("pane"))

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the search box keeps while somebody types."""
        return self.address.carried(SEARCH)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the pane keeps: search and order; the filters are its own fields."""
        return [pair for pair in self.address.carried() if pair[0] in (SEARCH, "sort")]

    @property
    def nothing_found(self) -> str:
        if self.search and self.chips:
            return _("Nothing within these filters contains “%(text)s”.") % {"text": self.search}
        if self.search:
            return _("Nothing here contains “%(text)s”.") % {"text": self.search}
        return _("Nothing here matches all of these filters.")

    @property
    def ways_out(self) -> list[Link]:
        """What to take away when nothing is left: each filter by itself, and all at once."""
        links = [
            Link("", _("Remove “%(label)s: %(value)s”") % {"label": chip.label, "value": chip.value}, chip.remove_url)
            for chip in self.chips
        ]
        if self.search:
            links.append(Link("", _("Remove the search"), self.address.without(SEARCH), whole_page=True))
        if len(links) > 1:
            links.append(Link("", _("Clear all filters"), self.address.unfiltered(), whole_page=True))
        return links

    # ---- where we are --------------------------------------------------------------------------
    @property
    def total_text(self) -> str:
        return f"{formatting.number(CAP)}+" if self.total > CAP else formatting.number(self.total)

    @property
    def summary(self) -> str:
        count = len(self.shown.rows)
        if not count:
            return ""
        words = {"count": formatting.number(count), "total": self.total_text}
        if self.first_number is None:
            text = _("%(count)s of %(total)s") if self.shown.has_next else _("The last %(count)s of %(total)s")
            return text % words
        first, last = self.first_number, self.first_number + count - 1
        return _("%(first)s to %(last)s of %(total)s") % {
            "first": formatting.number(first),
            "last": formatting.number(last),
            "total": self.total_text,
        }

    @property
    def links(self) -> list[Link]:
        back, on = self.shown.has_previous, self.shown.has_next
        number, size = self.first_number, self.listing.size
        before = {"before": self._key_of(0), "row": max(number - size, 1) if number else None} if back else {}
        after = {"after": self._key_of(-1), "row": number + len(self.shown.rows) if number else None} if on else {}
        return [
            Link("first", pgettext("page", "First"), self.address.at() if back else ""),
            Link("previous", _("Previous"), self.address.at(**before) if back else "", rel="prev"),
            Link("next", _("Next"), self.address.at(**after) if on else "", rel="next"),
            Link("last", pgettext("page", "Last"), self.address.at(last=1) if on else ""),
        ]

    @property
    def exports(self) -> list[Link]:
        """The same list as a file, for whoever may take it away."""
        right = self.listing.export_right
        if not right or self.asks_first or not self.user.has_perm(right):
            return []
        formats = {"xlsx": _("Excel workbook"), "csv": _("CSV, for other programs")}
        query = f"?{self.address.query}" if self.address.query else ""
        return [
            Link(code, label, reverse(self.listing.export_url, args=[code]) + query) for code, label in formats.items()
        ]

    def _key_of(self, index: int) -> str:
        return str(getattr(self.shown.rows[index], self.listing.key))


def show(request: HttpRequest, listing: Listing, **context: Any) -> HttpResponse:
    """The page of a list; only its rows, or only its pane of filters, where htmx asks for them."""
    return show_page(request, open_page(request, listing), **context)


def show_page(request: HttpRequest, page: Page, **context: Any) -> HttpResponse:
    """The same for a page that was opened before, by a view that has to know what is on it."""
    listing = page.listing
    htmx: Any = request.htmx  # type: ignore[attr-defined]  # set by django-htmx's middleware
    template = listing.template
    if htmx:
        template = "listing/pane.html" if page.has_pane else "listing/rows.html"
    response = render(request, template, {"page": page, "listing": listing, **context})
    patch_vary_headers(response, ["HX-Request"])
    if htmx and not page.has_pane:
        # Typing replaces the address, everything else is a step that one can go back from.
        (replace_url if htmx.trigger_name == SEARCH else push_url)(response, page.address.here())
    return response


def open_page(request: HttpRequest, listing: Listing) -> Page:
    """Read the address: filters, order and place. What cannot be read is said and left out; it is never an error."""
    address = Address(request.path, request.GET)
    visible = listing.rows(request.user)
    filters = (
        listing.filters(request.GET, visible, user=request.user, whole="pane" in request.GET)
        if listing.filters
        else None
    )
    notes = filters.problems() if filters else []
    sort, order = _order(listing, address, notes)
    found, wide, total = _counted(visible, filters)
    at = _place(listing, visible, order, address, notes)
    shown = window(found, order, listing.size, wide=wide, **at)
    if at and not shown.rows:  # what stood there is gone
        notes.append(_("There is nothing at this place any more. This is the first page."))
        at = {}
        shown = window(found, order, listing.size, wide=wide)
    if total is None:
        total = shown.rows[0].list_total if shown.rows else 0
    number = _first_number(address, shown, total, at)
    return Page(listing, address, request.user, filters, sort, shown, total, number, notes, found)


def narrowed(listing: Listing, user: Any, query: QueryDict) -> models.QuerySet[Any]:
    """Everything that an address shows, in its order and without pages: what an export takes."""
    visible = listing.rows(user)
    filters = listing.filters(query, visible, user=user) if listing.filters else None
    _sort, order = _order(listing, Address("", query), [])
    return order.applied_to(filters.qs if filters else visible)


def _order(listing: Listing, address: Address, notes: list[str]) -> tuple[str, Order]:
    sort = address.get("sort") or listing.sort
    try:
        return sort, listing.order_by(sort)
    except KeyError:
        notes.append(_("This list cannot be sorted like that; it is in its usual order."))
        return listing.sort, listing.order_by(listing.sort)


def _counted(
    visible: models.QuerySet[Any], filters: ListFilter | None
) -> tuple[models.QuerySet[Any], models.QuerySet[Any] | None, int | None]:
    """The rows to page through, what reads them where many must be sorted, and their number if it is known by now.

    A search asks its index first; few hits are then read by their keys, and the planner has nothing to guess. All
    other rows are counted beside the page, by the same statement.
    """
    found = filters.qs if filters else visible
    if filters and filters.searches():
        hits = list(found.order_by().values_list("pk", flat=True)[: CAP + 1])
        return (visible.filter(pk__in=hits), None, len(hits)) if len(hits) <= CAP else (found, visible, len(hits))
    counted = CappedCount(found.order_by().values("pk")[: CAP + 1])
    if filters and filters.narrows():
        return found, visible.annotate(list_total=counted), None
    return found.annotate(list_total=counted), None, None


def _place(
    listing: Listing, visible: models.QuerySet[Any], order: Order, address: Address, notes: list[str]
) -> dict[str, Any]:
    """Where the page begins, as arguments of `window`. A place is named by a row that this person may see."""
    if address.get("last"):
        return {"from_end": True}
    for side in ("after", "before"):
        if name := address.get(side):
            key = _key(listing, visible, order, name)
            if key is not None:
                return {side: key}
            notes.append(_("The place in this list is not known any more. This is the first page."))
    return {}


def _key(listing: Listing, visible: models.QuerySet[Any], order: Order, name: str) -> Key | None:
    if len(name) > 100 or not name.isprintable():
        return None
    found: Key | None = visible.order_by().filter(**{listing.key: name}).values_list(*order.key_fields).first()
    return found


def _first_number(address: Address, shown: Window[Any], total: int, at: dict[str, Any]) -> int | None:
    """Which row of the list is the first on this page, as far as one can know."""
    count = len(shown.rows)
    if not shown.has_previous:
        return 1
    if not shown.has_next and total <= CAP:
        return max(total - count + 1, 1)
    row = address.get("row")
    return int(row) if at and row.isascii() and row.isdigit() and 0 < len(row) < 9 else None


def _escaped(value: Any) -> SafeString:
    return conditional_escape(value)


def cell_attributes(column: Column, index: int) -> str:
    """The attributes of a column's cells: class, and the label that a phone shows before the value."""
    classes = ["name"] if index == 0 else []
    if column.is_number:
        classes.append("num")
    if column.phone == "dropped":
        classes.append("drop-phone")
    elif column.phone == "main":
        classes.append("main")
    elif column.phone == "whole":
        classes += ["whole", "last"]  # beneath the short ones, so that those share a line
    attributes = f' class="{" ".join(classes)}"' if classes else ""
    if index and column.phone == "labelled":
        attributes += f' data-l="{_escaped(column.label)}"'
    return SafeString(attributes)  # allow marked_safe: class names are ours, the label is escaped above
