"""Reading and posting files apart from a request.

A job runs as the person who asked, with the rights and the reach held when it runs; only for the work on entries it
takes the role of jobs, which alone may write them.
"""

from collections.abc import Callable
from datetime import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from core import schedules
from core.database.context import acting
from core.database.roles import Role
from core.errors import Refused
from core.formatting import number
from core.jobs import Result, RunsAs, job
from core.models import Schedule
from core.runs import Finding, Run
from ledger import proof
from ledger.imports.problems import file_problem
from ledger.models import ImportBatch
from ledger.services import batches, dues


def _checked(result: Result) -> str:
    if not result["problem"] and not result["stored"]:
        return gettext("No row of this file is ready to be posted.")
    return _said(result, gettext("%(stored)s of %(read)s rows are ready to be posted."))


def _posted(result: Result) -> str:
    return _said(result, gettext("%(stored)s of %(read)s rows are in the ledger."))


def _said(result: Result, sentence: str) -> str:
    if result["problem"]:
        return file_problem(result["problem"], result["values"])
    return sentence % {"stored": number(result["stored"]), "read": number(result["read"])}


@job(
    batches.CHECK,
    title=gettext_lazy("Checking a file"),
    runs_as=RunsAs.PERSON,
    permission="ledger.add_importbatch",
    queue="import",
    done_text=_checked,
)
def check_import(run: Run) -> dict[str, Any]:
    return _result(_carry_out(run, batches.check))


@job(
    batches.POST,
    title=gettext_lazy("Posting an import"),
    runs_as=RunsAs.PERSON,
    permission="ledger.post_importbatch",
    queue="import",
    done_text=_posted,
)
def post_import(run: Run) -> dict[str, Any]:
    return _result(_carry_out(run, batches.post))


def _carry_out(run: Run, verb: Callable[..., ImportBatch]) -> ImportBatch:
    batch = ImportBatch.objects.visible_to(run.by).filter(pk=run.payload["batch"]).first()
    if batch is None:
        raise Refused(gettext("This import is no longer within your reach."))
    with acting(Role.JOBS, user_id=run.by.pk):
        return verb(batch, by=run.by, tell=run.progress)


def _result(batch: ImportBatch) -> dict[str, Any]:
    """What the job's page needs to say what came of it, and where it leads."""
    return {
        "read": batch.rows_read,
        "stored": batch.rows_stored,
        "problem": batch.problem,
        "values": batch.problem_values,
        "in_vain": bool(batch.problem) or not batch.rows_stored,
        "url": batch.get_absolute_url(),
    }


OPEN_REPORTS = "ledger.open_reports"


@job(
    OPEN_REPORTS,
    title=gettext_lazy("Opening the reports that are due"),
    done_text=gettext_lazy("%(opened)s reports are due now."),
)
def open_reports(run: Run) -> dict[str, Any]:
    return {"opened": dues.open_dues(on=timezone.localdate())}


PROVE_BOOKS = "ledger.prove_books"


@job(
    PROVE_BOOKS,
    title=gettext_lazy("Proving the books"),
    done_text=gettext_lazy("%(entries)s entries were proven: every one has its dealer, product and import."),
)
def prove_books(run: Run) -> dict[str, Any]:
    """What is wrong sets the job aside, where administrators look after such things."""
    found = proof.prove(on=timezone.localdate())
    if not found.is_sound:
        raise Finding(found.sentence(), found.as_json())
    return found.as_json()


schedules.define(
    schedules.Default("Reports due", OPEN_REPORTS, Schedule.Every.DAY, at=time(0, 30)),
    schedules.Default("Proof of the books", PROVE_BOOKS, Schedule.Every.DAY, at=time(2, 30), makes_up=False),
)
