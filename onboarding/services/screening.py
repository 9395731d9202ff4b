"""What our people do with an application before it is decided: take it, mark it, note what they find out."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import access, formatting, reasons
from core.errors import NotYours, Refused, refuse_unsound
from core.files.errors import Unacceptable
from core.files.inspection import inspect
from dealers import events
from dealers.models import Person, User
from dealers.rights import require
from onboarding import reach
from onboarding.models import Application, Criterion, Finding, FindingFile, Handling, Mark
from onboarding.models.application import OVER
from onboarding.models.screening import FILES

WORK = "onboarding.work_application"
MOST_FILES = 10  # of one finding
MOST_BYTES = 100 * 1024 * 1024  # of all findings about one applicant
State = Application.State
# Facts of an application that a visit can confirm: field -> how it is worded.
CLAIMS = (
    "legal_name", "legal_representative", "founded_on", "capital", "staff_count", "sales_staff_count", "premises_sqm",
    "warehouse_sqm", "experience_years", "outlet_count",
)  # fmt: skip


class NotNow(Refused):
    """The application is not in a state in which this can be done."""


def hold(application: Application, *, by: User, states: tuple[str, ...] = ()) -> Application:
    """The application, locked, in reach, and in one of the states (or still running)."""
    application = access.lock(application)
    if not Application.objects.visible_to(by).filter(pk=application.pk).exists():
        raise NotYours(_("Your role does not allow this. Ask an administrator if it should."))
    is_right = application.state in states if states else application.state not in OVER
    if not is_right:
        raise NotNow(
            _("The application of %(company)s is “%(state)s”: this cannot be done now.")
            % {"company": application, "state": application.get_state_display()}
        )
    return application


def handling_of(application: Application) -> Handling:
    return access.rows_of(Handling).get_or_create(application=application)[0]


@transaction.atomic
def take(application: Application, *, by: User, owner: Person | None = None) -> Application:
    """Look after it oneself, or give it to a colleague who reaches it. The screening begins with that."""
    require(by, WORK)
    application = hold(application, by=by)
    who = owner or access.rows_of(Person).get(pk=by.pk)
    if who not in reach.able_to(WORK, application.opening):
        raise Refused(
            _("%(person)s cannot look after this: no assignment reaches %(territory)s.")
            % {"person": who, "territory": application.opening.territory}
        )
    handling = access.lock(handling_of(application))
    handling.owner = who
    handling.save(update_fields=["owner"])
    if application.state == State.SUBMITTED:
        _move(application, State.SCREENING)
    notify = [who] if who.pk != by.pk else []
    events.record("application.taken", application, by=by, notify=notify, personal={"owner": who.name})
    return application


@transaction.atomic
def plan(application: Application, *, by: User, next_step: str, next_on: date | None) -> Handling:
    """What comes next, and by when: it stands on My day of whoever looks after it."""
    require(by, WORK)
    application = hold(application, by=by)
    handling = access.lock(handling_of(application))
    handling.next_step, handling.next_on = next_step.strip(), next_on
    refuse_unsound(handling)
    handling.save(update_fields=["next_step", "next_on"])
    events.record("application.next_step", application, by=by, data={"step": handling.next_step})
    return handling


@transaction.atomic
def mark(application: Application, criterion: Criterion, *, by: User, evidence: str, text: str, **verdict: Any) -> Mark:
    """Give a mark (`score`) or a verdict on a knock-out (`is_passed`), with what it rests on.

    Marking again replaces the mark, and with it a waiver that somebody gave for the old one.
    """
    require(by, WORK)
    application = hold(application, by=by)
    if criterion.opening_id != application.opening_id:
        raise Refused(_("This criterion belongs to another opening."))
    if application.state == State.IN_APPROVAL:
        raise NotNow(_("The application is being decided. Marks can be changed when it is sent back."))
    found = access.rows_of(Mark).filter(application=application, criterion=criterion).first()
    row = found or Mark(application=application, criterion=criterion)
    row.score, row.is_passed = verdict.get("score"), verdict.get("is_passed")
    if criterion.is_knock_out is (row.is_passed is None):
        raise Refused(_("A mark is 1 to 5; a knock-out is passed or failed."))
    row.evidence, row.text, row.by_id, row.at = evidence, text.strip(), by.pk, timezone.now()
    row.waived_by, row.waived_at, row.waiver = None, None, ""
    refuse_unsound(row)
    row.save()
    if application.state == State.SUBMITTED:
        _move(application, State.SCREENING)
    events.record("application.marked", application, by=by, data={"criterion": str(criterion)})
    return row


@transaction.atomic
def waive(mark_given: Mark, *, by: User, reason: str) -> Mark:
    """Let an applicant pass in spite of a failed knock-out. Not by whoever found that it failed."""
    require(by, "onboarding.override_knockout")
    reason = reasons.sentence(reason)
    application = hold(mark_given.application, by=by)
    row = access.lock(mark_given)
    if row.is_passed is not False:
        raise NotNow(_("This is not, or no longer, a failed knock-out."))
    if row.by_id == by.pk:
        raise NotYours(_("Somebody else has to waive what you found."))
    row.waived_by_id, row.waived_at, row.waiver = by.pk, timezone.now(), reason
    row.save(update_fields=["waived_by", "waived_at", "waiver"])
    events.record("application.waived", application, by=by, reason=reason, data={"criterion": str(row.criterion)})
    return row


@transaction.atomic
def find_out(
    application: Application, *, by: User, evidence: str, on: date, field: str = "", seen: str = "",
    is_different: bool = False, note: str = "",
) -> Finding:  # fmt: skip
    """Note what was found out. About a fact of the application, the claim is kept as it stood on that day."""
    require(by, WORK)
    application = hold(application, by=by)
    if field and field not in CLAIMS:
        raise Refused(_("Choose one of the facts of the application, or none."))
    if is_different and not (field and seen.strip()):
        raise Refused(_("Say which fact differs, and what was seen instead."))
    if on > timezone.localdate():
        raise Refused(_("The day lies ahead: note what was found out when it was."))
    row = Finding(
        application=application, evidence=evidence, on=on, by_id=by.pk, field=field, seen=seen.strip(),
        claimed=claim_of(application, field) if field else "", is_different=is_different, note=note.strip(),
    )  # fmt: skip
    refuse_unsound(row)
    row.save()
    events.record("application.found_out", application, by=by)
    return row


@transaction.atomic
def attach(finding: Finding, upload: "UploadedFile[bytes]", *, by: User) -> FindingFile:
    """Keep what a finding rests on. What it is, is found by its content; number and size are limited."""
    require(by, WORK)
    application = hold(finding.application, by=by)
    present = list(access.rows_of(FindingFile).filter(finding__application=application))
    if sum(one.finding_id == finding.pk for one in present) >= MOST_FILES:
        raise Unacceptable(_("A finding holds %(most)d files. Note another finding for more.") % {"most": MOST_FILES})
    data, name = upload.read(), upload.name or ""
    if sum(one.size for one in present) + len(data) > MOST_BYTES:
        raise Unacceptable(
            _("All attachments about an applicant together may have %(most)d MB. Send a smaller one.")
            % {"most": MOST_BYTES // 1024 // 1024}
        )
    found = inspect(data, name)
    row = FindingFile(
        finding=finding, content_type=found.content_type, size=len(data), sha256=FILES.put(data), by_id=by.pk,
        file_name=found.named(name),
    )  # fmt: skip
    if twin := next((one for one in present if (one.finding_id, one.sha256) == (finding.pk, row.sha256)), None):
        raise Unacceptable(_("This very file is already here as “%(title)s”.") % {"title": twin.file_name})
    row.save()
    events.record("application.attached", application, by=by, data={"file": row.file_name})
    return row


def claim_of(application: Application, field: str) -> str:
    """What the applicant says about a fact, in words."""
    value = getattr(application, field)
    if value is None or value == "":
        return _("nothing")
    if field == "capital":
        return formatting.money(value, application.capital_currency)
    if field == "founded_on":
        return formatting.iso_day(value)
    return formatting.number(value) if isinstance(value, int) else str(value)


def _move(application: Application, state: str) -> None:
    application.state = state
    application.save(update_fields=["state"])
