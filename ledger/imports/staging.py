"""Bringing the rows of a file into a temporary table, as text, one column each, in the order of the file."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.db import connection, transaction

from ledger.imports.columns import Column
from ledger.imports.files import Sheet
from ledger.imports.problems import FileRefused
from ledger.imports.words import Conventions, understand

STAGE = "import_stage"
RAW = "import_raw"  # rows as the file had them, where the stage has them in another spelling
AGAIN = "import_again"
_BLOCK = 5_000


@dataclass(slots=True)
class Staged:
    """What came in: number of records, those left out (blank, totals, footers), those of the wrong width."""

    records: int = 0
    ignored: int = 0
    odd: list[tuple[int, str, list[str]]] = field(default_factory=list)  # row, problem, cells
    understood: bool = False  # True when every value has already been through `words`


def stage(
    sheet: Sheet,
    positions: dict[str, int],
    columns: list[Column],
    conventions: Conventions,
    *,
    laid_out: Collection[int] = (),
) -> Staged:
    """Fill the temporary table. Plain files go in as bytes; others are read here and brought to the one spelling.

    `laid_out` are rows of a wrong width whose cells somebody has put under the columns: they are staged as they come,
    and what was typed is written over them.
    """
    if sheet.can_be_piped and conventions.is_plain:
        try:
            with transaction.atomic():
                return _pipe(sheet, positions, columns)
        except psycopg.DataError:
            pass  # ragged rows or stray quotes: read them one by one, so that each gets its own message
    return _read(sheet, positions, columns, conventions, laid_out)


def _create(names: Iterable[str], *, numbered: bool) -> None:
    row = "row bigint generated always as identity" if numbered else "row bigint not null"
    listed = ", ".join(f"{name} text" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"drop table if exists {STAGE}")
        cursor.execute(f"create temporary table {STAGE} ({row}, {listed}) on commit drop")


def _pipe(sheet: Sheet, positions: dict[str, int], columns: list[Column]) -> Staged:
    """COPY the file's own bytes; columns that we do not want are staged under neutral names and ignored."""
    wanted = {at: name for name, at in positions.items()}
    names = [wanted.get(at, f"unused_{at}") for at in range(len(sheet.header))]
    _create(names, numbered=True)
    mark = "E'\\t'" if sheet.delimiter == "\t" else f"'{sheet.delimiter}'"
    statement = f"copy {STAGE} ({', '.join(names)}) from stdin with (format csv, delimiter {mark})"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for chunk in sheet.pipe():
            copy.write(chunk)
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {STAGE}")
        records = int(cursor.fetchone()[0])
    if sheet.limits.csv_rows and records > sheet.limits.csv_rows:
        raise FileRefused("TOO_MANY_ROWS", limit=f"{sheet.limits.csv_rows:,}")
    return Staged(records=records)


def _read(
    sheet: Sheet,
    positions: dict[str, int],
    columns: list[Column],
    conventions: Conventions,
    laid_out: Collection[int],
) -> Staged:
    names = list(positions)
    _create(names, numbered=False)
    by_name = {column.name: column for column in columns}
    plan = [(positions[name], by_name[name]) for name in names]
    staged = Staged(understood=True)
    statement = f"copy {STAGE} (row, {', '.join(names)}) from stdin"
    width = len(sheet.header)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for number, cells in _worth_keeping(sheet, staged):
            is_odd = any(cell.strip() for cell in cells[width:]) or (len(cells) < width and not sheet.is_workbook)
            if is_odd and number not in laid_out:
                staged.odd.append((number, "WRONG_WIDTH", cells))
                continue
            if not is_odd and any("\ufffd" in cell for cell in cells):
                staged.odd.append((number, "TEXT_NOT_READABLE", cells))
                continue
            copy.write_row(
                [
                    number,
                    *(understand(cells[at], column, conventions) if at < len(cells) else "" for at, column in plan),
                ]
            )
    return staged


def _worth_keeping(sheet: Sheet, staged: Staged) -> Iterator[tuple[int, list[str]]]:
    """Numbered records without blank ones, totals and footers; those are counted as left out."""
    for number, cells in enumerate(sheet.records(), start=1):
        filled = [cell for cell in cells if cell.strip()]
        if not filled:
            continue
        staged.records += 1
        if sheet.is_workbook and (len(filled) == 1 or _is_total(filled[0])):
            staged.ignored += 1
        else:
            yield number, cells


_TOTALS = ("合计", "总计", "小计", "total", "sum", "summe", "grand total", "subtotal")


def _is_total(first: str) -> bool:
    return first.strip().rstrip(":：").casefold() in _TOTALS


def understand_again(condition: str, names: list[str], columns: list[Column], conventions: Conventions) -> int:
    """Bring the staged rows of a condition (on alias s) to the one spelling; the number of rows that changed.

    Rows pass through in blocks, so that a million odd rows cost no more memory than a few. What the file said is kept
    in `RAW` for the messages.
    """
    by_name = {column.name: column for column in columns}
    plan = [by_name[name] for name in names]
    listed = ", ".join(f"{name} text" for name in names)
    changed = 0
    with connection.cursor() as cursor:
        for table in (RAW, AGAIN):
            cursor.execute(f"drop table if exists {table}")
            cursor.execute(f"create temporary table {table} (row bigint, {listed}) on commit drop")
        cursor.execute(
            f"declare odd_rows no scroll cursor for select s.row, {', '.join('s.' + name for name in names)} "
            f"from {STAGE} s where {condition}"
        )
        while block := _fetch(cursor):
            pairs = [(old, _understood(old, plan, conventions)) for old in block]
            fresh = [(old, new) for old, new in pairs if new != old]
            changed += len(fresh)
            _copy(cursor, RAW, names, [old for old, _new in fresh])
            _copy(cursor, AGAIN, names, [new for _old, new in fresh])
        cursor.execute("close odd_rows")
        sets = ", ".join(f"{name} = a.{name}" for name in names)
        cursor.execute(f"update {STAGE} s set {sets} from {AGAIN} a where a.row = s.row")
    return changed


def _fetch(cursor: Any) -> list[tuple[Any, ...]]:
    cursor.execute(f"fetch {_BLOCK} from odd_rows")
    return list(cursor.fetchall())


def _understood(record: tuple[Any, ...], plan: list[Column], conventions: Conventions) -> tuple[Any, ...]:
    row, *values = record
    return (row, *(understand(v, c, conventions) if v else v for v, c in zip(values, plan, strict=True)))


def _copy(cursor: Any, table: str, names: list[str], records: list[tuple[Any, ...]]) -> None:
    if records:
        with cursor.copy(f"copy {table} (row, {', '.join(names)}) from stdin") as copy:
            for record in records:
                copy.write_row(record)
