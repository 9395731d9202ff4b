"""Meetings: the list, one with its four steps, proposing, finding a time, preparing, holding."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from communications import wording
from communications.forms.meetings import MeetingForm, NoteForm, OtherTimeForm, TopicForm
from communications.models import Meeting, Topic, Touchpoint
from communications.services import meetings
from communications.sheet import CHIPS, Sheet
from communications.tables import MEETINGS
from communications.views.frame import CHANGE, MINUTE, VIEW, Words, find_meeting, form_page, show_form
from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import GIVEN_OUT, answer
from core.listing import show
from dealers.forms.dealers import ReasonForm
from dealers.models import Dealer
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil

ADD = "communications.add_meeting"
KIND = "communications.meeting"
State = Meeting.State


@door(Audience.PORTAL, permission=VIEW)
def meeting_list(request: PortalRequest) -> HttpResponse:
    """Opened without a wish, what is coming, the next one first; whoever takes the filter away sees all."""
    if not request.GET:
        request.GET = QueryDict("when=coming&sort=when")
    may_add = request.user.is_dealers and request.user.has_perm(ADD)
    return show(request, MEETINGS, may_add=may_add)


@door(Audience.PORTAL, permission=VIEW)
def meeting_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, MEETINGS, file_format)


@door(Audience.PORTAL, KIND, permission=VIEW)
def briefing_paper(request: PortalRequest, public_id: str) -> HttpResponse:
    """The briefing to print, as far as this reader may read it."""
    found = find_meeting(request, public_id)
    pdf = wording.briefing_pdf(Sheet(found, request.user), language=get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers=GIVEN_OUT | {"Content-Disposition": 'attachment; filename="briefing.pdf"'},
    )


@door(Audience.PORTAL, KIND, permission=VIEW)
def meeting(request: PortalRequest, public_id: str) -> HttpResponse:
    """Its step decides what the page is for: preparing, minuting, confirming, reading."""
    found = find_meeting(request, public_id)
    sheet = Sheet(found, request.user)
    if sheet.may["write"] and sheet.topics:
        return redirect("communications:topic", _first_unwritten(sheet).public_id)
    return render(request, "communications/meeting.html", {"meeting": found, "sheet": sheet})


def _first_unwritten(sheet: Sheet) -> Topic:
    return next((row["topic"] for row in sheet.agenda() if not row["is_written"]), sheet.topics[0])


@door(Audience.PORTAL, "dealers.dealer", permission=VIEW)
def meetings_tab(request: PortalRequest, public_id: str) -> HttpResponse:
    """Meetings and promises of one dealer, on his file."""
    dealer = find_dealer(request, public_id)
    found = Meeting.objects.visible_to(request.user).filter(dealer=dealer).order_by("-starts_at", "-pk")
    context: dict[str, Any] = {
        "rows": [(one, CHIPS[State(one.state)]) for one in found[:30]],
        "may_add": request.user.has_perm(ADD),
        "touchpoints": _touchpoints(request, dealer),
        "may_touch": request.user.is_ours and request.user.has_perm("communications.add_touchpoint"),
        "may_promise": request.user.is_ours and request.user.has_perm("communications.add_actionitem"),
    }
    return file_page(request, dealer, "meetings", "communications/tab.html", **context)


def _touchpoints(request: PortalRequest, dealer: Dealer) -> list[Touchpoint]:
    if not request.user.has_perm("communications.view_touchpoint"):
        return []
    return list(Touchpoint.objects.visible_to(request.user).filter(dealer=dealer).for_list()[:12])


# ---- finding a time --------------------------------------------------------------------------
@door(Audience.PORTAL, "dealers.dealer", permission=ADD, methods=BOTH)
def propose(request: PortalRequest, public_id: str) -> HttpResponse:
    return _propose(request, find_dealer(request, public_id))


@door(Audience.DEALER, permission=ADD, methods=BOTH)
def propose_own(request: PortalRequest) -> HttpResponse:
    """The dealer proposes one to us."""
    own = Dealer.objects.visible_to(request.user).select_related("manager")
    return _propose(request, get_object_or_404(own))


def _propose(request: PortalRequest, dealer: Dealer) -> HttpResponse:
    form = MeetingForm(request.POST or None, dealer=dealer, by=request.user)
    made: list[Meeting] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(meetings.propose(dealer, by=request.user, **form.proposal()))
    ):
        messages.success(request, _("The meeting is proposed. The other side has been asked to agree."))
        return redirect(made[0])
    words = Words(
        _("Propose a meeting"), _("Propose"), text=_("The other side agrees to the time or proposes another one.")
    )
    return show_form(request, form, words, dealer=dealer)


@door(Audience.PORTAL, KIND, permission=CHANGE, methods=("POST",))
def agree(request: PortalRequest, public_id: str) -> HttpResponse:
    """The page sends which time was read: a yes to a time that nobody read is none."""
    found = find_meeting(request, public_id)
    read = request.POST.get("sequence", "")
    try:
        meetings.agree(found, by=request.user, sequence=int(read) if read.isdecimal() else -1)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The meeting is agreed. Everybody at the table gets an invitation."))
    return redirect(found)


@door(Audience.PORTAL, KIND, permission=CHANGE, methods=BOTH)
def propose_time(request: PortalRequest, public_id: str) -> HttpResponse:
    found = find_meeting(request, public_id)
    form = OtherTimeForm(request.POST or None, initial=OtherTimeForm.initial_of(found))
    form.fields["reason"].help_text = _("The other side reads it.")
    if form.is_valid() and fulfil(
        form,
        lambda: meetings.propose_time(
            found, by=request.user, when=form.when(), reason=form.cleaned_data["reason"]
        ),
    ):  # fmt: skip
        messages.success(request, _("Another time is proposed. It counts once the other side agrees."))
        return redirect(found)
    words = Words(
        _("Propose another time"), _("Propose"),
        text=_("The time that stands now is given up; the other side has to agree to the new one."),
    )  # fmt: skip
    return show_form(request, form, words, dealer=found.dealer, back=found)


@door(Audience.PORTAL, KIND, permission=CHANGE, methods=BOTH)
def cancel(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Cancel the meeting"), _("Cancel the meeting"), _("The meeting is cancelled. Everybody is told."),
        _("This cannot be taken back: another meeting is proposed anew."), stop=True,
    )  # fmt: skip
    return form_page(
        request, find_meeting(request, public_id), ReasonForm(request.POST or None), words, meetings.cancel
    )


# ---- preparing and holding -------------------------------------------------------------------
@door(Audience.PORTAL, KIND, permission=CHANGE, methods=BOTH)
def topic_add(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Add a topic"), _("Add"), _("It is on the agenda."), _("Both sides see the agenda before they meet.")
    )
    return form_page(
        request, find_meeting(request, public_id), TopicForm(request.POST or None), words, meetings.add_topic
    )


@door(Audience.STAFF, KIND, permission="communications.add_meetingnote", methods=BOTH)
def note(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(_("Note for our people"), _("Keep the note"), _("The note is kept."))
    return form_page(request, find_meeting(request, public_id), NoteForm(request.POST or None), words, meetings.note)


@door(Audience.STAFF, KIND, permission=MINUTE, methods=("POST",))
def hold(request: PortalRequest, public_id: str) -> HttpResponse:
    found = find_meeting(request, public_id)
    try:
        meetings.hold(found, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The minutes are open, and half written already."))
    return redirect(found)


@door(Audience.PORTAL, KIND, permission=VIEW)
def invitation(request: PortalRequest, public_id: str) -> HttpResponse:
    """The meeting as a calendar entry; a later one of the same meeting replaces it."""
    from communications import calendars  # its library takes a moment to load, and few processes write an entry

    found = find_meeting(request, public_id)
    return HttpResponse(
        calendars.invitation(found),
        content_type=f"text/calendar; charset=utf-8; method={calendars.method_of(found)}",
        headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
    )
