"""People of a dealer for both sides, invitations, and who of ours covers what."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import submissions
from core.doors import Audience, door
from core.errors import Refused
from dealers import step_up
from dealers.forms.invitations import InvitationForm, StaffInvitationForm
from dealers.models import Assignment, Contact, Dealer, Invitation, Person, Territory, User
from dealers.requests import PortalRequest
from dealers.roles import BY_CODE
from dealers.services import invitations, people

BOTH = ("GET", "POST")


@door(Audience.DEALER)
def my_people(request: PortalRequest) -> HttpResponse:
    """The own company's people: an address without a number, for the sidebar."""
    return _page(request, get_object_or_404(Dealer.objects.visible_to(request.user)))


@door(Audience.PORTAL, "dealers.dealer", permission="dealers.view_dealer")
def people_list(request: PortalRequest, public_id: str) -> HttpResponse:
    return _page(request, get_object_or_404(Dealer.objects.visible_to(request.user), public_id=public_id))


def _page(request: PortalRequest, dealer: Dealer) -> HttpResponse:
    return render(request, "dealers/people.html", {"dealer": dealer, **listing(request, dealer)})


def listing(request: PortalRequest, dealer: Dealer) -> dict[str, Any]:
    """What `dealers/_people.html` needs; also for the tab on the dealer's file."""
    found = list(Person.objects.visible_to(request.user).filter(dealer=dealer).order_by("-is_active", "name", "pk"))
    roles = _roles_of(found)
    may_manage = people.may_manage(request.user, dealer)
    invited = Invitation.objects.visible_to(request.user).filter(dealer=dealer, accepted_at=None, withdrawn_at=None)
    return {
        "people": [(person, roles.get(person.pk, [])) for person in found],
        "invitations": _shown(invited.for_list()) if may_manage else (),
        "may_manage": may_manage,
    }


def _roles_of(found: list[Person]) -> dict[int, list[Any]]:
    """Titles of the roles that dealers' people hold, by one query."""
    held = User.groups.through.objects.filter(user_id__in=[person.pk for person in found])
    titles: dict[int, list[Any]] = {}
    for pk, name in held.values_list("user_id", "group__name").order_by("group__name"):
        titles.setdefault(pk, []).append(_title(name))
    return titles


def _title(role: str) -> Any:
    return BY_CODE[role].title if role in BY_CODE else role


def _shown(found: Any) -> list[tuple[Invitation, Any, bool]]:
    now = timezone.now()
    return [(one, _title(one.role.name), one.is_open(now=now)) for one in found]


# ---- a person ---------------------------------------------------------------------------------
@door(Audience.PORTAL, "dealers.person", methods=BOTH)
def person_disable(request: PortalRequest, public_id: str) -> HttpResponse:
    """Asks for a reason, then ends the access at once."""
    person = _person(request, public_id)
    if request.method != "POST":
        return render(request, "dealers/person_disable.html", {"person": person, "dealer": person.dealer})
    try:
        people.disable(person, by=request.user, reason=request.POST.get("reason", "").strip())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": person.name})
    return _back(request, person.dealer)


