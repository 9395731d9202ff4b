"""Mending cells of rejected rows before a file is posted. Order of locks: the import."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import access, jobs
from core.errors import Refused, Stale
from dealers import events
from dealers.models import User
from ledger.models import ImportBatch, ImportMend, RejectedRow
from ledger.models.mend import last_words
from ledger.services.batches import CHECK, take

State = ImportBatch.State
WRONG_WIDTH = "WRONG_WIDTH"
# Rows of which the text cannot be read: they are mended in the file.
NOT_IN_CELLS = frozenset({"TEXT_NOT_READABLE"})
UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class Cell:
    """What somebody typed into one cell."""

    row: int
    column: str
    value: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A row that two people mended: what the other wrote, and what this one typed."""

    theirs: ImportMend
    mine: Cell


class MendedMeanwhile(Stale):
    """Somebody else mended the same rows since the page was shown; nothing was stored."""

    def __init__(self, clashes: list[Clash]) -> None:
        super().__init__(_("Somebody else mended the same row while you did. Nothing of yours was stored yet."))
        self.clashes = clashes


@transaction.atomic
def mend(batch: ImportBatch, cells: Iterable[Cell], *, by: User, seen: int) -> int:
    """Note what is mended and have the file checked again; how many cells are new.

    `seen` is the last mend that the page knew. Cells that still say what that page showed are not meant; without any
    other, the rows are only checked again: what they name may be on file by now. A row of a wrong width is meant as a
    whole: whoever sends it has seen its cells under the columns.
    """
    batch = take(batch, by, State.CHECKED, State.STORED)
    typed = list(cells)
    shown = _shown(batch, {cell.row for cell in typed}, seen)
    wide = set(_rejected(batch, {cell.row for cell in typed}).filter(reason=WRONG_WIDTH).values_list("row", flat=True))
    meant = [cell for cell in typed if cell.value != _shown_at(shown, cell) or cell.row in wide]
    _refuse_unreadable(cell for cell in meant if cell.row in wide)
    _refuse_clashes(batch, meant, seen)
    ImportMend.objects.bulk_create(
        ImportMend(
            dealer_id=batch.dealer_id, batch=batch, row=cell.row, column=cell.column, old=_shown_at(shown, cell),
            new=cell.value, by_id=by.pk,
        )
        for cell in meant
    )  # fmt: skip
    if meant:
        events.record("import.mended", batch, by=by, data={"cells": len(meant)})
    if batch.state == State.CHECKED:  # else the check that was asked for finds them
        batch.state = State.STORED
        batch.save(update_fields=["state"])
        jobs.enqueue(CHECK, payload={"batch": batch.pk}, by=by)
    return len(meant)


def column_names(batch: ImportBatch) -> list[str]:
    """Our columns that the file has, in its order."""
    return [str(name) for name in batch.conventions.get("columns", ())]


def headers(batch: ImportBatch) -> list[str]:
    """The columns of the file by their names in it, as far as it could be read."""
    found = batch.conventions.get("header") or batch.problem_values.get("header") or []
    return [str(name) for name in found]


def cells_of(batch: ImportBatch, row: RejectedRow) -> dict[str, str]:
    """A rejected row by our columns. One of a wrong width has its cells as in the file, and each stands under the
    column at its place; where none is left, the column is empty.
    """
    names = column_names(batch)
    if row.reason != WRONG_WIDTH:
        return {name: str(cell) for name, cell in zip(names, row.cells, strict=False)}
    header = headers(batch)
    places = {name: header.index(batch.mapping[name]) for name in names if batch.mapping.get(name) in header}
    return {name: str(row.cells[at]) if at < len(row.cells) else "" for name, at in places.items()}


def _rejected(batch: ImportBatch, rows: Iterable[int]) -> QuerySet[RejectedRow]:
    return access.rows_of(RejectedRow).filter(batch=batch, row__in=rows)


def _refuse_unreadable(cells: Iterable[Cell]) -> None:
    for cell in cells:
        if UNREADABLE in cell.value:
            raise Refused(
                _("Row %(row)s: “%(value)s” cannot be read. Type it anew.") % {"row": cell.row, "value": cell.value}
            )


def _shown(batch: ImportBatch, rows: set[int], seen: int) -> dict[tuple[int, str], str]:
    """The cells that may be mended, as the page showed them: those of rejected rows, and what was mended before."""
    names = column_names(batch)
    rejected = _rejected(batch, rows).exclude(reason__in=NOT_IN_CELLS)
    shown = {(one.row, name): cell for one in rejected for name, cell in cells_of(batch, one).items()}
    for one in access.rows_of(ImportMend).filter(batch=batch, row__in=rows, column__in=names).order_by("-pk"):
        if one.pk > seen:
            shown[one.row, one.column] = one.old  # in the end that of the oldest: what this reader saw
        else:
            shown.setdefault((one.row, one.column), one.new)
    return shown


def _shown_at(shown: Mapping[tuple[int, str], str], cell: Cell) -> str:
    try:
        return shown[cell.row, cell.column]
    except KeyError:
        raise Refused(_("This row is no longer among the rejected ones. Reload the page.")) from None


def _refuse_clashes(batch: ImportBatch, meant: list[Cell], seen: int) -> None:
    of_row = {cell.row: cell for cell in meant}
    exact = {(cell.row, cell.column): cell for cell in meant}
    newer = last_words(access.rows_of(ImportMend).filter(batch=batch, row__in=of_row, pk__gt=seen))
    clashes = [
        Clash(theirs, exact.get((theirs.row, theirs.column), of_row[theirs.row]))
        for theirs in newer.select_related("by")
    ]
    if clashes:
        raise MendedMeanwhile(clashes)
