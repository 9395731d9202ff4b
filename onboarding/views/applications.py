"""Applications for our people: the list, one with all that is known of it, and what is done to it."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core import formatting
from core.doors import Audience, door
from core.errors import NotYours, Refused
from core.exports.answers import answer
from core.listing import show
from core.periods import Period
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.services.approvals import AlreadyDecided
from dealers.views.documents import GIVEN_OUT
from dealers.views.frame import BOTH, fulfil, status_of
from onboarding import pages, sources
from onboarding.forms.staff import AttachmentForm, DecisionForm, FindingForm, PlanForm, mark_forms
from onboarding.models import Application, ApplicationFile, Criterion, Finding, FindingFile, Mark, Step
from onboarding.services import decisions, screening
from onboarding.tables import APPLICATIONS

VIEW, WORK = "onboarding.view_application", "onboarding.work_application"
VERBS = {"approve": decisions.approve, "send_back": decisions.send_back, "reject": decisions.reject}


@door(Audience.STAFF, permission=VIEW)
def application_list(request: PortalRequest) -> HttpResponse:
    return show(request, APPLICATIONS)


@door(Audience.STAFF, permission="onboarding.export_applications")
def application_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, APPLICATIONS, file_format)


@door(Audience.STAFF, permission=VIEW)
def source_yields(request: PortalRequest) -> HttpResponse:
    """What each source brings, of a year or of all."""
    years = sources.years(request.user)
    asked = request.GET.get("year", "")
    year = Period.parse(asked) if asked.isdecimal() and int(asked) in years else None
    context = {"table": sources.yields(request.user, year=year), "years": years, "year": year}
    return render(request, "onboarding/sources.html", context)


@door(Audience.STAFF, "onboarding.application", permission=VIEW, methods=BOTH)
def application(request: PortalRequest, public_id: str) -> HttpResponse:
    """GET shows all that is known; POST with `decision` decides the step that waits."""
    found = find(request, public_id)
    return _decide(request, found) if request.method == "POST" else _page(request, found, DecisionForm())


def _page(request: PortalRequest, found: Application, form: DecisionForm, status: int = HTTPStatus.OK) -> HttpResponse:
    return render(request, "onboarding/application.html", pages.of(found, request.user) | {"form": form}, status=status)


@door(Audience.STAFF, "onboarding.applicationfile", permission=VIEW)
def application_file(request: PortalRequest, public_id: str) -> FileResponse:
    """Always an attachment, of the type that we found, in a sandbox: it never runs in the portal's name."""
    return _given_out(get_object_or_404(ApplicationFile.objects.visible_to(request.user), public_id=public_id))


def _given_out(paper: ApplicationFile | FindingFile) -> FileResponse:
    try:
        content = paper.path().open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content, as_attachment=True, filename=paper.file_name, content_type=paper.content_type, headers=GIVEN_OUT
    )


# ---- screening -------------------------------------------------------------------------------
@door(Audience.STAFF, "onboarding.application", permission=WORK, methods=("POST",))
def take(request: PortalRequest, public_id: str) -> HttpResponse:
    found = find(request, public_id)
    return _do(request, found, lambda: screening.take(found, by=request.user), _("You look after this application."))


