"""The rejected rows of one page as its table shows them: what the file said, what was mended, and what can be typed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import ngettext

from core.formatting import number
from dealers.models import User
from ledger.imports.columns import NUMERIC
from ledger.imports.kinds import ImportKind
from ledger.imports.problems import row_reason
from ledger.models import ImportBatch, ImportMend, RejectedRow
from ledger.services.mends import NOT_IN_CELLS, WRONG_WIDTH, cells_of, column_names, headers

type Typed = Mapping[str, str]  # name of an input -> what stands in it


@dataclass(frozen=True, slots=True)
class CellShown:
    """One cell. `name` is that of its input, empty where it cannot be mended."""

    label: str
    value: str
    name: str = ""
    original: str = ""
    was_mended: bool = False
    by: str = ""
    at: datetime | None = None
    inputmode: str = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a row of a wrong width: the column that should stand there, what the file has, what is taken."""

    number: int
    header: str  # empty beyond the last column
    raw: str
    cell: CellShown | None = None  # None where the column is left out


@dataclass(frozen=True, slots=True)
class RowShown:
    row: int
    reason: str
    cell: CellShown
    may_open: bool = False
    others: list[CellShown] = field(default_factory=list)  # the rest of the row, where it is opened
    places: list[Place] = field(default_factory=list)  # instead of them, where the row has a wrong width

    @property
    def is_open(self) -> bool:
        return bool(self.others or self.places)


def input_name(row: int, column: str) -> str:
    return f"cell-{row}-{column}"


def column_label(batch: ImportBatch, kind: ImportKind | None, name: str) -> str:
    """A column by the name that it has in the file, else by ours."""
    labels = {column.name: str(column.label) for column in kind.columns} if kind else {}
    return str(batch.mapping.get(name) or labels.get(name, name))


class Table:
    """Builds the rows of one page; asks once for their mends."""

    def __init__(
        self,
        batch: ImportBatch,
        kind: ImportKind | None,
        rows: Iterable[RejectedRow],
        *,
        user: User,
        may_mend: bool,
        opened: int | None = None,
        typed: Typed | None = None,
    ) -> None:
        self.batch, self.kind, self.found, self.may_mend = batch, kind, list(rows), may_mend
        self.opened, self.typed = opened, typed or {}
        self.columns = column_names(batch)
        self.mends: dict[tuple[int, str], list[ImportMend]] = defaultdict(list)
        numbers = [row.row for row in self.found]
        asked = ImportMend.objects.visible_to(user).filter(batch=batch, row__in=numbers)
        for one in asked.select_related("by").order_by("pk") if numbers else ():
            self.mends[one.row, one.column].append(one)

    def rows(self) -> list[RowShown]:
        return [self._row(row) for row in self.found]

    def _row(self, row: RejectedRow) -> RowShown:
        if row.reason == WRONG_WIDTH:
            return self._wide(row)
        in_cells = self.may_mend and row.reason not in NOT_IN_CELLS
        others = (
            [
                self._cell(row.row, name, str(value), is_open=True)
                for name, value in zip(self.columns, row.cells, strict=False)
                if name != row.column
            ]
            if in_cells and self.opened == row.row
            else []
        )
        cell = self._cell(row.row, row.column, row.value, is_open=in_cells and row.column in self.columns)
        return RowShown(row.row, row_reason(row.reason), cell, may_open=in_cells, others=others)

    def _wide(self, row: RejectedRow) -> RowShown:
        """All cells as the file has them; opened, each beside the column at its place."""
        header, cells = headers(self.batch), [str(cell) for cell in row.cells]
        words = ngettext("%(count)s cell, %(columns)s expected", "%(count)s cells, %(columns)s expected", len(cells))
        words %= {"count": number(len(cells)), "columns": number(len(header))}
        shown = CellShown(label=words, value=" | ".join(cells))
        places = list(self._places(row, header, cells)) if self.may_mend and self.opened == row.row else []
        return RowShown(row.row, row_reason(row.reason), shown, may_open=self.may_mend, places=places)

    def _places(self, row: RejectedRow, header: list[str], cells: list[str]) -> Iterator[Place]:
        ours = {self.batch.mapping.get(name): name for name in self.columns}
        taken = cells_of(self.batch, row)
        for at in range(max(len(header), len(cells))):
            title = header[at] if at < len(header) else ""
            name = ours.get(title) if title else None
            cell = self._cell(row.row, name, taken[name], is_open=True) if name in taken else None
            yield Place(at + 1, title, cells[at] if at < len(cells) else "", cell)

    def _cell(self, row: int, column: str, value: str, *, is_open: bool) -> CellShown:
        name = input_name(row, column) if is_open else ""
        mends = self.mends[row, column]
        last = mends[-1] if mends else None
        return CellShown(
            label=column_label(self.batch, self.kind, column),
            value=self.typed.get(name, value) if name else value,
            name=name,
            original=mends[0].old if mends else "",
            was_mended=last is not None,
            by=last.by.name if last else "",
            at=last.at if last else None,
            inputmode=self._inputmode(column),
        )

    def _inputmode(self, column: str) -> str:
        types = {one.name: one.type for one in self.kind.columns} if self.kind else {}
        return "decimal" if types.get(column) in NUMERIC else "text"
