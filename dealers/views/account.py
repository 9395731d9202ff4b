"""One's own account: preferences, sessions, and opening it by an invitation."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.doors import Audience, door
from core.errors import Refused
from dealers import devices, preferences, sign_in_log
from dealers.forms.preferences import AcceptForm, PreferencesForm
from dealers.models import Session, User
from dealers.requests import PortalRequest
from dealers.services import invitations
from dealers.sign_in_log import What

_account_door = partial(door, Audience.ACCOUNT, keeps=True)
BOTH = ("GET", "POST")


@_account_door(methods=BOTH)
def edit_preferences(request: PortalRequest) -> HttpResponse:
    """Language, appearance, time zone, and the way to everything else about one's account."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    form = PreferencesForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).save(update_fields=form.Meta.fields)
        messages.success(request, _("Your preferences are saved."))
        response = redirect("preferences")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, request.user.language, max_age=365 * 86400, samesite="Lax",
            secure=settings.USES_HTTPS,
        )  # fmt: skip
        return response
    return render(
        request, "account/preferences.html", {"form": form, "places": preferences.places(is_ours=request.user.is_ours)}
    )


@_account_door(methods=BOTH)
def sessions(request: PortalRequest) -> HttpResponse:
    """Where one is signed in. POST ends one other session (`session`), or all others without it."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    others = Session.objects.visible_to(request.user).exclude(session_key=request.session.session_key)
    if request.method == "POST":
        wanted = request.POST.get("session", "")
        keys = [one.session_key for one in others if not wanted or one.public_id == wanted]
        Session.objects.visible_to(request.user).filter(session_key__in=keys).delete()
        if keys:
            sign_in_log.note(What.SESSIONS_ENDED, request, user=request.user)
            messages.success(request, _("Signed out there."))
        return redirect("sessions")
    here = Session.objects.visible_to(request.user).filter(session_key=request.session.session_key).first()
    return render(request, "account/sessions.html", {"here": here, "others": others.order_by("-seen_at")})


@_account_door(methods=BOTH, once=False)
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Open the account that was offered, and be signed in with it."""
    limited: HttpResponse | None = ratelimit.consume_or_429(
        request, app="allauth.account", action="accept_invitation", limit_get=True
    )
    if limited is not None:
        return limited
    try:
        invitation = invitations.find(token)
        form = AcceptForm(request.POST or None, invitation=invitation)
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(token, **form.cleaned_data)
            return _come_in(request, user)
    except invitations.LinkIsOver as refusal:
        return render(request, "account/invitation_over.html", {"reason": refusal}, status=refusal.status)
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return render(request, "account/invitation.html", {"form": form, "invitation": invitation})


def _come_in(request: HttpRequest, user: User) -> HttpResponse:
    """Signed in by the password just chosen; a second factor is asked for by the next page if the role needs one."""
    adapter: Any = get_adapter(request)
    adapter.login(request, user)
    record_authentication(request, user, method="password")
    sign_in_log.note(What.INVITED, request, user=user)
    response = redirect("home")
    devices.remember(response, user)
    return response
