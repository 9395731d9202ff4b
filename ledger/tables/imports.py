"""The lists of this room: which rows, which columns, what they sort by."""

from typing import Any

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import formatting
from core.listing import Column, Empty, Listing, Sort, register
from ledger.filters.imports import ImportFilter
from ledger.imports import kinds
from ledger.models import ImportBatch

State = ImportBatch.State
STATE_CSS = {
    State.STORED: " now",
    State.CHECKED: " now",
    State.POSTING: " now",
    State.APPLIED: " calm",
    State.REFUSED: " bad",
    State.DISCARDED: "",
    State.REVERSED: " warn",
}


def _imports(user: Any) -> QuerySet[ImportBatch]:
    return ImportBatch.objects.visible_to(user).for_list()


def _file(batch: ImportBatch) -> SafeString:
    return format_html(
        '<a href="{}">{}</a><span class="under">{}</span>',
        batch.get_absolute_url(),
        batch.file_name,
        batch.dealer.local_name if batch.dealer else batch.source,
    )


def _state(batch: ImportBatch) -> SafeString:
    return format_html(
        '<span class="chip{}">{}</span>', STATE_CSS[State(batch.state)], batch.get_state_display()
    )  # fmt: skip


def _rejected(batch: ImportBatch) -> SafeString:
    state = "late" if batch.rows_rejected else ""
    return format_html('<span class="{}">{}</span>', state, formatting.number(batch.rows_rejected))


def _when(batch: ImportBatch) -> SafeString:
    return format_html(
        '<span title="{}">{}</span>', formatting.iso_moment(batch.created_at), formatting.ago(batch.created_at)
    )


IMPORTS = register(
    Listing(
        "imports",
        gettext_lazy("Ledger and imports"),
        rows=_imports,
        columns=(
            Column("file", gettext_lazy("File"), _file),
            Column("kind", gettext_lazy("Kind"), lambda batch: kinds.label_of(batch.kind), phone="bare"),
            Column("state", gettext_lazy("State"), _state, phone="bare"),
            Column(
                "read",
                gettext_lazy("Rows in the file"),
                lambda batch: formatting.number(batch.rows_read),
                is_number=True,
                phone="dropped",
            ),
            Column(
                "stored",
                pgettext_lazy("rows", "Good"),
                lambda batch: formatting.number(batch.rows_stored),
                is_number=True,
            ),
            Column("rejected", pgettext_lazy("rows", "Rejected"), _rejected, is_number=True),
            Column("by", gettext_lazy("By"), lambda batch: batch.created_by.name, phone="dropped"),
            Column(
                "created",
                gettext_lazy("Uploaded"),
                _when,
                sort=Sort(("created_at",), "ledger_importbatch_by_time", descending_first=True),
            ),
        ),
        sort="-created",
        empty=Empty(
            "table-import",
            gettext_lazy("No import yet"),
            gettext_lazy(
                "Sell-in, stock counts, invoices and payments come in by file. Each file is checked row by row before "
                "anything is posted."
            ),
        ),
        filters=ImportFilter,
        template="ledger/import_list.html",
    )
)
