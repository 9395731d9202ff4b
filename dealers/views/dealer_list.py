"""The list of dealers, for our own people: the page, the file, and what is done with several at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.doors import Audience, door
from core.errors import Refused
from core.exports.answers import answer
from core.listing import show
from core.reasons import NoReason
from dealers.forms.dealers import HandOverForm
from dealers.models import Dealer, Person
from dealers.requests import PortalRequest
from dealers.services import dealers
from dealers.tables import DEALERS
from dealers.views.frame import status_of

MOST_SELECTED = 100  # a page has 50


@door(Audience.STAFF, permission="dealers.view_dealer")
def dealer_list(request: PortalRequest) -> HttpResponse:
    bulk = _bulk(request)
    may_add = request.user.has_perm("dealers.add_dealer")
    return show(request, DEALERS, selectable=bool(bulk), bulk=bulk, may_add=may_add)


def _bulk(request: PortalRequest) -> list[dict[str, Any]]:
    """What this person may do with the dealers ticked."""
    actions = {
        "dealers.transfer_dealer": {"url": reverse("dealers:hand_over"), "icon": "user-share", "label": _("Hand over")},
        "dealers.export_dealers": {
            "url": reverse("dealers:export_selected"),
            "icon": "download",
            "label": _("Export"),
            "name": "format",
            "value": "xlsx",
        },
    }
    return [action for right, action in actions.items() if request.user.has_perm(right)]


@door(Audience.STAFF, permission="dealers.export_dealers")
def dealer_export(request: PortalRequest, file_format: str) -> HttpResponse:
    return answer(request, DEALERS, file_format)


@door(Audience.STAFF, permission="dealers.export_dealers", methods=("POST",))
def dealer_export_selected(request: PortalRequest) -> HttpResponse:
    """Only what was ticked, out of what this person may see."""
    return answer(request, DEALERS, request.POST.get("format", ""), keys=_ticked(request) or [""])


@door(Audience.STAFF, permission="dealers.transfer_dealer", methods=("POST",))
def dealer_hand_over(request: PortalRequest) -> HttpResponse:
    """The dealers ticked get a new account manager: first who and why, then one by one."""
    chosen = list(
        Dealer.objects.visible_to(request.user).filter(public_id__in=_ticked(request)).select_related("manager")
    )
    if not chosen:
        messages.warning(request, _("None of your dealers is selected."))
        return redirect("dealers:list")
    form = HandOverForm(request.POST if "reason" in request.POST else None, user=request.user)
    if form.is_valid() and _handed_over(request, chosen, form):
        return redirect("dealers:list")
    context = {"form": form, "chosen": chosen}
    return render(request, "dealers/hand_over.html", context, status=status_of(form))


def _handed_over(request: PortalRequest, chosen: list[Dealer], form: HandOverForm) -> bool:
    """Each dealer by himself: what is refused for one holds nobody else up, and is said. False: nobody could be."""
    to: Person = form.cleaned_data["to"]
    done = 0
    refused: list[str] = []
    for dealer in chosen:
        try:
            dealers.transfer(dealer, by=request.user, to=to, reason=form.cleaned_data["reason"])
        except NoReason as refusal:
            form.add_error("reason", str(refusal))
            return False
        except Refused as refusal:
            refused.append(str(refusal))
        else:
            done += 1
    if not done:
        for words in refused:
            form.add_error(None, words)
        return False
    text = ngettext(
        "%(person)s now looks after %(count)d more dealer.", "%(person)s now looks after %(count)d more dealers.", done
    )
    messages.success(request, text % {"person": to, "count": done})
    for words in refused:
        messages.warning(request, words)
    return True


def _ticked(request: PortalRequest) -> list[str]:
    return request.POST.getlist("selected")[:MOST_SELECTED]
