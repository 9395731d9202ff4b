"""Action items: the promise ledger, one promise, and what becomes of it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communications.clock import today_of
from communications.forms.minutes import ActionForm, ClaimForm, CompleteForm, HandOverForm, MoveForm
from communications.models import ActionItem, Side
from communications.services import actions
from communications.sheet import OUTCOMES
from communications.tables import ACTIONS
from communications.views.frame import VIEW_ITEM, Words, find_item, form_page, show_form
from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import show
from dealers import events
from dealers.forms.dealers import ReasonForm
from dealers.models import Dealer, Event
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, find_dealer, fulfil

KIND, COMPLETE = "communications.actionitem", "communications.complete_actionitem"


@door(Audience.PORTAL, permission=VIEW_ITEM)
def action_list(request: PortalRequest) -> HttpResponse:
    return show(request, ACTIONS, may_claim=request.user.is_dealers and request.user.has_perm(actions.CLAIM))


@door(Audience.PORTAL, permission=VIEW_ITEM)
def action_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, ACTIONS, file_format)


@door(Audience.PORTAL, KIND, permission=VIEW_ITEM)
def action(request: PortalRequest, public_id: str) -> HttpResponse:
    item, user = find_item(request, public_id), request.user
    outcome = item.outcome(on=today_of(item.dealer))
    is_open = item.state == ActionItem.State.OPEN and item.published_at is not None and item.stands()
    speaks_for = user.has_perm("communications.change_actionitem" if user.is_ours else "communications.confirm_minutes")
    is_theirs, is_own = Side.of(user) == item.side, item.owner_id == user.pk
    happened = Event.objects.visible_to(user).filter(subject_type=item._meta.label_lower, subject_id=item.pk)
    context = {
        "item": item,
        "outcome": outcome,
        "chip": OUTCOMES[outcome],
        "may_complete": is_open and user.has_perm(COMPLETE) and (is_own or (is_theirs and speaks_for)),
        "may_move": is_open and user.is_ours and user.has_perm("communications.change_actionitem"),
        "may_answer": item.claim == ActionItem.Claim.WAITING
        and user.is_ours
        and user.has_perm("communications.change_actionitem"),
        "may_hand_over": is_open and user.has_perm(COMPLETE) and (is_own or (is_theirs and speaks_for)),
        "may_release": is_open and not is_theirs and speaks_for,
        "history": [(one, events.tell(one)) for one in happened.select_related("actor", "personal")[:20]],
    }
    return render(request, "communications/action.html", context)


@door(Audience.STAFF, "dealers.dealer", permission="communications.add_actionitem", methods=BOTH)
def promise(request: PortalRequest, public_id: str) -> HttpResponse:
    """Note what was promised by call, chat or mail."""
    dealer = find_dealer(request, public_id)
    form = ActionForm(request.POST or None, user=request.user, dealer=dealer)
    made: list[ActionItem] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(actions.promise(dealer, by=request.user, **form.cleaned_data))
    ):
        messages.success(request, _("The promise is noted. Both sides see it."))
        return redirect(made[0])
    words = Words(
        _("Note a promise"), _("Note the promise"),
        text=_("Whoever made it, of us or of the dealer. It counts from now on, and its first date stays."),
    )  # fmt: skip
    return show_form(request, form, words, dealer=dealer)


@door(Audience.DEALER, permission=actions.CLAIM, methods=BOTH)
def claim(request: PortalRequest) -> HttpResponse:
    """The dealer notes what we promised him."""
    dealer = get_object_or_404(Dealer.objects.visible_to(request.user).select_related("manager"))
    us = {"party": settings.MANUFACTURER_NAME}
    form = ClaimForm(request.POST or None, user=request.user, dealer=dealer)
    made: list[ActionItem] = []
    if form.is_valid() and fulfil(
        form, lambda: made.append(actions.claim(dealer, by=request.user, **form.cleaned_data))
    ):
        messages.success(request, _("The promise is noted. %(party)s accepts or contests it.") % us)
        return redirect(made[0])
    words = Words(
        _("Note what was promised to you"), _("Note the promise"),
        text=_("Both sides see it at once. It counts once %(party)s accepts it.") % us,
    )  # fmt: skip
    return show_form(request, form, words, dealer=dealer, of_promises=True)


@door(Audience.STAFF, KIND, permission="communications.change_actionitem", methods=("POST",))
def accept(request: PortalRequest, public_id: str) -> HttpResponse:
    item = find_item(request, public_id)
    try:
        actions.accept(item, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Accepted. It is owed from now on."))
    return redirect(item)


@door(Audience.STAFF, KIND, permission="communications.change_actionitem", methods=BOTH)
def contest(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Contest the promise"), _("Contest"), _("The dealer is told why."),
        _("Say what was said instead. The dealer reads it; the promise stays in sight and is owed by nobody."),
        stop=True,
    )  # fmt: skip
    return form_page(request, find_item(request, public_id), ReasonForm(request.POST or None), words, actions.contest)


@door(Audience.PORTAL, KIND, permission=COMPLETE, methods=BOTH)
def hand_over(request: PortalRequest, public_id: str) -> HttpResponse:
    item = find_item(request, public_id)
    words = Words(
        _("Hand it over"), _("Hand over"), _("It is handed over; both are told."),
        _("The promise and its first date stay as they are."),
    )  # fmt: skip
    form = HandOverForm(request.POST or None, user=request.user, item=item)
    return form_page(request, item, form, words, actions.hand_over)


@door(Audience.PORTAL, KIND, permission=COMPLETE, methods=BOTH)
def complete(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(_("Mark as done"), _("Mark as done"), _("Done. Thank you."), _("This cannot be taken back."))
    form = CompleteForm(request.POST if request.method == "POST" else None)
    return form_page(request, find_item(request, public_id), form, words, actions.complete)


@door(Audience.STAFF, KIND, permission="communications.change_actionitem", methods=BOTH)
def move(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Move the date"), pgettext("a date", "Move"), _("The date is moved. The first one stays in sight."),
        _("The promise is still judged by the date that was promised first."),
    )  # fmt: skip
    return form_page(request, find_item(request, public_id), MoveForm(request.POST or None), words, actions.move)


@door(Audience.PORTAL, KIND, permission=COMPLETE, methods=BOTH)
def release(request: PortalRequest, public_id: str) -> HttpResponse:
    words = Words(
        _("Release from the promise"), _("Release"), _("The other side is released from it."),
        _("Nothing is owed any more. This cannot be taken back."), stop=True,
    )  # fmt: skip
    return form_page(request, find_item(request, public_id), ReasonForm(request.POST or None), words, actions.release)