@door(Audience.STAFF, "onboarding.application", permission=WORK, methods=BOTH)
def plan(request: PortalRequest, public_id: str) -> HttpResponse:
    """Who looks after it, and what comes next by when."""
    found = find(request, public_id)
    handling = getattr(found, "handling", None)
    initial = {name: getattr(handling, name) for name in ("owner", "next_step", "next_on")} if handling else {}
    form = PlanForm(request.POST or None, initial=initial, user=request.user, opening=found.opening)
    if form.is_valid() and fulfil(form, lambda: _plan(request, found, form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect(found)
    return _form_page(request, found, form, _("Next step"), _("Save"))


def _plan(request: PortalRequest, found: Application, typed: dict[str, Any]) -> None:
    before = found.handling.owner_id if hasattr(found, "handling") else None
    if typed["owner"] and typed["owner"].pk != before:
        screening.take(found, by=request.user, owner=typed["owner"])
    screening.plan(found, by=request.user, next_step=typed["next_step"], next_on=typed["next_on"])


@door(Audience.STAFF, "onboarding.application", permission=WORK, methods=BOTH)
def marks(request: PortalRequest, public_id: str) -> HttpResponse:
    """The screening sheet of one applicant: all criteria on one page, saved together or not at all."""
    found = find(request, public_id)
    criteria = list(Criterion.objects.visible_to(request.user).filter(opening=found.opening_id))
    given = Mark.objects.visible_to(request.user).filter(application=found)
    forms = mark_forms(request.POST or None, criteria, {one.criterion_id: one for one in given})
    refusal = ""
    faulty = [form for form in forms if request.method == "POST" and not form.is_valid()]  # each says its own faults
    if request.method == "POST" and not faulty:
        try:
            for form in forms:
                if form.is_given():
                    screening.mark(found, form.criterion, by=request.user, **form.mark())
        except NotYours as refused:
            raise PermissionDenied(str(refused)) from refused
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, _("The marks are saved."))
            return redirect(found)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    context = {"application": found, "forms": forms, "refusal": refusal}
    return render(request, "onboarding/marks.html", context, status=status)


@door(Audience.STAFF, "onboarding.application", permission=WORK, methods=BOTH)
def finding(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = find(request, public_id), FindingForm(request.POST or None, request.FILES or None)
    if form.is_valid() and fulfil(form, lambda: _note(request, found, **form.cleaned_data)):
        messages.success(request, _("The finding is noted."))
        return redirect(found)
    return _form_page(request, found, form, _("Note a finding"), _("Save"))


def _note(request: PortalRequest, found: Application, *, file: Any, **typed: Any) -> None:
    """Both or neither: what was typed stays in the form when the file is refused."""
    with transaction.atomic():
        noted = screening.find_out(found, by=request.user, **typed)
        if file is not None:
            screening.attach(noted, file, by=request.user)


@door(Audience.STAFF, "onboarding.finding", permission=WORK, methods=BOTH)
def attach(request: PortalRequest, public_id: str) -> HttpResponse:
    one = get_object_or_404(Finding.objects.visible_to(request.user), public_id=public_id)
    found = find(request, one.application.public_id)
    form = AttachmentForm(request.POST or None, request.FILES or None)
    if form.is_valid() and fulfil(form, lambda: screening.attach(one, form.cleaned_data["file"], by=request.user)):
        messages.success(request, _("The file is here."))
        return redirect(found)
    return _form_page(request, found, form, _("Attach a file"), _("Attach"), text=str(one))


@door(Audience.STAFF, "onboarding.findingfile", permission=VIEW)
def finding_file(request: PortalRequest, public_id: str) -> FileResponse:
    return _given_out(get_object_or_404(FindingFile.objects.visible_to(request.user), public_id=public_id))


@door(Audience.STAFF, "onboarding.application", permission="onboarding.override_knockout", methods=BOTH)
def waive(request: PortalRequest, public_id: str) -> HttpResponse:
    """Waive every knock-out that failed, for one stated reason."""
    found, form = find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("Our people read it; it stays with the application.")
    failed = Mark.objects.visible_to(request.user).filter(application=found, is_passed=False, waived_by__isnull=True)
    if not failed:
        messages.error(request, _("No knock-out failed, or it was waived already."))
        return redirect(found)
    if form.is_valid() and fulfil(form, lambda: _waive(request, list(failed), form.cleaned_data["reason"])):
        messages.success(request, _("Waived. The decision can go on."))
        return redirect(found)
    names = formatting.listed(one.criterion for one in failed.select_related("criterion"))
    return _form_page(request, found, form, _("Waive a failed knock-out"), _("Waive"), text=names)


def _waive(request: PortalRequest, failed: list[Mark], reason: str) -> None:
    for one in failed:
        screening.waive(one, by=request.user, reason=reason)


# ---- deciding --------------------------------------------------------------------------------
@door(Audience.STAFF, "onboarding.application", permission=WORK, methods=BOTH)
def submit(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("The three people who decide read it; the applicant does not.")
    if form.is_valid() and fulfil(form, lambda: decisions.submit(found, by=request.user, **form.cleaned_data)):
        messages.success(request, _("Sent to approval. Whoever decides first has been told."))
        return redirect(found)
    text = _("The regional director decides first, then the product-line manager, then the head of sales.")
    return _form_page(request, found, form, _("Send to approval"), _("Send to approval"), text=text)


def _decide(request: PortalRequest, found: Application) -> HttpResponse:
    """Who comes second is told so, with his words still in the form."""
    form = DecisionForm(request.POST)
    verb = VERBS.get(request.POST.get("decision", ""))
    if verb is None:
        raise BadRequest
    step = Step.objects.visible_to(request.user).filter(application=found).order_by("-round", "-number").first()
    if step is None:
        messages.error(request, _("This application is not in approval."))
        return redirect(found)
    shown = request.POST.get("step", "")
    if not form.is_valid():
        return _page(request, found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if shown and shown != step.place:
            raise AlreadyDecided(_("Somebody decided this step in the meantime. Read the page again."))
        verb(step, by=request.user, **form.cleaned_data)
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        form.add_error("reason" if refusal.status == HTTPStatus.UNPROCESSABLE_ENTITY else None, str(refusal))
        return _page(request, find(request, found.public_id), form, refusal.status)
    messages.success(request, _("Decided. The applicant and whoever looks after him are told."))
    return redirect(found)


# ---- shared ----------------------------------------------------------------------------------
def find(request: PortalRequest, public_id: str) -> Application:
    found = Application.objects.visible_to(request.user).select_related(
        "opening__territory", "opening__company", "handling__owner", "handling__dealer", "handling__contract"
    )
    return get_object_or_404(found, public_id=public_id)


def _do(request: PortalRequest, found: Application, verb: Any, done: str) -> HttpResponse:
    try:
        verb()
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(found)


def _form_page(
    request: PortalRequest, found: Application, form: Any, title: str, verb: str, *, text: str = ""
) -> HttpResponse:
    context = {"application": found, "form": form, "form_title": title, "verb": verb, "text": text}
    return render(request, "onboarding/form.html", context, status=status_of(form))
