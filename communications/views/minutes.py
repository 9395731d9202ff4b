"""Minutes: written topic by topic, sent, confirmed or sent back."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from communications import wording
from communications.forms.minutes import CorrectionForm, TopicTextForm
from communications.models import Resolution, Topic, TopicText
from communications.services import actions, minutes
from communications.services.minutes import StaleText
from communications.sheet import Sheet
from communications.views.frame import (
    MINUTE,
    VIEW,
    Words,
    find_edition,
    find_item,
    find_meeting,
    find_topic,
    form_page,
)
from core.doors import Audience, door
from core.errors import NotYours, Refused
from core.exports.answers import GIVEN_OUT
from dealers.forms.dealers import ReasonForm
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, status_of

CONFIRM = "communications.confirm_minutes"
SEND = "send"


@door(Audience.STAFF, "communications.topic", permission=MINUTE, methods=BOTH)
def topic(request: PortalRequest, public_id: str) -> HttpResponse:
    """One topic of open minutes: text, resolution and action item in one form.

    Every button saves first: also the one that leads to another topic, and the one that sends the minutes. Saving on
    an outdated text shows both; saving again then writes what the form shows.
    """
    found = find_topic(request, public_id)
    text = TopicText.objects.visible_to(request.user).filter(topic=found).select_related("edited_by").first()
    sheet = Sheet(found.meeting, request.user, found)
    if text is None or not sheet.may["write"]:
        return redirect(found.meeting)
    initial = {"text": text.text, "version": text.version}
    form = TopicTextForm(request.POST or None, initial=initial, user=request.user, dealer=found.meeting.dealer)
    stale: StaleText | None = None
    if form.is_valid():
        try:
            stale = _save(request, found, form)
            if stale is None and request.POST.get("then") == SEND:
                minutes.send(found.meeting, by=request.user)
        except NotYours as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if stale is None:
                return _after_saving(request, found)
            form = _on(stale.text, request, found)
    context = {"meeting": found.meeting, "sheet": sheet, "form": form, "text": text, "stale": stale}
    status = Refused.status if stale else status_of(form)
    return render(request, "communications/topic.html", context, status=status)


def _after_saving(request: PortalRequest, found: Topic) -> HttpResponse:
    then = request.POST.get("then", "")
    if then == SEND:
        messages.success(request, _("The minutes are sent. The dealer confirms them or asks for a correction."))
        return redirect(found.meeting)
    other = found.meeting.topics.filter(public_id=then).first()
    if other is None:
        messages.success(request, _("Saved. Only we see it until the minutes are sent."))
    return redirect("communications:topic", (other or found).public_id)


def _save(request: PortalRequest, found: Topic, form: TopicTextForm) -> StaleText | None:
    """Everything of the form, or nothing: an answer of 400 and above undoes it."""
    data, by = form.cleaned_data, request.user
    try:
        minutes.write(found, by=by, text=data["text"], version=data["version"])
    except StaleText as stale:
        return stale
    if data["resolution"].strip():
        minutes.resolve(found, by=by, text=data["resolution"])
    if data["what"]:
        actions.agree_on(found, by=by, what=data["what"], owner=data["owner"], due_on=data["due_on"])
    return None


def _on(text: TopicText, request: PortalRequest, found: Topic) -> TopicTextForm:
    """What was typed, on the version that stands now."""
    data = request.POST.copy()
    data["version"] = str(text.version)
    return TopicTextForm(data, user=request.user, dealer=found.meeting.dealer)


@door(Audience.STAFF, "communications.resolution", permission=MINUTE, methods=("POST",))
def resolution_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    found = Resolution.objects.visible_to(request.user).select_related("topic__meeting")
    one = get_object_or_404(found, public_id=public_id)
    try:
        minutes.take_out(one, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The resolution is taken out."))
    return redirect("communications:topic", one.topic.public_id)


@door(Audience.STAFF, "communications.actionitem:draft", permission=MINUTE, methods=("POST",))
def action_remove(request: PortalRequest, public_id: str) -> HttpResponse:
    item = find_item(request, public_id)
    try:
        actions.take_out(item, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The action item is taken out."))
    return redirect("communications:topic", item.topic.public_id) if item.topic else redirect(item.dealer)


@door(Audience.STAFF, "communications.meeting", permission=MINUTE, methods=BOTH)
def take_back(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Take the minutes back"), pgettext("minutes", "Take back"), _("The minutes are open again."),
        _("The dealer is told why. What you send next is the next version."),
    )  # fmt: skip
    return form_page(
        request, find_meeting(request, public_id), ReasonForm(request.POST or None), words, minutes.take_back
    )


@door(Audience.DEALER, "communications.minutes", permission=CONFIRM, methods=("POST",))
def confirm(request: PortalRequest, public_id: str) -> HttpResponse:
    edition = find_edition(request, public_id)
    try:
        minutes.confirm(edition, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. Both sides have confirmed the minutes; they are locked."))
    return redirect(edition.meeting)


@door(Audience.DEALER, "communications.minutes", permission=CONFIRM, methods=BOTH)
def correct(request: PortalRequest, public_id: str) -> HttpResponse:
    edition = find_edition(request, public_id)
    words = Words(_("Ask for a correction"), _("Send"), _("Thank you. You are told when the next version is sent."))
    form = CorrectionForm(request.POST or None)
    return form_page(request, edition, form, words, minutes.ask_correction, back=edition.meeting)


@door(Audience.PORTAL, "communications.minutes", permission=VIEW)
def paper(request: PortalRequest, public_id: str) -> HttpResponse:
    """An edition as PDF, in the reader's language; the words of people stay as they were written."""
    edition = find_edition(request, public_id)
    pdf = wording.minutes_pdf(edition, language=get_language() or settings.LANGUAGE_CODE)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers=GIVEN_OUT | {"Content-Disposition": f'attachment; filename="minutes-{edition.version}.pdf"'},
    )
