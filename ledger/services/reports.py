"""A dealer's own reports: keyed in or as a file, as nothing to report; and waiving one. Order of locks: the report."""

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import access, formatting, reasons
from core.database.context import acting
from core.database.roles import Role
from core.errors import NotYours, Refused
from core.periods import months_later
from dealers import events
from dealers.models import Person, Product, User
from dealers.rights import require
from ledger.imports.files import PAGE
from ledger.imports.problems import FileRefused, row_reason
from ledger.models import ImportBatch, RejectedRow, ReportDue, ReportDuty, StockGap
from ledger.models.batch import FILES
from ledger.services import dues
from ledger.services.batches import bring_in

SOURCE = "report"
_KEPT = "ledger.report"
SHOWN = 20  # rows at fault that are named at once


class RowsRefused(Refused):
    """Rows of the report are wrong; nothing of it was stored. `faults` names row, column, value and reason."""

    def __init__(self, faults: list[str], number: int) -> None:
        text = ngettext(
            "Nothing was filed: %(number)d row is wrong. Mend it and send the report again.",
            "Nothing was filed: %(number)d rows are wrong. Mend them and send the report again.",
            number,
        )
        super().__init__(text % {"number": number})
        self.faults = faults


class StockDiffers(Refused):
    """Counts contradict the count before and what moved since; nothing was filed yet. The dealer may insist."""

    def __init__(self, gaps: list[StockGap], number: int) -> None:
        text = ngettext(
            "Not filed yet: %(number)d count differs from what should be there. File it anyway?",
            "Not filed yet: %(number)d counts differ from what should be there. File them anyway?",
            number,
        )
        super().__init__(text % {"number": number})
        self.gaps = gaps[:SHOWN]


@transaction.atomic
def file(due: ReportDue, data: bytes, *, by: User, file_name: str, note: str = "") -> ReportDue:
    """File a report with its rows. All rows are taken or none; counts that do not balance need a note.

    Raises `FileRefused` for a file that cannot be read, `RowsRefused` where rows are wrong, `StockDiffers` where
    counts do not balance and nothing is said about it.
    """
    due = _open(due, by)
    if not data.strip():
        raise FileRefused("EMPTY_FILE")
    with acting(Role.JOBS, user_id=by.pk), tempfile.NamedTemporaryFile(suffix=Path(file_name).suffix) as stored:
        stored.write(data)
        stored.flush()
        batch = ImportBatch.objects.create(
            dealer_id=due.dealer_id, kind=due.kind, source=SOURCE, file_name=file_name[:200], file_size=len(data),
            sha256=FILES.put(data), created_by_id=by.pk,
        )  # fmt: skip
        outcome = bring_in(batch, Path(stored.name), by=by, limits=PAGE, mapping=None, date_order="", dry=False)
        faults = access.rows_of(RejectedRow).filter(batch=batch).order_by("row")
        if batch.rows_rejected:
            raise RowsRefused([_worded(one) for one in faults[:SHOWN]], batch.rows_rejected)
        if not batch.rows_stored:
            raise Refused(_("There is no row in this report. If nothing was sold or is in stock, say so instead."))
        if strays := dues.outside_month(due, batch):
            raise Refused(
                _("Nothing was filed: this is the report for %(month)s, but rows are dated %(days)s.")
                % {"month": due.period, "days": formatting.listed(formatting.iso_day(day) for day in strays)}
            )
    if outcome.warned and not note.strip():
        raise StockDiffers(outcome.gaps, outcome.warned)
    due.batch, due.filed_on, due.filed_by_id = batch, timezone.localdate(), by.pk
    due.note = reasons.sentence(note) if outcome.warned else ""
    due.save(update_fields=["batch", "filed_on", "filed_by", "note"])
    events.record("report.filed", due, by=by, data=due.told | {"rows": batch.rows_stored}, notify=_manager(due))
    return due


