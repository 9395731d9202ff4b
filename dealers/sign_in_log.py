"""Writing the log of the account doors, and hearing of what happens in them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.signals import authentication_step_completed, password_changed, password_reset
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from dealers import sessions
from dealers.mobile import normal
from dealers.models import Letter, SignIn, User
from dealers.services import letters

What = SignIn.What


def canonical(name: str) -> str:
    """A sign-in name in its one written form."""
    name = name.strip()
    return name.lower() if "@" in name else normal(name)


def fingerprint(name: str) -> str:
    """What stands in the log instead of the name that was typed."""
    return salted_hmac("dealers.sign_in_name", canonical(name), algorithm="sha256").hexdigest()


def note(what: SignIn.What, request: HttpRequest, *, user: User | None = None, name: str = "") -> None:
    """One entry. Account doors keep their transaction, so it stays also when the answer is a refusal."""
    adapter = get_adapter(request)
    has_address = bool(request.META.get("REMOTE_ADDR"))
    SignIn.objects.create(
        what=what,
        user=user,
        name_hash=fingerprint(name) if name else "",
        address=adapter.get_client_ip(request) if has_address else "",
        agent=adapter.get_http_user_agent(request)[:200],
    )


@receiver(user_logged_in, dispatch_uid="dealers.sign_in_log.signed_in")
def signed_in(request: HttpRequest, user: User, **_signal: Any) -> None:
    note(What.SIGNED_IN, request, user=user)


@receiver(user_logged_out, dispatch_uid="dealers.sign_in_log.signed_out")
def signed_out(request: HttpRequest, user: User | None, **_signal: Any) -> None:
    if user is not None:
        note(What.SESSION_OVER if getattr(request, "session_is_over", False) else What.SIGNED_OUT, request, user=user)


@receiver(password_changed, dispatch_uid="dealers.sign_in_log.password_changed")
def changed_password(request: HttpRequest, user: User, **_signal: Any) -> None:
    note(What.PASSWORD_CHANGED, request, user=user)
    letters.post(Letter.What.PASSWORD_CHANGED, user=user)
    sessions.keep(request)


@receiver(password_reset, dispatch_uid="dealers.sign_in_log.password_reset")
def reset_password(request: HttpRequest, user: User, **_signal: Any) -> None:
    note(What.RESET_DONE, request, user=user)
    letters.post(Letter.What.PASSWORD_CHANGED, user=user)


@receiver(authentication_failed, dispatch_uid="dealers.sign_in_log.code_failed")
def failed_code(request: HttpRequest, user: User, **_signal: Any) -> None:
    note(What.CODE_FAILED, request, user=user)


@receiver(authentication_step_completed, dispatch_uid="dealers.sign_in_log.confirmed")
def confirmed(request: HttpRequest, user: User, **step: Any) -> None:
    """Confirmed again while signed in: from here on this browser may do more, so it gets a new key."""
    if step.get("reauthenticated"):
        note(What.CONFIRMED, request, user=user)
        request.session.cycle_key()
