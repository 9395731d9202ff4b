"""Long exports: a job writes the file, only the person who asked may fetch it, and after a week it is gone."""

import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import listing
from core.errors import NotYours, Refused
from core.exports.build import Export, chosen, note, write
from core.formatting import number
from core.jobs import Result, RunsAs, enqueue, job
from core.models import Job
from core.runs import Run
from core.spreadsheets import MOST_ROWS

KIND = "lists.export"
KEPT = timedelta(days=7)


def ask(wanted: listing.Listing, user: Any, file_format: str, query: str) -> Job:
    """Have the file made; the job's page says how far it is."""
    return enqueue(KIND, payload={"list": wanted.code, "format": file_format, "query": query}, by=user)


def _ready(result: Result) -> str:
    sentence = _("%(rows)s rows are ready. The file is kept for 7 days, and is yours alone.")
    return sentence % {"rows": number(result["rows"])}


@job(
    KIND,
    title=gettext_lazy("Export of a list"),
    runs_as=RunsAs.PERSON,
    done_text=_ready,
)
def export_list(run: Run) -> dict[str, Any]:
    """Write the list as it is now, with the rights held now."""
    wanted, file_format, query = listing.find(run.payload["list"]), run.payload["format"], run.payload["query"]
    found = chosen(wanted, run.by, query)
    total = found.order_by().count()
    if file_format == "xlsx" and total > MOST_ROWS:
        raise Refused(_("A workbook holds 1,048,575 rows and this list is longer: export it as CSV, or narrow it."))
    data = write(wanted, found, file_format, progress=lambda done: run.progress(done, total, _("Writing rows")))
    _put(path_of(run.job), data)
    note(Export(wanted.code, run.by, file_format, total, query))
    return {
        "rows": total,
        "reach": run.by.reach_mark(),
        "url": reverse("export_file", args=[run.job.public_id]),
    }


def path_of(export: Job) -> Path:
    return folder() / f"{export.public_id}.{export.payload['format']}"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def open_for(export: Job, user: Any) -> Path:
    """The finished file, if this person may still have it: the same right, the same reach, within the week."""
    wanted = listing.find(export.payload["list"])
    if not user.has_perm(wanted.export_right):
        raise NotYours(_("You may look at this list, but not take it away."))
    if export.result.get("reach") != user.reach_mark():
        raise NotYours(_("What you may see has changed since this file was made. Export the list again."))
    path = path_of(export)
    if export.finished_at is None or export.finished_at + KEPT < timezone.now() or not path.exists():
        raise Refused(_("This file was kept for 7 days and is gone. Export the list again."))
    return path


def sweep() -> int:
    """Remove files whose week is over, and what a cancelled job left behind; says how many."""
    old = [path for path in folder().glob("*") if time.time() - path.stat().st_mtime > KEPT.total_seconds()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _put(target: Path, data: bytes) -> None:
    """All or nothing: half a file never has the name that people fetch it by."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
