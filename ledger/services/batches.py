"""A batch from upload to posting, and back: store, check, post, reverse, discard.

On pages a person stores a file and a job reads it; the person looks at the result, and a job posts it. The command
line does all of it at once. Reading and posting run the same code: a check is a posting that is taken back.
"""

import hashlib
import time
from collections.abc import Mapping
from decimal import Decimal
from itertools import batched
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import access, jobs, reasons
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.files.names import clean_name
from core.models import Job
from dealers import events
from dealers.models import Dealer, User
from dealers.rights import require
from ledger.imports import engine, kinds
from ledger.imports.engine import Outcome, Reading, Tell
from ledger.imports.files import PAGE, Limits
from ledger.imports.kinds import ImportKind
from ledger.imports.posting import Posting
from ledger.imports.problems import FileRefused
from ledger.models import ColumnMapping, ImportBatch, RejectedRow, StockGap
from ledger.models.batch import FILES
from ledger.services.cut_off import posted_now, share_posting
from ledger.services.dues import note_filed, reopen

State = ImportBatch.State
CHECK, POST = "ledger.check_import", "ledger.post_import"  # kinds of job, see `ledger.jobs`
OPEN = (State.STORED, State.CHECKED, State.POSTING, State.REFUSED)  # nothing of it is in the ledger


def kinds_for(by: User) -> list[ImportKind]:
    """What this person may import."""
    return [kind for kind in kinds.all_kinds() if not kind.permission or by.has_perm(kind.permission)]


# ---- on pages --------------------------------------------------------------------------------
@transaction.atomic
def store(upload: "UploadedFile[bytes]", kind_code: str, *, by: User, source: str) -> ImportBatch:
    """Keep the file and ask for it to be read. Raises `FileRefused` where that can be said at once."""
    kind = kinds.get(kind_code)
    _require(by, kind)
    size = upload.size or 0
    if size > PAGE.bytes:
        raise FileRefused("TOO_LARGE", size=-(-size >> 20), limit=PAGE.bytes >> 20)
    data = upload.read()
    if not data.strip():
        raise FileRefused("EMPTY_FILE")
    _refuse_same_file(kind_code, source, None, hashlib.sha256(data).hexdigest())
    known = ColumnMapping.objects.visible_to(by).filter(dealer=None, kind=kind_code, source=source).first()
    batch = ImportBatch.objects.create(
        kind=kind_code, source=source, file_name=clean_name(upload.name or "", extension="csv"), file_size=len(data),
        sha256=FILES.put(data), created_by_id=by.pk, mapping=known.mapping if known else {},
        conventions={"date_order": known.conventions.get("date_order", "")} if known else {},
    )  # fmt: skip
    jobs.enqueue(CHECK, payload={"batch": batch.pk}, by=by)
    return batch


@transaction.atomic
def read_again(batch: ImportBatch, *, by: User, mapping: Mapping[str, str], date_order: str) -> Job:
    """Read the file by another matching of columns, which is remembered for the next file of its source."""
    batch = take(batch, by, State.CHECKED, State.REFUSED)
    batch.mapping, batch.state = dict(mapping), State.STORED
    batch.conventions = {"date_order": date_order}
    batch.problem, batch.problem_values = "", {}
    batch.save(update_fields=["mapping", "state", "conventions", "problem", "problem_values"])
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(
                dealer=batch.dealer, kind=batch.kind, source=batch.source, mapping=batch.mapping,
                conventions=batch.conventions, saved_at=timezone.now(),
            )
        ],
        update_conflicts=True, unique_fields=["dealer", "kind", "source"],
        update_fields=["mapping", "conventions", "saved_at"],
    )  # fmt: skip
    return jobs.enqueue(CHECK, payload={"batch": batch.pk}, by=by)


@transaction.atomic
def ask_to_post(batch: ImportBatch, *, by: User, choice: str) -> Job:
    """Post what was checked. The job checks once more: the ledger may have moved on."""
    require(by, "ledger.post_importbatch")
    batch = take(batch, by, State.CHECKED, State.POSTING)
    if not batch.rows_stored:
        raise Refused(_("No row of this file is ready to be posted."))
    if choice == ImportBatch.Choice.ALL_OR_NOTHING and batch.rows_rejected:
        raise FileRefused("ALL_OR_NOTHING", rejected=batch.rows_rejected)
    batch.choice, batch.state = choice, State.POSTING
    batch.save(update_fields=["choice", "state"])
    return jobs.enqueue(POST, payload={"batch": batch.pk}, by=by)


