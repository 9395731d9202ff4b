"""Which reports are due, and that one came with a file for many dealers."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from core import access
from core.periods import Length, Period, months_later
from ledger.models import ImportBatch, Movement, ReportDue, ReportDuty, StockCount

# How an import of each kind tells the months that it reports: its entries, and the column of their day.
_FACTS: dict[ReportDuty.Kind, tuple[type[Movement] | type[StockCount], str]] = {
    ReportDuty.Kind.SELL_THROUGH: (Movement, "occurred_on"),
    ReportDuty.Kind.STOCK: (StockCount, "counted_on"),
}


@transaction.atomic
def open_dues(*, on: date) -> int:
    """Make the reports due of every month that is over for the duties that ran in it. How many are new."""
    last = months_later(on.replace(day=1), -1)
    known = set(access.rows_of(ReportDue).values_list("duty_id", "month"))
    made = [
        ReportDue(
            dealer_id=duty.dealer_id, duty=duty, kind=duty.kind, month=month,
            due_on=months_later(month, 1).replace(day=duty.due_days),
        )
        for duty in access.rows_of(ReportDuty).order_by("pk")
        for month in _months(duty, last)
        if (duty.pk, month) not in known
    ]  # fmt: skip
    ReportDue.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _months(duty: ReportDuty, last: date) -> Iterable[date]:
    month = duty.starts_on.replace(day=1)
    end = min(last, duty.ends_on.replace(day=1)) if duty.ends_on else last
    while month <= end:
        yield month
        month = months_later(month, 1)


def outside_month(due: ReportDue, batch: ImportBatch) -> list[date]:
    """Days of rows that do not lie in the month of the report; a few of them are enough to say it."""
    model, day = _FACTS[ReportDuty.Kind(due.kind)]
    rows = access.rows_of(model).filter(batch=batch)
    strays = rows.exclude(**{f"{day}__gte": due.month, f"{day}__lt": months_later(due.month, 1)})
    return sorted(strays.order_by().values_list(day, flat=True).distinct()[:3])


def reopen(batch: ImportBatch) -> int:
    """A report whose rows are taken back is due again. How many there were."""
    filed = access.rows_of(ReportDue).filter(batch=batch)
    return filed.update(batch=None, filed_on=None, filed_by=None, note="")


def note_filed(batch: ImportBatch) -> int:
    """Reports that are in with what was posted: of months that are over, and not filed yet. How many there were."""
    if batch.kind not in ReportDuty.Kind.values:
        return 0
    model, day = _FACTS[ReportDuty.Kind(batch.kind)]
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            update ledger_reportdue r set filed_on = %(today)s
            from (select distinct e.dealer_id, date_trunc('month', e.{day})::date as month
                  from {model._meta.db_table} e where e.batch_id = %(batch)s) told
            where r.dealer_id = told.dealer_id and r.month = told.month and r.kind = %(kind)s and r.filed_on is null
              and r.waived_by_id is null and r.month < %(this_month)s
            """,
            {
                "today": today,
                "batch": batch.pk,
                "kind": batch.kind,
                "this_month": Period.of(today, Length.MONTH).start,
            },
        )
        return int(cursor.rowcount)
