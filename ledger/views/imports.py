"""From a file to the ledger: upload, look at what was found, post or discard, reverse."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse as address
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import formatting
from core.doors import Audience, door
from core.errors import NotYours, Refused
from core.exports.answers import GIVEN_OUT
from core.listing import show
from core.models import Job
from core.spreadsheets import write_csv
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, fulfil, status_of
from ledger.forms.imports import ColumnsForm, PostForm, UploadForm
from ledger.imports import kinds
from ledger.imports.kinds import ImportKind
from ledger.imports.problems import FileRefused, file_problem, row_reason
from ledger.models import ImportBatch, ImportMend, RejectedRow, StockGap
from ledger.rejects import Table, Typed, column_label
from ledger.services import batches
from ledger.services.mends import Clash, column_names, headers
from ledger.tables import IMPORTS

State = ImportBatch.State
PAGE = 50
VIEW, ADD = "ledger.view_importbatch", "ledger.add_importbatch"
TO_MATCH = {"MISSING_COLUMNS", "NO_HEADER"}  # problems that matching columns by hand may solve
AT_STEP = {State.STORED: 1, State.REFUSED: 1, State.CHECKED: 2, State.DISCARDED: 2, State.POSTING: 3}


@door(Audience.STAFF, permission=VIEW)
def import_list(request: PortalRequest) -> HttpResponse:
    return show(request, IMPORTS, may_add=request.user.has_perm(ADD))


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def upload(request: PortalRequest) -> HttpResponse:
    """A file that is refused at once leaves the choices as they were made."""
    typed = {name: request.GET[name] for name in ("kind", "source") if name in request.GET}
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user, initial=typed)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            batch = batches.store(said["file"], said["kind"], by=request.user, source=said["source"])
        except FileRefused as refused:
            form.add_error("file", str(refused))
        else:
            return redirect(_job_of(request, batch) or batch)
    return render(request, "ledger/import_new.html", {"form": form}, status=status_of(form))


@door(Audience.STAFF, "ledger.importbatch", permission=VIEW)
def detail(request: PortalRequest, public_id: str) -> HttpResponse:
    """The one page of an import: what was found, what can be done now, what came of it."""
    return import_page(request, find(request, public_id))


def import_page(
    request: PortalRequest,
    batch: ImportBatch,
    *,
    typed: Typed | None = None,
    refused: str = "",
    clashes: Sequence[Clash] = (),
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    """The page as it is, or with what was typed into its rows and why that was not taken."""
    kind = kind_of(batch)
    may = open_to(request, batch, kind)
    rejected = RejectedRow.objects.visible_to(request.user).filter(batch=batch)
    groups = _groups(batch, rejected, request.GET.get("reason", ""))
    current = [group["code"] for group in groups if group["is_current"]]
    page = Paginator(rejected.filter(reason__in=current), PAGE).get_page(request.GET.get("page"))
    table = Table(
        batch, kind, page, user=request.user, may_mend=may["may_mend"], opened=_number(request.GET.get("row")),
        typed=typed,
    )  # fmt: skip
    mends = ImportMend.objects.visible_to(request.user).filter(batch=batch)
    mended = mends.aggregate(last=Max("pk"), number=Count("pk"))
    gaps = StockGap.objects.visible_to(request.user).filter(batch=batch).for_list()
    is_waiting = batch.state in {State.STORED, State.POSTING} and not clashes
    again = urlencode({"kind": batch.kind, "source": batch.source})
    context = {
        "batch": batch,
        "kind": kind,
        "kind_label": kinds.label_of(batch.kind),
        "steps": _steps(batch),
        "figures": _figures(batch, len(groups)),
        "groups": groups,
        "page": page,
        "rows": table.rows(),
        "query": request.GET.urlencode(),
        "seen": mended["last"] or 0,
        "mended": mended["number"],
        "refused": refused,
        "clashes": [(clash, column_label(batch, kind, clash.theirs.column)) for clash in clashes],
        "gaps": [(gap, gap.product) for gap in gaps[:PAGE]] if batch.rows_warned else (),
        "columns": _columns(batch, kind),
        "choice": batch.choice,
        "choices": ImportBatch.Choice.choices,
        "sentence": file_problem(batch.problem, batch.problem_values) if batch.problem else "",
        "should_match": batch.problem in TO_MATCH,
        "again_url": f"{address('ledger:import_new')}?{again}",
        "job": _job_of(request, batch) if is_waiting else None,
        "is_waiting": is_waiting,
        "opposite": ImportBatch.objects.visible_to(request.user).filter(reverses=batch).first()
        if batch.state == State.REVERSED
        else None,
    }
    return render(request, "ledger/import.html", context | may, status=status)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def open_to(request: PortalRequest, batch: ImportBatch, kind: ImportKind | None) -> dict[str, bool]:
    """What this person may do with the import in its state."""
    user = request.user
    may_work = kind is not None and user.has_perm(ADD) and (not kind.permission or user.has_perm(kind.permission))
    is_reversible = kind is not None and kind.is_reversible and batch.reverses_id is None
    return {
        "may_add": may_work,
        "may_match": may_work and batch.state in {State.CHECKED, State.REFUSED} and bool(headers(batch)),
        "may_mend": may_work and batch.state == State.CHECKED,
        "may_discard": may_work and batch.state in batches.OPEN,
        "may_post": may_work and batch.state == State.CHECKED and user.has_perm("ledger.post_importbatch"),
        "may_reverse": is_reversible and batch.state == State.APPLIED and user.has_perm("ledger.reverse_importbatch"),
    }


@door(Audience.STAFF, "ledger.importbatch", permission=ADD, methods=BOTH)
def columns(request: PortalRequest, public_id: str) -> HttpResponse:
    """Match the columns by hand; the file is read again and the matching is remembered."""
    batch = find(request, public_id)
    kind = kind_of(batch)
    if kind is None or batch.state not in {State.CHECKED, State.REFUSED} or not headers(batch):
        messages.error(request, _("The columns of this import cannot be changed any more."))
        return redirect(batch)
    form = ColumnsForm(request.POST or None, batch=batch, kind=kind)
    if request.method == "POST" and form.is_valid():
        order = form.cleaned_data["date_order"]
        again = lambda: batches.read_again(batch, by=request.user, mapping=form.mapping(), date_order=order)  # noqa: E731
        if fulfil(form, again):
            return redirect(_job_of(request, batch) or batch)
    context = {"batch": batch, "form": form, "kind_label": kinds.label_of(batch.kind)}
    return render(request, "ledger/import_columns.html", context, status=status_of(form))


@door(Audience.STAFF, "ledger.importbatch", permission="ledger.post_importbatch", methods=("POST",))
def post(request: PortalRequest, public_id: str) -> HttpResponse:
    batch = find(request, public_id)
    form = PostForm(request.POST)
    choice = form.cleaned_data["choice"] if form.is_valid() else ImportBatch.Choice.GOOD_ROWS
    return _do(request, batch, lambda: batches.ask_to_post(batch, by=request.user, choice=choice))


@door(Audience.STAFF, "ledger.importbatch", permission=ADD, methods=("POST",))
def discard(request: PortalRequest, public_id: str) -> HttpResponse:
    batch = find(request, public_id)
    return _do(request, batch, lambda: batches.discard(batch, by=request.user), _("The file is discarded."))


def _do(request: PortalRequest, batch: ImportBatch, verb: Callable[[], object], words: str = "") -> HttpResponse:
    """Do it and go on to where it can be watched; what is refused is said on the import's page."""
    try:
        done = verb()
    except NotYours:
        raise
    except (Refused, FileRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect(batch)
    if words:
        messages.success(request, words)
    return redirect(done if isinstance(done, Job) else batch)


@door(Audience.STAFF, "ledger.importbatch", permission="ledger.reverse_importbatch", methods=BOTH)
def reverse(request: PortalRequest, public_id: str) -> HttpResponse:
    """Says what will happen, asks for the reason, then does it."""
    batch = find(request, public_id)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("One sentence at least. Our people read it; it stays with the import.")
    if request.method == "GET" and (batch.state != State.APPLIED or batch.reverses_id):
        messages.error(request, _("Only a posted import can be reversed, and only once."))
        return redirect(batch)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if fulfil(form, lambda: batches.reverse(batch, by=request.user, reason=reason)):
            messages.success(request, _("The import is reversed. Its entries and their opposites stay in the ledger."))
            return redirect(batch)
    context = {"batch": batch, "form": form, "kind_label": kinds.label_of(batch.kind), "sums": _sums(batch)}
    return render(request, "ledger/import_reverse.html", context, status=status_of(form))


@door(Audience.STAFF, "ledger.importbatch", permission=VIEW)
def rejected_rows(request: PortalRequest, public_id: str) -> HttpResponse:
    """The rejected rows as a file: what to mend, and every cell as it was."""
    batch = find(request, public_id)
    kind = kind_of(batch)
    names = column_names(batch)
    heads = [
        _("Row"),
        _("Column"),
        _("Value"),
        pgettext("of a failure", "Reason"),
        *(str(batch.mapping.get(name, name)) for name in names),
    ]
    rows = (
        [row.row, column_label(batch, kind, row.column), row.value, row_reason(row.reason), *row.cells]
        for row in RejectedRow.objects.visible_to(request.user).filter(batch=batch)
    )
    headers = GIVEN_OUT | {"Content-Disposition": f'attachment; filename="rejected-{batch.public_id}.csv"'}
    return HttpResponse(write_csv(heads, rows), content_type="text/csv; charset=utf-8", headers=headers)


# ---- what the page shows ---------------------------------------------------------------------
def find(request: PortalRequest, public_id: str) -> ImportBatch:
    found = ImportBatch.objects.visible_to(request.user).select_related("created_by", "dealer", "reverses")
    return get_object_or_404(found, public_id=public_id)


def kind_of(batch: ImportBatch) -> ImportKind | None:
    """None where the room that brought the kind is no longer installed."""
    return next((kind for kind in kinds.all_kinds() if kind.code == batch.kind), None)


def _job_of(request: PortalRequest, batch: ImportBatch) -> Job | None:
    """The last thing this person asked for about the import."""
    mine = Job.objects.visible_to(request.user).filter(kind__in=[batches.CHECK, batches.POST])
    return mine.filter(payload__batch=batch.pk).order_by("-pk").first()


def _steps(batch: ImportBatch) -> list[dict[str, str]]:
    at = AT_STEP.get(State(batch.state), 4)
    labels = [_("Upload"), _("Match columns"), _("Check rows"), pgettext("step", "Post")]
    return [
        {"label": label, "state": "done" if i < at else "now" if i == at else "later"} for i, label in enumerate(labels)
    ]


def _figures(batch: ImportBatch, groups: int) -> list[dict[str, Any]]:
    number = formatting.number
    is_posted = batch.state in {State.APPLIED, State.REVERSED}
    in_groups = ngettext("in %(count)s group", "in %(count)s groups", groups) % {"count": groups} if groups else ""
    left_out = ngettext("%(count)s left out as total or footer", "%(count)s left out as totals or footers",
                        batch.rows_ignored) % {"count": number(batch.rows_ignored)}  # fmt: skip
    warned = ngettext("%(count)s with a warning", "%(count)s with warnings", batch.rows_warned) % {
        "count": number(batch.rows_warned)} if batch.rows_warned else ""  # fmt: skip
    return [
        {
            "label": _("Rows in the file"),
            "value": number(batch.rows_read),
            "context_line": left_out if batch.rows_ignored else _("all accounted for"),
        },
        {
            "label": pgettext("rows", "Posted") if is_posted else _("Ready to post"),
            "value": number(batch.rows_stored),
            "context_line": _sums(batch) or warned,
        },
        {
            "label": pgettext("rows", "Rejected"),
            "value": number(batch.rows_rejected),
            "state": "late" if batch.rows_rejected else "",
            "context_line": in_groups,
        },
        {
            "label": _("Already there"),
            "value": number(batch.rows_duplicate),
            "context_line": _("the same row from the same source"),
        },
    ]


def _sums(batch: ImportBatch) -> str:
    return " · ".join(formatting.money_exact(Decimal(total), code) for code, total in sorted(batch.totals.items()))


def _groups(batch: ImportBatch, rejected: QuerySet[RejectedRow], wanted: str) -> list[dict[str, Any]]:
    """The reasons, most frequent first, as tabs."""
    found = rejected.order_by().values("reason").annotate(rows=Count("pk")).order_by("-rows", "reason")
    counts = {one["reason"]: one["rows"] for one in found}
    current = wanted if wanted in counts else next(iter(counts), "")
    return [
        {
            "code": code,
            "label": row_reason(code),
            "count": formatting.number(rows),
            "url": f"{address('ledger:import', args=[batch.public_id])}?reason={code}",
            "is_current": code == current,
        }
        for code, rows in counts.items()
    ]


def _columns(batch: ImportBatch, kind: ImportKind | None) -> list[tuple[str, str]]:
    """(in the file, our field), in the order of the file; what is left out has no field."""
    ours = {column.name: str(column.label) for column in kind.columns} if kind else {}
    matched = {str(header): ours[name] for name, header in batch.mapping.items() if name in ours}
    return [(header, matched.get(header, "")) for header in headers(batch) if header]
