"""What a list declares: rows, columns, what it sorts and filters by. Each room keeps its lists in `tables.py`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from core.listing.filters import ListFilter
from core.listing.keyset import Order

type Text = str | Promise
MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Total:
    """What all rows of a list come to, whatever the page shows: a label and a figure, already worded."""

    label: Text
    value: str


@dataclass(frozen=True, slots=True)
class Sort:
    """Fields of one direction, and the index that has them in this order. The primary key is added by itself."""

    fields: tuple[str, ...]
    index: str
    nullable: bool = False
    descending_first: bool = False  # dates: the first press shows the newest


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `cell` makes what the page shows (escaped unless it is safe), `export` what a file gets.

    Without `cell` the column stands in exports only, without `export` on the page only. On a phone the first column
    is the row's name, `main` its figure at the right; the others follow as `labelled`, `bare` (its words suffice),
    `whole` (bare, in a line of its own beneath) or not at all (`dropped`).
    """

    code: str
    label: Text
    cell: Callable[[Any], object] | None = None
    export: Callable[[Any], object] | None = None
    sort: Sort | None = None
    is_number: bool = False
    phone: Literal["labelled", "bare", "whole", "dropped", "main"] = "labelled"


@dataclass(frozen=True, slots=True)
class Empty:
    """What a list says before its first row: what belongs here, and why it matters."""

    icon: str
    title: Text
    text: Text
    action: Text = ""
    action_name: str = ""  # of the page that the button leads to

    @property
    def action_url(self) -> str:
        return reverse(self.action_name) if self.action_name else ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A declared list. `rows` gives what a person may see, with everything the cells touch already joined."""

    code: str
    title: Text
    rows: Callable[[Any], models.QuerySet[Any]]
    columns: tuple[Column, ...]
    sort: str
    empty: Empty
    filters: type[ListFilter] | None = None
    key: str = "public_id"  # the unique field that names a row in addresses
    export_right: str = ""
    export_url: str = ""  # the name of the address that takes the format: "csv" or "xlsx"
    template: str = "listing/list.html"
    size: int = 50
    totals: "Callable[[models.QuerySet[Any], Any], Sequence[Total]] | None" = None
    has_search: bool = True

    def __post_init__(self) -> None:
        if len(self.shown) > MOST_COLUMNS:
            raise ImproperlyConfigured(f"The list {self.code} has more than {MOST_COLUMNS} columns: nobody reads that.")
        self.order_by(self.sort)

    @property
    def shown(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.cell)

    @property
    def exported(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.export)

    def order_by(self, code: str) -> Order:
        """The order that the address names ("since", "-since"); KeyError where the list has no such order."""
        sort = {column.code: column.sort for column in self.columns}[code.removeprefix("-")]
        if sort is None:
            raise KeyError(code)
        return Order(sort.fields, descending=code.startswith("-"), nullable=sort.nullable)


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Make a list known by its code, for exports that run as jobs."""
    if listing.code in _listings:
        raise ImproperlyConfigured(f"There are two lists called {listing.code}.")
    _listings[listing.code] = listing
    return listing


def find(code: str) -> Listing:
    return _listings[code]


def all_listings() -> tuple[Listing, ...]:
    return tuple(_listings.values())


def discover() -> None:
    autodiscover_modules("tables")
