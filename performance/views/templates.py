"""The rules of judging: the sets with their versions, one version beside the one before, drafting and deciding."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from core.periods import Period
from dealers.forms.dealers import ReasonForm
from dealers.models import Event
from dealers.requests import PortalRequest
from dealers.rights import looks_after_all
from dealers.views.frame import BOTH, fulfil, status_of
from performance.comparison import coverage_before, grades_beside, measures_beside, standing
from performance.forms.templates import EndForm, FirstPeriodForm, GradesForm, MeasureForm, ProposalForm, SetForm
from performance.models import ScorecardTemplate
from performance.scales import Rules, allowed
from performance.services import templates, trials
from performance.services.templates import ADD, APPROVE, CHANGE
from performance.views.rules import VIEW, shown

Status = ScorecardTemplate.Status
ANY, DRAFT, PROPOSED, IN_USE, ENDING = (
    f"performance.scorecardtemplate{aspect}" for aspect in ("", ":draft", ":proposed", ":in_use", ":ending")
)


@door(Audience.STAFF, permission=VIEW)
def template_list(request: PortalRequest) -> HttpResponse:
    """Every set of rules with its versions, the newest first."""
    found = ScorecardTemplate.objects.visible_to(request.user).select_related("made_by", "proposed_by", "approved_by")
    today = timezone.localdate()
    sets: dict[str, list[dict[str, Any]]] = {}
    for one in found.order_by("code", "-version"):
        sets.setdefault(one.code, []).append({"template": one, "standing": standing(one, on=today)})
    may_draft = request.user.has_perm(ADD)
    listed = [
        {"versions": rows, "newest": rows[0]["template"], "may_draft": may_draft and not _open(rows)}
        for rows in sorted(sets.values(), key=lambda rows: rows[-1]["template"].pk)
    ]
    return render(request, "performance/templates.html", {"sets": listed, "may_draft": may_draft})


def _open(rows: list[dict[str, Any]]) -> bool:
    return any(row["template"].status in {Status.DRAFT, Status.PROPOSED} for row in rows)


@door(Audience.PORTAL, ANY, permission=VIEW)
def template(request: PortalRequest, public_id: str) -> HttpResponse:
    """One version of the rules, also one that is no longer in use: a card keeps the rules it was made by."""
    found = ScorecardTemplate.objects.visible_to(request.user).prefetch_related("measures", "grades")
    one = get_object_or_404(
        found.select_related("made_by", "proposed_by", "approved_by", "end_proposed_by"), public_id=public_id
    )
    if not request.user.is_ours:
        return render(request, "performance/rules.html", {"templates": shown([one]), "one": one})
    versions = list(found.filter(code=one.code).order_by("-version"))
    before = next((other for other in versions if other.version < one.version), None)
    today = timezone.localdate()
    rules = Rules.of(one)
    context = {
        "template": one,
        "standing": standing(one, on=today),
        "before": before,
        "measures": measures_beside(one, before),
        "grades": grades_beside(one, before),
        "coverage_before": coverage_before(one, before),
        "tiers_before": before.for_whom if before and before.for_whom != one.for_whom else "",
        "weight": rules.weight,
        "versions": [(other, standing(other, on=today)) for other in versions],
        "fault": templates.fault_of_proposal(one) if one.status == Status.DRAFT else "",
        "sent_back": _sent_back(request, one),
    }
    return render(request, "performance/template.html", context | _open_to(request, one, versions))


def _sent_back(request: PortalRequest, one: ScorecardTemplate) -> Event | None:
    """Why a draft is a draft again."""
    if one.status != Status.DRAFT:
        return None
    events = Event.objects.visible_to(request.user).filter(kind="template.sent_back", subject_id=one.pk)
    return events.select_related("actor").order_by("-at").first()


def _open_to(request: PortalRequest, one: ScorecardTemplate, versions: list[ScorecardTemplate]) -> dict[str, Any]:
    user = request.user
    may_change = one.status == Status.DRAFT and user.has_perm(CHANGE)
    may_decide = one.status == Status.PROPOSED and user.has_perm(APPROVE)
    is_open = one.status in {Status.DRAFT, Status.PROPOSED}
    may_end = one.is_ending and user.has_perm(APPROVE)
    is_own_end = one.is_ending and one.end_proposed_by_id == user.pk
    has_open = any(other.status in {Status.DRAFT, Status.PROPOSED} for other in versions)
    confirm = _("The draft is taken away, and nothing of it is kept.")
    discard = {
        "label": _("Discard the draft"), "url": reverse("performance:template_discard", args=[one.public_id]),
        "icon": "trash", "post": True, "stop": True, "confirm": confirm,
    }  # fmt: skip
    ask_end = {
        "label": _("End these rules"), "url": reverse("performance:template_propose_end", args=[one.public_id]),
        "icon": "archive", "stop": True,
    }  # fmt: skip
    may_ask_end = one.status == Status.IN_USE and not one.is_ending and not has_open and user.has_perm(CHANGE)
    return {
        "may_change": may_change,
        "may_send_back": may_decide,
        "may_put_in_use": may_decide and one.proposed_by_id != user.pk and looks_after_all(user),
        "is_own_proposal": may_decide and one.proposed_by_id == user.pk,
        "may_try": is_open and looks_after_all(user) and (user.has_perm(CHANGE) or user.has_perm(APPROVE)),
        "may_draft": one is versions[0] and not has_open and not one.is_ending and user.has_perm(ADD),
        "may_end": may_end and not is_own_end and looks_after_all(user),
        "may_keep": may_end,
        "may_take_back": one.is_ending and user.has_perm(CHANGE),
        "is_own_end": is_own_end,
        "more": [discard] if may_change else [ask_end] if may_ask_end else [],
    }


@door(Audience.STAFF, permission=ADD, methods=BOTH)
def new_set(request: PortalRequest) -> HttpResponse:
    """A set of rules for dealers whom none is for yet; its measures are chosen on the next page."""
    form = SetForm(request.POST or None)
    made: list[ScorecardTemplate] = []
    if form.is_valid() and fulfil(form, lambda: made.append(templates.new_set(form.wanted(), by=request.user))):
        messages.success(request, _("The set is drafted. Choose what counts in it."))
        return redirect("performance:template_edit", made[0].public_id)
    return render(request, "performance/template_set.html", {"form": form}, status=status_of(form))


@door(Audience.STAFF, ANY, permission=ADD, methods=("POST",))
def new_version(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        made = templates.new_version(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("Version %(version)d is drafted. Nobody is judged by it.") % {"version": made.version})
    return redirect("performance:template_edit", made.public_id)


@door(Audience.STAFF, DRAFT, permission=CHANGE, methods=BOTH)
def edit(request: PortalRequest, public_id: str) -> HttpResponse:
    """Measures in or out, their weights and values, and the grades of a draft."""
    found = _find(request, public_id)
    rules = Rules.of(found)
    rows = {row.measure: row for row in found.measures.all()}
    known = sorted(allowed(), key=lambda one: (rows[one.code].position if one.code in rows else 1000, one.order))
    data = request.POST or None
    forms = [MeasureForm(data, prefix=one.code, measure=one, row=rows.get(one.code)) for one in known]
    grades = GradesForm(data, rules=rules)
    faulty = [form for form in (grades, *forms) if not form.is_valid()]  # every form is asked: all faults show at once
    if request.method == "POST" and not faulty:
        said = grades.cleaned_data
        wanted = Rules(
            tuple(one for form in forms if (one := form.weighed()) is not None),
            grades.letters(),
            said["coverage"] / 100,
            tuple(said["tiers"]),
        )
        if fulfil(grades, lambda: templates.change(found, wanted, seen=said["seen"], by=request.user)):
            messages.success(request, _("The draft is saved."))
            return redirect(found)
    is_refused = request.method == "POST"
    context = {
        "template": found,
        "forms": forms,
        "grades": grades,
        "is_draft": found.status == Status.DRAFT,
        "faults": [fault for form in forms for faults in form.errors.values() for fault in faults],
        "gone": [row.measure for row in rows.values() if row.measure not in {one.code for one in known}],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_refused else HTTPStatus.OK
    return render(request, "performance/template_edit.html", context, status=status)


@door(Audience.STAFF, DRAFT, permission=CHANGE, methods=BOTH)
def propose(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    form = ProposalForm(request.POST or None, initial={"reason": found.reason})
    words = {
        "title": _("Propose these rules"), "verb": _("Propose"),
        "text": _("The draft is closed until somebody else decides on it."),
        "done": _("The rules are proposed. Somebody else puts them in use."),
    }  # fmt: skip
    return _decide(request, found, form, words, templates.propose)


@door(Audience.STAFF, PROPOSED, permission=APPROVE, methods=BOTH)
def send_back(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = _find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("One sentence at least. Whoever proposed it reads it.")
    words = {
        "title": _("Send these rules back"), "verb": _("Send back"),
        "text": _("The version becomes a draft again; whoever proposed it is told why."),
        "done": _("The version is a draft again."),
    }  # fmt: skip
    return _decide(request, found, form, words, templates.send_back)


@door(Audience.STAFF, PROPOSED, permission=APPROVE, methods=BOTH)
def put_in_use(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    periods = templates.first_periods(found.length, on=timezone.localdate())
    form = FirstPeriodForm(request.POST or None, periods=periods)
    words = {
        "title": _("Put these rules in use"), "verb": _("Put in use"),
        "text": _("Periods before it keep the rules they have. From now on dealers can read these."),
    }  # fmt: skip
    if form.is_valid() and fulfil(form, lambda: templates.put_in_use(found, by=request.user, **form.cleaned_data)):
        first: Period = form.cleaned_data["first"]
        messages.success(request, _("The rules are in use from %(period)s on.") % {"period": first})
        return redirect(found)
    return _ask(request, found, form, words)


@door(Audience.STAFF, IN_USE, permission=CHANGE, methods=BOTH)
def propose_end(request: PortalRequest, public_id: str) -> HttpResponse:
    """A set that nothing follows: from a period on nobody is judged by it."""
    found = _find(request, public_id)
    periods = templates.first_periods(found.length, on=timezone.localdate())
    form = EndForm(request.POST or None, periods=periods)
    text = _(
        "From that period on nobody is judged by these rules, unless another set is for the same dealers. "
        "Somebody else decides."
    )
    words = {
        "title": _("End these rules"), "verb": _("Propose the end"), "text": text,
        "done": _("The end is proposed. Somebody else decides on it."),
    }  # fmt: skip
    return _decide(request, found, form, words, templates.propose_end)


@door(Audience.STAFF, ENDING, permission=APPROVE, methods=BOTH)
def keep_in_use(request: PortalRequest, public_id: str) -> HttpResponse:
    found, form = _find(request, public_id), ReasonForm(request.POST or None)
    form.fields["reason"].help_text = _("One sentence at least. Whoever proposed it reads it.")
    words = {
        "title": _("Keep these rules in use"), "verb": _("Keep in use"),
        "text": _("The proposed end is put aside; whoever proposed it is told why."),
        "done": _("The rules stay in use."),
    }  # fmt: skip
    return _decide(request, found, form, words, templates.keep_in_use)


@door(Audience.STAFF, ENDING, permission=CHANGE, methods=("POST",))
def take_end_back(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        templates.take_end_back(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The rules stay in use."))
    return redirect(found)


@door(Audience.STAFF, ENDING, permission=APPROVE, methods=("POST",))
def end(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        ended = templates.end(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The rules end with %(period)s.") % {"period": ended.end})
    return redirect(found)


def _decide(
    request: PortalRequest, found: ScorecardTemplate, form: Any, words: dict[str, str], verb: Callable[..., object]
) -> HttpResponse:
    """Ask, `verb(found, by=..., **what was typed)`, and say `words["done"]`."""
    if form.is_valid() and fulfil(form, lambda: verb(found, by=request.user, **form.cleaned_data)):
        messages.success(request, words["done"])
        return redirect(found)
    return _ask(request, found, form, words)


def _ask(request: PortalRequest, found: ScorecardTemplate, form: Any, words: dict[str, str]) -> HttpResponse:
    context = {"template": found, "form": form, "words": words}
    return render(request, "performance/template_form.html", context, status=status_of(form))


@door(Audience.STAFF, DRAFT, permission=CHANGE, methods=("POST",))
def discard(request: PortalRequest, public_id: str) -> HttpResponse:
    found = _find(request, public_id)
    try:
        templates.discard(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The draft is discarded."))
    return redirect("performance:templates")


@door(Audience.STAFF, DRAFT, permission=VIEW, methods=("POST",))
def try_out(request: PortalRequest, public_id: str) -> HttpResponse:
    """Judge the last assessed period once more by these rules; a job does it and keeps what came of it."""
    found = _find(request, public_id)
    try:
        return redirect(trials.ask(found, by=request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(found)


def _find(request: PortalRequest, public_id: str) -> ScorecardTemplate:
    found = ScorecardTemplate.objects.visible_to(request.user).prefetch_related("measures", "grades")
    return get_object_or_404(found, public_id=public_id)
