"""What the pages of one dealer share: finding him, the head with its tabs, and turning refusals into words."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.errors import NotYours, Refused
from core.reasons import NoReason
from dealers import tabs
from dealers.models import Dealer, Territory
from dealers.requests import PortalRequest

BOTH = ("GET", "POST")
CHIPS = {
    Dealer.Status.CANDIDATE: "now",
    Dealer.Status.ACTIVE: "good",
    Dealer.Status.SUSPENDED: "bad",
    Dealer.Status.PARTING: "warn",
    Dealer.Status.ENDED: "",
}


def find_dealer(request: PortalRequest, public_id: str) -> Dealer:
    found = Dealer.objects.visible_to(request.user).select_related("home__parent", "manager")
    return get_object_or_404(found, public_id=public_id)


def file_page(request: PortalRequest, dealer: Dealer, tab: str, template: str, /, **context: Any) -> HttpResponse:
    """A page under the dealer's head."""
    return render(request, template, file_frame(request, dealer, tab) | context)


def file_frame(request: PortalRequest, dealer: Dealer, tab: str) -> dict[str, Any]:
    """What `dealers/_file.html` needs."""
    return {
        "dealer": dealer,
        "chip": CHIPS[Dealer.Status(dealer.status)],
        "path_of_places": _places(dealer) if request.user.is_ours else (),
        "tabs": tabs.shown(request.user, dealer, tab),
        "more": _more(request, dealer),
        "may_edit": request.user.has_perm("dealers.change_dealer"),
        "may_note": request.user.has_perm("dealers.add_internalnote"),
    }


def fulfil(form: Any, verb: Callable[[], object]) -> bool:
    """Do it; what is refused is said beside the form, what is forbidden is a 403."""
    try:
        verb()
    except NotYours as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except NoReason as refusal:
        form.add_error("reason", str(refusal))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def status_of(form: Any) -> int:
    """A form that was sent and comes back was refused."""
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK


def _places(dealer: Dealer) -> list[Territory]:
    """The home and what it is part of; the root says nothing."""
    return [node for node in (dealer.home.parent, dealer.home) if node is not None and node.depth]


def _more(request: PortalRequest, dealer: Dealer) -> list[dict[str, Any]]:
    items: list[tuple[str, str, str, str, bool]] = [
        ("dealers.transfer_dealer", "dealers:transfer", _("Hand over"), "user-share", False)
    ]
    if dealer.is_archived():
        items.append(
            ("dealers.archive_dealer", "dealers:restore", _("Take back from the archive"), "archive-off", False)
        )
    else:
        items.append(("dealers.archive_dealer", "dealers:archive", _("Archive"), "archive", True))
    return [
        {"label": label, "url": reverse(url_name, args=[dealer.public_id]), "icon": icon, "stop": stop}
        for permission, url_name, label, icon, stop in items
        if request.user.is_ours and request.user.has_perm(permission)
    ]