def _worded(one: RejectedRow) -> str:
    return _("Row %(row)d, %(column)s “%(value)s”: %(reason)s") % {
        "row": one.row, "column": one.column, "value": one.value, "reason": row_reason(one.reason)}  # fmt: skip


def keep(due: ReportDue, data: bytes, *, file_name: str) -> str:
    """Keep a file that waits for the dealer's word. The answer brings it back on the next request about this report."""
    with transaction.atomic():
        digest = FILES.put(data)
    return signing.dumps([due.pk, digest, file_name], salt=_KEPT)


def kept(due: ReportDue, mark: str) -> tuple[bytes, str]:
    """The file behind a mark, and its name. Refused where it is too old, or not of this report."""
    try:
        of_due, digest, file_name = signing.loads(mark, salt=_KEPT, max_age=timedelta(hours=12))
        if of_due != due.pk:
            raise signing.BadSignature
        return FILES.path(digest).read_bytes(), str(file_name)
    except (signing.BadSignature, OSError):
        raise Refused(_("The file is no longer at hand. Choose it once more.")) from None


@transaction.atomic
def nothing_to_report(due: ReportDue, *, by: User) -> ReportDue:
    """The month without a row: said, not left open."""
    due = _open(due, by)
    due.is_nil, due.filed_on, due.filed_by_id = True, timezone.localdate(), by.pk
    due.save(update_fields=["is_nil", "filed_on", "filed_by"])
    events.record("report.nil", due, by=by, data=due.told, notify=_manager(due))
    return due


@transaction.atomic
def waive(due: ReportDue, *, by: User, reason: str) -> ReportDue:
    """Let a report go, with the reason; it counts in no measure."""
    require(by, "ledger.waive_report")
    reason = reasons.sentence(reason)
    due = access.lock(due)
    if due.filed_on is not None or due.waived_by_id is not None:
        raise Refused(_("This report is no longer open."))
    due.waived_by_id, due.waive_reason = by.pk, reason
    due.save(update_fields=["waived_by", "waive_reason"])
    events.record("report.waived", due, by=by, reason=reason, data=due.told)
    return due


# ---- what is keyed in becomes a file like any other ------------------------------------------
def stock_rows(due: ReportDue, counted: Mapping[Product, int]) -> bytes:
    """A stock report: how many pieces of each product at the end of the month."""
    day = _last_day(due)
    rows = [(due.dealer.code, day, product.code, quantity) for product, quantity in counted.items()]
    return _table(("dealer_code", "counted_on", "product_code", "qty"), rows)


def sales_rows(due: ReportDue, sold: Mapping[Product, tuple[int, Decimal]]) -> bytes:
    """A sales report: pieces and money of the month, product by product."""
    day, document = _last_day(due), f"{due.dealer.code}-{due.month:%Y%m}"
    rows = [
        (document, line, day, due.dealer.code, product.code, quantity, amount, due.dealer.currency)
        for line, (product, (quantity, amount)) in enumerate(sold.items(), start=1)
    ]
    head = ("order_no", "line_no", "order_date", "dealer_code", "product_code", "qty", "amount", "currency")
    return _table(head, rows)


def _last_day(due: ReportDue) -> str:
    return (months_later(due.month, 1) - timedelta(days=1)).isoformat()


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(head)
    table.writerows(rows)
    return text.getvalue().encode()


def _open(due: ReportDue, by: User) -> ReportDue:
    """The dealer's own report, locked, still open, of a month that is over."""
    require(by, "ledger.file_report")
    due = access.lock(due)
    if not by.is_dealers or due.dealer_id != by.dealer_id:
        raise NotYours(_("Only the dealer himself files his reports."))
    if due.filed_on is not None or due.waived_by_id is not None:
        raise Refused(_("This report is no longer open. If it was wrong, ask your account manager to take it back."))
    if due.kind not in ReportDuty.Kind.values:
        raise Refused(_("Reports of this kind are no longer taken."))
    return due


def _manager(due: ReportDue) -> list[Person]:
    manager = due.dealer.manager
    return [manager] if manager else []
