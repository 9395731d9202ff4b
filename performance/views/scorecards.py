"""Scorecards: the list, one card down to its lines, and what the dealer says about it."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer as answer_export
from core.listing import show
from dealers.requests import PortalRequest
from dealers.views.frame import BOTH, file_page, find_dealer, fulfil, status_of
from performance.forms.scorecards import AnswerForm, ObjectionForm
from performance.models import Objection, Scorecard
from performance.services import scorecards
from performance.sheet import TREND, Sheet
from performance.tables import CHIPS, SCORECARDS

VIEW = "performance.view_scorecard"
ON_A_TAB = 40


@door(Audience.STAFF, permission=VIEW)
def card_list(request: PortalRequest) -> HttpResponse:
    return show(request, SCORECARDS)


@door(Audience.STAFF, permission="performance.export_scorecards")
def card_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer_export(request, SCORECARDS, file_format)


@door(Audience.DEALER, permission=VIEW)
def my_score(request: PortalRequest) -> HttpResponse:
    """The dealer's latest card; where there is none, what will be here."""
    latest = Scorecard.objects.visible_to(request.user).of_latest_editions().order_by("-ends_on", "length").first()
    return redirect(latest) if latest else render(request, "performance/no_score.html")


@door(Audience.PORTAL, "performance.scorecard", permission=VIEW)
def scorecard(request: PortalRequest, public_id: str) -> HttpResponse:
    card = _find(request, public_id)
    others = _others(request, card)
    of_length = [one for one in others if one.length == card.length and one.is_latest]
    earlier = [one for one in of_length if one.starts_on < card.starts_on]
    before = next((one for one in earlier if one.period == card.span.previous.key), None)
    if before is not None:
        prefetch_related_objects([before], "lines")  # what the total is compared with
    course = sorted([*earlier[: TREND - 1], card], key=lambda one: one.starts_on)
    objections = Objection.objects.visible_to(request.user).filter(scorecard=card)
    context = {
        "card": card,
        "sheet": Sheet(card, before=before, course=course),
        "chip": CHIPS[Scorecard.Status(card.status)],
        "editions": [one for one in others if one.period == card.period],
        "siblings": of_length[:TREND],
        "objections": objections.select_related("raised_by", "answered_by", "line"),
        "newer": next((one for one in others if one.period == card.period and one.is_latest), None),
    }
    return render(request, "performance/scorecard.html", context | _open_to(request, card))


def _others(request: PortalRequest, card: Scorecard) -> list[Scorecard]:
    """The dealer's other cards, latest first."""
    found = Scorecard.objects.visible_to(request.user).filter(dealer=card.dealer).exclude(pk=card.pk)
    return list(found.order_by("-starts_on", "-edition")[:60])


def _open_to(request: PortalRequest, card: Scorecard) -> dict[str, bool]:
    user = request.user
    is_open = card.is_latest and card.status in {Scorecard.Status.PUBLISHED, Scorecard.Status.OBJECTED}
    is_waiting = card.status == Scorecard.Status.OBJECTED
    return {
        "may_acknowledge": is_open and not is_waiting and user.has_perm("performance.acknowledge_scorecard"),
        "may_object": is_open and not is_waiting and user.has_perm("performance.add_objection"),
        "may_withdraw": user.has_perm("performance.add_objection"),
        "may_answer": user.is_ours and user.has_perm("performance.answer_objection"),
    }


@door(Audience.DEALER, "performance.scorecard", permission="performance.acknowledge_scorecard", methods=("POST",))
def acknowledge(request: PortalRequest, public_id: str) -> HttpResponse:
    card = _find(request, public_id)
    try:
        scorecards.acknowledge(card, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Thank you. The scorecard is acknowledged."))
    return redirect(card)


@door(Audience.DEALER, "performance.scorecard", permission="performance.add_objection", methods=BOTH)
def object_to(request: PortalRequest, public_id: str) -> HttpResponse:
    card = _find(request, public_id)
    titles = {row.line.measure: row.title for row in Sheet(card).rows}
    chosen = request.GET.get("measure", "")
    form = ObjectionForm(
        request.POST or None, card=card, titles=titles, initial={"measure": chosen if chosen in titles else ""}
    )
    if form.is_valid():
        said = form.cleaned_data["reason"]
        if fulfil(form, lambda: scorecards.object_to(card, by=request.user, text=said, line=form.line())):
            messages.success(request, _("Your objection is on its way. The answer comes within ten working days."))
            return redirect(card)
    return render(request, "performance/objection.html", {"card": card, "form": form}, status=status_of(form))


@door(Audience.DEALER, "performance.objection", permission="performance.add_objection", methods=("POST",))
def withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    objection = _find_objection(request, public_id)
    try:
        scorecards.withdraw(objection, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The objection is withdrawn."))
    return redirect(objection.scorecard)


@door(Audience.STAFF, "performance.objection", permission="performance.answer_objection", methods=BOTH)
def answer(request: PortalRequest, public_id: str) -> HttpResponse:
    objection = _find_objection(request, public_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        is_upheld, text = form.cleaned_data["outcome"] == "upheld", form.cleaned_data["reason"]
        if fulfil(form, lambda: scorecards.answer(objection, by=request.user, upheld=is_upheld, text=text)):
            messages.success(request, _("The answer is with the dealer."))
            return redirect(objection.scorecard)
    context = {"card": objection.scorecard, "objection": objection, "form": form}
    return render(request, "performance/answer.html", context, status=status_of(form))


@door(Audience.PORTAL, "dealers.dealer", permission=VIEW)
def scores_tab(request: PortalRequest, public_id: str) -> HttpResponse:
    """The dealer's scores over time, on his file."""
    dealer = find_dealer(request, public_id)
    found = Scorecard.objects.visible_to(request.user).filter(dealer=dealer).of_latest_editions()
    cards = list(found.order_by("-starts_on", "length")[:ON_A_TAB])
    latest = cards[0] if cards else None
    course = [card for card in reversed(cards) if latest and card.length == latest.length][-TREND:]
    sheet = Sheet(latest, course=course) if latest else None
    rows = [(card, CHIPS[Scorecard.Status(card.status)]) for card in cards]
    return file_page(request, dealer, "scores", "performance/scores_tab.html", rows=rows, sheet=sheet)


def _find(request: PortalRequest, public_id: str) -> Scorecard:
    found = Scorecard.objects.visible_to(request.user).select_related("dealer__manager", "template", "acknowledged_by")
    return get_object_or_404(found.prefetch_related("lines", "template__grades"), public_id=public_id)


def _find_objection(request: PortalRequest, public_id: str) -> Objection:
    found = Objection.objects.visible_to(request.user).select_related("scorecard__dealer", "raised_by", "line")
    return get_object_or_404(found, public_id=public_id)