@transaction.atomic
def discard(batch: ImportBatch, *, by: User) -> ImportBatch:
    """Put a file away of which nothing is in the ledger."""
    batch = take(batch, by, *OPEN)
    batch.state = State.DISCARDED
    batch.save(update_fields=["state"])
    events.record("import.discarded", batch, by=by)
    return batch


def take(batch: ImportBatch, by: User, *states: ImportBatch.State) -> ImportBatch:
    """The batch, locked, in one of the states, and of a kind that this person may import."""
    _require(by, kinds.get(batch.kind))
    batch = access.lock(batch)
    if batch.state not in states:
        raise Refused(
            _("This import is in the state “%(state)s” by now. Reload the page.") % {"state": batch.get_state_display()}
        )
    return batch


# ---- in jobs ---------------------------------------------------------------------------------
@transaction.atomic
def check(batch: ImportBatch, *, by: User, tell: Tell) -> ImportBatch:
    """Read a stored file and say what would become of it. A file that is not taken is a result too."""
    batch = take(batch, by, State.STORED)
    return _read_stored(batch, by=by, dry=True, tell=tell)


@transaction.atomic
def post(batch: ImportBatch, *, by: User, tell: Tell) -> ImportBatch:
    require(by, "ledger.post_importbatch")
    batch = take(batch, by, State.POSTING)
    return _read_stored(batch, by=by, dry=False, tell=tell)


def _read_stored(batch: ImportBatch, *, by: User, dry: bool, tell: Tell) -> ImportBatch:
    access.rows_of(RejectedRow).filter(batch=batch).delete()
    access.rows_of(StockGap).filter(batch=batch).delete()
    try:
        with transaction.atomic():
            _refuse_same_file(batch.kind, batch.source, batch.dealer, batch.sha256)
            bring_in(
                batch,
                batch.path(),
                by=by,
                limits=PAGE,
                mapping=batch.mapping,
                date_order=batch.conventions.get("date_order", ""),
                dry=dry,
                tell=tell,
            )
    except FileRefused as refused:
        batch.refresh_from_db()
        batch.state, batch.problem, batch.problem_values = State.REFUSED, refused.code, refused.values
        batch.save(update_fields=["state", "problem", "problem_values"])
        events.record("import.refused", batch, by=by, notify=[by])
    else:
        events.record("import.checked" if dry else "import.posted", batch, by=by, data=_numbers(batch), notify=[by])
    return batch


# ---- from the command line -------------------------------------------------------------------
@transaction.atomic
def post_file(
    path: Path,
    kind_code: str,
    *,
    by: User,
    file_name: str = "",
    source: str = "erp",
    dealer: Dealer | None = None,
    choice: str = ImportBatch.Choice.GOOD_ROWS,
    mapping: Mapping[str, str] | None = None,
    date_order: str = "",
    limits: Limits,
    dry: bool = False,
) -> tuple[ImportBatch, Outcome]:
    """Read a file and post its good rows, or only say what would happen (`dry`).

    Raises `FileRefused` when the file as a whole is not taken; then nothing is stored.
    """
    _require(by, kinds.get(kind_code), *(() if dry else ("ledger.post_importbatch",)))
    digest = _checksum(path)
    _refuse_same_file(kind_code, source, dealer, digest)
    batch = ImportBatch.objects.create(
        dealer=dealer, kind=kind_code, source=source, choice=choice, file_name=file_name or path.name,
        file_size=path.stat().st_size, sha256=digest, created_by_id=by.pk,
    )  # fmt: skip
    outcome = bring_in(batch, path, by=by, limits=limits, mapping=mapping, date_order=date_order, dry=dry)
    if not dry:
        events.record("import.posted", batch, by=by, data=_numbers(batch))
    return batch, outcome


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


# ---- what both share -------------------------------------------------------------------------
def _require(by: User, kind: ImportKind, *rights: str) -> None:
    for right in ("ledger.add_importbatch", kind.permission, *rights):
        if right:
            require(by, right)


def _refuse_same_file(kind: str, source: str, dealer: Dealer | None, digest: str) -> None:
    posted = access.rows_of(ImportBatch).filter(state=State.APPLIED, reverses=None)
    before = posted.filter(kind=kind, source=source, dealer=dealer, sha256=digest).first()
    if before and before.applied_at:
        raise FileRefused("SAME_FILE", when=date_format(timezone.localtime(before.applied_at), "DATETIME_FORMAT"))


