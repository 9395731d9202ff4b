"""A list as a file: the rows that its address shows, for whoever may take them away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import NotYours
from core.listing import Listing, narrowed
from core.spreadsheets import write_csv, write_xlsx

TOLD = 500  # more rows than this are an event
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Export:
    """What was taken away: for the log."""

    code: str  # of the list
    by: Any
    file_format: str
    rows: int
    query: str


_told: list[Callable[[Export], object]] = []


def when_exported(tell: Callable[[Export], object]) -> None:
    """Register who is told of every export of more than 500 rows."""
    _told.append(tell)


def note(export: Export) -> None:
    if export.rows > TOLD:
        for tell in _told:
            tell(export)


def chosen(listing: Listing, user: Any, query: str, keys: Sequence[str] = ()) -> models.QuerySet[Any]:
    """The rows of an address that this person may take away now; `keys` names single rows of them."""
    if not user.has_perm(listing.export_right):
        raise NotYours(_("You may look at this list, but not take it away."))
    found = narrowed(listing, user, QueryDict(query))
    return found.filter(**{f"{listing.key}__in": keys}) if keys else found


def write(
    listing: Listing,
    found: models.QuerySet[Any],
    file_format: str,
    *,
    progress: Callable[[int], object] = lambda done: None,
) -> bytes:
    """The file's content. `progress` is told now and then how many rows are done."""
    heads = [str(column.label) for column in listing.exported]
    rows = _cells(listing, found, progress)
    return write_csv(heads, rows) if file_format == "csv" else write_xlsx(str(listing.title), heads, rows)


def _cells(listing: Listing, found: models.QuerySet[Any], progress: Callable[[int], object]) -> Iterator[list[object]]:
    values = [column.export for column in listing.exported if column.export]
    for number, row in enumerate(found.iterator(chunk_size=1000)):
        if number % 1000 == 0:
            progress(number)
        yield [value(row) for value in values]


def file_name(code: str, file_format: str) -> str:
    return f"{code}-{timezone.localdate():%Y-%m-%d}.{file_format}"