@door(Audience.PORTAL, "dealers.person", methods=("POST",))
def person_enable(request: PortalRequest, public_id: str) -> HttpResponse:
    person = _person(request, public_id)
    try:
        people.enable(person, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return _back(request, person.dealer)


def _person(request: PortalRequest, public_id: str) -> Person:
    """A dealer's person within reach; one of ours is not found here. Then: may this be done at all."""
    found = Person.objects.visible_to(request.user).filter(dealer__isnull=False).select_related("dealer")
    person = get_object_or_404(found, public_id=public_id)
    if not people.may_manage(request.user, person.dealer):
        raise PermissionDenied
    return person


# ---- invitations --------------------------------------------------------------------------------
@door(Audience.PORTAL, "dealers.dealer", methods=BOTH)
def invite(request: PortalRequest, public_id: str) -> HttpResponse:
    dealer = get_object_or_404(Dealer.objects.visible_to(request.user), public_id=public_id)
    if not invitations.may_invite(request.user, dealer):
        raise PermissionDenied
    form = InvitationForm(request.POST or None, user=request.user, dealer=dealer, initial=_known(request, dealer))
    return _invite(request, form, dealer)


def _known(request: PortalRequest, dealer: Dealer) -> dict[str, Any]:
    """What the file knows of the contact who is to be invited (`?contact=`), and the language asked for."""
    found = Contact.objects.visible_to(request.user).filter(dealer=dealer, public_id=request.GET.get("contact", ""))
    contact = found.first()
    if contact is None:
        return {}
    role = "dealer_executive" if contact.signs_contracts else "dealer_staff"
    known = {"name": contact.name, "role": role, "email": contact.email, "number": contact.phone}
    language = request.GET.get("language", "")
    return known | ({"language": language} if language in dict(settings.LANGUAGES) else {})


@door(Audience.STAFF, permission="dealers.administer", methods=BOTH)
@step_up.confirmed
def invite_staff(request: PortalRequest) -> HttpResponse:
    """One of our own people: a role and a reach are granted, so the administrator proves again who asks."""
    form = StaffInvitationForm(request.POST or None, user=request.user, dealer=None)
    return _invite(request, form, None)


def _invite(request: PortalRequest, form: InvitationForm, dealer: Dealer | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        reach = invitations.Reach(typed.pop("node", None), typed.pop("line", None))
        try:
            invitation = invitations.invite(by=request.user, dealer=dealer, reach=reach, **typed)
            if not invitation.goes_by_mail():
                return _show_link(request, invitation)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The invitation is on its way. It holds for 72 hours."))
            return _back(request, dealer)
    return render(request, "dealers/invitation_form.html", {"form": form, "dealer": dealer})


@door(Audience.PORTAL, "dealers.invitation", methods=("POST",))
def invitation_resend(request: PortalRequest, public_id: str) -> HttpResponse:
    invitation = _invitation(request, public_id)
    try:
        invitation = invitations.resend(invitation, by=request.user)
        if not invitation.goes_by_mail():
            return _show_link(request, invitation)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is on its way again. The link before it no longer works."))
    return _back(request, invitation.dealer)


@door(Audience.PORTAL, "dealers.invitation", methods=("POST",))
def invitation_withdraw(request: PortalRequest, public_id: str) -> HttpResponse:
    invitation = _invitation(request, public_id)
    try:
        invitations.withdraw(invitation, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is withdrawn; its link opens nothing."))
    return _back(request, invitation.dealer)


def _show_link(request: PortalRequest, invitation: Invitation) -> HttpResponse:
    """Once, in this answer and nowhere else: it is stored neither in the session nor in a message."""
    link = invitations.hand_over(invitation, by=request.user)
    facts = {"invitation": invitation, "dealer": invitation.dealer, "link": link}
    page = render(request, "dealers/invitation_link.html", facts)
    return submissions.shown_once(page, leads_to=_back(request, invitation.dealer).url)


def _invitation(request: PortalRequest, public_id: str) -> Invitation:
    found = Invitation.objects.visible_to(request.user).select_related("dealer", "role")
    invitation = get_object_or_404(found, public_id=public_id)
    if not invitations.may_invite(request.user, invitation.dealer):
        raise PermissionDenied
    return invitation


def _back(request: PortalRequest, dealer: Dealer | None) -> HttpResponseRedirect:
    if dealer is None:
        return redirect("dealers:coverage")
    return redirect("dealers:my_people") if request.user.is_dealers else redirect("dealers:people", dealer.public_id)


# ---- our own people -------------------------------------------------------------------------------
@door(Audience.STAFF)
def coverage(request: PortalRequest) -> HttpResponse:
    """Who of ours covers what, today. Read-only: assignments are made in the administration."""
    today = timezone.localdate()
    found = Assignment.objects.in_force(on=today).filter(user__is_active=True)
    names = ("node__name", "node__name_zh", "line__name", "line__name_zh")
    rows = found.values("user__name", "user__title", "role__name", "ends_on", *names)
    rows = rows.order_by("node__low", "role__name", "user__name")
    may_invite = invitations.may_invite(request.user, None)
    invited = Invitation.objects.visible_to(request.user).filter(dealer=None, accepted_at=None, withdrawn_at=None)
    facts = {
        "rows": [
            row | {"role": _title(row["role__name"]), "node": _local(row, "node"), "line": _local(row, "line")}
            for row in rows
        ],
        "invitations": _shown(invited.for_list()) if may_invite else (),
        "may_invite": may_invite,
    }
    return render(request, "dealers/coverage.html", facts)


def _local(row: dict[str, Any], what: str) -> str:
    """The name of a place or line in the reader's language; empty where the assignment has none."""
    named = Territory(name=row[f"{what}__name"] or "", name_zh=row[f"{what}__name_zh"] or "")
    return named.local_name