def bring_in(
    batch: ImportBatch,
    path: Path,
    *,
    by: User,
    limits: Limits,
    mapping: Mapping[str, str] | None,
    date_order: str,
    dry: bool,
    tell: Tell = engine.to_nobody,
) -> Outcome:
    """Read a file and post its rows (or only look, `dry`), in the caller's transaction."""
    started = time.monotonic()
    kind = kinds.get(batch.kind)
    if not dry:
        share_posting()
    with engine.reading(path, kind, limits=limits, mapping=mapping, date_order=date_order) as read:
        outcome = engine.run(batch, kind, read, by=by, dry=dry, tell=tell)
        _note_reading(batch, read, date_order)
    _conclude(batch, outcome, dry=dry, seconds=time.monotonic() - started)
    if not dry and batch.dealer_id is None:
        note_filed(batch)
    return outcome


def _note_reading(batch: ImportBatch, read: Reading, date_order: str) -> None:
    """How the file was read; `columns` in the order of a rejected row's cells, which an object would lose."""
    batch.mapping = {name: read.sheet.header[at] for name, at in read.positions.items()}
    batch.conventions = read.conventions.as_json() | {
        "encoding": read.sheet.encoding or "xlsx",
        "header": read.sheet.header,
        "columns": list(read.positions),
        "date_order": date_order or read.conventions.date_order,
    }


def _conclude(batch: ImportBatch, outcome: Outcome, *, dry: bool, seconds: float) -> None:
    batch.state = State.CHECKED if dry else State.APPLIED
    batch.rows_read, batch.rows_stored = outcome.read, outcome.stored
    batch.rows_rejected, batch.rows_duplicate = outcome.rejected, outcome.duplicate
    batch.rows_ignored, batch.totals = outcome.ignored, outcome.totals
    batch.rows_warned = outcome.warned
    batch.applied_at = None if dry else posted_now()
    batch.seconds = Decimal(f"{seconds:.3f}")
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:  # the same file, posted by somebody else this very moment
        raise FileRefused("SAME_FILE", when=date_format(timezone.localtime(), "DATETIME_FORMAT")) from error
    for block in batched(outcome.rejects, 500):
        RejectedRow.objects.bulk_create(
            RejectedRow(batch=batch, dealer_id=batch.dealer_id, **reject._asdict()) for reject in block
        )
    StockGap.objects.bulk_create(outcome.gaps, batch_size=1_000)


def _numbers(batch: ImportBatch) -> dict[str, int]:
    return {"read": batch.rows_read, "stored": batch.rows_stored, "rejected": batch.rows_rejected}


# ---- back ------------------------------------------------------------------------------------
@transaction.atomic
def reverse(batch: ImportBatch, *, by: User, reason: str) -> ImportBatch:
    """Take a posted batch back by its opposite; the entries of both stay in the ledger."""
    require(by, "ledger.reverse_importbatch")
    share_posting()
    batch = access.lock(batch)
    kind = kinds.get(batch.kind)
    if batch.state != State.APPLIED or batch.reverses_id:
        raise Refused(_("Only a posted import can be reversed, and only once."))
    if not kind.is_reversible or kind.reverse is None:
        raise Refused(_("An import of this kind changes the files of dealers and cannot be taken back as a whole."))
    reason = reasons.sentence(reason)
    opposite = ImportBatch.objects.create(
        dealer=batch.dealer, kind=batch.kind, source=batch.source, state=State.APPLIED, file_name=batch.file_name,
        sha256=batch.sha256, created_by_id=by.pk, applied_at=posted_now(), reverses=batch, reason=reason,
    )  # fmt: skip
    posting = Posting(batch=opposite, by=by, present=frozenset())
    with acting(Role.JOBS, user_id=by.pk):  # nobody but jobs writes entries
        kind.reverse(posting)
    opposite.rows_read = opposite.rows_stored = posting.stored
    opposite.totals = engine.sums_of(opposite)
    opposite.save(update_fields=["rows_read", "rows_stored", "totals"])
    batch.state = State.REVERSED
    batch.save(update_fields=["state"])
    reopen(batch)
    events.record("import.reversed", batch, by=by, dealer=batch.dealer, reason=reason)
    return opposite
