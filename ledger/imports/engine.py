"""Running an import: open, read, check, post, in one transaction; or the same without posting, for the preview."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access
from core.database import memory
from core.database.locks import hold
from core.money import CURRENCIES
from dealers.models import Dealer, User
from ledger.imports import checking, files, mending, staging
from ledger.imports.columns import apply_mapping, match_headers
from ledger.imports.files import Limits, Sheet
from ledger.imports.kinds import ImportKind
from ledger.imports.posting import CHECKED, Posting
from ledger.imports.problems import FileRefused
from ledger.imports.staging import STAGE, Staged
from ledger.imports.words import Conventions, conventions_of, is_ambiguous_date
from ledger.models import ImportBatch, StockGap

_SUMMED = ("ledger_movement", "ledger_invoice", "ledger_payment")
REJECTS_KEPT = 50_000  # rows kept with their cells; beyond that the count goes on and the file says enough


type Tell = Callable[[int, int, str], object]  # steps done, steps in all, what is done now


def to_nobody(_done: int, _total: int, _stage: str) -> None:
    """Nobody wants to know how far it is."""


class _Undo(Exception):  # noqa: N818
    """Leaves the transaction of a dry run."""


class Reject(NamedTuple):
    """A row that was not taken; light, since there may be tens of thousands."""

    row: int
    column: str
    value: str
    reason: str
    cells: list[str]


@dataclass(slots=True)
class Outcome:
    """What became of a file: every record is stored, rejected, a duplicate or left out."""

    read: int = 0
    stored: int = 0
    rejected: int = 0
    duplicate: int = 0
    ignored: int = 0
    warned: int = 0
    totals: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    gaps: list[StockGap] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: which column stands where, and how it writes numbers and dates."""

    sheet: Sheet
    positions: dict[str, int]
    conventions: Conventions


@contextmanager
def reading(
    path: Path, kind: ImportKind, *, limits: Limits, mapping: Mapping[str, str] | None = None, date_order: str = ""
) -> Iterator[Reading]:
    """Open a file and settle how it is read. Raises `FileRefused`."""
    with files.opened(path, list(kind.columns), limits=limits) as sheet:
        positions = _positions(sheet.header, kind, mapping or {})
        missing = [name for name in kind.required if name not in positions]
        sample = sheet.sample()
        if missing:
            raise FileRefused("MISSING_COLUMNS", columns=", ".join(missing), header=sheet.header)
        if not any(any(cell.strip() for cell in row) for row in sample):
            raise FileRefused("NO_DATA_ROWS")
        conventions = conventions_of(sample, positions, kind.columns)
        if date_order:
            conventions = Conventions(conventions.decimal, date_order)
        yield Reading(sheet, positions, conventions)


def _positions(header: list[str], kind: ImportKind, mapping: Mapping[str, str]) -> dict[str, int]:
    """What was matched by hand holds, also where a column is to be left out (""); the rest is found by its name."""
    known = {column.name for column in kind.columns}
    chosen = apply_mapping({name: said for name, said in mapping.items() if said and name in known}, header)
    taken = set(chosen.values())
    found = match_headers(header, kind.columns)
    free = {name: at for name, at in found.items() if at not in taken and mapping.get(name) != ""}
    return dict(sorted((free | chosen).items(), key=lambda one: one[1]))  # as in the file, also when it is read again


def run(
    batch: ImportBatch,
    kind: ImportKind,
    read: Reading,
    *,
    by: User,
    dry: bool,
    today: date | None = None,
    tell: Tell = to_nobody,
) -> Outcome:
    """Stage, check and post the rows of `batch`; a dry run does all of it and takes it back.

    With "all or nothing" a single bad row refuses the file (`FileRefused`), and nothing stays.
    """
    outcome = Outcome()
    try:
        with transaction.atomic():
            outcome = _run(batch, kind, read, by=by, today=today or timezone.localdate(), tell=tell)
            if outcome.rejected and batch.choice == ImportBatch.Choice.ALL_OR_NOTHING and not dry:
                raise FileRefused("ALL_OR_NOTHING", rejected=outcome.rejected)
            if dry:
                raise _Undo
    except _Undo:
        pass
    return outcome


def _run(batch: ImportBatch, kind: ImportKind, read: Reading, *, by: User, today: date, tell: Tell) -> Outcome:
    present = frozenset(read.positions)
    memory.allow_for_all()
    hold(f"import {kind.code} {batch.source} {batch.dealer_id}")
    tell(0, 3, _("Reading the file"))
    staged = staging.stage(
        read.sheet, read.positions, list(kind.columns), read.conventions, laid_out=mending.mended_rows(batch)
    )
    mending.put_in(batch, kind, read.positions, read.conventions, staged)
    tell(1, 3, _("Checking the rows"))
    checking.make_calendar()
    _make_reach(batch, by)
    checking.check(kind, present, CURRENCIES, today)
    if not staged.understood and _understand_odd_rows(kind, read):
        checking.check(kind, present, CURRENCIES, today)
    _mark_ambiguous_dates(kind, read)
    tell(2, 3, _("Comparing with the ledger"))
    posting = Posting(batch=batch, by=by, present=present)
    kind.post(posting)
    outcome = Outcome(staged.records, posting.stored, 0, posting.duplicate, staged.ignored)
    if kind.warn is not None:
        outcome.warned, outcome.gaps = kind.warn(batch)
    outcome.totals = sums_of(batch)
    _collect(outcome, read, staged)
    return outcome


def sums_of(batch: ImportBatch) -> dict[str, str]:
    """What the batch brought into the ledger, by currency, to the ten-thousandth."""
    sums: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in _SUMMED:
            cursor.execute(
                f"select currency, sum(amount_e4) from {table} where batch_id = %s group by 1 order by 1", [batch.pk]
            )
            for currency, total in cursor.fetchall():
                sums[currency] = f"{Decimal(total) / 10_000:.4f}"
    return sums


def _make_reach(batch: ImportBatch, by: User) -> None:
    """The dealers that this import may write for: the reporting dealer, or those the person reaches."""
    found = access.rows_of(Dealer) if by.kind == User.Kind.SYSTEM else Dealer.objects.visible_to(by)
    if batch.dealer_id:
        found = found.filter(pk=batch.dealer_id)
    statement, params = found.filter(archived_at__isnull=True).order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists import_reach")
        cursor.execute("create temporary table import_reach (id bigint primary key) on commit drop")
        cursor.execute(f"insert into import_reach (id) {statement}", params)


def _understand_odd_rows(kind: ImportKind, read: Reading) -> int:
    """A second chance for rows that did not pass: full-width digits, a currency sign, blanks around a code."""
    odd = f"s.row in (select row from {CHECKED} where problem is not null)"
    return staging.understand_again(odd, list(read.positions), list(kind.columns), read.conventions)


def _mark_ambiguous_dates(kind: ImportKind, read: Reading) -> None:
    if read.conventions.date_order:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"select row, problem from {CHECKED} where problem like 'BAD_DATE:%%'")
        for row, problem in cursor.fetchall():
            column = problem.partition(":")[2]
            cursor.execute(f"select {column} from {STAGE} where row = %s", [row])
            if is_ambiguous_date(cursor.fetchone()[0]):
                cursor.execute(f"update {CHECKED} set problem = %s where row = %s", [f"AMBIGUOUS_DATE:{column}", row])


def _collect(outcome: Outcome, read: Reading, staged: Staged) -> None:
    names = list(read.positions)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select split_part(problem, ':', 1), count(*) from {CHECKED} where problem is not null group by 1"
        )
        outcome.reasons = dict(cursor.fetchall())
        wanted = ", ".join(f"s.{name}" for name in names)
        raw = (
            ""
            if staged.understood
            else f"where row not in (select row from {staging.RAW}) union all table {staging.RAW}"
        )
        listed = ", ".join(["row", *names])
        cursor.execute(
            f"select c.row, c.problem, {wanted} from {CHECKED} c "
            f"join (select {listed} from {STAGE} {raw}) s on s.row = c.row "
            f"where c.problem is not null order by c.row limit {REJECTS_KEPT}"
        )
        for row, problem, *cells in cursor.fetchall():
            code, _, column = problem.partition(":")
            values = dict(zip(names, cells, strict=True))
            told = [values[name] or "" for name in names]
            outcome.rejects.append(Reject(row, column, values.get(column) or "", code, told))
    for row, code, cells in staged.odd:
        outcome.reasons[code] = outcome.reasons.get(code, 0) + 1
        outcome.rejects.append(Reject(row, "", "", code, cells))
    outcome.rejects.sort(key=lambda reject: reject.row)
    outcome.rejected = sum(outcome.reasons.values())
